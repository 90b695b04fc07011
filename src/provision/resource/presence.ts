// A "not found" that answers a write: believed only where a read and a look-up by name miss too [S10].

import { Fault } from "../../adapter.ts";
import type { LiveLink } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { contradictory } from "./existence.ts";
import { hydrate } from "./hydrate.ts";

export const isNotFound = (error: unknown): error is Fault => error instanceof Fault && error.kind === "notFound";

/**
 * Runs a write to a record or to what hangs on it.
 * @throws Fault notFound where the record is gone, its link lost; unavailable where it is still there
 */
export async function confirmed<T>(job: Job, link: LiveLink, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isNotFound(error) && (await hydrate(job, link))) throw contradictory(error);
    throw error;
  }
}

/**
 * Runs what makes a record: whatever is not found meanwhile, it is not what the client asked for.
 * @throws Fault, never notFound
 */
export async function making<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isNotFound(error) ? contradictory(error) : error;
  }
}

/** Runs a write to a record, or nothing where the record turns out to be gone. */
export async function ifPresent(job: Job, link: LiveLink, write: () => Promise<unknown>): Promise<void> {
  try {
    await confirmed(job, link, write);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
