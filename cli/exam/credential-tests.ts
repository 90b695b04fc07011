// How the client gets in: OAuth client credentials and workload identity federation [G34] [G35].

import * as z from "zod";
import type { Json } from "../simulate/patch.ts";
import { causeOf } from "../terminal.ts";
import { type Dialogue, type Exchange, Finding, Skipped } from "./dialogue.ts";
import type { Door } from "./doors.ts";
import type { Examinee, Test } from "./examinee.ts";

const SECONDS_A_MINUTE = 60;
const MIN_MINUTES = 60;
const MAX_MINUTES = 360;

const issued = z.looseObject({ access_token: z.string().min(1), expires_in: z.coerce.number() });

/** What may be shown of a form and its answer. */
const HARMLESS = new Set(["grant_type", "scope", "client_assertion_type", "token_type", "expires_in", "error"]);

const hide = (record: object): { [name: string]: Json } =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]): [string, Json] => [name, HARMLESS.has(name) ? value : `<${name}>`]),
  );

/** Asks for an access token. Neither what proves the client nor the token is kept. */
export async function askToken(
  { fetch: fetchIt }: Pick<Examinee, "fetch">,
  dialogue: Dialogue,
  door: Door,
  more: Record<string, string> = {},
): Promise<{ exchange: Exchange; token: string | undefined; seconds: number | undefined }> {
  const form = { grant_type: "client_credentials", ...(await door.proof()), ...more };
  const started = performance.now();
  let status = 0;
  let json: unknown;
  let problem: string | undefined;
  try {
    const response = await fetchIt(door.tokenUrl, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: new URLSearchParams(form).toString(),
      redirect: "manual",
      signal: AbortSignal.timeout(60_000),
    });
    status = response.status;
    json = await response.json();
  } catch (error) {
    problem = causeOf(error);
  }
  const exchange = dialogue.keep({
    method: "POST",
    target: door.tokenUrl,
    sent: hide(form),
    status,
    body: typeof json === "object" && json !== null ? hide(json) : undefined,
    requestId: undefined,
    ms: performance.now() - started,
    problem,
  });
  const parsed = issued.safeParse(json);
  const isDone = status >= 200 && status < 300 && parsed.success;
  return {
    exchange,
    token: isDone ? parsed.data.access_token : undefined,
    seconds: isDone ? parsed.data.expires_in : undefined,
  };
}

async function validate(
  examinee: Examinee,
  dialogue: Dialogue,
  door: Door,
  more: Record<string, string> = {},
): Promise<void> {
  const { exchange, token, seconds = 0 } = await askToken(examinee, dialogue, door, more);
  if (token === undefined) {
    const said = exchange.status === 0 ? exchange.problem : `${exchange.status} ${JSON.stringify(exchange.body ?? "")}`;
    throw new Finding(`the token endpoint must be 2xx with access_token, and answered ${said}`, exchange);
  }
  const minutes = seconds / SECONDS_A_MINUTE;
  if (!(minutes >= MIN_MINUTES && minutes <= MAX_MINUTES)) {
    throw new Finding(`an access token must live for 60 to 360 minutes, and lives for ${minutes}`, exchange);
  }
  const client = examinee.clientWith(token);
  const answer = await client.send("GET", "/Users", { query: { startIndex: "1", count: "1" } });
  const { method, target, status, body, requestId, ms, problem } = answer;
  const used = dialogue.keep({ method, target, sent: undefined, status, body, requestId, ms, problem });
  if (status < 200 || status > 299) throw new Finding(`SCIM with the access token is ${status}, not 2xx`, used);
}

const validateCredentials: Test = async (examinee, dialogue) => {
  if (!examinee.secret) throw new Skipped("no token endpoint is known (--token-url)");
  await validate(examinee, dialogue, examinee.secret);
};

const federatedIdentity: Test = async (examinee, dialogue) => {
  if (!examinee.federation) throw new Skipped("no workload identity is configured");
  // The exam sends the SCIM address along, which an authorization server must ignore.
  await validate(examinee, dialogue, examinee.federation, { baseAddress: examinee.baseAddress });
};

export const CREDENTIAL_TESTS = { G34: validateCredentials, G35: federatedIdentity } as const;
