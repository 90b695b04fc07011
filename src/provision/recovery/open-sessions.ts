// What a user has open is ended with every disable, where the vendor has a call for it; until it succeeds it is owed [S59].

import { Fault } from "../../adapter.ts";
import type { Link } from "../../store/links.ts";
import { deleteOwed, upsertOwed } from "../../store/owed.ts";
import { isNotFound, isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";

/** In milliseconds: between two tries. */
export const SESSIONS_PAUSE_MS = 300_000;
/** Under which it is owed: no path of an attribute. */
export const SESSIONS = "sessions";

type Ended = Pick<Link, "id" | "nativeId">;

/**
 * Disables a user and ends what they have open. It is owed from before the disable, so that it survives a kill; its
 * failure neither undoes the disable nor fails the request.
 */
export async function endingSessions<T>(job: Job, link: Ended, disable: () => Promise<T>): Promise<T> {
  const { store, adapter } = job.connection;
  if (!adapter.user.endSessions) return disable();
  const why = "the user was disabled, and what they have open is still to be ended";
  upsertOwed(store, {
    linkId: link.id,
    key: SESSIONS,
    kind: "sessions",
    operation: { op: "end" },
    why,
    since: job.now(),
    dueAt: job.now() + SESSIONS_PAUSE_MS,
  });
  let result: T;
  try {
    result = await disable();
  } catch (error) {
    if (isRefusal(error)) forgetSessions(job, link.id);
    else scheduleSessions(job);
    throw error;
  }
  try {
    await endSessions(job, link);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    job.trace.notes.add("the user is disabled; what they have open could not be ended yet and is tried again");
    scheduleSessions(job);
  }
  return result;
}

/** @throws Fault where it is still owed */
export async function endSessions(job: Job, { id, nativeId }: Ended): Promise<void> {
  try {
    if (nativeId !== null) await job.connection.adapter.user.endSessions?.(job.api, nativeId);
  } catch (error) {
    // Nobody is there who could have anything open.
    if (!isNotFound(error)) throw error;
  }
  forgetSessions(job, id);
}

/** For a user who is active again, or who was not disabled. */
export const forgetSessions = ({ connection }: Job, linkId: string): void =>
  deleteOwed(connection.store, linkId, [SESSIONS]);

const scheduleSessions = (job: Job): void => wakeOwed(job, SESSIONS, job.now() + SESSIONS_PAUSE_MS);
