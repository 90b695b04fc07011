// Deactivations that the vendor could not take: shown as done, and tried again until they are [S19].

import { Fault } from "../../adapter.ts";
import {
  delayDeactivation,
  deleteOverlay,
  findNextDeactivation,
  findOverlays,
  listDueDeactivations,
  type Overlay,
  upsertOverlay,
} from "../../store/journal.ts";
import { upsertDueJob } from "../../store/later.ts";
import { findLink, type Link, updateLink } from "../../store/links.ts";
import { isThrottled } from "../../upstream/refusal.ts";
import { backOff } from "../connection/backoff.ts";
import type { Job } from "../connection/job.ts";
import { kindOf } from "../connection/kinds.ts";
import { isProtected } from "../connection/principals.ts";
import { SLICE_MS } from "../connection/slice.ts";
import { readTogether } from "../resource/batch-read.ts";
import { noteWrite } from "../resource/drift.ts";
import { confirmAbsence } from "../resource/existence.ts";
import { type Hydrated, overlayLag, readHeld } from "../resource/hydrate.ts";
import { remainingSeat } from "../resource/link-keys.ts";
import type { Held } from "../resource/mapping.ts";
import { toWritten } from "../resource/references.ts";
import { shortenUnchanged } from "../resource/values.ts";

/** A kept deactivation ends by being done or superseded, never by age. */
const NEVER = Number.MAX_SAFE_INTEGER;
/** How often a vendor is asked again that cannot do it yet or has refused; each time may cost calls of a day's budget. */
const PENDING_MS = 3_600_000;
const BATCH = 100;

const OUTAGES: readonly string[] = ["unavailable", "throttled", "unauthorized", "protocol"];
export const isOutage = (error: unknown): error is Fault => error instanceof Fault && OUTAGES.includes(error.kind);
const isPending = (error: unknown) => error instanceof Fault && error.kind === "pending";

/** Whether a deactivation that failed so is kept. */
export const isKept = (error: unknown): error is Fault => isOutage(error) || isPending(error);

/** Whether the vendor still owes a deactivation that was accepted. */
export const isOwed = (job: Job, linkId: string): boolean =>
  findOverlays(job.connection.store, linkId, job.now()).some((overlay) => overlay.reason === "deactivation");

/** Whether somebody is inactive without having been disabled, and would become active without Portico. */
export const isDormant = ({ connection }: Job, { native, held }: Pick<Hydrated, "native" | "held">): boolean =>
  native !== undefined && held.active === false && connection.adapter.user.isDormant?.(native) === true;

/** Shows a user as inactive from now on, and goes on trying. */
export function keepDeactivation(job: Job, linkId: string, why: Fault): void {
  const { store } = job.connection;
  const owed = { linkId, path: "active", reason: "deactivation", value: false, expiresAt: NEVER } as const;
  upsertOverlay(store, { ...owed, ...nextTry(job, 0, why) });
  updateLink(store, linkId, { isActive: false });
  job.trace.notes.add("the product could not deactivate this user yet; it is shown as inactive and tried again");
  upsertDueJob(store, { job: "deactivations", dueAt: findNextDeactivation(store) ?? job.now(), failures: 0 });
  job.connection.schedule();
}

/** Those who wait for long are tried together, because one look at the vendor may serve them all. */
function nextTry(job: Job, failures: number, error: unknown): Pick<Overlay, "retryAt" | "failures"> {
  const now = job.now();
  if (isOutage(error)) {
    const { dueAt, failures: counted } = backOff(failures, error, now);
    return { retryAt: dueAt, failures: counted };
  }
  const together = findNextDeactivation(job.connection.store, now + PENDING_MS / 2);
  return { retryAt: Math.min(together ?? Number.POSITIVE_INFINITY, now + PENDING_MS), failures: failures + 1 };
}

/** Switches a native account off, by verb or by value; the record as it stands afterwards. */
export async function deactivateNatively(job: Job, nativeId: string, native: unknown, held: Held): Promise<unknown> {
  const { user } = job.connection.adapter;
  if (user.setActive) return user.setActive(job.api, nativeId, false, native);
  const kind = kindOf(job.connection, "User");
  const changed = new Set(["active"]);
  const fitting = shortenUnchanged(job, { held: { ...held, active: false }, changed }, kind);
  const { values } = await toWritten(job, fitting, changed, kind);
  return user.update(job.api, nativeId, { values, changed, native });
}

/**
 * Tries the kept deactivations that are due, each for itself: one that fails has its own next time and holds up no other.
 * @returns when the next one is due
 */
export async function settleDeactivations(job: Job): Promise<number | undefined> {
  const { locks, store } = job.connection;
  const endsAt = job.now() + SLICE_MS;
  const due = listDueDeactivations(store, job.now(), BATCH);
  const known = await readDue(job, due);
  for (const { linkId, failures } of due) {
    if (job.now() > endsAt) break;
    try {
      await locks.hold([`link:${linkId}`], job.deadlineAt, () => settleDeactivation(job, linkId, known));
    } catch (error) {
      if (isThrottled(error)) throw error;
      delayDeactivation(store, linkId, nextTry(job, failures, error));
    }
  }
  return findNextDeactivation(store);
}

/**
 * The records of all who are due, where one read answers for many: good enough for a verb, while values are written over
 * a record that was read under the lock.
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

async function settleDeactivation(job: Job, linkId: string, known: ReadonlyMap<string, unknown>): Promise<void> {
  const { connection } = job;
  // Superseded while the lock was waited for.
  if (!isOwed(job, linkId)) return;
  const link = findLink(connection.store, "User", linkId);
  // Whoever was protected meanwhile is left as they are, and reads show that.
  const isLeft = link !== undefined && isProtected(job, link);
  const asked = isLeft ? null : link?.nativeId;
  const native = link && asked ? await switchOff(job, link, asked, known.get(asked)) : undefined;
  connection.atomically(() => {
    deleteOverlay(connection.store, linkId, "active");
    // Reads that lag would show the user as active once more.
    if (native !== undefined) overlayLag(job, linkId, {}, { active: false });
    noteWrite(job, linkId);
    if (!link) return;
    updateLink(
      connection.store,
      linkId,
      isLeft ? { isActive: true } : { seat: remainingSeat(connection, link, native) },
    );
  });
}

/** The record of somebody who is disabled now; undefined for somebody who is gone. */
async function switchOff(job: Job, link: Link, nativeId: string, known: unknown): Promise<unknown> {
  const { connection } = job;
  const { user } = connection.adapter;
  let native = known;
  try {
    native ??= await user.read(job.api, nativeId);
    const held = readHeld(connection, link, user.toScim(native), kindOf(connection, "User"));
    if (held.active === false && !isDormant(job, { native, held })) return native;
    return await deactivateNatively(job, nativeId, native, held);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    await confirmAbsence(job, link);
    return undefined;
  }
}
