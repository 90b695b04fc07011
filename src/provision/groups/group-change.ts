// Groups: change by PUT or PATCH (RFC 7644 section 3.5), with memberships as deltas.

import type { Edit } from "../../scim/edit.ts";
import { notFound, ScimError } from "../../scim/messages.ts";
import { toGroupKey } from "../../scim/text.ts";
import { deleteIntentsOf } from "../../store/journal.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import { findLinkToWrite } from "../../store/link-to-write.ts";
import { findLiveLink, type LiveLink, storeChanges } from "../../store/links.ts";
import { deleteMembers } from "../../store/members.ts";
import { breatheAfter, type Job } from "../jobs/job.ts";
import { noteRead } from "../jobs/read-notes.ts";
import { noteDeed } from "../jobs/trace.ts";
import { type Claim, foreseeNames, lockedNames, withNameLocks } from "../locks/name-claims.ts";
import { noteJoinedWhileInactive } from "../membership/joined-while-inactive.ts";
import { ensureLoaded, type MemberChange, sizeOf, toMemberChange } from "../membership/member-rows.ts";
import { goneAtVendor } from "../membership/member-writes.ts";
import { requireNameNotOwn } from "../membership/own-groups.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { type Held, toHeld } from "../resource/attribute-mapping.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { HELD_BY } from "../resource/held-by.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag, toHydrated } from "../resource/hydrate.ts";
import { requireNoLateCreate } from "../resource/late-calls.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withHolderTold } from "../resource/name-holders.ts";
import { noteTold, noteToldMembers } from "../resource/told-values.ts";
import { resourceOf, toWanted, type Wanted } from "../resource/wanted-values.ts";
import { noteJoined, withBrake } from "../safeguards/brake.ts";
import { effectsOfGroupChange } from "../safeguards/brake-effects.ts";
import { requireGroupChangeAllowed } from "../safeguards/protected-changes.ts";
import { planGroupSeat, planSeats, requireSeats } from "../seats/seat-changes.ts";
import { groupOperationsOf, kindOf } from "../vendor/user-or-group.ts";
import { valuesBefore, writeGroup } from "./group-writes.ts";

export const groupNameTaken = (id: string) =>
  new ScimError(409, `displayName is taken: ${HELD_BY.group(id)}`, { scimType: "uniqueness" });

/** @throws ScimError 404, 412, 409 uniqueness, 400 */
export async function changeGroup(job: Job, id: string, ifMatch: string | undefined, edit: Edit): Promise<Hydrated> {
  const { connection } = job;
  groupOperationsOf(connection);
  const found = findLinkToWrite(connection.store, "Group", id);
  if (!found) throw notFound("the group");
  const foreseen = [...foreseeNames(edit, connection.adapter, toGroupKey), ...lockedNames(found)];
  const plan = async (claim: Claim) => {
    await resolveIntentsOf(job, id);
    return planGroup(job, id, ifMatch, claim, edit);
  };
  return withNameLocks(job, "group", foreseen, [`link:${id}`], plan, (planned) =>
    withHolderTold(job, "Group", planned.change?.wanted.held, () => writeGroupPlan(job, planned)),
  );
}

