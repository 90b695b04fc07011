// What the operator of a connection chose, with the default where nothing was chosen.

import type { Adapter, Transport } from "../../adapter.ts";
import type { BrakeKind } from "../../store/brake-counts.ts";
import type { ConnectionRow } from "../../store/control.ts";
import type { BrakeLine, Protected, RequestRate, Retention } from "../../store/control-tables.ts";
import { toLines, toWarnings } from "./brake-lines.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** For so long a deleted user who returns is known as the same person. */
export const DEFAULT_RETENTION: Retention = { traceDays: 30, tombstoneDays: 90 };

export interface Rules
  extends Pick<
    ConnectionRow,
    | "mode"
    | "coupling"
    | "unmapped"
    | "drift"
    | "driftActivated"
    | "parking"
    | "references"
    | "profile"
    | "retire"
    | "retireAfterDays"
  > {
  isSuspended: boolean;
  /** For how long a complete sweep answers for the vendor. */
  freshnessMs: number;
  onDelete: "remove" | "disable";
  /** For how long a user who was disabled comes back with the groups and seats of then. */
  restoreWithinMs: number;
  protected: Protected;
  /** The lines of the brake, by kind. */
  brake: Record<BrakeKind, BrakeLine>;
  retention: Retention;
  /** How many requests the connection takes. */
  requestRate: RequestRate;
}

/** A client that provisions in bursts sends some dozens a second, Entra fewer. */
export const DEFAULT_REQUEST_RATE: RequestRate = { perSecond: 50, burst: 200 };

export function toRules(row: ConnectionRow, { user }: Adapter, { onDelete }: Pick<Transport, "onDelete">): Rules {
  const canSearch = Object.keys(user.find ?? {}).length > 0;
  const { mode, coupling, unmapped, drift, driftActivated, parking, references, profile, retire, retireAfterDays } =
    row;
  return {
    mode,
    coupling,
    unmapped,
    drift,
    driftActivated,
    parking,
    references,
    profile,
    retire,
    retireAfterDays,
    restoreWithinMs: row.restoreWithinDays * DAY_MS,
    isSuspended: row.state !== "active",
    freshnessMs: row.freshnessMinutes !== null ? row.freshnessMinutes * MINUTE_MS : canSearch ? DAY_MS : HOUR_MS,
    onDelete: onDelete ?? (user.remove ? "remove" : "disable"),
    protected: row.protected,
    brake: row.purpose === "exam" ? toWarnings(toLines(row.brake)) : toLines(row.brake),
    retention: row.retention ?? DEFAULT_RETENTION,
    requestRate: row.requestRate ?? DEFAULT_REQUEST_RATE,
  };
}
