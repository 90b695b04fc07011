// Disables that the vendor could not do yet: shown as done, and tried again until they are done [S19].

import { Fault } from "../../adapter.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import {
  delayDisable,
  deleteOverlay,
  findNextDisable,
  findOverlays,
  listDueDisables,
  type Overlay,
  upsertOverlay,
} from "../../store/journal.ts";
import { findLink, type Link, type NativeLink, updateLink } from "../../store/links.ts";
import { isThrottled } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { nextAttempt } from "../jobs/retry-delay.ts";
import { SLICE_MS } from "../jobs/slices.ts";
import { isProtected } from "../protection/protected-principals.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { readTogether } from "../resource/batch-read.ts";
import { type Hydrated, overlayLag, readHeld } from "../resource/hydrate.ts";
import { remainingSeat } from "../resource/link-keys.ts";
import { confirmNotFound, isNotFound } from "../resource/not-found.ts";
import { noteWrite } from "../resource/record-drift.ts";
import { updateRecord } from "../resource/record-update.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { toWritten } from "../resource/user-references.ts";
import { shortenUnchanged } from "../resource/wanted-values.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { endingSessions } from "./open-sessions.ts";

/** A pending disable ends when it is done or another change replaces it, never by age. */
const NEVER = Number.MAX_SAFE_INTEGER;
/**
 * How often a vendor is asked again that cannot do it yet or has refused; each time may cost calls of a day's budget.
 */
const PENDING_MS = 3_600_000;
const BATCH = 100;

const OUTAGES: readonly string[] = ["unavailable", "throttled", "unauthorized", "protocol"];
export const isOutage = (error: unknown): error is Fault => error instanceof Fault && OUTAGES.includes(error.kind);
const waitsForPerson = (error: unknown) => error instanceof Fault && error.kind === "pending";

/** Whether a disable that failed so is remembered and tried again. */
export const canDisableLater = (error: unknown): error is Fault => isOutage(error) || waitsForPerson(error);

/** Whether a disable that a client was told of is still to be done at the vendor. */
export const isDisablePending = (job: Job, linkId: string): boolean =>
  findOverlays(job.connection.store, linkId, job.now()).some((overlay) => overlay.reason === "deactivation");

/** Whether a user is inactive without having been disabled, and can become active without Portico. */
export const isDormant = ({ connection }: Job, { native, held }: Pick<Hydrated, "native" | "held">): boolean =>
  native !== undefined && held.active === false && connection.adapter.user.isDormant?.(native) === true;

/** Shows a user as inactive from now on, and goes on trying. */
export function rememberDisable(job: Job, linkId: string, why: Fault): void {
  job.trace.notes.add("the product could not deactivate this user yet; it is shown as inactive and tried again");
  oweDisable(job, linkId, nextRetry(job, 0, why));
}

/** Shows a user as inactive from now on; the alarm disables them at the vendor at the given time, or at once. */
export function oweDisable(
  { connection, now }: Pick<Job, "connection" | "now">,
  linkId: string,
  first: Pick<Overlay, "retryAt" | "failures"> = { retryAt: now(), failures: 0 },
): void {
  const { store } = connection;
  const pending = { linkId, path: "active", reason: "deactivation", value: false, expiresAt: NEVER } as const;
  upsertOverlay(store, { ...pending, ...first });
  updateLink(store, linkId, { isActive: false });
  upsertDueJob(store, { job: "deactivations", dueAt: findNextDisable(store) ?? now(), failures: 0 });
  connection.object.setAlarm();
}

/** Disables that wait for long are tried together, because one read at the vendor may serve them all. */
function nextRetry(job: Job, failures: number, error: unknown): Pick<Overlay, "retryAt" | "failures"> {
  const now = job.now();
  if (isOutage(error)) {
    const { dueAt, failures: counted } = nextAttempt(failures, error, now);
    return { retryAt: dueAt, failures: counted };
  }
  const together = findNextDisable(job.connection.store, now + PENDING_MS / 2);
  return { retryAt: Math.min(together ?? Number.POSITIVE_INFINITY, now + PENDING_MS), failures: failures + 1 };
}

