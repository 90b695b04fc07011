// Groups: change and delete (RFC 7644 sections 3.5 and 3.6), with memberships as deltas.

import { Fault } from "../../adapter.ts";
import type { Edit } from "../../scim/edit.ts";
import { notFound, ScimError } from "../../scim/messages.ts";
import { toGroupKey } from "../../scim/text.ts";
import { deleteIntentsOf, deleteLagOverlays } from "../../store/journal.ts";
import { findLiveLink, findLiveLinksByKey, type LiveLink, updateLink } from "../../store/links.ts";
import { countMembers } from "../../store/members.ts";
import { type Claim, foresee, holdNames } from "../connection/claims.ts";
import type { Job } from "../connection/job.ts";
import { groupOperationsOf, kindOf } from "../connection/kinds.ts";
import { noteRead } from "../connection/trace.ts";
import { braked, uncountRemoval } from "../guard/brake.ts";
import { requireGroupKept } from "../guard/keeping.ts";
import { ensureLoaded, type MemberChange, toMemberChange } from "../membership/members.ts";
import { confirmAbsence } from "../resource/existence.ts";
import { answerWritten, type Hydrated, hydrate, hydrated, overlayLag } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { type Held, toHeld } from "../resource/mapping.ts";
import { entomb } from "../resource/tombstone.ts";
import { resourceOf, settleWanted, type Wanted } from "../resource/values.ts";
import { requireMatch } from "../resource/version.ts";
import { markGroup, settleMarked } from "../seats/seat-work.ts";
import { planGroupSeat, planSeats, requireSeats } from "../seats/seats.ts";
import { journaled, settle } from "../settlement/journal.ts";
import { valuesBefore, writeGroup } from "./group-writes.ts";

export const taken = () =>
  new ScimError(409, "displayName is taken by another group; group names are unique on a connection", {
    scimType: "uniqueness",
  });

/** @throws ScimError 404, 412, 409 uniqueness, 400 */
export async function changeGroup(job: Job, id: string, ifMatch: string | undefined, edit: Edit): Promise<Hydrated> {
  const { connection } = job;
  groupOperationsOf(connection);
  const found = findLiveLink(connection.store, "Group", id);
  if (!found) throw notFound("the group");
  const foreseen = [...foresee(edit, job, toGroupKey), ...(found.nameKey === null ? [] : [found.nameKey])];
  const plan = async (claim: Claim) => {
    await settle(job, id);
    return planGroup(job, id, ifMatch, claim, edit);
  };
  return holdNames(job, "group", foreseen, [`link:${id}`], plan, (planned) => writeChange(job, planned));
}

/** A change of a group that needs nothing more but to be written. */
export interface GroupPlan {
  link: LiveLink;
  present: Hydrated;
  /** Undefined where nothing changes. */
  change: { wanted: Wanted; next: LiveLink; members: MemberChange } | undefined;
}

/** Under the locks: read, apply, diff, claim. */
export async function planGroup(
  job: Job,
  id: string,
  ifMatch: string | undefined,
  claim: Claim,
  edit: Edit,
): Promise<GroupPlan> {
  const { connection } = job;
  const kind = kindOf(connection, "Group");
  const link = findLiveLink(connection.store, "Group", id);
  // Where no more than members may change, the native record is not read.
  const needsRecord = ifMatch !== undefined || edit.touches("members") !== "only";
  const present = link && (needsRecord ? await hydrate(job, link) : remembered(link, kind));
  if (!link || !present) throw notFound("the group");
  await requireMatch(ifMatch, present);
  const { resource, deltas } = noteRead(job.trace, edit.apply(present.resource));
  const wanted = settleWanted(job, kind, present, resource);
  const key = toGroupKey(String(wanted.held.displayName));
  if (key !== link.nameKey) claim(key);
  const holders = findLiveLinksByKey(connection.store, "Group", "nameKey", key);
  if (holders.some((holder) => holder.id !== id)) throw taken();
  const renewed = { ...link, externalId: wanted.externalId };
  // Where no attribute changes the wanted values may be only what the link remembers, which says nothing of a seat.
  const isChanged = wanted.changed.size > 0;
  const keys = isChanged && keysOf(connection, resourceOf(renewed, wanted.held, kind), wanted.held, "Group");
  const next: LiveLink = { ...renewed, ...keys, version: link.version + 1, modifiedAt: job.now() };
  const changesSeat = next.seat !== link.seat;
  // A changed seat is for everybody who is in it, also in a group that was never looked into.
  if (deltas.length > 0 || changesSeat) await ensureLoaded(job, link);
  const members = toMemberChange(job, link, deltas);
  const changesMembers = members.add.length + members.remove.length > 0;
  if (!isChanged && !wanted.linkChanged && !changesMembers) return { link, present, change: undefined };
  await requireGroupKept(job, link, next, toGroupKey(String(present.held.displayName)) !== key, members);
  await requireSeats(job, wantedSeats());
  function* wantedSeats() {
    yield* planSeats(job, next, members);
    if (changesSeat) yield* planGroupSeat(job, next);
  }
  return { link, present, change: { wanted, next, members } };
}

