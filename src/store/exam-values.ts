// Values that the vendor of an exam connection refuses by their format, in a Connection object's SQLite [S62].

import { and, eq, inArray, lt, sql } from "drizzle-orm";
import type { Value } from "../adapter.ts";
import { among } from "./among.ts";
import { examValues } from "./link-tables.ts";
import type { LinkType, Store } from "./links.ts";

export type ExamValue = typeof examValues.$inferSelect;

const ofRecord = (type: LinkType, nativeId: string) =>
  and(eq(examValues.type, type), eq(examValues.nativeId, nativeId));

/** By path, what clients see of a record instead of what the vendor has. */
export function findExamValues(store: Store, type: LinkType, nativeId: string): Record<string, Value> {
  const rows = store.select().from(examValues).where(ofRecord(type, nativeId)).all();
  return Object.fromEntries(rows.map(({ path, value }) => [path, value]));
}

/** Those of a path, of all records. */
export function listExamValues(store: Store, type: LinkType, path: string): ExamValue[] {
  return store
    .select()
    .from(examValues)
    .where(and(eq(examValues.type, type), eq(examValues.path, path)))
    .all();
}

export function findExamValuesAmong(store: Store, nativeIds: readonly string[]): ExamValue[] {
  return store
    .select()
    .from(examValues)
    .where(inArray(examValues.nativeId, among(nativeIds)))
    .all();
}

export function upsertExamValue(store: Store, value: ExamValue): void {
  store
    .insert(examValues)
    .values(value)
    .onConflictDoUpdate({ target: [examValues.type, examValues.nativeId, examValues.path], set: value })
    .run();
}

/** @param paths those that have another value now; absent: all of the record */
export function deleteExamValues(store: Store, type: LinkType, nativeId: string, paths?: Iterable<string>): void {
  const ofPaths = paths ? inArray(examValues.path, [...paths]) : undefined;
  store
    .delete(examValues)
    .where(and(ofRecord(type, nativeId), ofPaths))
    .run();
}

/** Those whose record has no link any more; a link comes a moment after its record. */
export function deleteOrphanedExamValues(store: Store, before: number): void {
  const isLinked = sql`exists (select 1 from links where links.type = exam_values.type and links.native_id = exam_values.native_id)`;
  store
    .delete(examValues)
    .where(and(lt(examValues.at, before), sql`not ${isLinked}`))
    .run();
}
