// What a fault means for work that must go on: a refusal is final, and a throttle holds for every call.

import { Fault } from "../adapter.ts";

const REFUSALS: readonly string[] = ["conflict", "invalid", "immutable", "unsupported", "noSeat"];

/** Whether the vendor has said no, so that the same call will not succeed by itself. */
export const isRefusal = (error: unknown): error is Fault => error instanceof Fault && REFUSALS.includes(error.kind);

/** Whether nothing was sent, because the vendor's limits leave no room for it now. */
export const isThrottled = (error: unknown): error is Fault =>
  error instanceof Fault && error.kind === "throttled" && !error.ambiguous;

/** Whether the next call would fail in the same way, also for another user. */
export const isEverybodys = ({ kind }: Fault) => kind === "throttled" || kind === "unauthorized";