/** A change of a group that has been checked and only needs to be written. */
export interface GroupPlan {
  link: LiveLink;
  present: Hydrated;
  /** The users whom the request names to be in the group, members already or not. */
  named: readonly LiveLink[];
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
  const present = link && (needsRecord ? await hydrate(job, link) : toRemembered(link, kind));
  if (!link || !present) throw notFound("the group");
  requireMatch(ifMatch, present);
  const { resource, deltas } = noteRead(job, edit.apply(present.resource));
  const wanted = toWanted(job, kind, present, resource);
  const key = toGroupKey(String(wanted.held.displayName));
  if (key !== link.nameKey) {
    claim(key);
    requireNoLateCreate(job, id);
  }
  const holders = key === link.nameKey ? [] : findLiveLinksByKey(connection.store, "Group", "nameKey", key);
  const other = holders.find((holder) => holder.id !== id);
  if (other) throw groupNameTaken(other.id);
  if (key !== link.nameKey) requireNameNotOwn(job, String(wanted.held.displayName));
  const renewed = { ...link, externalId: wanted.externalId };
  // Where no attribute changes the wanted values may be only what the link remembers, which says nothing of a seat.
  const isChanged = wanted.changed.size > 0;
  const keys = isChanged && keysOf(connection, resourceOf(renewed, wanted.held, kind), wanted.held, "Group");
  const next: LiveLink = { ...renewed, ...keys, version: link.version + 1, modifiedAt: job.now() };
  const changesSeat = next.seat !== link.seat;
  // A changed seat is for all members, so they are loaded also where no request has needed them yet.
  if (deltas.length > 0 || changesSeat) await ensureLoaded(job, link);
  // Loaded just now, perhaps.
  next.membersLoaded = link.membersLoaded;
  const { named, ...members } = await toMemberChange(job, link, deltas);
  const joining = sizeOf(members);
  const changesMembers = joining > 0;
  await breatheAfter(joining);
  if (!isChanged && !wanted.linkChanged && !changesMembers) return { link, present, named, change: undefined };
  await requireGroupChangeAllowed(job, link, next, toGroupKey(String(present.held.displayName)) !== key, members);
  await breatheAfter(joining);
  await requireSeats(job, wantedSeats());
  await breatheAfter(joining);
  function* wantedSeats() {
    yield* planSeats(job, next, members);
    if (changesSeat) yield* planGroupSeat(job, next);
  }
  return { link, present, named, change: { wanted, next, members } };
}

/** Under the locks: write, commit. */
export async function writeGroupPlan(job: Job, { link, present, named, change }: GroupPlan): Promise<Hydrated> {
  const { connection } = job;
  const { id } = link;
  if (!change) {
    deleteIntentsOf(connection.store, id);
    noteToldMembers(job, id, []);
    noteJoinedWhileInactive(job, id, named);
    noteDeed(job.trace, id, { what: "unchanged" });
    return present;
  }
  const { wanted, next, members } = change;
  const changesSeat = next.seat !== link.seat;
  const size = sizeOf(members);
  const changesMembers = size > 0;
  const { effects, isEmptied } = effectsOfGroupChange(job, link, next, members);
  await breatheAfter(size);
  const { native, gone } = await withBrake(job, { about: id, effects }, () =>
    withIntent(
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
      async () => {
        await breatheAfter(size);
        return writeGroup(job, present, wanted, next, members);
      },
      () => {
        storeChanges(connection.store, link, next);
        overlayLag(job, id, present.held, wanted.held);
        if (members.lost) deleteMembers(connection.store, id, members.lost);
        noteTold(job, link, wanted.held, wanted.changed);
        noteToldMembers(job, id, members.remove, members.add);
        noteJoinedWhileInactive(job, id, named);
      },
    ),
  );
  noteJoined(job, id, members.add, isEmptied);
  noteDeed(job.trace, id, {
    what: "changed",
    paths: [...wanted.changed],
    joined: members.add.length,
    left: members.remove.length,
  });
  const written =
    native === undefined
      ? toHydrated(connection, next, undefined, wanted.held)
      : await answerWritten(job, next, native, groupOperationsOf(job.connection).toScim(native));
  // The others are in the group: a client that sends the request again is refused only for the users who are gone.
  if (gone.length > 0) throw goneAtVendor(gone);
  return written;
}

/** A group as its link knows it: enough where only members change. */
function toRemembered(link: LiveLink, kind: Parameters<typeof toHeld>[1]): Hydrated {
  const known: Held = { displayName: link.name ?? undefined, externalId: link.externalId ?? undefined };
  const resource = resourceOf(link, known, kind);
  return { link, native: undefined, held: toHeld(resource, kind), resource };
}
