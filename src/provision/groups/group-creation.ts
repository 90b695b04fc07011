// Groups: create, with their first members (RFC 7644 section 3.3).

import { Fault } from "../../adapter.ts";
import { replaceBy } from "../../scim/edit.ts";
import { memberIdsOf } from "../../scim/members.ts";
import type { Resource } from "../../scim/schema.ts";
import { toGroupKey } from "../../scim/text.ts";
import { findFormerLinks, findLiveLinksByKey } from "../../store/link-names.ts";
import {
  findLink,
  findLiveLink,
  insertLink,
  type LiveLink,
  NEW_LINK,
  type NewLink,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { noteDeed } from "../jobs/trace.ts";
import { type Claim, withNameLocks } from "../locks/name-claims.ts";
import { noteJoinedWhileInactive } from "../membership/joined-while-inactive.ts";
import { requireUsers } from "../membership/member-rows.ts";
import { goneAtVendor } from "../membership/member-writes.ts";
import { requireNameNotOwn } from "../membership/own-groups.ts";
import { locksOfEarlierCreate, orEarlier, promisedId, resolveEarlierCreate } from "../recovery/earlier-create.ts";
import { removeNewGroup } from "../recovery/group-undo.ts";
import { expectedName } from "../recovery/intent-resolution.ts";
import { withIntent } from "../recovery/journal.ts";
import { readHeld } from "../resource/held-values.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withHolderTold } from "../resource/name-holders.ts";
import { withoutNotFound } from "../resource/not-found.ts";
import { oweLicencesOfGroup } from "../resource/owed-licences.ts";
import { withRefusalTold } from "../resource/told-refusals.ts";
import { noteToldMembers } from "../resource/told-values.ts";
import { toWritten } from "../resource/user-references.ts";
import { resourceOf, toWanted, type Wanted } from "../resource/wanted-values.ts";
import { noteJoined } from "../safeguards/brake.ts";
import { requireSeatChangesAllowed } from "../safeguards/protected-changes.ts";
import { planSeats, requireSeats } from "../seats/seat-changes.ts";
import { updateOwedSeats } from "../seats/seat-updates.ts";
import { groupOperationsOf, kindOf } from "../vendor/user-or-group.ts";
import { type GroupPlan, groupNameTaken, planGroup, writeGroupPlan } from "./group-change.ts";
import { writeMembersAndSeats } from "./group-writes.ts";

/** @throws ScimError 409 uniqueness for a name that is taken, 501 where the product has no groups */
export async function createGroup(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  groupOperationsOf(job.connection);
  const kind = kindOf(connection, "Group");
  const wanted = toWanted(job, kind, undefined, resource);
  const key = toGroupKey(String(wanted.held.displayName));
  const plan = async (claim: Claim): Promise<GroupPlan | NewGroup> => {
    const users = [...(await requireUsers(job, memberIdsOf(resource))).values()];
    const mine = await resolveEarlierCreate(job, "group.create", key);
    if (mine && mine.externalId === wanted.externalId && findLiveLink(connection.store, "Group", mine.linkId)) {
      job.trace.notes.add("an earlier attempt had created this group; it was finished");
      return planGroup(job, mine.linkId, undefined, claim, replaceBy(resource, kind.type, job.work));
    }
    for (const holder of findLiveLinksByKey(connection.store, "Group", "nameKey", key)) {
      if (await hydrate(job, holder)) throw groupNameTaken(holder.id);
    }
    requireNameNotOwn(job, String(wanted.held.displayName));
    return { id: promisedId(job, mine, wanted.externalId), members: users };
  };
  return withNameLocks(job, "group", [key], locksOfEarlierCreate(job, "group.create", key), plan, (planned) =>
    "id" in planned
      ? withHolderTold(job, "Group", wanted.held, () =>
          orEarlier(job, "Group", wanted.held, () => createNatively(job, key, wanted, planned)),
        )
      : finishEarlierCreate(job, planned),
  );
}

/** Licences may have been worked out before the group's members were known again. */
async function finishEarlierCreate(job: Job, planned: GroupPlan): Promise<Hydrated> {
  const finished = await writeGroupPlan(job, planned);
  oweLicencesOfGroup(job, finished.link.id);
  await updateOwedSeats(job);
  return finished;
}

interface NewGroup {
  id: string;
  members: LiveLink[];
}

async function createNatively(job: Job, key: string, wanted: Wanted, { id, members }: NewGroup): Promise<Hydrated> {
  const { connection } = job;
  const group = groupOperationsOf(job.connection);
  const kind = kindOf(connection, "Group");
  const now = job.now();
  const former = findFormerLinks(connection.store, "Group", key).find((one) => one.externalId === wanted.externalId);
  const base: NewLink = {
    ...(former ?? { id, type: "Group", createdAt: now, version: 0, sweep: null }),
    ...NEW_LINK,
    externalId: wanted.externalId,
    kept: wanted.kept,
    membersLoaded: true,
    modifiedAt: now,
  };
  const { values } = await toWritten(job, base.id, wanted.held, wanted.changed, kind);
  const save = (made: LiveLink) => {
    releaseNativeId(connection.store, "Group", made.nativeId, made.id, now);
    if (findLink(connection.store, "Group", made.id)) updateLink(connection.store, made.id, made);
    else insertLink(connection.store, made);
  };
  const keys = keysOf(connection, resourceOf(base, wanted.held, kind), wanted.held, "Group");
  const unmade: NewLink = { ...base, ...keys, version: base.version + 1 };
  const seats = planSeats(job, unmade, { add: members, remove: [] });
  await requireSeatChangesAllowed(job, seats);
  await requireSeats(job, seats);
  const ids = members.map((user) => user.id);
  const { native, link } = await withIntent(
    job,
    {
      kind: "group.create",
      linkId: base.id,
      key,
      externalId: wanted.externalId,
      expected: { ...expectedName(job, "Group", wanted.held), joining: ids },
    },
    async () => {
      const written = { type: "Group", id: base.id, held: wanted.held, paths: wanted.changed } as const;
      const native = await withRefusalTold(job, written, () => group.create(job.api, values));
      const link: LiveLink = { ...unmade, nativeId: group.id(native) };
      if (members.length > 0) {
        // Seats are worked out from the memberships in live groups.
        save(link);
        await withoutNotFound(() => addMembersOrRemoveGroup(job, link, members));
      }
      return { native, link };
    },
    ({ native, link }) => {
      save(link);
      const seen = readHeld(connection.store, link, group.toScim(native), kind);
      overlayLag(job, link.id, {}, { ...wanted.held, ...seen });
      noteToldMembers(job, link.id, [], members);
      noteJoinedWhileInactive(job, link.id, members);
    },
  );
  noteJoined(job, link.id, members, false);
  noteDeed(job.trace, link.id, { what: "created", joined: members.length });
  return answerWritten(job, link, native, group.toScim(native));
}

/** A group that cannot take its members is not created at all. */
async function addMembersOrRemoveGroup(job: Job, link: LiveLink, add: LiveLink[]): Promise<void> {
  try {
    const gone = await writeMembersAndSeats(job, link, { add, remove: [] });
    if (gone.length > 0) throw goneAtVendor(gone);
  } catch (error) {
    if (error instanceof Fault && !error.ambiguous) await removeNewGroup(job, link.id, link.nativeId);
    throw error;
  }
}
