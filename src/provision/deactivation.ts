// Deactivations that the vendor could not take: shown as done, and tried again until they are (semantics 19).

import { Fault } from "../adapter.ts";
import { deleteOverlay, findOverlays, listKeptDeactivations, upsertOverlay } from "../store/journal.ts";
import { upsertDueJob } from "../store/later.ts";
import { findLink, type Link, updateLink } from "../store/links.ts";
import { kindOf, readHeld, toWritten } from "./hydrate.ts";
import type { Job } from "./job.ts";
import type { Held } from "./mapping.ts";
import { shortenUnchanged } from "./values.ts";

/** A kept deactivation ends by being done or superseded, never by age. */
const NEVER = Number.MAX_SAFE_INTEGER;
const RETRY_MS = 60_000;
const BATCH = 100;

const KEPT: readonly string[] = ["pending", "unavailable", "throttled", "unauthorized", "protocol"];

/** Whether a deactivation that failed so is kept. */
export const isKept = (error: unknown): error is Fault => error instanceof Fault && KEPT.includes(error.kind);

/** Whether the vendor still owes a deactivation that was accepted. */
export const isOwed = (job: Job, linkId: string): boolean =>
  findOverlays(job.connection.store, linkId, job.now()).some((overlay) => overlay.reason === "deactivation");

/** Shows a user as inactive from now on, and goes on trying. */
export function keepDeactivation(job: Job, linkId: string): void {
  const { store } = job.connection;
  upsertOverlay(store, { linkId, path: "active", reason: "deactivation", value: false, expiresAt: NEVER });
  updateLink(store, linkId, { isActive: false });
  job.trace.notes.add("the product could not deactivate this user yet; it is shown as inactive and tried again");
  upsertDueJob(store, { job: "deactivations", dueAt: job.now() + RETRY_MS, failures: 0 });
  job.connection.schedule();
}

/** Switches a native account off, by verb or by value. */
export async function deactivateNatively(job: Job, nativeId: string, native: unknown, held: Held): Promise<void> {
  const { user } = job.connection.adapter;
  if (user.setActive) {
    await user.setActive(job.api, nativeId, false, native);
    return;
  }
  const kind = kindOf(job.connection, "User");
  const changed = new Set(["active"]);
  const fitting = shortenUnchanged(job, { held: { ...held, active: false }, changed }, kind);
  const { values } = await toWritten(job, fitting, changed, kind);
  await user.update(job.api, nativeId, { values, changed, native });
}

/** Tries every kept deactivation once more. True when none is left. */
export async function settleDeactivations(job: Job): Promise<boolean> {
  const { connection } = job;
  for (const { linkId } of listKeptDeactivations(connection.store, BATCH)) {
    await connection.locks.hold([`link:${linkId}`], job.deadlineAt, async () => {
      const link = findLink(connection.store, "User", linkId);
      if (!link?.nativeId || (await isDone(job, link, link.nativeId))) {
        deleteOverlay(connection.store, linkId, "active");
        // The vendor has freed the seat with it.
        updateLink(connection.store, linkId, { seat: null });
      }
    });
  }
  return listKeptDeactivations(connection.store, 1).length === 0;
}

async function isDone(job: Job, link: Link, nativeId: string): Promise<boolean> {
  const { user } = job.connection.adapter;
  try {
    const native = await user.read(job.api, nativeId);
    const held = readHeld(job.connection, link, user.toScim(native), kindOf(job.connection, "User"));
    if (held.active !== false) await deactivateNatively(job, nativeId, native, held);
    return true;
  } catch (error) {
    if (error instanceof Fault && error.kind === "notFound") return true;
    if (error instanceof Fault && error.kind === "pending") return false;
    throw error;
  }
}
