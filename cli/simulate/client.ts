// HTTP as Entra's provisioning service speaks it: one bearer, 60 seconds, `Retry-After` honoured within bounds.

import { causeOf } from "../terminal.ts";

/** Seconds after which Entra gives a call up [A1]. */
const DEADLINE_SECONDS = 60;

export interface Answer {
  method: string;
  /** Path and query below the Tenant URL. */
  target: string;
  /** 0: no answer came. */
  status: number;
  /** The parsed JSON, or undefined for an empty or unreadable body. */
  body: unknown;
  contentType: string;
  location: string | undefined;
  requestId: string | undefined;
  nativeCalls: number | undefined;
  /** Of the last attempt, waits left out. */
  ms: number;
  /** Why status is 0, or that the body was not JSON. */
  problem: string | undefined;
}

export interface Asking {
  query?: Record<string, string>;
  /** Adds the compliance flag as a key, as an administrator's Tenant URL may [Q20]. */
  flagInQuery?: boolean;
  /** Sends spaces as `+` [Q12] instead of `%20`. */
  formEncoded?: boolean;
  body?: unknown;
  /** How long 429 and 503 with `Retry-After` may be waited for, in all; default 60. */
  patienceSeconds?: number;
}

export interface Wait {
  status: number;
  seconds: number;
  detail: string;
}

export interface ClientOptions {
  tenantUrl: URL;
  /** The bearer of the next request. */
  token(): Promise<string>;
  fetch: typeof fetch;
  onWait(wait: Wait): void;
}

export interface Client {
  send(method: string, path: string, asking?: Asking): Promise<Answer>;
}

export function createClient(options: ClientOptions): Client {
  // Entra consumes the flag itself; what the administrator typed behind the path never reaches the server.
  const base = `${options.tenantUrl.origin}${options.tenantUrl.pathname.replace(/\/+$/, "")}`;

  async function attempt(method: string, target: string, body: unknown): Promise<Attempt> {
    const token = await options.token();
    const started = performance.now();
    try {
      const response = await options.fetch(base + target, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/scim+json",
          ...(body === undefined ? {} : { "content-type": "application/scim+json; charset=utf-8" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "manual",
        signal: AbortSignal.timeout(DEADLINE_SECONDS * 1000),
      });
      const text = await response.text();
      return toAttempt(method, target, response, text, performance.now() - started);
    } catch (error) {
      return { answer: noAnswer(method, target, causeOf(error), performance.now() - started), retryAfter: undefined };
    }
  }

  return {
    async send(method, path, asking = {}) {
      const target = path + toQuery(asking);
      let patience = asking.patienceSeconds ?? 60;
      for (;;) {
        const { answer, retryAfter } = await attempt(method, target, asking.body);
        if (retryAfter === undefined || retryAfter > patience) return answer;
        const seconds = Math.max(retryAfter, 0.05);
        patience -= seconds;
        options.onWait({ status: answer.status, seconds, detail: detailOf(answer.body) });
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      }
    },
  };
}

interface Attempt {
  answer: Answer;
  retryAfter: number | undefined;
}

function toAttempt(method: string, target: string, response: Response, text: string, ms: number): Attempt {
  const native = response.headers.get("x-portico-native-calls");
  let body: unknown;
  let problem: string | undefined;
  if (text !== "") {
    try {
      body = JSON.parse(text);
    } catch {
      problem = "the body is not JSON";
    }
  }
  const after = response.headers.get("retry-after");
  const mayWait = (response.status === 429 || response.status === 503) && after !== null && /^\d{1,6}$/.test(after);
  return {
    answer: {
      method,
      target,
      status: response.status,
      body,
      contentType: response.headers.get("content-type") ?? "",
      location: response.headers.get("location") ?? undefined,
      requestId: response.headers.get("x-request-id") ?? undefined,
      nativeCalls: native !== null && /^\d+$/.test(native) ? Number(native) : undefined,
      ms,
      problem,
    },
    retryAfter: mayWait ? Number(after) : undefined,
  };
}

function noAnswer(method: string, target: string, problem: string, ms: number): Answer {
  const nothing = {
    body: undefined,
    contentType: "",
    location: undefined,
    requestId: undefined,
    nativeCalls: undefined,
  };
  return { method, target, status: 0, ...nothing, ms, problem };
}

function toQuery(asking: Asking): string {
  const parts = Object.entries(asking.query ?? {}).map(([name, value]) => {
    const encoded = encodeURIComponent(value);
    return `${name}=${asking.formEncoded ? encoded.replaceAll("%20", "+") : encoded}`;
  });
  if (asking.flagInQuery) parts.unshift("aadOptscim062020");
  return parts.length > 0 ? `?${parts.join("&")}` : "";
}

/** The `detail` of a SCIM error, or "". */
export function detailOf(body: unknown): string {
  if (typeof body !== "object" || body === null || !("detail" in body)) return "";
  return typeof body.detail === "string" ? body.detail : "";
}
