// Deleting a user: removed, or disabled and hidden, with memberships and seats (RFC 7644 section 3.6; [S8]).

import { Fault } from "../../adapter.ts";
import { badRequest, notFound } from "../../scim/messages.ts";
import { deleteOverlay, deleteShownOverlays } from "../../store/journal.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { deleteWaiting, isWaiting } from "../../store/waiting.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { noteDeed } from "../jobs/trace.ts";
import { lockedNames } from "../locks/name-claims.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { disableNatively, isDisablePending, isDormant, rememberDisable } from "../recovery/pending-disable.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { requireNoLateCreate } from "../resource/late-calls.ts";
import { removeIfPresent, writeIfPresent } from "../resource/not-found.ts";
import { oweCopies } from "../resource/owed-copies.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { noteTold } from "../resource/told-values.ts";
import { makeTombstone } from "../resource/tombstone.ts";
import { withBrake } from "../safeguards/brake.ts";
import { deactivationOf, removalOf } from "../safeguards/brake-effects.ts";
import { requireUnprotected, tellsPrivilege } from "../safeguards/protected-changes.ts";
import { requireOneIdentity } from "../safeguards/two-identities.ts";
import { readOrDisableLater } from "./disable-in-outage.ts";
import { leaveAllGroups, releaseSeat } from "./leave-all-groups.ts";

/** Deletes a user as the connection deletes: removed, or disabled and hidden [S8]. */
export async function deleteUser(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  const found = findLiveLink(connection.store, "User", id);
  if (!found) throw notFound("the user");
  const locks = [`link:${id}`, ...lockedNames(found).map((name) => `name:${name}`)];
  const removes = connection.rules.onDelete === "remove" && user.remove !== undefined;
  // The client must repeat a removal; a deletion that only disables the user is done later without the client.
  const orDisableLater = <T>(work: () => Promise<T>, isMatched = ifMatch === undefined) =>
    readOrDisableLater(job, id, () => !removes && isMatched, work);
  await connection.object.locks.withLocks(locks, job, async () => {
    job.permit.check();
    await orDisableLater(() => resolveIntentsOf(job, id));
    const link = findLiveLink(connection.store, "User", id);
    if (!link) throw notFound("the user");
    const isRead = !removes || ifMatch !== undefined || tellsPrivilege(job);
    const present = isRead ? await orDisableLater(() => hydrate(job, link)) : undefined;
    await requireUnprotected(job, link, "the user was not deleted", isRead ? "fresh" : "stale");
    requireOneIdentity(job, link);
    if (removes) requireNoLateCreate(job, id);
    if (isWaiting(link)) return deleteWaitingUser(job, link, ifMatch);
    if (!present && (!removes || ifMatch !== undefined)) throw notFound("the user");
    if (present) requireMatch(ifMatch, present);
    const isGone = present !== undefined && isDisabledAtVendor(job, present);
    const effects = removes ? [removalOf(id)] : isGone ? [] : [deactivationOf(job, id)];
    await withBrake(job, { about: id, effects }, () =>
      withIntent(
        job,
        { kind: "user.delete", linkId: id },
        async () => {
          if (!removes) return orDisableLater(() => disableAndHide(job, link, present), true);
          await removeIfPresent(job, link, () =>
            withPartTold(job, "the deletion", async () => user.remove?.(job.api, link.nativeId)),
          );
          return { isPending: false };
        },
        (end) => {
          makeTombstone(job, id, !removes);
          oweCopies(job, id);
          deleteShownOverlays(connection.store, id);
          noteDeed(job.trace, id, { what: removes ? "deleted" : "hidden", ...(end.isPending ? { isOwed: true } : {}) });
          if (!end.isPending) deleteOverlay(connection.store, id, "active");
          // After these, which would forget it: a late call may switch the hidden account on.
          if (!removes) noteTold(job, link, { ...present?.held, active: false }, ["active"]);
        },
      ),
    );
  });
}

/** The vendor knows nothing of a user who waits for an account. */
async function deleteWaitingUser(job: Job, link: LiveLink, ifMatch: string | undefined): Promise<void> {
  const { store, object } = job.connection;
  const present = ifMatch === undefined ? undefined : await hydrate(job, link);
  if (present) requireMatch(ifMatch, present);
  noteDeed(job.trace, link.id, { what: "deleted" });
  object.atomically(() => {
    makeTombstone(job, link.id);
    updateLink(store, link.id, { nativeId: null });
    deleteWaiting(store, link.nativeId);
    oweCopies(job, link.id);
  });
}

/** An account that only Portico shows as inactive is not disabled at the vendor. */
const CANNOT_LEAVE = [
  "active: this product can neither remove nor disable a user",
  "remove the user in the product, or take them out of the scope",
] as const;

const isDisabledAtVendor = (job: Job, present: Hydrated) =>
  present.held.active === false && !isDormant(job, present) && !isDisablePending(job, present.link.id);

/**
 * The access ends first: a deletion that stops after it leaves a user who is disabled, not one who is active without groups.
 * Gives whether the vendor cannot disable the account yet, so that it is still owed.
 */
async function disableAndHide(
  job: Job,
  link: LiveLink,
  present: Hydrated | undefined,
): Promise<{ isPending: boolean }> {
  if (!present) return { isPending: false };
  const isPending = !isDisabledAtVendor(job, present) && (await disable(job, link, present));
  try {
    await leaveAllGroups(job, link);
    await releaseSeat(job, link);
  } catch (error) {
    // The access has ended, which reads show and the brake counts, although the user is not deleted.
    if (error instanceof Fault && isRefusal(error)) rememberDisable(job, link.id, error);
    throw error;
  }
  return { isPending };
}

/** Gives whether the vendor cannot do it yet, so that it is owed. */
async function disable(job: Job, link: LiveLink, present: Hydrated): Promise<boolean> {
  if (!("active" in present.held)) throw badRequest("mutability", ...CANNOT_LEAVE);
  try {
    await writeIfPresent(job, link, async () => {
      await disableNatively(job, link, present.native, present.held);
    });
    return false;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    rememberDisable(job, link.id, error);
    return true;
  }
}
