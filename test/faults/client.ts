// An identity provider as Portico meets it: whatever is not answered for good is sent again.

import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./harness.ts";

export interface Write {
  method: string;
  path: string;
  body?: unknown;
}

export interface Answer {
  status: number;
  retryAfter: number | undefined;
  // The tests say themselves what they expect of a body.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

/** Entra gives up on a request after a minute. */
const TIMEOUT_MS = 60_000;
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;
const DEFINITE_MS = 90_000;

/** One attempt; undefined where no answer came, or `leave` was called before. */
export async function ask(
  account: Account,
  { method, path, body }: Write,
  leave = new AbortController().signal,
): Promise<Answer | undefined> {
  try {
    const response = await fetch(`${account.tenantUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${account.token}`,
        ...(body === undefined ? {} : { "content-type": "application/scim+json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([leave, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const text = await response.text();
    const retryAfter = response.headers.get("retry-after");
    return {
      status: response.status,
      retryAfter: retryAfter === null ? undefined : Number(retryAfter),
      body: text === "" ? undefined : JSON.parse(text),
    };
  } catch {
    return undefined;
  }
}

const isDefinite = ({ status }: Answer): boolean => status < 500 && status !== 429;

/** The first definite answer; 501 and the like never become one. Throws when none comes in time. */
export async function insist(account: Account, write: Write, withinMs = DEFINITE_MS): Promise<Answer> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const answer = await ask(account, write);
    if (answer && isDefinite(answer)) return answer;
    if (Date.now() > endsAt) {
      const last = answer ? `${answer.status} ${JSON.stringify(answer.body)}` : "no answer";
      throw new Error(`${account.name}: ${write.method} ${write.path} has no definite answer: ${last}`);
    }
    const asked = answer?.retryAfter === undefined ? PAUSE_MS : answer.retryAfter * 1_000;
    await sleep(Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, asked)));
  }
}

/** Insists, and throws unless the answer is a success. */
export async function succeed(account: Account, write: Write): Promise<Answer> {
  const answer = await insist(account, write);
  if (answer.status >= 300) {
    throw new Error(`${account.name}: ${write.method} ${write.path} → ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer;
}
