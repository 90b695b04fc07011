// What can be told of a deployment by asking it: address, clock, database, API key, and each connection's vendor.

import type * as z from "zod";
import { connections } from "../../src/routes/api-answers.ts";
import { trial } from "../../src/routes/connection-answers.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import { CliFailure, causeOf } from "../terminal.ts";
import { type Finding, ok, unknown, wrong } from "./finding.ts";

/** Tokens of other parties are refused beyond a minute. */
const MAX_SKEW_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** Whether the gateway answers at its address, and what its clock says. */
export async function checkAddress(url: string, fetchIt: typeof fetch): Promise<Finding[]> {
  const asked = Date.now();
  let response: Response;
  try {
    response = await fetchIt(`${url}/scim/v2/ServiceProviderConfig`, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch (cause) {
    return [
      wrong(`${url} does not answer: ${causeOf(cause)}`, "deploy it (npm run deploy), or give its address with --url"),
    ];
  }
  if (!isPortico(response)) return [describeStatus(url, response)];
  return [ok(`${url} answers`), checkClock(response.headers.get("date"), asked)];
}

/** Without a token discovery is refused, in the words of SCIM. */
const isPortico = ({ status, headers }: Response) =>
  status === 401 && (headers.get("content-type") ?? "").startsWith("application/scim+json");

function describeStatus(url: string, { status, headers }: Response): Finding {
  if (status === 503) {
    return wrong(
      `${url} answers 503`,
      "npx wrangler tail shows why: a secret that is missing, or PUBLIC_URL without https",
    );
  }
  const type = headers.get("content-type") ?? "";
  if (/html/.test(type) || (status >= 300 && status < 400)) {
    return wrong(
      `${url} answers ${status} with a page: something stands in front of Portico`,
      "switch off Access, challenges and redirects for this host (docs/operate.md, In front of it)",
    );
  }
  return wrong(`${url} answers ${status} to discovery`, "check that PUBLIC_URL and the route lead to this Worker");
}

function checkClock(date: string | null, asked: number): Finding {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return unknown("the gateway does not say what time it is");
  const skew = Math.abs(told - asked);
  if (skew <= MAX_SKEW_MS) return ok("this machine's clock is right");
  return wrong(
    `this machine's clock differs by ${Math.round(skew / 1_000)} s`,
    "set it: signed tokens are refused otherwise",
  );
}

/** Whether the API lets this caller in, and whether each connection's credentials work at its product. */
export async function checkInside(api: AdminApi): Promise<Finding[]> {
  let known: z.infer<typeof connections>["connections"];
  try {
    known = (await api.call("GET", "/connections", connections)).connections;
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const wayOut = /\(503\)/.test(error.message)
      ? "npx wrangler d1 migrations apply CONTROL --remote (for wrangler dev: --local)"
      : "set PORTICO_ADMIN_TOKEN to an API key; portico key create makes one with the break-glass token";
    return [wrong(error.message, wayOut)];
  }
  const tried: Finding[] = [];
  // One after another: each may take a part of its vendor's limits.
  for (const { name, state } of known) tried.push(await tryConnection(api, name, state));
  return [ok(`the API answers; connections: ${known.length}`), ...tried];
}

async function tryConnection(api: AdminApi, name: string, state: string): Promise<Finding> {
  if (state !== "active") return unknown(`${name} is suspended: its credentials were not tried`);
  try {
    const { works, says, acts } = await api.call("POST", connectionPath(name, "test"), trial);
    if (works === true) return ok(`${name}: ${says}`);
    const wayOut = acts === null ? "look at it with portico connection test" : `the ${acts} has to act`;
    return works === false ? wrong(`${name}: ${says}`, wayOut) : unknown(`${name}: ${says}`, wayOut);
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    return wrong(`${name}: ${error.message}`, "look at it with portico connection test");
  }
}
