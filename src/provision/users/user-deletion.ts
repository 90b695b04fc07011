// Deleting a user: removed, or disabled and hidden, with memberships and seats (RFC 7644 section 3.6; [S8]).

import { Fault } from "../../adapter.ts";
import { badRequest, notFound } from "../../scim/messages.ts";
import { deleteLagOverlays, deleteOverlay, listGroupsInDoubt } from "../../store/journal.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { deleteUserMemberships, listGroupsOf } from "../../store/members.ts";
import { listGroupsWithOutbox } from "../../store/outbox.ts";
import type { Job } from "../jobs/job.ts";
import { removeNatively } from "../membership/member-writes.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { disableNatively, isDisablePending, isDormant, rememberDisable } from "../recovery/pending-disable.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { removeIfPresent, writeIfPresent } from "../resource/not-found.ts";
import { makeTombstone } from "../resource/tombstone.ts";
import { withBrake } from "../safeguards/brake.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { readOrDisableLater } from "./disable-in-outage.ts";

/** Deletes a user as the connection deletes: removed, or disabled and hidden [S8]. */
export async function deleteUser(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  const found = findLiveLink(connection.store, "User", id);
  if (!found) throw notFound("the user");
  const locks = [`link:${id}`, ...(found.nameKey === null ? [] : [`name:${found.nameKey}`])];
  const removes = connection.rules.onDelete === "remove" && user.remove !== undefined;
  // The client must repeat a removal; a deletion that only disables the user is done later without the client.
  const orDisableLater = <T>(work: () => Promise<T>, isMatched = ifMatch === undefined) =>
    readOrDisableLater(job, id, () => !removes && isMatched, work);
  await connection.object.locks.withLocks(locks, job.deadlineAt, async () => {
    await orDisableLater(() => resolveIntentsOf(job, id));
    const link = findLiveLink(connection.store, "User", id);
    if (!link) throw notFound("the user");
    await requireUnprotected(job, link, "the user was not deleted");
    const present = removes && ifMatch === undefined ? undefined : await orDisableLater(() => hydrate(job, link));
    if (!present && (!removes || ifMatch !== undefined)) throw notFound("the user");
    if (present) await requireMatch(ifMatch, present);
    const takesAway = removes ? "removal" : present && isDisabledAtVendor(job, present) ? undefined : "deactivation";
    await withBrake(job, takesAway, id, () =>
      withIntent(
        job,
        { kind: "user.delete", linkId: id },
        async () => {
          if (!removes) return orDisableLater(() => disableAndHide(job, link, present), true);
          await removeIfPresent(job, link, async () => user.remove?.(job.api, link.nativeId));
          return { isPending: false };
        },
        (end) => {
          makeTombstone(job, id, !removes);
          deleteLagOverlays(connection.store, id);
          if (!end.isPending) deleteOverlay(connection.store, id, "active");
        },
      ),
    );
  });
}

/** An account that only Portico shows as inactive is not disabled at the vendor. */
const isDisabledAtVendor = (job: Job, present: Hydrated) =>
  present.held.active === false && !isDormant(job, present) && !isDisablePending(job, present.link.id);

/** @returns whether the vendor cannot disable the account yet, so that the disable is pending */
async function disableAndHide(
  job: Job,
  link: LiveLink,
  present: Hydrated | undefined,
): Promise<{ isPending: boolean }> {
  const { connection } = job;
  if (!present) return { isPending: false };
  await leaveGroups(job, link);
  const { seats } = connection.adapter;
  const none = seats?.none?.(connection.settings);
  const { nativeId } = link;
  if (seats && link.seat !== null && none !== undefined) {
    await writeIfPresent(job, link, () => seats.set(job.api, nativeId, none));
  }
  if (isDisabledAtVendor(job, present)) return { isPending: false };
  let isPending = false;
  if (!("active" in present.held)) throw badRequest("mutability", "this product can neither remove nor disable a user");
  try {
    await writeIfPresent(job, link, async () => {
      await disableNatively(job, nativeId, present.native, present.held);
    });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    rememberDisable(job, link.id, error);
    isPending = true;
  }
  // Another request may have added the user to a group while the account was being disabled.
  await leaveGroups(job, link);
  return { isPending };
}

/**
 * A group's lock is taken while the user's is held, never the other way round; locks of names in use and of seats come
 * last.
 */
async function leaveGroups(job: Job, link: LiveLink): Promise<void> {
  const { store, object } = job.connection;
  for (const groupId of listGroupsInDoubt(store, link.id)) {
    // Once an interrupted write is resolved, the rows show the groups that it has put the user into.
    await object.locks.withLocks([`link:${groupId}`], job.deadlineAt, () => resolveIntentsOf(job, groupId));
  }
  const groupIds = listGroupsOf(store, link.id).map((group) => group.id);
  // A removal that the outbox has not sent yet would be forgotten with the user.
  for (const groupId of new Set([...groupIds, ...listGroupsWithOutbox(store, link.id)])) {
    await object.locks.withLocks([`link:${groupId}`], job.deadlineAt, async () => {
      // The group may have been deleted while its lock was waited for, or at the product.
      const present = findLiveLink(store, "Group", groupId);
      if (present) await writeIfPresent(job, present, () => removeNatively(job, present, [link]));
    });
  }
  deleteUserMemberships(store, link.id);
}
