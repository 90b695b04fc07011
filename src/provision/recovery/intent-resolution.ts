// Looks up what became of a write whose answer was lost, and completes, drops or undoes it [S23].

import type { Fault } from "../../adapter.ts";
import { deleteIntent, findIntentsByKey, type Intent, seatKey, updateIntent } from "../../store/journal.ts";
import {
  findLinkByNativeId,
  findLiveLink,
  findLiveLinksByIds,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import { findMemberIds, listGroupsOf } from "../../store/members.ts";
import { isWaiting } from "../../store/waiting.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { ensureLoaded, type MemberChange } from "../membership/member-rows.ts";
import { storeAccount } from "../resource/account-made.ts";
import { createLink, heldInRow } from "../resource/adoption.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { mayStillAct, mayStillBeMade } from "../resource/doubtful-create.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { makeTombstone } from "../resource/tombstone.ts";
import { updateSeat } from "../seats/seat-grant.ts";
import {
  noteSeatRefusal,
  oweInterruptedLicences,
  updateGroupSeats,
  updateOwedSeats,
  updateSeatOrNote,
  updateSeats,
} from "../seats/seat-updates.ts";
import { naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { noteDoubt, noteOtherCreates } from "./doubt.ts";
import { removeNewGroup, undoMembers, undoValues } from "./group-undo.ts";
import { findMade } from "./made-record.ts";
import { resolveSwap } from "./name-swap.ts";
import { disableNatively } from "./pending-disable.ts";

/**
 * Looks up what became of an unfinished write and completes or drops it. A create that did happen stays as "found", so
 * that the client's retry is answered as the first attempt would have been; one that did not stays as "absent", so that the
 * retry has the id that was promised.
 * @throws ScimError 503 while the vendor's reads may still lag behind the attempt
 */
export async function resolveIntent(job: Job, intent: Intent): Promise<void> {
  const { store, adapter } = job.connection;
  // Requests that an asynchronous vendor has accepted are finished first, because a look-up before that finds nothing.
  for (const ticket of intent.tickets) await adapter.finish?.(job.api, ticket);
  if (!intent.kind.endsWith(".create") && intent.kind !== "user.seat") noteDoubt(job, intent);
  switch (intent.kind) {
    case "user.create":
    case "group.create":
      return resolveCreate(job, intent, intent.kind === "user.create" ? "User" : "Group");
    case "user.activate":
      await resolveActivation(job, intent);
      break;
    case "user.delete":
    case "user.update":
      await resolveUser(job, intent);
      break;
    case "group.update":
    case "group.delete":
    case "group.members":
      await resolveGroup(job, intent);
      break;
    case "user.swap":
      return resolveSwap(job, intent);
    case "user.seat":
      await updateSeatOrNote(job, intent.linkId.slice(seatKey("").length));
      break;
  }
  deleteIntent(store, intent.id);
}

/** The account of a user who waited for one may have been made [S56]. */
async function resolveActivation(job: Job, intent: Intent): Promise<void> {
  const link = findLiveLink(job.connection.store, "User", intent.linkId);
  const native = link && isWaiting(link) ? await findMade(job, "User", intent) : undefined;
  if (link && native !== undefined) storeAccount(job, link, job.connection.adapter.user.id(native));
  await resolveUser(job, intent);
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
    if (intent.kind === "user.delete") makeTombstone(job, link.id);
    return;
  }
  try {
    await updateSeat(job, link.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await refuseSeat(job, present, intent, error);
  }
}

/** A user whose seat is refused is not restored; another refusal is noted with the user. */
async function refuseSeat(job: Job, { link, native, held }: Hydrated, intent: Intent, refusal: Fault): Promise<void> {
  const { store } = job.connection;
  if (intent.expected?.activates && link.isActive) {
    await disableNatively(job, link, native, held);
    updateLink(store, link.id, { isActive: false, seat: null });
  } else {
    noteSeatRefusal(job, link.id, refusal);
  }
}

/** Loads the member list again, because the rows may differ from it now; then updates the seats. */
async function resolveGroup(job: Job, intent: Intent): Promise<void> {
  const { store } = job.connection;
  const link = findLiveLink(store, "Group", intent.linkId);
  const { joining = [], leaving = [], before } = intent.expected ?? {};
  oweInterruptedLicences(job, intent.linkId, [...joining, ...leaving]);
  const present = link && (await hydrate(job, link));
  if (present && intent.kind === "group.members") await reloadMembers(job, present.link.id, [...joining, ...leaving]);
  if (present) {
    try {
      await updateSeats(job, effectOf(job, present.link.id, intent));
      if (before) await updateGroupSeats(job, present.link.id);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Nothing of it stays, as with a request that is refused halfway.
      await undoMembers(job, present.link, effectOf(job, present.link.id, intent));
      if (before) await undoValues(job, present.link, present.native, before);
    }
  } else if (link && intent.kind === "group.delete") {
    makeTombstone(job, link.id);
  }
  await updateOwedSeats(job);
}

/** The part of an intended member change that has happened: who was to join and is in, who was to leave and is out. */
function effectOf(job: Job, groupId: string, { expected }: Intent): MemberChange {
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

/**
 * Loads the list again at once, so that a user who is deleted also leaves groups that the interrupted write had added.
 */
async function reloadMembers(job: Job, groupId: string, unsure: readonly string[]): Promise<void> {
  const { store } = job.connection;
  updateLink(store, groupId, { membersLoaded: false });
  const link = findLiveLink(store, "Group", groupId);
  if (!link) return;
  await ensureLoaded(job, link, unsure);
  oweInterruptedLicences(job, groupId, []);
}

async function resolveCreate(job: Job, intent: Intent, type: "User" | "Group"): Promise<void> {
  const { connection } = job;
  const linked = findLiveLink(connection.store, type, intent.linkId);
  const native = linked ? undefined : await findMade(job, type, intent);
  if (!linked && native === undefined) return dropUnlessDoubtful(job, intent, type);
  let linkId = intent.linkId;
  connection.object.atomically(() => {
    if (native !== undefined) linkId = linkRecord(job, type, intent, native);
    const attempts = intent.key === null ? [] : findIntentsByKey(connection.store, intent.kind, intent.key);
    noteOtherCreates(
      job,
      linkId,
      attempts.filter(({ id }) => id !== intent.id),
    );
    updateIntent(connection.store, intent.id, { linkId, state: "found", attemptedAt: job.now() });
  });
  if (type === "User") return;
  oweInterruptedLicences(job, linkId, intent.expected?.joining ?? []);
  await reloadMembers(job, linkId, intent.expected?.joining ?? []);
  try {
    await updateSeats(job, effectOf(job, linkId, intent));
  } catch (error) {
    // Only a link that the attempt itself had made shows that the group is its own.
    if (!isRefusal(error) || !linked) throw error;
    await removeNewGroup(job, linkId, linked.nativeId);
    deleteIntent(connection.store, intent.id);
    return;
  }
  await updateOwedSeats(job);
}

/**
 * A create that was not found may still take effect. Until it cannot, its intent stays, so that the record gets the promised
 * id; a vendor that would accept the same name twice is not asked again meanwhile.
 * @throws ScimError 503 for a group whose name the vendor would accept twice
 */
function dropUnlessDoubtful(job: Job, intent: Intent, type: "User" | "Group"): void {
  const { store, adapter } = job.connection;
  if (!mayStillAct(job, intent)) {
    updateIntent(store, intent.id, { state: "absent", attemptedAt: job.now() });
  } else if (type === "Group" && adapter.group?.namesRepeat) throw mayStillBeMade(job, intent);
}

/** The link of a record that a lost attempt made: one that a match has made meanwhile, else the one that the intent names. */
function linkRecord(job: Job, type: "User" | "Group", intent: Intent, native: unknown): string {
  const { store } = job.connection;
  const nativeId = operationsOf(job.connection, type).id(native);
  const seen = findLinkByNativeId(store, type, nativeId);
  if (seen?.state === "live") {
    if (seen.externalId === null) updateLink(store, seen.id, { externalId: intent.externalId });
    return seen.id;
  }
  releaseNativeId(store, type, nativeId, intent.linkId, job.now());
  const more = { id: intent.linkId, externalId: intent.externalId };
  return createLink(job, type, nativeId, heldInRow(job, type, native), more).id;
}

/** For the intent of a create: the name as the vendor gets it, which folding may spell in other letters. */
export const expectedName = (job: Job, type: "User" | "Group", held: Held) => ({
  name: String(held[naturalKeyPath(job.connection, type)] ?? ""),
});
