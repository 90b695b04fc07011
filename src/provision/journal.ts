// The journal: a write is promised before its first native call and looked up, never repeated blindly (semantics 23).

import { Fault } from "../adapter.ts";
import { ScimError } from "../scim/messages.ts";
import { foldCase } from "../scim/text.ts";
import { deleteDigests } from "../store/digests.ts";
import { createId } from "../store/identifier.ts";
import {
  deleteIntent,
  deleteIntentsOf,
  findIntentsOf,
  type Intent,
  insertIntent,
  listOpenIntents,
  seatKey,
  updateIntent,
} from "../store/journal.ts";
import { upsertDueJob } from "../store/later.ts";
import { findLink, findLinkByNativeId, findLiveLink, releaseNativeId, updateLink } from "../store/links.ts";
import { deleteGroupMembers, deleteUserMemberships, listGroupsOf } from "../store/members.ts";
import { deleteOutboxOf } from "../store/outbox.ts";
import { suspendDigests } from "./drift.ts";
import { hydrate, kindOf, operationsOf, readHeld } from "./hydrate.ts";
import type { Job } from "./job.ts";
import { naturalKeyPath } from "./link-keys.ts";
import type { Held } from "./mapping.ts";
import { ensureLoaded } from "./members.ts";
import { findRows } from "./native-search.ts";
import { markInterrupted, settleMarked, settleSeat } from "./seats.ts";
import { mintLink } from "./sight.ts";
import { countEffects } from "./trace.ts";

/** An attempt younger than this may still be on its way. */
const SETTLE_MS = 30_000;

export type Promised = Pick<Intent, "kind" | "linkId"> & Partial<Pick<Intent, "key" | "expected" | "externalId">>;

/**
 * Runs native steps under an intent. A definite refusal deletes it, a commit deletes it together with what it promised,
 * and only an end that leaves the outcome open lets it stay.
 */
export async function journaled<T>(
  job: Job,
  promise: Promised,
  steps: () => Promise<T>,
  commit: (result: T) => void,
): Promise<T> {
  const { connection } = job;
  const { store } = connection;
  const id = createId(job.now());
  insertIntent(store, {
    key: null,
    expected: null,
    externalId: null,
    ...promise,
    id,
    tickets: [],
    state: "open",
    attemptedAt: job.now(),
  });
  const restoreDigests = promise.kind === "group.members" ? () => {} : suspendDigests(job, promise.linkId);
  const effectsBefore = countEffects(job.trace);
  const tickets: string[] = [];
  job.onTicket = (ticket) => {
    tickets.push(ticket);
    updateIntent(store, id, { tickets });
  };
  let result: T;
  try {
    result = await steps();
  } catch (error) {
    const isOpen = !isRefusedCreate(error, promise) && leavesOpen(error, countEffects(job.trace) > effectsBefore);
    if (isOpen) {
      updateIntent(store, id, { attemptedAt: job.now() });
      upsertDueJob(store, { job: "journal", dueAt: job.now() + SETTLE_MS, failures: 0 });
      connection.schedule();
    } else {
      deleteIntent(store, id);
      restoreDigests();
    }
    throw error;
  } finally {
    job.onTicket = undefined;
  }
  connection.atomically(() => {
    commit(result);
    deleteIntentsOf(store, promise.linkId);
  });
  return result;
}

/** After a definite conflict nothing is adopted, although an asynchronous vendor had taken the request. */
function isRefusedCreate(error: unknown, { kind }: Promised): boolean {
  const isConflict = error instanceof Fault ? error.kind === "conflict" && !error.ambiguous : isUniqueness(error);
  return isConflict && kind.endsWith(".create");
}

const isUniqueness = (error: unknown) => error instanceof ScimError && error.scimType === "uniqueness";

/** Whether the outcome is unknown: the call's own, or that of the steps before it. */
const leavesOpen = (error: unknown, hadEffects: boolean) =>
  error instanceof Fault ? error.ambiguous || hadEffects : true;

/**
 * Looks up what became of an unfinished write and completes or drops it. A create that did happen stays as "found", so
 * that the client's retry is answered as the first attempt would have been.
 * @throws ScimError 503 while the vendor's reads may still lag behind the attempt
 */
