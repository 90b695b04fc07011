// Writes a changed user at the vendor: values, activation, seat; remembers a disable that the vendor cannot do yet.

import { Fault, type Values } from "../../adapter.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { canDisableLater, disableNatively, rememberDisable } from "../recovery/pending-disable.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { remainingSeat, shownSeat } from "../resource/link-keys.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import type { Wanted } from "../resource/wanted-values.ts";
import { updateSeat } from "../seats/seat-grant.ts";
import { planRestore, requireSeats } from "../seats/seat-plans.ts";

/**
 * A restored user gets the seat that their groups give now, and is not restored if there is none left. A disable that
 * the vendor cannot do now is remembered; one that waits for the person counts as done.
 */
export async function writeUserAndSeat(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<{ native: unknown; isPending: boolean }> {
  const { connection } = job;
  const { store } = connection;
  const switches = wanted.changed.has("active");
  const write = () => withConfirmedNotFound(job, link, () => writeNatively(job, link, before, wanted, values));
  if (switches && wanted.held.active === false) {
    try {
      return { native: await write(), isPending: false };
    } catch (error) {
      if (!canDisableLater(error)) throw error;
      rememberDisable(job, link.id, error);
      if (error.kind !== "pending") throw error;
      return { native: undefined, isPending: true };
    }
  }
  if (!switches) return { native: await write(), isPending: false };
  await requireSeats(job, planRestore(job, { ...link, seat: remainingSeat(connection, link, before.native) }));
  const native = await write();
  const { seat } = findLiveLink(store, "User", link.id) ?? link;
  updateLink(store, link.id, { isActive: true, seat: remainingSeat(connection, { seat }, native) });
  try {
    // Where the record shows no seat, the vendor may have taken it while the account was disabled.
    await updateSeat(job, link.id, seat !== null && shownSeat(connection, native) === undefined);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await disableNatively(job, link.nativeId, native, wanted.held);
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
  if (before.native === undefined && changed.size > 0 && adapter.quirks.fullReplace) {
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
