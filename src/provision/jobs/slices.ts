// One slice of later work that goes through many things one by one, and goes on in the next slice where it stopped.

import { Fault } from "../../adapter.ts";
import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import { isEverybodys } from "../../upstream/refusal.ts";
import type { Job } from "./job.ts";

export const SLICE_MS = 25_000;

export interface SliceWork {
  /** The fact under which the last thing's id is kept. */
  place: string;
  /** The id that follows, in their order. */
  next(after: string): string | undefined;
  /** Throws where the thing must be tried again. */
  work(id: string): Promise<void>;
  /** In milliseconds, from the end of a round that left something over to the next one. */
  againMs: number;
}

/** Whatever becomes of one thing, the others have their turn. When to go on; undefined where nothing is left. */
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
