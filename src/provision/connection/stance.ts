// Whether a connection may call its product now, and what a client is told where it may not [S18] [S47].

import type { Closing } from "../../upstream/fence.ts";
import type { Rules } from "./operator-rules.ts";

export type Stance = "live" | "plan" | "paused" | "suspended";

export const stanceOf = ({ mode, isSuspended }: Pick<Rules, "mode" | "isSuspended">): Stance =>
  isSuspended ? "suspended" : mode;

const CLOSINGS: Record<Exclude<Stance, "live">, Closing> = {
  paused: {
    detail: "this connection is paused by its operator; provisioning goes on when it is resumed",
    retryAfterSeconds: 300,
  },
  suspended: { detail: "this connection is suspended by its operator", retryAfterSeconds: 300 },
  plan: { detail: "this connection is entering plan mode; try again", retryAfterSeconds: 5 },
};

/** Of a plan that has ended: what it was about to read is read by the connection itself. */
const PLAN_ENDED: Closing = { detail: "this connection is leaving plan mode; try again", retryAfterSeconds: 5 };
export const ERASED: Closing = { detail: "this connection no longer exists", retryAfterSeconds: 300 };
export const PAUSED = CLOSINGS.paused;

/** Why this object may call nobody; undefined where it may. A connection in plan mode leaves the calls to its shadow. */
export function closingOf(stance: Stance, isShadow: boolean): Closing | undefined {
  if (isShadow) return stance === "plan" ? undefined : stance === "live" ? PLAN_ENDED : CLOSINGS[stance];
  return stance === "live" ? undefined : CLOSINGS[stance];
}
