// What the object's alarm has to do and when, in a Connection object's SQLite [S31] [S32].

import { asc, eq, lte } from "drizzle-orm";
import { dueJobs } from "./background-tables.ts";
import type { Store } from "./links.ts";
import { anyOf } from "./prepared.ts";

export type DueJob = typeof dueJobs.$inferSelect;

export function upsertDueJob(store: Store, due: DueJob): void {
  store.insert(dueJobs).values(due).onConflictDoUpdate({ target: dueJobs.job, set: due }).run();
}

export function findDueJob(store: Store, job: DueJob["job"]): DueJob | undefined {
  return store.select().from(dueJobs).where(eq(dueJobs.job, job)).get();
}

/** Asked by each request, so the answer is remembered until the table changes. */
export const isRollupDue: (store: Store) => boolean = anyOf(dueJobs, eq(dueJobs.job, "rollup"));

export function deleteDueJob(store: Store, job: DueJob["job"]): void {
  store.delete(dueJobs).where(eq(dueJobs.job, job)).run();
}

export function listDueJobs(store: Store, now: number): DueJob[] {
  return store.select().from(dueJobs).where(lte(dueJobs.dueAt, now)).orderBy(asc(dueJobs.dueAt)).all();
}

export function findNextDue(store: Store): number | undefined {
  return store.select().from(dueJobs).orderBy(asc(dueJobs.dueAt)).limit(1).get()?.dueAt;
}

/** Puts off what is due. */
export function postponeDueJobs(store: Store, now: number, dueAt: number): void {
  store.update(dueJobs).set({ dueAt }).where(lte(dueJobs.dueAt, now)).run();
}
