// How many requests one connection takes: a bucket of tokens in its object, so that a tenant who floods waits, and no other.

import { ScimError } from "../../scim/messages.ts";
import type { RequestRate } from "../../store/control-tables.ts";

/** A flood is written down so often: its traces must not push out those that explain something. */
const NOTE_EVERY_MS = 60_000;

export const tooFast = (retryAfterSeconds: number, what = "this connection takes no more requests at the moment") =>
  new ScimError(429, `${what}; send the request again in ${retryAfterSeconds} s`, { retryAfterSeconds });

/** The connection takes no request now. */
export class Flooded extends ScimError {
  /** The first for a while, whose trace tells the operator. */
  readonly isNoted: boolean;

  constructor({ perSecond, burst }: RequestRate, retryAfterSeconds: number, isNoted: boolean) {
    super(
      429,
      `this connection takes ${perSecond} requests in a second and ${burst} at once; send the request again in ${retryAfterSeconds} s`,
      { retryAfterSeconds },
    );
    this.isNoted = isNoted;
  }
}

export interface RequestBucket {
  /** Takes one token. @throws Flooded 429 where there is none, with the whole seconds after which there is one */
  take(rate: RequestRate, now: number): void;
  /** Counts a part of a request that was let in whole, also where there is no token: the next request waits for it. */
  count(rate: RequestRate, now: number): void;
}

export function createRequestBucket(): RequestBucket {
  let used = 0;
  let usedAt = 0;
  let notedAt = Number.NEGATIVE_INFINITY;
  const refill = ({ perSecond }: RequestRate, now: number) => {
    // A clock that was set back gives nothing back, and takes nothing away.
    used = Math.max(0, used - (Math.max(0, now - usedAt) / 1_000) * perSecond);
    usedAt = now;
  };
  return {
    count(rate, now) {
      refill(rate, now);
      used += 1;
    },
    take(rate, now) {
      const { perSecond, burst } = rate;
      refill(rate, now);
      if (used + 1 <= burst) {
        used += 1;
        return;
      }
      // So few decimals that a rounding error does not cost a second.
      const seconds = Math.max(1, Math.ceil(Number(((used + 1 - burst) / perSecond).toFixed(6))));
      const isNoted = Math.abs(now - notedAt) >= NOTE_EVERY_MS;
      if (isNoted) notedAt = now;
      throw new Flooded(rate, seconds, isNoted);
    },
  };
}
