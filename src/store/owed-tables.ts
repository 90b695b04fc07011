// What was accepted and is still to be done at the vendor: a table of the object's SQLite [S55]. Times are epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** The kinds that have rows here; what each means and how it is tried stands in src/provision/owed/register.ts. */
export const OWED_ROW_KINDS = [
  "disable",
  "licence",
  "sessions",
  "membership",
  "placement",
  "reference",
  "copy",
  "set-aside",
  "renamed",
  "notice",
] as const;

/** A later word about the same thing takes the place of the row. */
export const owed = sqliteTable(
  "owed",
  {
    /** UUIDv7: the order in which memberships are sent. */
    id: text("id").primaryKey(),
    kind: text("kind", { enum: OWED_ROW_KINDS }).notNull(),
    /** The user; of a membership the group; of a notice the event. */
    linkId: text("link_id").notNull(),
    /** What of it: the path of an attribute; of a membership the user; `licence`, `placement`, `sessions`, `notice`. */
    key: text("key").notNull(),
    /** What is to be done; of an attribute the rest of the PATCH operation. */
    operation: text("operation", { mode: "json" }).$type<{ op: string; value?: unknown }>().notNull(),
    /** Of a reference: the id, externalId or userName of the user whom it waits for, folded. */
    target: text("target"),
    /** The sentence that says why it waits, or why it is parked. */
    why: text("why").notNull(),
    since: integer("since").notNull(),
    /** When it is tried; null: by the request that makes it possible. */
    dueAt: integer("due_at"),
    /** Attempts in a row that have failed. */
    failures: integer("failures").notNull().default(0),
    /** It is not tried any more, until an administrator or a later request asks for it. */
    isParked: integer("is_parked", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    uniqueIndex("owed_thing").on(table.linkId, table.key),
    index("owed_due").on(table.kind, table.isParked, table.dueAt, table.id),
    index("owed_membership").on(table.key).where(sql`kind = 'membership'`),
    index("owed_target").on(table.target).where(sql`target is not null`),
  ],
);
