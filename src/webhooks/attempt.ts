// One attempt to deliver a message: where it may go, how long it may take, what its answer means.

import { type KeyRing, SealingError } from "../auth/sealing.ts";
import type { SigningWebhook } from "../store/webhooks.ts";
import { toRetryAfterSeconds } from "../upstream/faults.ts";
import { checkUrl, toUrlRules } from "../upstream/url.ts";
import { toSignedHeaders } from "./signing.ts";

const TIMEOUT_MS = 15_000;
const HOUR_MS = 3_600_000;
/** A receiver may ask for a pause of so long. */
const MAX_PAUSE_MS = 24 * HOUR_MS;
const BUSY = [429, 503];
/** The receiver wants nothing more. */
export const GONE = 410;

/** After each failure the next attempt waits so long, and somewhat more or less; after the last one it is given up. */
const BACK_OFF_MS = [5_000, 5 * 60_000, 30 * 60_000, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS)];
/** So that what has failed together does not come back together. */
const JITTER = 0.1;

export interface Outcome {
  /** null: there was no answer. */
  status: number | null;
  ms: number;
  /** Why it failed; null: it was taken. */
  why: string | null;
  /** In milliseconds: the receiver asks for a pause. */
  pauseMs?: number | undefined;
}

/** An address that webhooks may have. @throws Error with a sentence for the person who typed it */
export function checkReceiver(env: Env, url: string): URL {
  return checkUrl(url, { ...toUrlRules(env, []), isClosed: true });
}

/** Sends a message once. Whatever goes wrong is the outcome; the body of the answer is nobody's business. */
export async function attempt(
  env: Env,
  readRing: () => KeyRing,
  webhook: SigningWebhook,
  message: { id: string; body: string },
): Promise<Outcome> {
  const beganAt = Date.now();
  const after = (status: number | null, why: string | null) => ({ status, why, ms: Date.now() - beganAt });
  try {
    checkReceiver(env, webhook.url);
  } catch (error) {
    return after(null, error instanceof Error ? error.message : "the address may not be called");
  }
  try {
    const signed = await toSignedHeaders(readRing(), webhook, message.id, message.body, beganAt);
    const response = await fetch(webhook.url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "Portico-Webhooks/1", ...signed },
      body: message.body,
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status, headers } = response;
    // Not even read: a receiver must not be able to send us much, or for long.
    await response.body?.cancel().catch(() => {});
    if (status >= 200 && status < 300) return after(status, null);
    const seconds = BUSY.includes(status)
      ? toRetryAfterSeconds(headers.get("retry-after"), beganAt, MAX_PAUSE_MS / 1_000)
      : undefined;
    const pauseMs = seconds === undefined ? undefined : seconds * 1_000;
    return { ...after(status, whyOf(status)), pauseMs };
  } catch (error) {
    if (error instanceof SealingError) return after(null, `the secret cannot be opened: ${error.message}`);
    // The message of any other error may quote the address.
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return after(null, isLate ? `no answer within ${TIMEOUT_MS / 1_000} seconds` : "the receiver could not be reached");
  }
}

function whyOf(status: number): string {
  if (status >= 300 && status < 400) return `the receiver answered ${status}: a redirect is not followed`;
  return `the receiver answered ${status}`;
}

/**
 * When the next attempt is made; undefined: there is none.
 * @param failures in a row, this one included
 */
export function nextAttemptAt(failures: number, { pauseMs = 0 }: Outcome, now: number): number | undefined {
  const waitMs = BACK_OFF_MS[failures - 1];
  if (waitMs === undefined) return undefined;
  return Math.round(now + Math.max(pauseMs, waitMs * (1 + JITTER * (2 * Math.random() - 1))));
}
