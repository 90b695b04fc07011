// What clients are told of a record while an earlier call without an answer may still change it [S46].

import { findDoubt, findNextDoubt, openDoubt, union, updateDoubt, wakeDoubt } from "../../store/doubts.ts";
import { findIntentsOf, findOverlays, type Overlay, upsertOverlay } from "../../store/journal.ts";
import type { Link } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { changedPaths, type Held } from "./attribute-mapping.ts";
import { mayStillAct } from "./doubtful-create.ts";
import { carriesGroups } from "./groups-in-records.ts";

/** A told value is shown until it was compared with the record, never by age. */
const UNTIL_COMPARED = Number.MAX_SAFE_INTEGER;

/**
 * Notes what an accepted request has told of a record that is in doubt: reads go on showing it, and it is written again
 * where the late call undoes it. A late call of the whole record can undo every value, another one only its own paths.
 * @param asked the paths that the request was about
 */
export function noteTold(job: Job, { id, type }: Pick<Link, "id" | "type">, held: Held, asked: Iterable<string>): void {
  const { store } = job.connection;
  // Also when its time is over: what it is compared with next must be what was told last.
  const doubt = findDoubt(store, id);
  if (!doubt) return;
  const isAsked = new Set(asked);
  const isInDoubt = (path: string) => doubt.paths === null || (doubt.paths.includes(path) && isAsked.has(path));
  const pending = findOverlays(store, id, job.now()).filter(({ reason }) => reason === "deactivation");
  for (const path of storedPaths(job, type)) {
    if (!isInDoubt(path) || pending.some((one) => one.path === path)) continue;
    const value = held[path] ?? null;
    upsertOverlay(store, { linkId: id, path, reason: "doubt", value, expiresAt: UNTIL_COMPARED });
  }
  updateDoubt(store, id, { toldAt: job.now() });
}

const idsOf = (links: readonly Pick<Link, "id">[]) => links.map(({ id }) => id);

/** The users whom a request has taken out of a group that is in doubt, put into it, or left in it. */
export function noteToldMembers(
  job: Job,
  groupId: string,
  removed: readonly Pick<Link, "id">[],
  added: readonly Pick<Link, "id">[] = [],
): void {
  const { store } = job.connection;
  noteMembersInDoubt(job, groupId, [...removed, ...added]);
  const doubt = findDoubt(store, groupId);
  if (!doubt) return;
  updateDoubt(store, groupId, {
    toldAt: job.now(),
    joining: union(doubt.joining, idsOf(removed)),
    leaving: union(doubt.leaving, idsOf(added)),
  });
}

/** A write to a user that carries all their groups brings those back, when it acts late, that it was sent with. */
function noteMembersInDoubt(job: Job, groupId: string, users: readonly Pick<Link, "id">[]): void {
  const { store, adapter } = job.connection;
  if (!adapter.user.writesGroups) return;
  const endsAt = Math.max(0, ...users.map(({ id }) => endOfDoubt(job, id)));
  if (endsAt <= job.now()) return;
  openDoubt(store, { linkId: groupId, endsAt, paths: [] });
  wakeOwed(job, "doubt", findNextDoubt(store));
}

/** Until when a write that carries the user's groups may still act, answered or not; 0: none may. */
function endOfDoubt(job: Job, userId: string): number {
  const { store, adapter } = job.connection;
  // What was written where that is not known.
  const isOne = (paths: readonly string[] | null | undefined) =>
    carriesGroups(adapter.user, new Set(paths ?? ["active"]));
  const doubt = findDoubt(store, userId);
  const open = findIntentsOf(store, userId).filter(
    (intent) => intent.state === "open" && mayStillAct(job, intent) && isOne(intent.expected?.paths),
  );
  return Math.max(doubt && isOne(doubt.paths) ? doubt.endsAt : 0, ...open.map(({ actsUntil }) => actsUntil));
}

/** The paths that the vendor stores: a userName that is another spelling of the e-mail is no value of its own. */
const storedPaths = ({ connection }: Job, type: Link["type"]): string[] =>
  kindOf(connection, type)
    .rows.map(({ path }) => path)
    .filter((path) => path !== "userName" || connection.adapter.userNameIs === undefined);

/** The told values of a record in doubt, by path. */
export const toldValues = (overlays: readonly Overlay[]): Held =>
  Object.fromEntries(
    overlays.flatMap(({ path, reason, value }) => (reason === "doubt" ? [[path, value ?? undefined]] : [])),
  );

/** Has a record compared at once of which a read shows other values than were told. */
export function compareTold(job: Job, { id, type }: Pick<Link, "id" | "type">, shown: Held, overlays: Overlay[]): void {
  const told = toldValues(overlays);
  if (Object.keys(told).length === 0) return;
  if (changedPaths(shown, { ...shown, ...told }, kindOf(job.connection, type)).size === 0) return;
  const { store, readLagMs } = job.connection;
  const now = job.now();
  if (!wakeDoubt(store, id, now, now - readLagMs)) return;
  wakeOwed(job, "doubt");
}
