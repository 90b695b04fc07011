// Writes a changed group at the vendor: attributes, members and the seats of both, all of it or nothing [S16].

import { Fault, type Value } from "../../adapter.ts";
import { type LiveLink, updateLink } from "../../store/links.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { writeMembers } from "../membership/member-writes.ts";
import { undoMembers, undoValues } from "../recovery/group-undo.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import { withRefusalTold } from "../resource/told-refusals.ts";
import { toWritten } from "../resource/user-references.ts";
import type { Wanted } from "../resource/wanted-values.ts";
import { updateGroupSeats, updateSeats } from "../seats/seat-updates.ts";
import { kindOf } from "../vendor/user-or-group.ts";

/** The values that change, as they were. */
export const valuesBefore = ({ held }: Hydrated, { changed }: Wanted): Record<string, Value | null> =>
  Object.fromEntries([...changed].map((path) => [path, held[path] ?? null]));

/**
 * Attributes, members and the seats of both; where one of them is refused nothing stays.
 * @returns the record, and the users who could not be added because they are gone at the vendor
 */
export async function writeGroup(
  job: Job,
  present: Hydrated,
  wanted: Wanted,
  next: LiveLink,
  members: MemberChange,
): Promise<{ native: unknown; gone: readonly LiveLink[] }> {
  const { link } = present;
  const written = wanted.changed.size > 0 ? await updateNatively(job, present, wanted) : present.native;
  const changesSeat = next.seat !== link.seat;
  // What the vendor has taken counts for the seats of those who join in the same request.
  if (changesSeat) updateLink(job.connection.store, link.id, { seat: next.seat });
  let isIn = false;
  let gone: readonly LiveLink[] = [];
  try {
    gone = await writeMembersAndSeats(job, link, members);
    isIn = true;
    if (changesSeat) await updateGroupSeats(job, link.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const isThere = (user: LiveLink) => !gone.includes(user);
    if (isIn) await undoMembers(job, link, { ...members, add: members.add.filter(isThere) });
    if (wanted.changed.size > 0) await undoValues(job, link, written, valuesBefore(present, wanted));
    throw error;
  }
  return { native: written, gone };
}

/** Members and their seats together: a seat that is refused takes the memberships of the request back. */
export async function writeMembersAndSeats(job: Job, group: LiveLink, members: MemberChange): Promise<LiveLink[]> {
  const gone = await writeMembers(job, group, members);
  const written = { ...members, add: members.add.filter((link) => !gone.includes(link)) };
  try {
    await updateSeats(job, written);
  } catch (error) {
    if (isRefusal(error)) await undoMembers(job, group, written);
    throw error;
  }
  return gone;
}

async function updateNatively(job: Job, present: Hydrated, wanted: Wanted): Promise<unknown> {
  const update = job.connection.adapter.group?.update;
  if (!update) {
    throw new Fault("unsupported", { detail: `${job.connection.adapter.title} cannot change a group's attributes` });
  }
  const kind = kindOf(job.connection, "Group");
  const { values } = await toWritten(job, present.link.id, wanted.held, wanted.changed, kind);
  const change = { values, changed: wanted.changed, native: present.native };
  return withConfirmedNotFound(job, present.link, () =>
    withRefusalTold(job, { type: "Group", id: present.link.id, held: wanted.held, paths: wanted.changed }, () =>
      update(job.api, present.link.nativeId, change),
    ),
  );
}
