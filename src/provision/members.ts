// Memberships: deltas against rows, written natively in the vendor's chunks (semantics 13 and 14).

import { Fault, type GroupOperations, type Member, type Page, type Pointer, type Values } from "../adapter.ts";
import { matchesElement } from "../scim/filter.ts";
import { badRequest, ScimError } from "../scim/messages.ts";
import type { Delta } from "../scim/patch.ts";
import { foldCase } from "../scim/text.ts";
import { createId } from "../store/identifier.ts";
import { upsertDueJob } from "../store/later.ts";
import { findLinkByNativeId, findLiveLinksByIds, findLiveLinksByKey, type Link, updateLink } from "../store/links.ts";
import { deleteGroupMembers, deleteMembers, findMemberIds, insertMembers, listMemberIds } from "../store/members.ts";
import { deleteOutboxPairs, listOutbox, upsertOutbox } from "../store/outbox.ts";
import { named, refreshNames } from "./addresses.ts";
import { hydrate } from "./hydrate.ts";
import type { Job } from "./job.ts";
import { confirmed } from "./presence.ts";
import { mintLink } from "./sight.ts";

/** More than any group can have waiting. */
const MAX_WAITING = 100_000;

type MemberOperations = GroupOperations<Values, Values, unknown>["members"];

function memberOperations(job: Job): MemberOperations {
  const { group } = job.connection.adapter;
  if (!group) throw new ScimError(501, "this product has no groups");
  return group.members;
}

/** The user link that a native member list means; undefined for the hidden account of a deleted user. */
function linkOf(job: Job, pointer: Pointer): Link | undefined {
  const { store } = job.connection;
  if ("key" in pointer) return findLiveLinksByKey(store, "User", "emailKey", foldCase(pointer.key))[0];
  const link = findLinkByNativeId(store, "User", pointer.id);
  if (link) return link.state === "tombstone" ? undefined : link;
  // Nameless until the sweep or a read sees the record itself.
  return mintLink(job, "User", pointer.id, {});
}

async function listNatively(job: Job, group: Link): Promise<Pointer[]> {
  const pointers = await listPointers(job, group);
  if (pointers.every((pointer) => "id" in pointer || linkOf(job, pointer))) return pointers;
  // Somebody may have been renamed while the list was on its way, or by a write whose answer was lost.
  await refreshNames(job);
  return listPointers(job, group);
}