/** Under the locks: write, commit. */
export async function writeChange(job: Job, { link, present, change }: GroupPlan): Promise<Hydrated> {
  const { connection } = job;
  const { id } = link;
  if (!change) {
    deleteIntentsOf(connection.store, id);
    return present;
  }
  const { wanted, next, members } = change;
  const changesSeat = next.seat !== link.seat;
  const changesMembers = members.add.length + members.remove.length > 0;
  const empties =
    members.remove.length > 0 &&
    members.add.length === 0 &&
    countMembers(connection.store, id) === members.remove.length;
  const native = await braked(job, empties ? "emptied" : undefined, id, () =>
    journaled(
      job,
      {
        kind: changesMembers ? "group.members" : "group.update",
        linkId: id,
        expected: {
          joining: members.add.map((user) => user.id),
          leaving: members.remove.map((user) => user.id),
          ...(changesSeat ? { before: valuesBefore(present, wanted) } : {}),
        },
      },
      () => writeGroup(job, present, wanted, next, members),
      () => {
        updateLink(connection.store, id, next);
        overlayLag(job, id, present.held, wanted.held);
      },
    ),
  );
  if (members.add.length > 0) uncountRemoval(job, id);
  if (native === undefined) return hydrated(connection, next, undefined, wanted.held);
  return answerWritten(job, next, native, groupOperationsOf(job.connection).toScim(native));
}

/** A group as its link knows it: enough where only members change. */
function remembered(link: LiveLink, kind: Parameters<typeof toHeld>[1]): Hydrated {
  const known: Held = { displayName: link.name ?? undefined, externalId: link.externalId ?? undefined };
  const resource = resourceOf(link, known, kind);
  return { link, native: undefined, held: toHeld(resource, kind), resource };
}

/** Deletes the group at the vendor; its members stay users. */
export async function deleteGroup(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const group = groupOperationsOf(job.connection);
  const found = findLiveLink(connection.store, "Group", id);
  if (!found) throw notFound("the group");
  const locks = [`link:${id}`, ...(found.nameKey === null ? [] : [`group:${found.nameKey}`])];
  await connection.locks.hold(locks, job.deadlineAt, async () => {
    await settle(job, id);
    const link = findLiveLink(connection.store, "Group", id);
    if (!link) throw notFound("the group");
    if (ifMatch !== undefined) {
      const present = await hydrate(job, link);
      if (!present) throw notFound("the group");
      await requireMatch(ifMatch, present);
    }
    await requireGroupKept(job, link, undefined, false, { add: [], remove: [] });
    const { remove } = group;
    if (!remove) throw new Fault("unsupported", { detail: `${connection.adapter.title} cannot delete a group` });
    const empties = countMembers(connection.store, id) > 0;
    await braked(job, empties ? "emptied" : undefined, id, () =>
      journaled(
        job,
        { kind: "group.delete", linkId: id },
        async () => {
          try {
            await remove(job.api, link.nativeId);
          } catch (error) {
            if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
            await confirmAbsence(job, link);
          }
        },
        () => {
          markGroup(job, id);
          entomb(job, id);
          deleteLagOverlays(connection.store, id);
        },
      ),
    );
    await settleMarked(job);
  });
}
