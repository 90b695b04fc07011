// Which users clients have met lately, and what they said of them: who matched an account, whom nobody asks for any more,
// and on whom two credentials disagree [S57] [S58].

import type { Edit } from "../../scim/edit.ts";
import { findAlarm } from "../../store/alarms.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import type { Link } from "../../store/links.ts";
import {
  type Cycle,
  countActiveUsers,
  countMatched,
  countUnmet,
  findSight,
  listUnmet,
  noteMeetings,
  type Sight,
  upsertSight,
} from "../../store/sights.ts";
import type { Job } from "../jobs/job.ts";
import { closeAlarm, MAX_IDS, raiseAlarm } from "./raise-alarm.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Times are kept to the hour, because most requests only read. */
const ROUNDED_MS = HOUR_MS;
/** Within so long an identity provider has gone through everybody. */
const CYCLE_MS = 3 * DAY_MS;
/** A cycle with so long a pause in its matches is over. */
const PAUSE_MS = 2 * HOUR_MS;
const FIRST_SIGHT = "first_sight";

/** A user whom a request has met; `sight` is when clients last did, null for never, and absent where that was not looked up. */
interface Met {
  link: Pick<Link, "id">;
  sight?: Sight | null;
}

/** Whether clients have met a user so lately that it need not be noted again. */
export const isRecent = ({ now }: Job, sight: Sight | null | undefined): sight is Sight =>
  sight != null && now() - sight.seenAt < ROUNDED_MS;

/** Notes whom a request has matched, or else only read or written. */
export function noteMet(job: Job, met: readonly Met[], isMatch: boolean): void {
  const { store } = job.connection;
  const now = job.now();
  const isOld = (at: number | null | undefined) => at === null || at === undefined || now - at >= ROUNDED_MS;
  const known = met.map(({ link: { id }, sight = findSight(store, id) }) => ({ id, sight }));
  const stale = known.filter(({ sight }) => isOld(sight?.seenAt) || (isMatch && isOld(sight?.matchedAt)));
  if (stale.length === 0) return;
  noteFirst(job);
  const matchedAt = isMatch ? now : null;
  noteMeetings(
    store,
    stale.map(({ id: linkId }) => ({ linkId, seenAt: now, matchedAt })),
  );
}

/** Whether a client has found the user by a filter within a day. */
export function wasMatched(job: Job, linkId: string): boolean {
  const matchedAt = findSight(job.connection.store, linkId)?.matchedAt ?? null;
  return matchedAt !== null && job.now() - matchedAt < DAY_MS;
}

/** Notes that a request has created or changed a user, and what it has said of `active`. */
export function noteWritten(job: Job, met: Met, edit: Pick<Edit, "disables" | "activates">): void {
  if (edit.disables() || edit.activates()) noteSaid(job, met.link.id, edit.activates());
  else noteMet(job, [met], false);
}

/** Raises an alarm where another credential has just said otherwise. */
function noteSaid(job: Job, linkId: string, isActive: boolean): void {
  const { store } = job.connection;
  const now = job.now();
  const known = findSight(store, linkId);
  const said = { isActive, credential: job.credential, at: now };
  if (known?.said && disagree(known.said, said)) {
    const ids = findAlarm(store, "credentials-disagree")?.ids ?? [];
    const all = [...new Set([...ids, linkId])];
    raiseAlarm(job, { kind: "credentials-disagree", ids: all, count: all.length });
  }
  noteFirst(job);
  upsertSight(store, { linkId, seenAt: now, matchedAt: known?.matchedAt ?? null, said });
}

function noteFirst({ connection, now }: Job): void {
  if (readFact(connection.store, FIRST_SIGHT) === undefined) writeFact(connection.store, FIRST_SIGHT, String(now()));
}

type Said = NonNullable<Sight["said"]>;

const disagree = (before: Said, now: Said): boolean =>
  before.credential !== now.credential && before.isActive !== now.isActive && now.at - before.at < DAY_MS;

/**
 * After a whole sweep of the users: once an identity provider has gone through everybody, those whom it did not ask for
 * are listed. It goes through everybody in its first cycle, and later where it matches half of the users again.
 */
export function judgeOrphans(job: Job, pass: number): void {
  const { store, object } = job.connection;
  const first = Number(readFact(store, FIRST_SIGHT) ?? Number.POSITIVE_INFINITY);
  if (object.isShadow || job.now() - first < DAY_MS) return;
  const cycle = findCycle(job, first);
  const total = countActiveUsers(store);
  const count = cycle === undefined ? 0 : countUnmet(store, cycle);
  if (cycle === undefined || count === 0) closeAlarm(job, "orphans");
  else raiseAlarm(job, { kind: "orphans", ids: listUnmet(store, cycle, MAX_IDS), count, total, pass });
}

/** The last cycle through everybody; undefined where there is none to judge by. */
function findCycle(job: Job, first: number): Cycle | undefined {
  const { store } = job.connection;
  const now = job.now();
  const begun = now - first < CYCLE_MS ? first : now - CYCLE_MS;
  const { matched, last } = countMatched(store, begun);
  const isFirst = begun === first;
  const isWhole = isFirst || matched * 2 >= countActiveUsers(store);
  const over = isFirst ? now : last + ROUNDED_MS;
  if (isWhole && now - last >= PAUSE_MS) return { begun: begun - ROUNDED_MS, over };
  const raised = findAlarm(store, "orphans");
  return raised && { begun: raised.since - CYCLE_MS, over: raised.since };
}