async function listPointers(job: Job, group: Link): Promise<Pointer[]> {
  const pointers: Pointer[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Pointer> = await listMemberPage(job, group, cursor);
    pointers.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return pointers;
}

export function listMemberPage(job: Job, group: Link, cursor: string | undefined): Promise<Page<Pointer>> {
  return memberOperations(job).list(job.api, group.nativeId ?? "", cursor);
}

/** The ids of the users whom pointers mean; a name that is in doubt is looked for once more. */
export async function resolveMembers(job: Job, pointers: readonly Pointer[]): Promise<string[]> {
  const resolve = () => job.connection.atomically(() => pointers.map((pointer) => linkOf(job, pointer)?.id));
  let ids = resolve();
  if (pointers.some((pointer, at) => "key" in pointer && ids[at] === undefined)) {
    await refreshNames(job);
    ids = resolve();
  }
  return ids.filter((id) => id !== undefined);
}

/** Loads the native member list once; from then on the rows answer. Call it under the group's lock. */
export async function ensureLoaded(job: Job, group: Link): Promise<void> {
  if (group.membersLoaded) return;
  const pointers = await confirmed(job, group, () => listNatively(job, group));
  const { store } = job.connection;
  job.connection.atomically(() => {
    const ids = pointers.flatMap((pointer) => linkOf(job, pointer)?.id ?? []);
    deleteGroupMembers(store, group.id);
    insertMembers(store, group.id, ids);
    // What is still on its way counts as done.
    for (const { op, userId } of listOutbox(store, MAX_WAITING, group.id)) {
      if (op === "add") insertMembers(store, group.id, [userId]);
      else deleteMembers(store, group.id, [userId]);
    }
    updateLink(store, group.id, { membersLoaded: true });
  });
  group.membersLoaded = true;
}

/** @throws ScimError 400 invalidValue naming the first id that is no live user */
export function requireUsers(job: Job, ids: readonly string[]): Map<string, Link> {
  const links = new Map(findLiveLinksByIds(job.connection.store, "User", ids).map((link) => [link.id, link]));
  const unknown = ids.find((id) => !links.has(id));
  if (unknown !== undefined) {
    throw badRequest("invalidValue", `members: ${JSON.stringify(unknown.slice(0, 64))} is no user on this connection`);
  }
  return links;
}

export interface MemberChange {
  add: Link[];
  remove: Link[];
}

/** What a sequence of deltas comes to, given the rows; every id that is added must be a live user. */
export function toMemberChange(job: Job, group: Link, deltas: readonly Delta[]): MemberChange {
  const { store } = job.connection;
  const mentioned = [...new Set(deltas.flatMap((delta) => ("values" in delta ? delta.values : [])))];
  const needsAll = deltas.some((delta) => delta.op === "replace" || "filter" in delta);
  const before = needsAll ? new Set(listMemberIds(store, group.id)) : findMemberIds(store, group.id, mentioned);
  const wanted = deltas.flatMap((delta) => (delta.op === "remove" ? [] : delta.values));
  const users = requireUsers(job, [...new Set(wanted)]);
  const after = new Set(before);
  for (const delta of deltas) applyDelta(after, delta);
  const removed = [...before].filter((id) => !after.has(id));
  return {
    add: [...after].filter((id) => !before.has(id)).flatMap((id) => users.get(id) ?? []),
    remove: findLiveLinksByIds(store, "User", removed),
  };
}

function applyDelta(ids: Set<string>, delta: Delta): void {
  if (delta.op === "replace") ids.clear();
  if ("filter" in delta) {
    for (const id of ids) if (matchesElement(delta.filter, { value: id, type: "User" })) ids.delete(id);
  } else if (delta.op === "remove") {
    for (const id of delta.values) ids.delete(id);
  } else {
    for (const id of delta.values) ids.add(id);
  }
}

function toMember(job: Job, link: Link): Member {
  const name = job.connection.adapter.userNameIs ? (link.emailKey ?? link.name) : link.name;
  return { id: link.nativeId ?? "", userName: name ?? "" };
}

function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

/** Writes a change natively and keeps the rows in step with every chunk; a refusal midway takes the chunks back. */
export async function writeMembers(job: Job, group: Link, change: MemberChange): Promise<void> {
  const operations = memberOperations(job);
  if (change.add.length === 0 && change.remove.length === 0) return;
  if (!operations.add || !operations.remove) {
    return confirmed(job, group, () => replaceNatively(job, group, change));
  }
  const done: (() => Promise<void>)[] = [];
  try {
    for (const links of chunksOf(change.remove, operations.chunk)) {
      if (isLate(job)) {
        enqueue(job, group, "remove", links);
        continue;
      }
      await removeNatively(job, group, links);
      done.push(() => addNatively(job, group, links));
    }
    for (const links of chunksOf(change.add, operations.chunk)) {
      if (isLate(job)) {
        enqueue(job, group, "add", links);
        continue;
      }
      await addNatively(job, group, links);
      done.push(() => removeNatively(job, group, links));
    }
  } catch (error) {
    if (isRefusal(error)) for (const undo of done.reverse()) await undo();
    throw error;
  }
}

/** A request sends members until this long before its deadline; the alarm sends the rest. */
const RESERVE_MS = 20_000;
const isLate = (job: Job) => job.now() > job.deadlineAt - RESERVE_MS;

/** Leaves membership changes to the outbox; reads show them as done. */
function enqueue(job: Job, group: Link, op: "add" | "remove", links: readonly Link[]): void {
  const { connection } = job;
  const now = job.now();
  const ids = links.map((link) => link.id);
  connection.atomically(() => {
    for (const userId of ids) {
      upsertOutbox(connection.store, {
        id: createId(now),
        groupId: group.id,
        userId,
        op,
        createdAt: now,
        parked: null,
      });
    }
    if (op === "add") insertMembers(connection.store, group.id, ids);
    else deleteMembers(connection.store, group.id, ids);
  });
  job.trace.notes.add("members beyond the time of this request are sent to the product later");
  upsertDueJob(connection.store, { job: "outbox", dueAt: now, failures: 0 });
  connection.schedule();
}

const REFUSALS: readonly string[] = ["conflict", "invalid", "immutable", "unsupported", "noSeat"];
/** Whether the vendor has said no, so that the same call will not succeed by itself. */
export const isRefusal = (error: unknown): error is Fault => error instanceof Fault && REFUSALS.includes(error.kind);

/** Adds users to a group natively and in rows. */
export const addNatively = (job: Job, group: Link, links: readonly Link[]): Promise<void> =>
  named(job, links, (users) => confirmed(job, group, () => add(job, group, users)));

async function add(job: Job, group: Link, links: readonly Link[]): Promise<void> {
  const { store } = job.connection;
  const nativeId = group.nativeId ?? "";
  const toMembers = (some: readonly Link[]) => some.map((link) => toMember(job, link));
  try {
    await memberOperations(job).add?.(job.api, nativeId, toMembers(links));
  } catch (error) {
    await blameMember(job, links, error);
    throw error;
  }
  const ids = links.map((link) => link.id);
  const staying = new Set(findLiveLinksByIds(store, "User", ids).map((link) => link.id));
  insertMembers(store, group.id, [...staying]);
  deleteOutboxPairs(store, group.id, ids);
  const gone = links.filter((link) => !staying.has(link.id));
  // Deleted while they were being added: the deletion could not see these memberships.
  if (gone.length > 0) await memberOperations(job).remove?.(job.api, nativeId, toMembers(gone)).catch(unlessGone);
}

/** Who is not there any more is no member either. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
}

/** A "not found" on adding means the group or a user: one who is gone is named, so that the group is not taken for it. */
async function blameMember(job: Job, links: readonly Link[], error: unknown): Promise<void> {
  if (!(error instanceof Fault) || error.kind !== "notFound") return;
  for (const link of links) {
    if (await hydrate(job, link)) continue;
    throw new Fault("invalid", { attribute: "members", detail: `the product no longer has the user ${link.id}` });
  }
}

/** Removes users from a group natively and in rows; on a vendor that only replaces, through the whole list. */
export const removeNatively = (job: Job, group: Link, links: readonly Link[]): Promise<void> =>
  named(job, links, (users) => confirmed(job, group, () => remove(job, group, users)));

async function remove(job: Job, group: Link, links: readonly Link[]): Promise<void> {
  const operations = memberOperations(job);
  if (!operations.remove) return replaceNatively(job, group, { add: [], remove: [...links] });
  await operations.remove(
    job.api,
    group.nativeId ?? "",
    links.map((link) => toMember(job, link)),
  );
  const ids = links.map((link) => link.id);
  deleteMembers(job.connection.store, group.id, ids);
  deleteOutboxPairs(job.connection.store, group.id, ids);
}

/** Reads the native list, applies the change and writes it back: a list is never built from rows alone. */
async function replaceNatively(job: Job, group: Link, change: MemberChange): Promise<void> {
  const { store } = job.connection;
  const removed = new Set(change.remove.map((link) => link.nativeId));
  const members = new Map<string, Member>();
  for (const pointer of await listNatively(job, group)) {
    const link = linkOf(job, pointer);
    const id = "id" in pointer ? pointer.id : (link?.nativeId ?? "");
    if (!removed.has(id)) members.set(id, link ? toMember(job, link) : { id, userName: "" });
  }
  for (const link of change.add) members.set(link.nativeId ?? "", toMember(job, link));
  await memberOperations(job).replace?.(job.api, group.nativeId ?? "", [...members.values()]);
  deleteMembers(
    store,
    group.id,
    change.remove.map((link) => link.id),
  );
  insertMembers(
    store,
    group.id,
    change.add.map((link) => link.id),
  );
}
