// Undoes a group's change, where one of its seats is refused [S16].

import type { Value } from "../../adapter.ts";
import { type LiveLink, updateLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { writeMembers } from "../membership/member-writes.ts";
import { assemble } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { oweLicencesOfGroup } from "../resource/owed-licences.ts";
import { makeTombstone } from "../resource/tombstone.ts";
import { toWritten } from "../resource/user-references.ts";
import { resourceOf } from "../resource/wanted-values.ts";
import { updateGroupSeats, updateOwedSeats, updateSeats } from "../seats/seat-updates.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";

/** Removes the users who were added, and adds those who were removed, with their seats. */
export async function undoMembers(job: Job, group: LiveLink, done: MemberChange): Promise<void> {
  const undone = { add: done.remove, remove: done.add };
  await writeMembers(job, group, undone);
  await updateSeats(job, undone);
}

/** Gives a group the values that it had, and its members the seats that follow from them. */
export async function undoValues(
  job: Job,
  link: LiveLink,
  native: unknown,
  before: Record<string, Value | null>,
): Promise<void> {
  const { connection } = job;
  const kind = kindOf(connection, "Group");
  const { held: present } = assemble(job, link, native, operationsOf(connection, "Group").toScim(native));
  const held = { ...present };
  for (const [path, value] of Object.entries(before)) {
    if (value === null) delete held[path];
    else held[path] = value;
  }
  const changed = new Set(Object.keys(before).filter((path) => held[path] !== present[path]));
  if (changed.size > 0) {
    const { values } = await toWritten(job, link.id, held, changed, kind);
    await connection.adapter.group?.update?.(job.api, link.nativeId, { values, changed, native });
  }
  updateLink(connection.store, link.id, keysOf(connection, resourceOf(link, held, kind), held, "Group"));
  await updateGroupSeats(job, link.id);
}

/** Removes a group that was just created, because it cannot have its first members. */
export async function removeNewGroup(job: Job, linkId: string, nativeId: string): Promise<void> {
  await job.connection.adapter.group?.remove?.(job.api, nativeId);
  oweLicencesOfGroup(job, linkId);
  makeTombstone(job, linkId);
  await updateOwedSeats(job);
}
