// Groups: delete (RFC 7644 section 3.6).

import { Fault } from "../../adapter.ts";
import { notFound } from "../../scim/messages.ts";
import { deleteShownOverlays } from "../../store/journal.ts";
import { findLiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { noteDeed } from "../jobs/trace.ts";
import { lockedNames } from "../locks/name-claims.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { hydrate } from "../resource/hydrate.ts";
import { requireNoLateCreate } from "../resource/late-calls.ts";
import { removeIfPresent } from "../resource/not-found.ts";
import { oweLicencesOfGroup } from "../resource/owed-licences.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { makeTombstone } from "../resource/tombstone.ts";
import { withBrake } from "../safeguards/brake.ts";
import { effectsOfGroupDeletion } from "../safeguards/brake-effects.ts";
import { requireGroupChangeAllowed } from "../safeguards/protected-changes.ts";
import { updateOwedSeats } from "../seats/seat-updates.ts";
import { groupOperationsOf } from "../vendor/user-or-group.ts";

/** Deletes the group at the vendor; its members stay users. */
export async function deleteGroup(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const group = groupOperationsOf(job.connection);
  const found = findLiveLink(connection.store, "Group", id);
  if (!found) throw notFound("the group");
  const locks = [`link:${id}`, ...lockedNames(found).map((name) => `group:${name}`)];
  await connection.object.locks.withLocks(locks, job, async () => {
    job.permit.check();
    await resolveIntentsOf(job, id);
    const link = findLiveLink(connection.store, "Group", id);
    if (!link) throw notFound("the group");
    requireNoLateCreate(job, id);
    if (ifMatch !== undefined) {
      const present = await hydrate(job, link);
      if (!present) throw notFound("the group");
      requireMatch(ifMatch, present);
    }
    await requireGroupChangeAllowed(job, link, undefined, false, { add: [], remove: [] });
    const { remove } = group;
    if (!remove) throw new Fault("unsupported", { detail: `${connection.adapter.title} cannot delete a group` });
    await withBrake(job, { about: id, effects: effectsOfGroupDeletion(job, link) }, () =>
      withIntent(
        job,
        { kind: "group.delete", linkId: id },
        () => removeIfPresent(job, link, () => withPartTold(job, "the deletion", () => remove(job.api, link.nativeId))),
        () => {
          oweLicencesOfGroup(job, id);
          makeTombstone(job, id);
          deleteShownOverlays(connection.store, id);
        },
      ),
    );
    noteDeed(job.trace, id, { what: "deleted" });
    await updateOwedSeats(job);
  });
}
