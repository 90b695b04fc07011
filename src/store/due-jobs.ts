// What the object's alarm has to do and when, in a Connection object's SQLite [S31] [S32].

import { asc, eq, lte } from "drizzle-orm";
import { dueJobs } from "./background-tables.ts";
import type { Store } from "./links.ts";
import { anyOf, insertOf, prepared, question, slot } from "./prepared.ts";

export type DueJob = typeof dueJobs.$inferSelect;

/** At most one of each job. */
const allJobs = question([dueJobs], (store) => store.select().from(dueJobs).orderBy(asc(dueJobs.dueAt)).prepare());
const deleteJob = prepared((store) =>
  store
    .delete(dueJobs)
    .where(eq(dueJobs.job, slot("job")))
    .prepare(),
);

export const upsertDueJob: (store: Store, due: DueJob) => void = insertOf(dueJobs, dueJobs.job);

export const findDueJob = (store: Store, job: DueJob["job"]): DueJob | undefined =>
  allJobs(store).find((due) => due.job === job);

/** Asked by each request, so the answer is remembered until the table changes. */
export const isRollupDue: (store: Store) => boolean = anyOf(dueJobs, eq(dueJobs.job, "rollup"));

export function deleteDueJob(store: Store, job: DueJob["job"]): void {
  deleteJob(store).run({ job });
}

export const listDueJobs = (store: Store, now: number): DueJob[] => allJobs(store).filter(({ dueAt }) => dueAt <= now);

export const findNextDue = (store: Store): number | undefined => allJobs(store)[0]?.dueAt;

/** Puts off what is due. */
export function postponeDueJobs(store: Store, now: number, dueAt: number): void {
  store.update(dueJobs).set({ dueAt }).where(lte(dueJobs.dueAt, now)).run();
}
