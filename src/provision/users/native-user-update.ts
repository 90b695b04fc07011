// Updates a user at the vendor: values, activation, seat; remembers a disable that the vendor cannot do yet.

import type { Change, Fault, Values } from "../../adapter.ts";
import { findLiveLink, isLive, type LiveLink, type NativeLink, updateLink } from "../../store/links.ts";
import { isWaiting } from "../../store/waiting.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { withIntent } from "../recovery/journal.ts";
import { endingSessions, forgetSessions } from "../recovery/open-sessions.ts";
import { canDisableLater, disableNatively, rememberDisable } from "../recovery/pending-disable.ts";
import { storeAccount } from "../resource/account-made.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { remainingSeat, shownSeat } from "../resource/link-keys.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import { alreadyWaiting } from "../resource/pending-addresses.ts";
import { updateRecord } from "../resource/record-update.ts";
import { withPartTold, withRefusalTold } from "../resource/told-refusals.ts";
import type { Wanted } from "../resource/wanted-values.ts";
import { planRestore, requireSeats } from "../seats/seat-changes.ts";
import { updateSeat } from "../seats/seat-grant.ts";
import { leaveFormerGroups, releaseSeat } from "./leave-all-groups.ts";

/** What became of a write. */
interface Written {
  /** Undefined where the vendor's side did not change or does not show it. */
  native: unknown;
  /** The vendor cannot disable the account yet, and still owes it. */
  isPending: boolean;
  /** Values that the vendor refused beside a deactivation. */
  refusal?: { paths: string[]; fault: Fault };
}

/**
 * Writes a user's changed values. A restored user gets the seat that their groups give now, and is not restored if there is
 * none left.
 */
export async function writeUserAndSeat(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<Written> {
  const { connection } = job;
  const { store } = connection;
  if (wanted.changed.has("active") && wanted.held.active === false) {
    return withConfirmedNotFound(job, link, () => writeDisabled(job, link, before, wanted, values));
  }
  const write = () => withConfirmedNotFound(job, link, () => writeNatively(job, link, before, wanted, values));
  if (!wanted.changed.has("active")) return { native: await write(), isPending: false };
  forgetSessions(job, link.id);
  await forgetFormerTime(job, link, wanted);
  const known = findLiveLink(store, "User", link.id) ?? link;
  await requireSeats(job, planRestore(job, { ...known, seat: remainingSeat(connection, known, before.native) }));
  const native = await write();
  if (isWaiting(link)) storeAccount(job, link, connection.adapter.user.id(native));
  const { nativeId, seat } = findLiveLink(store, "User", link.id) ?? link;
  updateLink(store, link.id, { isActive: true, seat: remainingSeat(connection, { seat }, native) });
  try {
    // Where the record shows no seat, the vendor may have taken it while the account was disabled.
    await updateSeat(job, link.id, seat !== null && shownSeat(connection, native) === undefined);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await disableNatively(job, { id: link.id, nativeId }, native, wanted.held);
    updateLink(store, link.id, { isActive: false });
    throw error;
  }
  return { native, isPending: false };
}

/** Takes groups and seat from a user who comes back after a long time, or under another externalId [S14]. */
async function forgetFormerTime(job: Job, link: LiveLink, { externalId }: Wanted): Promise<void> {
  const { left } = link;
  if (left === null) return;
  const isLong = job.now() - left.at > job.connection.rules.restoreWithinMs;
  const isOther = left.externalId !== null && left.externalId !== externalId;
  if (!isLong && !isOther) return;
  await leaveFormerGroups(job, link);
  await releaseSeat(job, link);
  updateLink(job.connection.store, link.id, { seat: null });
  const why = isLong ? "was inactive for long" : "has another externalId now";
  job.trace.notes.add(`returned-as-new: the user ${why}, so the groups and licences of then were taken away first`);
}

/**
 * Switches an account off before anything else is written, or with it where the vendor has no verb for it; what the vendor
 * refuses besides is left as it is [S48]. A disable that the vendor cannot do now is remembered; one that waits for the
 * person counts as done.
 */
async function writeDisabled(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<Written> {
  const { user } = job.connection.adapter;
  const others = [...wanted.changed].filter((path) => path !== "active");
  const disable = () => disableNatively(job, link, before.native, before.held);
  if (!user.setActive) {
    const alone = () => orDisableLater(job, link, disable);
    if (others.length === 0) return alone();
    const together = () => writeNatively(job, link, before, wanted, values);
    return orRefusal(others, alone, () => orDisableLater(job, link, () => endingSessions(job, link, together)));
  }
  const disabled = await orDisableLater(job, link, disable);
  if (others.length === 0) return disabled;
  const changed = new Set(others);
  const native = disabled.native ?? before.native;
  return orRefusal(
    others,
    async () => disabled,
    async () => ({
      ...disabled,
      native: await writeNatively(job, link, { ...before, native }, { ...wanted, changed }, values),
    }),
  );
}

/** Disables, or remembers it where the vendor cannot do it now. */
async function orDisableLater(job: Job, link: LiveLink, disable: () => Promise<unknown>): Promise<Written> {
  try {
    return { native: await disable(), isPending: false };
  } catch (error) {
    if (!canDisableLater(error)) throw error;
    rememberDisable(job, link.id, error);
    if (error.kind !== "pending") throw error;
    return { native: undefined, isPending: true };
  }
}

/** Runs a write, and where the vendor refuses it does the other thing and tells the refusal. */
async function orRefusal(
  paths: string[],
  otherwise: () => Promise<Written>,
  write: () => Promise<Written>,
): Promise<Written> {
  try {
    return await write();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...(await otherwise()), refusal: { paths, fault: error } };
  }
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
  // The account of a user who waits is made with all its values.
  const byVerb = user.setActive !== undefined && wanted.changed.has("active") && !isWaiting(link);
  const changed = new Set(wanted.changed);
  if (byVerb) changed.delete("active");
  for (const path of alreadyWaiting(job.connection, before.native, wanted.held, changed)) changed.delete(path);
  let native: unknown;
  if (changed.size > 0) {
    const update = () => updateRecord(job, nativeId, { values, changed, native: before.native });
    native = await withRefusalTold(job, { type: "User", id: link.id, held: wanted.held, paths: changed }, update);
  }
  // A verb that disables comes before the values and is not called here.
  if (byVerb) {
    const present = native ?? before.native;
    native = await withPartTold(job, "active", async () => user.setActive?.(job.api, nativeId, true, present));
  }
  return native;
}

/** Updates a record for the sake of another user's request, under an intent of its own. */
export function updateUnderIntent(
  job: Job,
  link: NativeLink,
  change: Change<Values, unknown>,
  commit: () => void,
): Promise<unknown> {
  const write = () => updateRecord(job, link.nativeId, change);
  return withIntent(
    job,
    { kind: "user.update", linkId: link.id, expected: { paths: [...change.changed] } },
    () => (isLive(link) ? withConfirmedNotFound(job, link, write) : write()),
    commit,
  );
}
