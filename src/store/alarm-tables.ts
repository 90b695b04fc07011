// What waits for a person to look at in one connection: a table of the object's SQLite. Times are epoch milliseconds.

import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const ALARM_KINDS = [
  "vanished",
  "sweep-stopped",
  "members-changing",
  "product-restored",
  "orphans",
  "two-identities",
  "credentials-disagree",
  "undone",
  "table-full",
  "credential-refused",
  "silent",
] as const;

/** One row for what is wrong, whatever number of users it concerns: ids and counts, never values. */
export const alarms = sqliteTable(
  "alarms",
  {
    kind: text("kind", { enum: ALARM_KINDS }).notNull(),
    /** Where one kind can be wrong several times: the type of the records, or the user's link; else empty. */
    subject: text("subject").notNull(),
    since: integer("since").notNull(),
    /** The first users or groups that it concerns. */
    ids: text("ids", { mode: "json" }).$type<string[]>().notNull(),
    /** How many it concerns in all. */
    count: integer("count").notNull(),
    /** Of how many; null: there is no such number. */
    total: integer("total"),
    /** The kind of fault, where one is the cause. */
    reason: text("reason"),
    /** The sweep that last found it so, by the number of its pass; null: no sweep did. */
    pass: integer("pass"),
    /** Since when a request is held for it. */
    heldAt: integer("held_at"),
    acknowledgedAt: integer("acknowledged_at"),
    /** Who acknowledged it, as the audit names them. */
    acknowledgedBy: text("acknowledged_by"),
  },
  (table) => [primaryKey({ columns: [table.kind, table.subject] })],
);
