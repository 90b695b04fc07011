// Compares a record that was in doubt with what clients were told since, and writes what differs again; it never sends the
// doubtful call itself [S46].

import { Fault, type Pointer } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { foldName } from "../../scim/text.ts";
import {
  countDoubts,
  type Doubt,
  deleteDoubt,
  findDoubt,
  findNextDoubt,
  listDueDoubts,
  postponeDoubts,
  updateDoubt,
} from "../../store/doubts.ts";
import { findOverlays, lapseOverlays } from "../../store/journal.ts";
import {
  findHiddenAccounts,
  findLink,
  isHiddenAccount,
  isLive,
  type Link,
  type LiveLink,
  type NativeLink,
  type Store,
  updateLink,
} from "../../store/links.ts";
import { listMemberIds } from "../../store/members.ts";
import { oweMemberships } from "../../store/owed.ts";
import { isEverybodys, isNotFound, isRefusal } from "../../upstream/fault-classes.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import { raiseAlarm } from "../alarms/raise-alarm.ts";
import type { Job } from "../jobs/job.ts";
import type { OwedStatus, OwnKind } from "../jobs/owed-kind.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { ensureLoaded, hidesDisabled, listNatively, resolveMembers } from "../membership/member-rows.ts";
import { removeNatively } from "../membership/member-writes.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { disableNatively, rememberDisable } from "../recovery/pending-disable.ts";
import { changedPaths, type Held } from "../resource/attribute-mapping.ts";
import { readHeld } from "../resource/held-values.ts";
import { confirmNotFound } from "../resource/not-found.ts";
import { updateRecord } from "../resource/record-update.ts";
import { toldValues } from "../resource/told-values.ts";
import { toWritten } from "../resource/user-references.ts";
import { shortenUnchanged } from "../resource/wanted-values.ts";
import { groupOperationsOf, kindOf } from "../vendor/user-or-group.ts";

const BATCH = 100;
const RETRY_MS = 30_000;
/** So often a record is written again; then an administrator must look. */
const MAX_REPAIRS = 3;

export const openDoubts: OwnKind = {
  name: "doubt",
  mode: "lookup",
  says: {
    what: "a call without an answer may still take effect, and undo what clients were told since",
    superseded: "nothing: it ends when the call can no longer act",
    shown: "what clients were told",
    dropped: "what was told is not compared any more: reads show what the product has",
  },
  nextDue: findNextDoubt,
  run: settleDoubts,
  list: ({ connection }, limit) =>
    listDueDoubts(connection.store, Number.MAX_SAFE_INTEGER, limit).map(toStatus(connection.store)),
  count: ({ connection }) => countDoubts(connection.store),
  countFailing: () => 0,
  retry: ({ connection, now }, id) => updateDoubt(connection.store, id, { dueAt: now() }),
  drop({ connection }, id) {
    deleteDoubt(connection.store, id);
    return undefined;
  },
};

const toStatus =
  (store: Store) =>
  ({ linkId, dueAt, endsAt, repairs }: Doubt): OwedStatus => {
    const isGroup = findLink(store, "Group", linkId) !== undefined;
    return {
      id: linkId,
      kind: "doubt",
      user: isGroup ? null : linkId,
      group: isGroup ? linkId : null,
      what: "compare",
      why: `until ${new Date(endsAt).toISOString()} a call without an answer may still act`,
      since: dueAt,
      nextAttemptAt: dueAt,
      failures: repairs,
      isParked: false,
    };
  };

/** Compares the records that are due. */
async function settleDoubts(job: Job, endsAt: number): Promise<void> {
  const { store, object } = job.connection;
  // Until a person chooses, nothing is written again.
  if (isProductRestored(job)) return postponeDoubts(store, job.now() + RETRY_MS);
  for (const { linkId } of listDueDoubts(store, job.now(), BATCH)) {
    if (job.now() > endsAt) return;
    try {
      await object.locks.withLocks([`link:${linkId}`], job, () => settleDoubt(job, linkId));
    } catch (error) {
      if (error instanceof Fault ? isEverybodys(error) : !(error instanceof ScimError)) throw error;
      // The others are compared although this one cannot be now.
      if (isRefusal(error) || error instanceof ScimError) noteRefusedRepair(job, linkId);
      else updateDoubt(store, linkId, { dueAt: job.now() + RETRY_MS });
    }
  }
}

