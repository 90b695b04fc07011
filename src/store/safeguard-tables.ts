// What one connection protects, and what was taken away in it: tables of the object's SQLite. Times are epoch
// milliseconds.

import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Protected users and groups, found once, so that no change of a name takes their protection away. */
export const principals = sqliteTable(
  "principals",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** As the connection lists it, by its key [S7]; empty: the account whose credential the connection uses. */
    name: text("name").notNull(),
    /** What that account is called where the vendor tells no id, by its key. */
    key: text("key"),
    nativeId: text("native_id"),
  },
  (table) => [primaryKey({ columns: [table.type, table.name] })],
);

/** What was taken away lately, for the brake; a subject counts once per kind. */
export const removals = sqliteTable(
  "removals",
  {
    kind: text("kind", { enum: ["deactivation", "removal", "emptied"] }).notNull(),
    /** The link of the user or group. */
    linkId: text("link_id").notNull(),
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.linkId] }), index("removals_at").on(table.at)],
);
