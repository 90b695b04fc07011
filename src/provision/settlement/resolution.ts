// What became of a write whose outcome was left open: it is looked up, and completed, dropped or taken back [S23].

import { type Fault, pagesOf } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { deleteIntent, type Intent, seatKey, updateIntent } from "../../store/journal.ts";
import {
  findLinkByNativeId,
  findLiveLink,
  findLiveLinksByIds,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import { findMemberIds, listGroupsOf } from "../../store/members.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../connection/job.ts";
import { operationsOf } from "../connection/kinds.ts";
import { ensureLoaded, type MemberChange } from "../membership/members.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { naturalKeyPath, toNameKey } from "../resource/link-keys.ts";
import type { Held } from "../resource/mapping.ts";
import { findRows } from "../resource/native-search.ts";
import { mintLink, rowHeld } from "../resource/sight.ts";
import { entomb } from "../resource/tombstone.ts";
import { settleSeat } from "../seats/seat-grant.ts";
import {
  markInterrupted,
  noteRefusal,
  settleGroup,
  settleMarked,
  settleOrPark,
  settleSeats,
} from "../seats/seat-work.ts";
import { deactivateNatively } from "./deactivation.ts";
import { removeGroup, undoMembers, undoValues } from "./group-undo.ts";

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
      await settleOrPark(job, intent.linkId.slice(seatKey("").length));
      break;
  }
  deleteIntent(store, intent.id);
  return "settled";
}

async function resolveUser(job: Job, intent: Intent): Promise<void> {
  const { store } = job.connection;
  const link = findLiveLink(store, "User", intent.linkId);
  if (!link) return;
  if (intent.kind === "user.delete") {
    // The user may have left groups whose rows do not know it yet.
    for (const group of listGroupsOf(store, link.id)) updateLink(store, group.id, { membersLoaded: false });
  }
  const present = await hydrate(job, link);
  if (!present) {
    if (intent.kind === "user.delete") entomb(job, link.id);
    return;
  }
  try {
    await settleSeat(job, link.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await refuseSeat(job, present, intent, error);
  }
}

/** Who cannot have their seat back is not restored; a refusal of anything else is noted with the user. */
async function refuseSeat(job: Job, { link, native, held }: Hydrated, intent: Intent, refusal: Fault): Promise<void> {
  const { store } = job.connection;
  if (intent.expected?.activates && link.isActive) {
    await deactivateNatively(job, link.nativeId, native, held);
    updateLink(store, link.id, { isActive: false, seat: null });
  } else {
    noteRefusal(job, link.id, refusal);
  }
}

/** The rows may differ from the vendor's list now, so it is loaded anew; seats follow from it. */
async function resolveGroup(job: Job, intent: Intent): Promise<void> {
  const { store } = job.connection;
  const link = findLiveLink(store, "Group", intent.linkId);
  const { joining = [], leaving = [], before } = intent.expected ?? {};
  markInterrupted(job, intent.linkId, [...joining, ...leaving]);
  const present = link && (await hydrate(job, link));
  if (present && intent.kind === "group.members") await reloadMembers(job, present.link.id);
  if (present) {
    try {
      await settleSeats(job, presentOf(job, present.link.id, intent));
      if (before) await settleGroup(job, present.link.id);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // As a request that is refused midway: nothing of it stays.
      await undoMembers(job, present.link, presentOf(job, present.link.id, intent));
      if (before) await undoValues(job, present.link, present.native, before);
    }
  } else if (link && intent.kind === "group.delete") {
    entomb(job, link.id);
  }
  await settleMarked(job);
}

/** Of those whom a write was to bring in and to put out, those who are in, and those who are out. */
function presentOf(job: Job, groupId: string, { expected }: Intent): MemberChange {
  const { store } = job.connection;
  const { joining = [], leaving = [] } = expected ?? {};
  const isIn = findMemberIds(store, groupId, [...joining, ...leaving]);
  return {
    add: findLiveLinksByIds(
      store,
      "User",
      joining.filter((id) => isIn.has(id)),
    ),
    remove: findLiveLinksByIds(
      store,
      "User",
      leaving.filter((id) => !isIn.has(id)),
    ),
  };
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

async function resolveCreate(job: Job, intent: Intent, type: "User" | "Group"): Promise<"found" | "absent"> {
  const { connection } = job;
  const linked = findLiveLink(connection.store, type, intent.linkId);
  const native = linked ? undefined : await findNative(job, type, intent.expected?.name ?? intent.key ?? "");
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
  if (type === "User") return "found";
  markInterrupted(job, linkId, intent.expected?.joining ?? []);
  await reloadMembers(job, linkId);
  try {
    await settleSeats(job, presentOf(job, linkId, intent));
  } catch (error) {
    // Only a link that the attempt itself had made shows that the group is its own.
    if (!isRefusal(error) || !linked) throw error;
    await removeGroup(job, linkId, linked.nativeId);
    deleteIntent(connection.store, intent.id);
    return "absent";
  }
  await settleMarked(job);
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
    const isNamed = typeof value === "string" && toNameKey(type, value) === toNameKey(type, name);
    return isNamed && !isDeparting(job, type, operations.id(row));
  };
  const search = operations.find?.[path];
  if (search) return (await findRows(job, search, name)).find(isIt);
  for await (const page of pagesOf((cursor) => operations.list(job.api, cursor))) {
    const found = page.items.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For the intent of a create: the name as the vendor gets it, which folding may spell in other letters. */
export const promisedName = (job: Job, type: "User" | "Group", held: Held) => ({
  name: String(held[naturalKeyPath(job.connection, type)] ?? ""),
});
