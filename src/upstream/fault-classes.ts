// What a fault means for work that must go on; the classes stand in `FAULTS`.

import { Fault } from "../adapter.ts";
import { FAULTS, type FaultClass } from "./faults.ts";
import { Fenced } from "./fence.ts";

const isOf = (error: unknown, wanted: FaultClass): error is Fault =>
  error instanceof Fault && FAULTS[error.kind].class === wanted;

/** Whether the vendor has said no, so that the same call will not succeed by itself. */
export const isRefusal = (error: unknown): error is Fault => isOf(error, "refusal");

/** Whether the vendor could not say anything about what was asked. What a pause refuses is none: it is not kept [S18]. */
export const isOutage = (error: unknown): error is Fault => isOf(error, "outage") && !(error instanceof Fenced);

/** Whether the vendor says that the record is not there; src/provision/resource/not-found.ts decides whether that is believed. */
export const isNotFound = (error: unknown): error is Fault => isOf(error, "absent");

/** Whether the vendor does it once the person concerned has acted. */
export const waitsForPerson = (error: unknown): error is Fault => isOf(error, "pending");

/** Whether nothing was sent, because the vendor's limits leave no room for it now. */
export const isThrottled = (error: unknown): error is Fault =>
  error instanceof Fault && error.kind === "throttled" && !error.ambiguous;

/** Whether the next call would fail in the same way, also for another user. */
export const isEverybodys = (fault: Fault): boolean => FAULTS[fault.kind].isEverybodys || fault instanceof Fenced;

/** Whether another value could have been accepted. */
export const isOfValue = (error: unknown): error is Fault => error instanceof Fault && FAULTS[error.kind].isOfValue;
