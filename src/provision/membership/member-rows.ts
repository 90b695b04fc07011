// Memberships as rows: loaded once from the vendor, then changed by deltas [S13] [S14].

import { type GroupOperations, type Member, type Page, type Pointer, pagesOf, type Values } from "../../adapter.ts";
import type { Filter } from "../../scim/filter.ts";
import { matchesElement } from "../../scim/filter-match.ts";
import type { Delta } from "../../scim/members.ts";
import { badRequest } from "../../scim/messages.ts";
import { strictRefusal } from "../../scim/strict.ts";
import { findDoubt, wakeDoubt } from "../../store/doubts.ts";
import {
  findLinksByNativeIds,
  findLiveLinksByIds,
  type LiveLink,
  type NativeLink,
  updateLink,
} from "../../store/links.ts";
import {
  deleteActiveMembers,
  deleteGroupMembers,
  deleteMembers,
  findMemberIds,
  findUserNames,
  insertMembers,
  listLostMemberIds,
  listMemberIds,
} from "../../store/members.ts";
import { listOwedOf } from "../../store/owed.ts";
import { breathe, breatheAfter, type Job, MANY, pause } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { isStrict } from "../jobs/read-notes.ts";
import { createLink } from "../resource/adoption.ts";
import { toShownMember } from "../resource/locations.ts";
import { readNamesInDoubt } from "../resource/names-in-doubt.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import { findByEmail, nativeNameOf } from "../resource/soft-delete-names.ts";
import { groupOperationsOf, holdsGroups } from "../vendor/user-or-group.ts";
import { withoutGone } from "./gone-members.ts";

type MemberOperations = GroupOperations<Values, Values, unknown>["members"];

export const memberOperations = (job: Job): MemberOperations => groupOperationsOf(job.connection).members;

/** Whether the vendor's member lists leave disabled users out, so that a list says nothing about their memberships. */
export const hidesDisabled = (job: Job): boolean => memberOperations(job).listHides === "disabled";

/** The user links that a native member list means, in its order; undefined for the hidden account of a deleted user. */
export function linksOf(job: Job, pointers: readonly Pointer[]): (NativeLink | undefined)[] {
  const { store } = job.connection;
  const ids = pointers.flatMap((pointer) => ("id" in pointer ? pointer.id : []));
  const known = new Map(findLinksByNativeIds(store, "User", ids).map((link) => [link.nativeId, link]));
  return pointers.map((pointer) => {
    if ("key" in pointer) return findByEmail(store, pointer.key)[0];
    // A new link has no name until a sweep or a read sees the record.
    const link = known.get(pointer.id) ?? createLink(job, "User", pointer.id, {});
    known.set(pointer.id, link);
    return link.state === "tombstone" ? undefined : link;
  });
}

export async function listNatively(job: Job, group: LiveLink): Promise<Pointer[]> {
  const pointers = await listPointers(job, group);
  const named = pointers.filter((pointer) => "key" in pointer);
  if (linksOf(job, named).every(Boolean)) return pointers;
  // A user may have been renamed while the list was read, or by a write whose answer was lost.
  await readNamesInDoubt(job);
  return listPointers(job, group);
}

async function listPointers(job: Job, group: LiveLink): Promise<Pointer[]> {
  const pointers: Pointer[] = [];
  for await (const page of pagesOf((cursor) => listMemberPage(job, group, cursor))) pointers.push(...page.items);
  return pointers;
}

export function listMemberPage(job: Job, group: LiveLink, cursor: string | undefined): Promise<Page<Pointer>> {
  return memberOperations(job).list(job.api, group.nativeId, cursor);
}

/** The ids of the users that the vendor's pointers name; users whose name is in doubt are read again first. */
export async function resolveMembers(job: Job, pointers: readonly Pointer[]): Promise<string[]> {
  const resolve = () => job.connection.object.atomically(() => linksOf(job, pointers).map((link) => link?.id));
  let ids = resolve();
  if (pointers.some((pointer, at) => "key" in pointer && ids[at] === undefined)) {
    await readNamesInDoubt(job);
    ids = resolve();
  }
  return ids.filter((id) => id !== undefined);
}

/**
 * Loads the native member list once; from then on the rows answer. Call it under the group's lock.
 * @param unsure users of whom an open write leaves unknown whether they are members
 */
export async function ensureLoaded(job: Job, group: LiveLink, unsure: readonly string[] = []): Promise<void> {
  if (group.membersLoaded) return;
  const { store } = job.connection;
  if (holdsGroups(job.connection)) {
    // There is no other list than the rows.
    updateLink(store, group.id, { membersLoaded: true });
    group.membersLoaded = true;
    return;
  }
  const pointers = await withConfirmedNotFound(job, group, () => listNatively(job, group));
  job.connection.object.atomically(() => {
    const shown = linksOf(job, pointers).flatMap((link) => link?.id ?? []);
    const late = findLateChanges(job, group.id, shown, unsure);
    const ids = [...shown.filter((id) => !late.back.has(id)), ...late.away];
    if (hidesDisabled(job)) deleteActiveMembers(store, group.id);
    else deleteGroupMembers(store, group.id);
    insertMembers(store, group.id, ids);
    // Changes that are owed, waiting or parked, count as done.
    for (const { key, operation } of listOwedOf(store, group.id, "membership")) {
      if (operation.op === "add") insertMembers(store, group.id, [key]);
      else deleteMembers(store, group.id, [key]);
    }
    updateLink(store, group.id, { membersLoaded: true });
  });
  group.membersLoaded = true;
}

/** What a call without an answer has undone of what clients were told of a group. */
interface LateChanges {
  /** Whom the vendor shows again although they were removed. */
  back: ReadonlySet<string>;
  /** Whom the vendor shows no more although they were added. */
  away: readonly string[];
}

