// Sweeps, due times and facts in a Connection object's SQLite: what later work needs to go on where it stopped.

import { asc, eq, lte } from "drizzle-orm";
import { dueJobs, facts, sweeps } from "./later-tables.ts";
import type { Store } from "./links.ts";

export type SweepRow = typeof sweeps.$inferSelect;
export type DueJob = typeof dueJobs.$inferSelect;

export function findSweep(store: Store, type: SweepRow["type"]): SweepRow | undefined {
  return store.select().from(sweeps).where(eq(sweeps.type, type)).get();
}

export function upsertSweep(store: Store, sweep: SweepRow): void {
  store.insert(sweeps).values(sweep).onConflictDoUpdate({ target: sweeps.type, set: sweep }).run();
}

export function upsertDueJob(store: Store, due: DueJob): void {
  store.insert(dueJobs).values(due).onConflictDoUpdate({ target: dueJobs.job, set: due }).run();
}

export function findDueJob(store: Store, job: DueJob["job"]): DueJob | undefined {
  return store.select().from(dueJobs).where(eq(dueJobs.job, job)).get();
}

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

export function readFact(store: Store, name: string): string | undefined {
  return store.select().from(facts).where(eq(facts.name, name)).get()?.value;
}

export function deleteFact(store: Store, name: string): void {
  store.delete(facts).where(eq(facts.name, name)).run();
}

export function writeFact(store: Store, name: string, value: string): void {
  store.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value } }).run();
}