/** Switches a native account off, by verb or by value, and ends what is open; the record as it stands afterwards. */
export const disableNatively = (
  job: Job,
  link: Pick<NativeLink, "id" | "nativeId">,
  native: unknown,
  held: Held,
): Promise<unknown> => endingSessions(job, link, () => switchOff(job, link, native, held));

async function switchOff(
  job: Job,
  link: Pick<NativeLink, "id" | "nativeId">,
  native: unknown,
  held: Held,
): Promise<unknown> {
  const { user } = job.connection.adapter;
  const { nativeId } = link;
  if (user.setActive) {
    return withPartTold(job, "active", async () => user.setActive?.(job.api, nativeId, false, native));
  }
  const kind = kindOf(job.connection, "User");
  const changed = new Set(["active"]);
  const fitting = shortenUnchanged(job, { held: { ...held, active: false }, changed }, kind);
  const { values } = await toWritten(job, link.id, fitting, changed, kind);
  return withPartTold(job, "active", () => updateRecord(job, nativeId, { values, changed, native }));
}

/**
 * Tries the pending disables that are due, one by one; one that fails gets its own next time and does not delay the
 * others.
 * @returns when the next one is due
 */
export async function retryDisables(job: Job): Promise<number | undefined> {
  const { store, object } = job.connection;
  const endsAt = job.now() + SLICE_MS;
  const due = listDueDisables(store, job.now(), BATCH);
  const known = await readDue(job, due);
  for (const { linkId, failures } of due) {
    if (job.now() > endsAt) break;
    try {
      await object.locks.withLocks([`link:${linkId}`], job.deadlineAt, () => retryDisable(job, linkId, known));
    } catch (error) {
      if (isThrottled(error)) throw error;
      delayDisable(store, linkId, nextRetry(job, failures, error));
    }
  }
  return findNextDisable(store);
}

/**
 * The records of the users that are due, by one read for many where the vendor has one and disables by an operation of
 * its own; where it disables by writing values, each record is read under its lock instead.
 */
async function readDue(job: Job, due: readonly Overlay[]): Promise<Map<string, unknown>> {
  const { adapter, store } = job.connection;
  if (due.length === 0) return new Map();
  await adapter.user.refresh?.(job.api);
  if (!adapter.user.setActive) return new Map();
  return readTogether(
    job,
    "User",
    due.flatMap(({ linkId }) => findLink(store, "User", linkId)?.nativeId ?? []),
  );
}

async function retryDisable(job: Job, linkId: string, known: ReadonlyMap<string, unknown>): Promise<void> {
  const { connection } = job;
  // Another request replaced it while this one waited for the lock.
  if (!isDisablePending(job, linkId)) return;
  const link = findLink(connection.store, "User", linkId);
  // A user who is protected by now stays active, and reads show that.
  const staysActive = link !== undefined && isProtected(job, link);
  const asked = staysActive ? null : link?.nativeId;
  const native = link && asked ? await disableIfActive(job, link, asked, known.get(asked)) : undefined;
  connection.object.atomically(() => {
    deleteOverlay(connection.store, linkId, "active");
    // Reads that lag would show the user as active once more.
    if (native !== undefined) overlayLag(job, linkId, {}, { active: false });
    noteWrite(job, linkId);
    if (!link) return;
    updateLink(
      connection.store,
      linkId,
      staysActive ? { isActive: true } : { seat: remainingSeat(connection, link, native) },
    );
  });
}

/** Disables a user who is still active. @returns the record afterwards; undefined where the user is gone */
async function disableIfActive(job: Job, link: Link, nativeId: string, known: unknown): Promise<unknown> {
  const { connection } = job;
  const { user } = connection.adapter;
  let native = known;
  try {
    native ??= await user.read(job.api, nativeId);
    const held = readHeld(connection.store, link, user.toScim(native), kindOf(connection, "User"));
    if (held.active === false && !isDormant(job, { native, held })) return native;
    return await disableNatively(job, { id: link.id, nativeId }, native, held);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await confirmNotFound(job, link);
    return undefined;
  }
}
