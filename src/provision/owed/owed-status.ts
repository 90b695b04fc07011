// What administrators see of what is owed, and what they decide about it.

import type { Store } from "../../store/links.ts";
import { findNames } from "../../store/members.ts";
import {
  countOwed,
  deleteOwedById,
  findOwedById,
  listOwed,
  type Owed,
  type OwedSum,
  sumOwed,
  wakeOwedRows,
} from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { hasRows, type OwedKind, type OwedName, type OwedStatus, type RowKind } from "../jobs/owed-kind.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { KINDS, REGISTER } from "./register.ts";

type Asking = Pick<Job, "connection" | "now">;

export interface OwedQuery {
  kind?: OwedName | undefined;
  /** Only what is parked. */
  parked?: boolean | undefined;
  limit: number;
}

/** What each part means stands with the answer that administrators get (`src/routes/owed-answers.ts`); times are epoch milliseconds. */
export function owedReport(asking: Pick<Job, "connection">, { kind, parked, limit }: OwedQuery) {
  const { store } = asking.connection;
  const kinds = kind === undefined ? KINDS : [REGISTER[kind]];
  const things = (limit === 0 ? [] : kinds).flatMap((one) => {
    if (!hasRows(one)) return parked === true ? [] : one.list(asking, limit);
    return listOwed(store, { kind: one.name, isParked: parked }, limit).map(toStatus);
  });
  const sums = new Map(sumOwed(store).map((sum) => [sum.kind, sum]));
  const toSums = (one: OwedKind) => toKindStatus(asking, one, hasRows(one) ? sums.get(one.name) : undefined);
  return { kinds: kinds.map(toSums), owed: withNames(store, things.slice(0, limit)) };
}

export type OwedReport = ReturnType<typeof owedReport>;

/** With the userName and the group's name that the links have now. */
export function withNames(store: Store, things: readonly OwedStatus[]) {
  const names = findNames(
    store,
    things.flatMap(({ user, group }) => [user, group].filter((id) => id !== null)),
  );
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  return things.map((one) => ({ ...one, userName: nameOf(one.user), groupName: nameOf(one.group) }));
}

function toKindStatus(asking: Pick<Job, "connection">, kind: OwedKind, sum: OwedSum | undefined) {
  const { name, mode } = kind;
  if (hasRows(kind)) {
    const { waiting = 0, failing = 0, nextAt = null, parked = 0 } = sum ?? {};
    return { kind: name, mode, waiting, failing, nextAttemptAt: nextAt, parked };
  }
  const [waiting, failing] = [kind.count(asking), kind.countFailing(asking)];
  const nextAttemptAt = kind.nextDue(asking.connection.store) ?? null;
  return { kind: name, mode, waiting, failing, nextAttemptAt, parked: 0 };
}

export function toStatus({ kind, linkId, key, operation, dueAt, isParked, ...row }: Owed): OwedStatus {
  const isMembership = kind === "membership";
  return {
    id: row.id,
    kind,
    user: isMembership ? key : kind === "notice" ? null : linkId,
    group: isMembership ? linkId : null,
    what: isMembership || kind === "notice" ? operation.op : key,
    why: row.why,
    since: row.since,
    nextAttemptAt: isParked ? null : dueAt,
    failures: row.failures,
    isParked,
  };
}

export type Decision = "retry" | "drop";
/** done; unknown: nothing with this id is owed; else why it cannot be. */
export type Decided = "done" | "unknown" | { refused: string };

const BY_REQUEST = "only a request of the identity provider can do this: it is tried when the user is activated";

/** Has one thing tried now, or gives it up. */
export function decideOwed(asking: Asking, decision: Decision, id: string): Decided {
  const { store } = asking.connection;
  const row = findOwedById(store, id);
  if (row) {
    if (decision === "retry" && REGISTER[row.kind].mode === "request") return { refused: BY_REQUEST };
    decideRow(asking, decision, row);
    return "done";
  }
  for (const kind of KINDS) {
    if (hasRows(kind) || !kind.list(asking, Number.MAX_SAFE_INTEGER).some((one) => one.id === id)) continue;
    if (decision === "retry") {
      kind.retry(asking, id);
      wakeOwed(asking, kind.name);
      return "done";
    }
    const refused = kind.drop(asking, id);
    return refused === undefined ? "done" : { refused };
  }
  return "unknown";
}

/** Gives everything that is parked up. How many there were. */
export function dropParked(asking: Asking): number {
  const parked = listOwed(asking.connection.store, { isParked: true }, Number.MAX_SAFE_INTEGER);
  asking.connection.object.atomically(() => {
    for (const row of parked) decideRow(asking, "drop", row);
  });
  return parked.length;
}

/**
 * Has everything that is parked tried again, or everything that is owed, whenever its next try would be; what only a request can
 * do waits for it. How many there were.
 */
export function retryOwed(asking: Asking, scope: RetryScope): number {
  const { store, object } = asking.connection;
  const rows = listOwed(store, { isParked: scope === "parked" ? true : undefined }, Number.MAX_SAFE_INTEGER).filter(
    ({ kind }) => isTried(REGISTER[kind]),
  );
  object.atomically(() => {
    // One time for all: what goes in one call is due at one time.
    wakeOwedRows(
      store,
      rows.map(({ id }) => id),
      asking.now(),
    );
    for (const kind of new Set(rows.map((row) => row.kind))) wakeOwed(asking, kind);
  });
  return rows.length;
}

export type RetryScope = "parked" | "all";

const isTried = (kind: OwedKind): kind is RowKind => hasRows(kind) && kind.mode !== "request";

/** What a try of everything that is owed would do at the product, if nothing fails: calls that change something. */
export function estimateRetry(asking: Pick<Job, "connection">): { calls: number; disables: number } {
  const { store } = asking.connection;
  // A notice goes to the webhooks.
  const kinds = KINDS.filter(isTried).filter(({ name }) => name !== "notice");
  const calls = kinds.map((kind) => kind.writes?.(asking) ?? countOwed(store, { kind: kind.name }));
  return { calls: calls.reduce((sum, one) => sum + one, 0), disables: countOwed(store, { kind: "disable" }) };
}

function decideRow(asking: Asking, decision: Decision, row: Owed): void {
  const { store, object } = asking.connection;
  if (decision === "retry") {
    wakeOwedRows(store, [row.id], asking.now());
    wakeOwed(asking, row.kind);
    return;
  }
  const kind = REGISTER[row.kind];
  object.atomically(() => {
    if (hasRows(kind)) kind.drop?.(asking, row);
    deleteOwedById(store, row.id);
  });
}