export async function resolveIntent(job: Job, intent: Intent): Promise<"found" | "absent" | "settled"> {
  const { store, adapter } = job.connection;
  // What an asynchronous vendor has taken comes to its end first: looked at earlier, it would seem absent.
  for (const ticket of intent.tickets) await adapter.finish?.(job.api, ticket);
  switch (intent.kind) {
    case "user.create":
    case "group.create":
      return resolveCreate(job, intent, intent.kind === "user.create" ? "User" : "Group");
    case "user.delete":
    case "user.update":
      await resolveUser(job, intent);
      break;
    case "group.update":
    case "group.delete":
    case "group.members":
      await resolveGroup(job, intent);
      break;
    case "user.seat":
      await settleSeat(job, intent.linkId.slice(seatKey("").length));
      break;
  }
  deleteIntent(store, intent.id);
  return "settled";
}

async function resolveUser(job: Job, intent: Intent): Promise<void> {
  const { store } = job.connection;
  const link = findLink(store, "User", intent.linkId);
  if (link?.state !== "live") return;
  if (intent.kind === "user.delete") {
    // The user may have left groups whose rows do not know it yet.
    for (const group of listGroupsOf(store, link.id)) updateLink(store, group.id, { membersLoaded: false });
    if (!(await hydrate(job, link))) return entomb(job, link.id);
  } else {
    await hydrate(job, link);
  }
  await settleSeat(job, link.id);
}

/** The rows may differ from the vendor's list now, so it is loaded anew; seats follow from it. */
async function resolveGroup(job: Job, intent: Intent): Promise<void> {
  const { store } = job.connection;
  const link = findLiveLink(store, "Group", intent.linkId);
  markInterrupted(job, intent.linkId, usersIn(intent));
  if (link && !(await hydrate(job, link))) {
    if (intent.kind === "group.delete") entomb(job, link.id);
  } else if (link && intent.kind === "group.members") {
    await reloadMembers(job, link.id);
  }
  await settleMarked(job);
}

/** Loads the list anew, at once: a user who leaves must leave whatever the interrupted write had put them into. */
async function reloadMembers(job: Job, groupId: string): Promise<void> {
  const { store } = job.connection;
  updateLink(store, groupId, { membersLoaded: false });
  const link = findLiveLink(store, "Group", groupId);
  if (!link) return;
  await ensureLoaded(job, link);
  markInterrupted(job, groupId, []);
}

/** For the intent of a create: the name as the vendor gets it, which folding may spell in other letters. */
export const promisedName = (job: Job, type: "User" | "Group", held: Held) => ({
  name: String(held[naturalKeyPath(job.connection, type)] ?? ""),
});

const nameIn = ({ expected, key }: Intent): string =>
  typeof expected?.name === "string" ? expected.name : (key ?? "");

/** For a group's intent: whose memberships the write changes, so that their seats are known to hang on it. */
export const promisedUsers = (ids: readonly string[]) => ({ expected: { users: ids.join(" ") } });

function usersIn({ expected }: Intent): string[] {
  return typeof expected?.users === "string" && expected.users !== "" ? expected.users.split(" ") : [];
}

async function resolveCreate(job: Job, intent: Intent, type: "User" | "Group"): Promise<"found" | "absent"> {
  const { connection } = job;
  const linked = findLiveLink(connection.store, type, intent.linkId);
  const native = linked ? undefined : await findNative(job, type, nameIn(intent));
  if (!linked && native === undefined) {
    const lagMs = connection.adapter.quirks.readLagMs?.is ?? 0;
    const settledAt = intent.attemptedAt + lagMs;
    if (job.now() < settledAt) {
      throw new ScimError(503, "the outcome of an earlier attempt is not visible at the product yet; try again", {
        retryAfterSeconds: Math.ceil((settledAt - job.now()) / 1000),
      });
    }
    deleteIntent(connection.store, intent.id);
    return "absent";
  }
  let linkId = intent.linkId;
  connection.atomically(() => {
    if (native !== undefined) linkId = linkFound(job, type, intent, native);
    updateIntent(connection.store, intent.id, { linkId, state: "found", attemptedAt: job.now() });
  });
  if (type === "Group") {
    markInterrupted(job, linkId, usersIn(intent));
    await reloadMembers(job, linkId);
    await settleMarked(job);
  }
  return "found";
}

