// Limits on the door: only failed credentials count, so that a client with a valid one is never refused because of another client [S61].

import { isJwt } from "./jwt.ts";

const WINDOW_MS = 60_000;
/** More failures than these within a window are told to wait. */
const MAX_FAILURES = 30;
/** Of so many keys the failures are counted at once. */
const MAX_KEYS = 10_000;
const PART_LENGTH = 8;

const counts = new Map<string, { failures: number; since: number }>();

/**
 * Who failed: the address together with a part of what was shown, because all tenants of an identity provider come from
 * the same addresses. Signed tokens all begin alike, so of them it is the end.
 */
export const failureKey = (address: string, token: string): string =>
  `${address} ${isJwt(token) ? token.slice(-PART_LENGTH) : token.replace(/^portico_/, "").slice(0, PART_LENGTH)}`;

/**
 * Counts a failure; the seconds to wait where there were too many, and undefined otherwise.
 * @param limiter the platform's own count, which is one for all isolates of a place and does not say when it ends
 */
export async function noteFailure(
  limiter: RateLimit | undefined,
  key: string,
  now: number,
): Promise<number | undefined> {
  const wait = countFailure(key, now);
  if (wait !== undefined || !limiter) return wait;
  try {
    const { success } = await limiter.limit({ key });
    return success ? undefined : WINDOW_MS / 1_000;
  } catch {
    // Who failed is refused in any case; a limit that cannot be asked must not make an outage of it.
    return undefined;
  }
}

/** What this isolate has counted. */
function countFailure(key: string, now: number): number | undefined {
  const known = counts.get(key);
  const isCurrent = known && Math.abs(now - known.since) < WINDOW_MS;
  const count = isCurrent ? known : { failures: 0, since: now };
  count.failures++;
  counts.delete(key);
  const oldest = counts.size >= MAX_KEYS ? counts.keys().next().value : undefined;
  if (oldest !== undefined) counts.delete(oldest);
  counts.set(key, count);
  if (count.failures <= MAX_FAILURES) return undefined;
  return Math.max(1, Math.ceil((count.since + WINDOW_MS - now) / 1_000));
}
