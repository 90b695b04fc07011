// The vendor's API as one connection may use it: the only place from which a request leaves for a vendor.

import type * as z from "zod";
import { type Answer, type Api, type CallOptions, Fault, type Method, pagesOf, type Transport } from "../adapter.ts";
import { readToken, type Token, type Tokens, toFixedHeader, toTokenRequest } from "./auth.ts";
import type { Breaker } from "./breaker.ts";
import type { Budget, Lane } from "./budget.ts";
import { type Clock, pause, SYSTEM_CLOCK, within } from "./clock.ts";
import {
  type CallRecord,
  exchange,
  type Incoming,
  type Line,
  MIN_CALL_MS,
  type Outgoing,
  outOfTime,
  type Send,
} from "./exchange.ts";
import { toFault } from "./faults.ts";
import { Misread, toShape } from "./json.ts";
import { toPageTurn } from "./paging.ts";
import { checkBaseUrl, onOrigin, toLocation, toUrl } from "./url.ts";

export type { CallRecord } from "./exchange.ts";

/** What a call tells of Portico's own credential; a token that had only become old tells nothing. */
export interface CredentialVerdict {
  isAccepted: boolean;
  /** Of the refusal; 0: no token was given. */
  status: number;
  /** The method and the path template. */
  endpoint: string;
}

