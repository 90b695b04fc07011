// The shadow of a connection in plan mode: tables of the object's SQLite. Times are epoch milliseconds.

import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Value } from "../adapter.ts";

export const RECORD_KINDS = [
  "userCreated",
  "userEnabled",
  "userDisabled",
  "userRemoved",
  "userRenamed",
  "userChanged",
  "groupCreated",
  "groupChanged",
  "groupRemoved",
] as const;
/** What a plan changes, in the order in which people read it. */
export const PLAN_KINDS = [...RECORD_KINDS, "joins", "leaves", "licence", "sessions"] as const;

/** In the shadow of a connection in plan mode: records as they would be, by type and native id. */
export const plannedRecords = sqliteTable(
  "planned_records",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** The native id, or an invented one for a record that does not exist yet. */
    nativeId: text("native_id").notNull(),
    /** null: it would be removed. */
    values: text("values", { mode: "json" }).$type<PlannedValues | null>(),
    /** As the vendor had it when the plan first changed it; null: it has none, or it was not read. */
    before: text("before", { mode: "json" }).$type<PlannedValues | null>(),
    /** What that is, worked out with each change. */
    kinds: text("kinds", { mode: "json" }).$type<(typeof RECORD_KINDS)[number][]>().notNull().default([]),
    /** The vendor has no such record. */
    isNew: integer("is_new", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.type, table.nativeId] })],
);

/** An adapter's values as a later read would give them: persons are pointers by then. */
export type PlannedValues = Record<string, Value | { id: string } | { key: string }>;

/** In the shadow: memberships as they would be. */
export const plannedMembers = sqliteTable(
  "planned_members",
  {
    /** The native id. */
    groupId: text("group_id").notNull(),
    /** The native id. */
    userId: text("user_id").notNull(),
    op: text("op", { enum: ["add", "remove"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.userId] })],
);

/** In the shadow: the writes that were not sent, in order. */
export const plannedSteps = sqliteTable("planned_steps", {
  id: text("id").primaryKey(),
  at: integer("at").notNull(),
  /** Such as `create` or `add members`. */
  step: text("step").notNull(),
  type: text("type", { enum: ["User", "Group"] }).notNull(),
  nativeId: text("native_id").notNull(),
  /** Attribute paths, or how many members: no values. */
  what: text("what", { mode: "json" }).$type<string[]>().notNull(),
  isDeactivation: integer("is_deactivation", { mode: "boolean" }).notNull(),
});