/** The link of what a lost attempt made: the one that a match has given it meanwhile, else the one that was promised. */
function linkFound(job: Job, type: "User" | "Group", intent: Intent, native: unknown): string {
  const { store } = job.connection;
  const nativeId = operationsOf(job.connection, type).id(native);
  const seen = findLinkByNativeId(store, type, nativeId);
  if (seen?.state === "live") {
    if (seen.externalId === null) updateLink(store, seen.id, { externalId: intent.externalId });
    return seen.id;
  }
  releaseNativeId(store, type, nativeId, intent.linkId, job.now());
  const more = { id: intent.linkId, externalId: intent.externalId };
  return mintLink(job, type, nativeId, rowHeld(job, type, native), more).id;
}

/** The values of a row of a list or search. */
export function rowHeld(job: Job, type: "User" | "Group", row: unknown) {
  const { connection } = job;
  const toScim =
    type === "User"
      ? (connection.adapter.user.rowToScim ?? connection.adapter.user.toScim)
      : operationsOf(connection, type).toScim;
  return readHeld(connection, undefined, toScim(row), kindOf(connection, type));
}

/** A record that was removed, which reads that lag still show. */
function isDeparting(job: Job, type: "User" | "Group", nativeId: string): boolean {
  const link = findLinkByNativeId(job.connection.store, type, nativeId);
  const lagMs = job.connection.adapter.quirks.readLagMs?.is ?? 0;
  return link?.state === "tombstone" && !link.isHidden && job.now() < (link.deletedAt ?? 0) + lagMs;
}

/** The native record of this name: by search where there is one, else through the whole list. */
async function findNative(job: Job, type: "User" | "Group", name: string): Promise<unknown> {
  const operations = operationsOf(job.connection, type);
  const path = naturalKeyPath(job.connection, type);
  const isIt = (row: unknown) => {
    const value = rowHeld(job, type, row)[path];
    return (
      typeof value === "string" && foldCase(value) === foldCase(name) && !isDeparting(job, type, operations.id(row))
    );
  };
  const search = operations.find?.[path];
  if (search) return (await findRows(job, search, name)).find(isIt);
  let cursor: string | undefined;
  do {
    const page = await operations.list(job.api, cursor);
    const found = page.items.find(isIt);
    if (found !== undefined) return found;
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}

/** Settles what earlier attempts left open on a link, before a new write to it. */
export async function settle(job: Job, linkId: string): Promise<void> {
  const { store } = job.connection;
  for (const intent of [...findIntentsOf(store, linkId), ...findIntentsOf(store, seatKey(linkId))]) {
    if (intent.state === "open") await resolveIntent(job, intent);
  }
}

/** Settles attempts that nobody came back for. True where some are left. */
export async function settleAbandoned(job: Job): Promise<boolean> {
  const { connection } = job;
  for (const intent of listOpenIntents(connection.store, job.now() - SETTLE_MS + 1)) {
    const names = intent.kind === "group.create" ? "group" : "name";
    const keys = [`link:${intent.linkId}`, ...(intent.key ? [`${names}:${intent.key}`] : [])];
    await connection.locks.hold(keys, job.deadlineAt, async () => {
      const [still] = findIntentsOf(connection.store, intent.linkId).filter((one) => one.id === intent.id);
      if (still?.state === "open") await resolveIntent(job, still);
    });
  }
  return listOpenIntents(connection.store, Number.MAX_SAFE_INTEGER).length > 0;
}

/**
 * Makes a link a tombstone: gone for clients, with its memberships. The native id stays, so that a vendor whose reads
 * lag, or that only hides, cannot bring the deleted one back.
 */
export function entomb(job: Job, linkId: string, isHidden = false): void {
  const { store } = job.connection;
  deleteUserMemberships(store, linkId);
  deleteGroupMembers(store, linkId);
  deleteOutboxOf(store, linkId);
  deleteDigests(store, linkId);
  updateLink(store, linkId, {
    state: "tombstone",
    deletedAt: job.now(),
    modifiedAt: job.now(),
    kept: null,
    pointers: null,
    membersLoaded: false,
    seat: null,
    isSeatDue: false,
    isHidden,
  });
}
