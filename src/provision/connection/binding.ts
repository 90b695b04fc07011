// Binding: a connection's row and settings made into something that can work.

import type { Adapter, Limits } from "../../adapter.ts";
import type { ConnectionRow } from "../../store/control.ts";
import { createTokens, type Tokens } from "../../upstream/auth.ts";
import { type Breaker, createBreaker } from "../../upstream/breaker.ts";
import type { Budget, Lane } from "../../upstream/budget.ts";
import { createApi } from "../../upstream/client.ts";
import { guardAbsence } from "../vendor/absence.ts";
import { checkTransport } from "../vendor/declaration.ts";
import { toPlanning, toReadOnly } from "../vendor/planning.ts";
import { toProfile } from "../vendor/profile.ts";
import type { Bound, Job } from "./job.ts";
import type { Trace } from "./trace.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** More than a tenth of the users, and at least twenty, within an hour. */
const DEFAULT_BRAKE = { share: 0.1, count: 20, minutes: 60 } as const;

/** Whoever was deleted is known for so long as the same person, should they return. */
export const DEFAULT_RETENTION = { traceDays: 30, tombstoneDays: 90 } as const;

/** What a bound connection needs from the object that it lives in. */
export type Surroundings = Pick<
  Bound,
  "store" | "atomically" | "locks" | "schedule" | "isShadow" | "tendShadow" | "digestKey"
> & {
  publicUrl: string;
  allowLoopback: boolean;
  /** The budget for these limits: the same as before where they are, whatever else has changed. */
  budgetOf(limits: Limits): Budget;
};

export interface Binding {
  bound: Bound;
  createJob(trace: Trace, lane: Lane, deadlineAt: number): Job;
}

/** @throws Error where the settings do not fit the adapter, or an upstream URL may not be called */
export function bindConnection(
  base: Adapter,
  row: ConnectionRow,
  given: Record<string, unknown>,
  surroundings: Surroundings,
): Binding {
  const settings = base.settings.parse(given);
  const real = guardAbsence(base.specialise?.(settings) ?? base);
  const adapter = surroundings.isShadow ? toPlanning(real, surroundings.store, Date.now) : real;
  const transport = adapter.connect(settings);
  checkTransport(adapter, transport);
  const limits: Limits = transport.limits ?? {};
  // Pacing, tokens and breaker are one for all requests of the connection.
  const budget = surroundings.budgetOf(limits);
  const tokens: Tokens = createTokens();
  const breaker: Breaker = createBreaker();
  const canSearch = Object.keys(adapter.user.find ?? {}).length > 0;
  const { publicUrl, allowLoopback, budgetOf: _, ...rest } = surroundings;
  const bound: Bound = {
    ...rest,
    id: row.id,
    name: row.name,
    mode: row.mode,
    suspended: row.state !== "active",
    coupling: row.coupling,
    unmapped: row.unmapped,
    freshnessMs: row.freshnessMinutes !== null ? row.freshnessMinutes * MINUTE_MS : canSearch ? DAY_MS : HOUR_MS,
    publicUrl,
    adapter,
    profile: toProfile(adapter, row.coupling, row.unmapped),
    onDelete: transport.onDelete ?? (adapter.user.remove ? "remove" : "disable"),
    limits,
    readLagMs: transport.readLagMs ?? 0,
    drift: row.drift,
    protection: row.protected,
    brake: row.brake ?? DEFAULT_BRAKE,
    retention: row.retention ?? DEFAULT_RETENTION,
    settings,
  };
  return {
    bound,
    createJob(trace, lane, deadlineAt) {
      const api = createApi({
        transport,
        settings,
        submitted: (ticket) => job.onTicket?.(ticket),
        budget,
        tokens,
        breaker,
        lane,
        allowLoopback,
        deadline: () => deadlineAt,
        record: (call) => trace.calls.push(call),
      });
      const job: Job = {
        connection: bound,
        api: bound.isShadow ? toReadOnly(api, (what) => trace.notes.add(what)) : api,
        trace,
        startedAt: Date.now(),
        deadlineAt,
        now: Date.now,
      };
      return job;
    },
  };
}
