// Deleting a user: removed, or disabled and hidden, with memberships and seats (RFC 7644 section 3.6; [S8]).

import { Fault } from "../../adapter.ts";
import { badRequest, notFound } from "../../scim/messages.ts";
import { deleteLagOverlays, deleteOverlay } from "../../store/journal.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { journaled, settle } from "../recovery/journal.ts";
import { deactivateNatively, isDormant, isOwed, keepDeactivation } from "../recovery/pending-disable.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { removeIfPresent, writeIfPresent } from "../resource/not-found.ts";
import { entomb } from "../resource/tombstone.ts";
import { requireMatch } from "../resource/version.ts";
import { braked } from "../safeguards/brake.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { readOrKeep } from "./disable-in-outage.ts";
import { leaveGroups, releaseSeat } from "./group-leaving.ts";

/** Deletes a user as the connection deletes: removed, or disabled and hidden [S8]. */
export async function deleteUser(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  const found = findLiveLink(connection.store, "User", id);
  if (!found) throw notFound("the user");
  const locks = [`link:${id}`, ...(found.nameKey === null ? [] : [`name:${found.nameKey}`])];
  const removes = connection.rules.onDelete === "remove" && user.remove !== undefined;
  // A removal is for the client to repeat; whoever is only disabled is disabled whether it does or not.
  const orKept = <T>(work: () => Promise<T>, isMatched = ifMatch === undefined) =>
    readOrKeep(job, id, () => !removes && isMatched, work);
  await connection.object.locks.hold(locks, job.deadlineAt, async () => {
    await orKept(() => settle(job, id));
    const link = findLiveLink(connection.store, "User", id);
    if (!link) throw notFound("the user");
    await requireUnprotected(job, link, "the user was not deleted");
    const present = removes && ifMatch === undefined ? undefined : await orKept(() => hydrate(job, link));
    if (!present && (!removes || ifMatch !== undefined)) throw notFound("the user");
    if (present) await requireMatch(ifMatch, present);
    const takesAway = removes ? "removal" : present && isOff(job, present) ? undefined : "deactivation";
    await braked(job, takesAway, id, () =>
      journaled(
        job,
        { kind: "user.delete", linkId: id },
        async () => {
          if (!removes) return orKept(() => hideUser(job, link, present), true);
          await removeIfPresent(job, link, async () => user.remove?.(job.api, link.nativeId));
          return { isPending: false };
        },
        (end) => {
          entomb(job, id, !removes);
          deleteLagOverlays(connection.store, id);
          if (!end.isPending) deleteOverlay(connection.store, id, "active");
        },
      ),
    );
  });
}

/** An account that only Portico shows as inactive is not off. */
const isOff = (job: Job, present: Hydrated) =>
  present.held.active === false && !isDormant(job, present) && !isOwed(job, present.link.id);

/** Gives whether the vendor cannot disable the account yet, so that it is still owed. */
async function hideUser(job: Job, link: LiveLink, present: Hydrated | undefined): Promise<{ isPending: boolean }> {
  if (!present) return { isPending: false };
  await leaveGroups(job, link);
  await releaseSeat(job, link);
  if (isOff(job, present)) return { isPending: false };
  let isPending = false;
  if (!("active" in present.held)) throw badRequest("mutability", "this product can neither remove nor disable a user");
  try {
    await writeIfPresent(job, link, async () => {
      await deactivateNatively(job, link.nativeId, present.native, present.held);
    });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    keepDeactivation(job, link.id, error);
    isPending = true;
  }
  // Where the user was being added while the account was switched off.
  await leaveGroups(job, link);
  return { isPending };
}