async function settleDoubt(job: Job, linkId: string): Promise<void> {
  const { store } = job.connection;
  // A write that is open itself widens the doubt.
  await resolveIntentsOf(job, linkId);
  const doubt = findDoubt(store, linkId);
  if (!doubt || doubt.dueAt > job.now()) return;
  const link = findLink(store, "User", linkId) ?? findLink(store, "Group", linkId);
  if (!link || doubt.toldAt === null) return deleteDoubt(store, linkId);
  // Before, a read may still show what was so before it was told.
  const shownFrom = doubt.toldAt + job.connection.readLagMs;
  if (job.now() < shownFrom) return updateDoubt(store, linkId, { dueAt: shownFrom });
  const isOver = job.now() >= doubt.endsAt;
  const differs = link.type === "User" ? await repairUser(job, link) : isLive(link) && (await repairGroup(job, link));
  if (!differs) return isOver ? deleteDoubt(store, linkId) : updateDoubt(store, linkId, { dueAt: doubt.endsAt });
  job.trace.notes.add(`a late call had changed what was told of ${linkId}; it was written again`);
  const repairs = doubt.repairs + 1;
  const hasNoEnd = repairs >= MAX_REPAIRS;
  if (hasNoEnd) raiseAlarm(job, { kind: "undone", subject: linkId, ids: [linkId], count: 1 });
  if (isOver || hasNoEnd) return endRepaired(store, linkId, job.connection.readLagMs, job.now());
  updateDoubt(store, linkId, { repairs, toldAt: job.now(), dueAt: doubt.endsAt });
}

/** What the vendor does not take back after some tries, a person must look at; from then on reads show what it has. */
function noteRefusedRepair(job: Job, linkId: string): void {
  const { store } = job.connection;
  const repairs = (findDoubt(store, linkId)?.repairs ?? 0) + 1;
  if (repairs < MAX_REPAIRS) {
    updateDoubt(store, linkId, { repairs, dueAt: job.now() + RETRY_MS });
    return;
  }
  raiseAlarm(job, { kind: "undone", subject: linkId, ids: [linkId], count: 1 });
  deleteDoubt(store, linkId);
}

/** What was written again is shown until the vendor's reads follow. */
function endRepaired(store: Store, linkId: string, lagMs: number, now: number): void {
  if (lagMs > 0) lapseOverlays(store, linkId, now + lagMs);
  deleteDoubt(store, linkId);
}

/** Writes the told values that the vendor's record does not have. @returns whether there were any */
async function repairUser(job: Job, link: Link): Promise<boolean> {
  const { store, adapter } = job.connection;
  if (!isLive(link) && !isHiddenAccount(link)) return false;
  const told = toldValues(findOverlays(store, link.id, job.now()));
  const native = await readIfThere(job, link, () => adapter.user.read(job.api, link.nativeId));
  if (native === undefined) return false;
  const kind = kindOf(job.connection, "User");
  const held = readHeld(store, link, adapter.user.toScim(native), kind);
  const wanted = { ...held, ...told };
  const changed = changedPaths(held, wanted, kind);
  // Whom an administrator has protected since then stays as the vendor has them.
  if (changed.size === 0 || isProtected(job, link)) return false;
  const disables = changed.has("active") && wanted.active === false;
  try {
    await withIntent(
      job,
      { kind: "user.update", linkId: link.id, expected: { paths: [...changed] } },
      () => writeAgain(job, link, native, held, wanted, changed),
      () => {},
    );
  } catch (error) {
    if (!(error instanceof Fault) || !disables) throw error;
    rememberDisable(job, link.id, error);
  }
  return true;
}