/** The comparison with what was told, which is wanted at once then, puts it right at the vendor [S46]. */
function findLateChanges(job: Job, groupId: string, shown: readonly string[], unsure: readonly string[]): LateChanges {
  const { store, readLagMs } = job.connection;
  const doubt = findDoubt(store, groupId);
  if (!doubt || doubt.toldAt === null) return { back: new Set(), away: [] };
  const told = new Set(listMemberIds(store, groupId));
  const [atVendor, open] = [new Set(shown), new Set(unsure)];
  const back = doubt.joining.filter((id) => atVendor.has(id) && !told.has(id) && !open.has(id));
  const away = doubt.leaving.filter((id) => told.has(id) && !atVendor.has(id) && !open.has(id));
  const now = job.now();
  const isUndone = back.length + away.length > 0;
  if (isUndone && wakeDoubt(store, groupId, now, now - readLagMs)) wakeOwed(job, "doubt");
  return { back: new Set(back), away };
}

/** @throws ScimError 400 invalidValue naming the first id that is no live user */
export async function requireUsers(job: Job, ids: readonly string[]): Promise<Map<string, LiveLink>> {
  const links = new Map((await readUsers(job, ids)).map((link) => [link.id, link]));
  const unknown = ids.find((id) => !links.has(id));
  if (unknown !== undefined) {
    throw badRequest(
      "invalidValue",
      `members: ${JSON.stringify(unknown.slice(0, 64))} is no user on this connection`,
      "provision that user first, or take them out of the group",
    );
  }
  return links;
}

export interface MemberChange {
  add: LiveLink[];
  remove: LiveLink[];
  /** Users who are gone at the vendor and leave a group that Portico holds: no read shows them, and they must not return. */
  lost?: string[];
}

/** How many memberships change. */
export const sizeOf = ({ add, remove, lost = [] }: MemberChange): number => add.length + remove.length + lost.length;

/**
 * Who joins and who leaves by a sequence of deltas, given the rows; `named` are the users whom it names to be in the
 * group, members already or not.
 * @throws ScimError 400 invalidValue for an id that is added and is no live user
 */
export async function toMemberChange(
  job: Job,
  group: LiveLink,
  asSent: readonly Delta[],
): Promise<MemberChange & { named: LiveLink[] }> {
  const { store } = job.connection;
  const deltas = withoutGone(job, asSent);
  const mentioned = [...new Set(deltas.flatMap((delta) => ("values" in delta ? delta.values : [])))];
  const needsAll = deltas.some((delta) => delta.op === "replace" || "filter" in delta);
  const before = needsAll ? new Set(listMemberIds(store, group.id)) : findMemberIds(store, group.id, mentioned);
  const isHeld = holdsGroups(job.connection);
  const lost = isHeld ? listLostMemberIds(store, group.id, needsAll ? undefined : mentioned) : [];
  const wanted = deltas.flatMap((delta) => (delta.op === "remove" ? [] : delta.values));
  await breatheAfter(before.size);
  const users = await requireUsers(job, [...new Set(wanted)]);
  await breatheAfter(users.size);
  const after = new Set(before);
  const isFiltered = deltas.some((delta) => "filter" in delta);
  const names = isFiltered ? findUserNames(store, [...before, ...wanted]) : new Map<string, string>();
  const isSelected = (filter: Filter, id: string) =>
    matchesElement(filter, toShownMember(job.connection, id, names.get(id)), job.work);
  for (const delta of deltas) {
    const size = after.size;
    if ("filter" in delta) await removeSelected(job, after, (id) => isSelected(delta.filter, id));
    else applyDelta(after, delta);
    const isByFilter = "filter" in delta || delta.isSelected === true;
    if (isByFilter && isStrict(job) && after.size === size) throw strictRefusal("absent-member");
  }
  await breatheAfter(names.size);
  // A request that repeats a refused change asks the vendor again, because the rows show the change as done.
  const asked = new Set(mentioned);
  const parked = listOwedOf(store, group.id, "membership").filter(({ isParked }) => isParked);
  const refused = new Set(parked.map(({ key }) => key).filter((id) => needsAll || asked.has(id)));
  const added = [...after].filter((id) => !before.has(id) || refused.has(id));
  const removed = [...before.union(refused)].filter((id) => !after.has(id));
  const forgotten = lost.filter((id) => !after.has(id));
  return {
    add: added.flatMap((id) => users.get(id) ?? []),
    remove: await readUsers(job, removed),
    named: [...users.values()].filter(({ id }) => after.has(id)),
    ...(forgotten.length > 0 ? { lost: forgotten } : {}),
  };
}

/** The live users among many, so many at a time. */
async function readUsers({ connection }: Job, ids: readonly string[]): Promise<LiveLink[]> {
  const users: LiveLink[] = [];
  for (let at = 0; at < ids.length; at += MANY) {
    if (at > 0) await pause();
    users.push(...findLiveLinksByIds(connection.store, "User", ids.slice(at, at + MANY)));
  }
  return users;
}

async function removeSelected(job: Job, ids: Set<string>, isSelected: (id: string) => boolean): Promise<void> {
  for (const id of ids) {
    if (isSelected(id)) ids.delete(id);
    await breathe(job);
  }
}

function applyDelta(ids: Set<string>, delta: Exclude<Delta, { filter: Filter }>): void {
  if (delta.op === "replace") ids.clear();
  if (delta.op === "remove") {
    for (const id of delta.values) ids.delete(id);
  } else {
    for (const id of delta.values) ids.add(id);
  }
}

export function toMember(job: Job, link: NativeLink): Member {
  return { id: link.nativeId, userName: nativeNameOf(job.connection, link) ?? link.emailKey ?? link.name ?? "" };
}