export interface ApiOptions {
  transport: Transport;
  /** Epoch milliseconds at which every call must have ended. */
  deadline: () => number;
  lane: Lane;
  record: (call: CallRecord) => void;
  /** Told of each call that the product has accepted, or refused for the credential. */
  judge?: ((verdict: CredentialVerdict) => void) | undefined;
  /** Budget, tokens and breaker belong to the connection: all its Apis share them. */
  budget: Budget;
  tokens: Tokens;
  breaker?: Breaker | undefined;
  fetch?: Send | undefined;
  clock?: Clock | undefined;
  /** For adapters: what the operator entered. */
  settings?: Record<string, unknown> | undefined;
  /** Asked directly before each call is sent, token requests included (`Outgoing.enter`). */
  enter?: Outgoing["enter"];
  /** Takes the ticket of an asynchronous request into the journal. */
  submitted?: ((ticket: string) => void) | undefined;
  /** Lets a base URL on this machine through; for the local start and tests only. */
  allowLoopback?: boolean | undefined;
  /** Hosts that the operator has allowed although they look private, and this deployment's own (`UrlRules`). */
  allowHosts?: readonly string[] | undefined;
  ownHost?: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** Throws an Error where the transport's URLs may not be called; the methods throw `Fault` only. */
export function createApi(options: ApiOptions): Api {
  const { transport, deadline, lane, tokens } = options;
  const { auth } = transport;
  const clock = options.clock ?? SYSTEM_CLOCK;
  const { allowLoopback, allowHosts, ownHost } = options;
  const rules = { allowLoopback, allowHosts, ownHost };
  const baseUrl = checkBaseUrl(transport.baseUrl, rules);
  const tokenRequest = auth.kind === "clientCredentials" ? toTokenRequest(auth, baseUrl, rules) : undefined;
  const line: Line = {
    budget: options.budget,
    breaker: options.breaker,
    send: options.fetch ?? ((url, init) => fetch(url, init)),
    clock,
    timeoutMs: transport.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };

  function createRecorder(): (call: Omit<CallRecord, "attempt">) => void {
    let attempt = 0;
    return (call) => options.record({ ...call, attempt: ++attempt });
  }

  // Not bound to the deadline of the call that happens to ask first: others wait for the same token.
  async function requestToken(request: NonNullable<typeof tokenRequest>): Promise<Token> {
    const requestedAt = clock.now();
    const token = {
      method: "POST",
      path: request.url.pathname,
      safe: true,
      purpose: "token",
      lane: "interactive",
    } as const;
    const endsAt = requestedAt + line.timeoutMs + MIN_CALL_MS;
    return exchange(
      line,
      { ...request, ...token, deadline: () => endsAt, record: createRecorder(), enter: options.enter },
      (answer) => readToken(answer, requestedAt, clock.now()),
    );
  }

  async function authorize(): Promise<{ header: ReturnType<typeof toFixedHeader>; renew: (() => void) | undefined }> {
    if (auth.kind !== "clientCredentials") return { header: toFixedHeader(auth), renew: undefined };
    if (tokenRequest === undefined) throw new Fault("unauthorized");
    const leftMs = deadline() - clock.now();
    if (leftMs <= 0) throw outOfTime();
    const obtained = tokens.obtain(auth, clock.now(), () => requestToken(tokenRequest));
    const { value, fresh } = await within(clock, leftMs, obtained, outOfTime);
    return {
      header: ["authorization", `Bearer ${value}`],
      renew: fresh ? undefined : () => tokens.refuse(value),
    };
  }

  async function perform<T>(
    method: Method,
    path: string,
    call: Omit<CallOptions<never>, "returns">,
    interpret: (answer: Incoming, url: URL) => T,
    link?: string,
  ): Promise<T> {
    const url = link === undefined ? toUrl(baseUrl, path, call.params, call.query) : toLinkUrl(baseUrl, link);
    const { headers, body } = toMessage(method, path, transport, call);
    const safe = call.safe ?? method === "GET";
    const record = createRecorder();
    const endpoint = `${method} ${path}`;
    const judgeRefusal = (error: unknown, status: number) => {
      if (!(error instanceof Fault) || error.kind !== "unauthorized") return;
      options.judge?.({ isAccepted: false, status, endpoint });
    };
    for (let renewed = false; ; renewed = true) {
      const { header, renew } = await authorize().catch((error) => {
        judgeRefusal(error, 0);
        throw error;
      });
      if (header) setCredential(headers, header);
      let status = 0;
      const purpose = safe ? ("read" as const) : ("write" as const);
      const outgoing = {
        method,
        path,
        url,
        headers,
        body,
        safe,
        purpose,
        lane,
        deadline,
        record,
        enter: options.enter,
      };
      try {
        const result = await exchange(line, outgoing, (answer) => {
          status = answer.status;
          const fault = classify(answer, { method, path, safe });
          if (fault && !call.accept?.includes(status)) throw fault;
          try {
            return interpret(answer, url);
          } catch (error) {
            // An accepted status whose answer is none of the vendor's own stands for what it says.
            throw error instanceof Misread ? (fault ?? error) : error;
          }
        });
        if (status < 400) options.judge?.({ isAccepted: true, status, endpoint });
        return result;
      } catch (error) {
        // A 401 is a refusal, so even a write may be sent again.
        const refused = error instanceof Fault && error.kind === "unauthorized" && status === 401;
        if (!refused || renew === undefined || renewed) {
          judgeRefusal(error, status);
          throw error;
        }
        renew();
      }
    }
  }

  function classify(answer: Incoming, call: { method: Method; path: string; safe: boolean }): Fault | undefined {
    const json = answer.json.ok ? answer.json.value : undefined;
    return toFault(transport.faults ?? [], call, answer.status, answer.text, json, answer.headers, clock.now());
  }

  function send<T>(method: Method, path: string, call: CallOptions<T> = {}): Promise<Answer<T>> {
    const { returns, ...rest } = call;
    return perform(method, path, rest, (answer, url) => ({
      status: answer.status,
      body: readBody(answer, returns),
      location: toLocation(baseUrl, url, answer.headers.get("location")),
    }));
  }

  const page: Api["page"] = async (method, path, { item, items, cursor, query, json, form, ...rest }) => {
    const paging = { ...(transport.paging ?? { kind: "none" }), ...(items === undefined ? {} : { items }) };
    const turn = toPageTurn(paging, cursor, { query, json, form }, baseUrl);
    const read = (answer: Incoming, url: URL) => {
      if (!answer.json.ok) throw new Misread(answer.json.what);
      return turn.read(item, { json: answer.json.value, headers: answer.headers }, url);
    };
    return perform(method, path, { ...rest, ...turn.options }, read, turn.link);
  };

  return {
    settings: options.settings ?? {},
    send,
    submitted: (ticket) => options.submitted?.(ticket),
    async pause(ms) {
      if (clock.now() + ms + MIN_CALL_MS >= deadline()) {
        throw new Fault("unavailable", {
          detail: "The product has taken the request and has not finished it yet. Try again; it is not sent twice.",
          retryAfterSeconds: 10,
          ambiguous: true,
        });
      }
      await pause(clock, ms);
    },
    get: async (path, call) => (await send("GET", path, call)).body,
    post: async (path, call) => (await send("POST", path, call)).body,
    put: async (path, call) => (await send("PUT", path, call)).body,
    patch: async (path, call) => (await send("PATCH", path, call)).body,
    delete: async (path, call) => (await send("DELETE", path, call)).body,
    page,
    async all(method, path, options) {
      const items = [];
      for await (const more of pagesOf((cursor) => page(method, path, { ...options, cursor }))) {
        items.push(...more.items);
      }
      return items;
    },
  };
}

const isPlainText = (headers: Headers) => /^text\/plain\b/i.test(headers.get("content-type") ?? "");

function readBody<T>(answer: Incoming, returns: z.ZodType<T> | undefined): T {
  if (!answer.json.ok && !(returns === undefined && isPlainText(answer.headers))) throw new Misread(answer.json.what);
  // Without `returns` nothing gives T a meaning, and the contract says that the body is dropped.
  if (returns === undefined || !answer.json.ok) return undefined as T;
  return toShape(returns, answer.json.value);
}

// The cursor comes back from storage, so the link is checked as if it were new.
function toLinkUrl(baseUrl: string, link: string): URL {
  const { origin } = new URL(baseUrl);
  if (!link.startsWith("/") || !onOrigin(baseUrl, origin + link)) {
    throw new Fault("invalid", { detail: "The list cannot go on from this cursor. Begin it again." });
  }
  return new URL(origin + link);
}

function toMessage(
  method: Method,
  path: string,
  transport: Transport,
  call: Omit<CallOptions<never>, "returns">,
): { headers: Headers; body: string | undefined } {
  const headers = new Headers({ accept: "application/json" });
  let body: string | undefined;
  try {
    if (call.json !== undefined) {
      headers.set("content-type", "application/json");
      body = JSON.stringify(call.json);
    } else if (call.form !== undefined) {
      headers.set("content-type", "application/x-www-form-urlencoded");
      const fields = Object.entries(call.form).filter(([, value]) => value !== undefined);
      body = new URLSearchParams(fields.map(([name, value]) => [name, String(value)])).toString();
    }
    for (const [name, value] of Object.entries({ ...transport.headers, ...call.headers })) headers.set(name, value);
  } catch (cause) {
    throw new Fault("invalid", { detail: `A value cannot be sent in ${method} ${path}.`, cause });
  }
  if (method === "GET" && body !== undefined) {
    throw new Fault("protocol", { detail: `The adapter's GET ${path} has a body, which no client can send.` });
  }
  return { headers, body };
}

function setCredential(headers: Headers, [name, value]: [name: string, value: string]): void {
  try {
    headers.set(name, value);
  } catch {
    // No cause: the platform's message quotes the credential.
    throw new Fault("unauthorized", {
      detail: "The stored credential has a character that cannot be sent. Enter it again in the connection's settings.",
    });
  }
}
