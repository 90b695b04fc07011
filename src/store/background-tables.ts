// Background work of one connection, and what its object knows of itself: tables of the object's SQLite. Times are
// epoch milliseconds.

import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { OWED_ROW_KINDS } from "./owed-tables.ts";

/** One row for users, one for groups and one for memberships: how far the index of the vendor's records has come. */
export const sweeps = sqliteTable("sweeps", {
  type: text("type", { enum: ["User", "Group", "Members"] }).primaryKey(),
  /** Counts the passes; links and members note the one that last saw them. */
  generation: integer("generation").notNull(),
  /** Where the running sweep goes on; null: at the start. */
  cursor: text("cursor"),
  running: integer("running", { mode: "boolean" }).notNull(),
  /** Rows of this pass so far. */
  seen: integer("seen").notNull(),
  /** As the vendor says; null: it does not. */
  total: integer("total"),
  startedAt: integer("started_at"),
  completedAt: integer("completed_at"),
});

/** The pages of the vendor's lists, as sweeps and requests last walked them; a link notes on which one its record is. */
export const listPages = sqliteTable(
  "list_pages",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** Rows before the page. */
    start: integer("start").notNull(),
    /** What asks for the page; null: it is the first one. */
    cursor: text("cursor"),
    /** Rows on it, as far as the adapter showed them. */
    rows: integer("rows").notNull(),
    /** The sweep that last read it. */
    sweep: integer("sweep").notNull(),
  },
  (table) => [primaryKey({ columns: [table.type, table.start] })],
);

/** When calls were sent to the vendor, where it counts them by the minute or longer. */
export const turns = sqliteTable("turns", {
  /** Epoch seconds. */
  second: integer("second").primaryKey(),
  calls: integer("calls").notNull(),
});

/** What can be owed: the rows of `owed`, writes whose end is unknown, and records in doubt [S55]. */
export const OWED_KINDS = [...OWED_ROW_KINDS, "write", "doubt"] as const;

/** The alarm's table of due times: one alarm serves every background job of the object. */
export const dueJobs = sqliteTable("due_jobs", {
  job: text("job", {
    enum: [
      "sweep",
      "retention",
      "shadow",
      "principals",
      "names",
      "alarms",
      "rollup",
      "retirement",
      "keys",
      ...OWED_KINDS,
    ],
  }).primaryKey(),
  dueAt: integer("due_at").notNull(),
  /** In a row; the next time is put off accordingly. */
  failures: integer("failures").notNull(),
});

/** Facts about the object itself, such as the id of its connection. */
export const facts = sqliteTable("facts", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
