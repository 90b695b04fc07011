// The native side of a changed user: values, verbs, seats, and deactivations that the vendor cannot take.

import { Fault, type Values } from "../../adapter.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../connection/job.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { remainingSeat, shownSeat } from "../resource/link-keys.ts";
import { confirmed } from "../resource/presence.ts";
import type { Wanted } from "../resource/values.ts";
import { settleSeat } from "../seats/seat-grant.ts";
import { planRestore, requireSeats } from "../seats/seats.ts";
import { deactivateNatively, isKept, keepDeactivation } from "../settlement/deactivation.ts";

/**
 * A restored user gets the seat that their groups give now, and is not restored if there is none left. A deactivation that the
 * vendor cannot take now is kept; one that it cannot take yet counts as done.
 */
export async function writeSeated(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<{ native: unknown; isPending: boolean }> {
  const { connection } = job;
  const { store } = connection;
  const turns = wanted.changed.has("active");
  const write = () => confirmed(job, link, () => writeNatively(job, link, before, wanted, values));
  if (turns && wanted.held.active === false) {
    try {
      return { native: await write(), isPending: false };
    } catch (error) {
      if (!isKept(error)) throw error;
      keepDeactivation(job, link.id, error);
      if (error.kind !== "pending") throw error;
      return { native: undefined, isPending: true };
    }
  }
  if (!turns) return { native: await write(), isPending: false };
  await requireSeats(job, planRestore(job, { ...link, seat: remainingSeat(connection, link, before.native) }));
  const native = await write();
  const { seat } = findLiveLink(store, "User", link.id) ?? link;
  updateLink(store, link.id, { isActive: true, seat: remainingSeat(connection, { seat }, native) });
  try {
    // A seat that the record does not show may have gone while the account was switched off.
    await settleSeat(job, link.id, seat !== null && shownSeat(connection, native) === undefined);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await deactivateNatively(job, link.nativeId, native, wanted.held);
    updateLink(store, link.id, { isActive: false });
    throw error;
  }
  return { native, isPending: false };
}

/** The native calls of an update; undefined where the vendor's side does not change. */
async function writeNatively(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<unknown> {
  const { adapter } = job.connection;
  const { user } = adapter;
  const nativeId = link.nativeId;
  const byVerb = user.setActive !== undefined && wanted.changed.has("active");
  const changed = new Set(wanted.changed);
  if (byVerb) changed.delete("active");
  if (before.native === undefined && changed.size > 0 && user.updateNeeds === "wholeRecord") {
    throw new Fault("unavailable", {
      detail: "the product does not show this user yet; try again",
      retryAfterSeconds: 2,
    });
  }
  let native: unknown;
  if (changed.size > 0) native = await user.update(job.api, nativeId, { values, changed, native: before.native });
  if (byVerb && user.setActive) {
    const isActive = wanted.held.active === true;
    native = await user.setActive(job.api, nativeId, isActive, native ?? before.native);
  }
  return native;
}