async function writeAgain(
  job: Job,
  link: NativeLink,
  native: unknown,
  held: Held,
  wanted: Held,
  paths: ReadonlySet<string>,
): Promise<void> {
  const { user } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  const changed = new Set(paths);
  const byVerb = user.setActive !== undefined && changed.delete("active");
  let record = native;
  if (byVerb && wanted.active === false) record = await disableNatively(job, link, record, held);
  const fitting = shortenUnchanged(job, { held: wanted, changed }, kind);
  // The user whom a client named as the manager may be deleted by now: the reference is left as the vendor has it.
  const { values } = await toWritten(job, link.id, fitting, changed, kind, (path) => changed.delete(path));
  if (changed.size > 0) record = await updateRecord(job, link.nativeId, { values, changed, native: record });
  if (byVerb && wanted.active !== false) await user.setActive?.(job.api, link.nativeId, true, record);
}

/** The same for a group's name and members; who is in the group without Portico stays. */
async function repairGroup(job: Job, link: LiveLink): Promise<boolean> {
  const { store } = job.connection;
  const group = groupOperationsOf(job.connection);
  const native = await readIfThere(job, link, () => group.read(job.api, link.nativeId));
  if (native === undefined) return false;
  const kind = kindOf(job.connection, "Group");
  const held = readHeld(store, link, group.toScim(native), kind);
  const wanted = { ...held, ...toldValues(findOverlays(store, link.id, job.now())) };
  const changed = changedPaths(held, wanted, kind);
  if (changed.size > 0 && group.update) {
    const { values } = await toWritten(job, link.id, wanted, changed, kind);
    await group.update(job.api, link.nativeId, { values, changed, native });
  }
  return (await repairMembers(job, link)) || changed.size > 0;
}

async function repairMembers(job: Job, link: LiveLink): Promise<boolean> {
  const { store, object } = job.connection;
  const doubt = findDoubt(store, link.id);
  if (!doubt) return false;
  const isOfMembers = doubt.joining.length + doubt.leaving.length > 0;
  if (!link.membersLoaded && !isOfMembers) return false;
  // Loading keeps what was told, also where the vendor shows something else.
  await ensureLoaded(job, link);
  const pointers = await listNatively(job, link);
  const inGroup = new Set(await resolveMembers(job, pointers));
  const told = new Set(listMemberIds(store, link.id));
  const isHidden = (id: string) => hidesDisabled(job) && findLink(store, "User", id)?.isActive === false;
  const missing = [...told].filter((id) => !inGroup.has(id) && !isHidden(id));
  const surplus = doubt.joining.filter((id) => inGroup.has(id) && !told.has(id));
  const deleted = findHiddenMembers(store, doubt.joining, pointers);
  // Nobody is told that they were in the group, so nothing is owed: a call that fails is repeated with the comparison.
  if (deleted.length > 0) await removeNatively(job, link, deleted);
  if (missing.length + surplus.length === 0) return deleted.length > 0;
  object.atomically(() => {
    const because = { why: "a late call had changed the membership", now: job.now() };
    oweMemberships(store, link.id, "add", missing, because);
    oweMemberships(store, link.id, "remove", surplus, because);
    wakeOwed(job, "membership");
    updateLink(store, link.id, { version: link.version + 1 });
  });
  return true;
}

/** The hidden accounts of deleted users that a late addition has brought into a group. */
function findHiddenMembers(store: Store, joining: readonly string[], pointers: readonly Pointer[]): NativeLink[] {
  const ids = new Set(pointers.flatMap((pointer) => ("id" in pointer ? [pointer.id] : [])));
  const names = new Set(pointers.flatMap((pointer) => ("key" in pointer ? [foldName(pointer.key)] : [])));
  return findHiddenAccounts(store, joining).filter(
    ({ nativeId, nameKey }) => ids.has(nativeId) || names.has(nameKey ?? ""),
  );
}

async function readIfThere(job: Job, link: Link, read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await confirmNotFound(job, link);
    return undefined;
  }
}
