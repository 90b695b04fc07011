// Background work on many things, done in time slices: a slice begins where the one before it stopped.

import { Fault } from "../../adapter.ts";
import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import { isEverybodys } from "../../upstream/fault-classes.ts";
import type { Job } from "./job.ts";

export const SLICE_MS = 25_000;

export interface SliceWork {
  /** The name of the fact that stores the last thing's id. */
  place: string;
  /** The id that follows, in their order. */
  next(after: string): string | undefined;
  /** Throws where the thing must be tried again. */
  work(id: string): Promise<void>;
  /** In milliseconds: the pause before the next pass, after one that left something to do. */
  againMs: number;
}

/** A failure of one thing does not stop the others. @returns when to go on; undefined where nothing is left */
export async function workOneByOne(job: Job, { place, next, work, againMs }: SliceWork): Promise<number | undefined> {
  const { store } = job.connection;
  const endsAt = job.now() + SLICE_MS;
  for (let id = next(readFact(store, place) ?? ""); id !== undefined; id = next(id)) {
    if (job.now() > endsAt) return job.now();
    writeFact(store, place, id);
    try {
      await work(id);
    } catch (error) {
      if (!(error instanceof Fault) || isEverybodys(error)) throw error;
    }
  }
  deleteFact(store, place);
  return next("") === undefined ? undefined : job.now() + againMs;
}
