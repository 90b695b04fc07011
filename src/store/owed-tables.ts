// What was accepted and is still to be written to the vendor, by attribute: a table of the object's SQLite. Times are epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Changes of users that wait for something; a later change of the same path takes their place. */
export const owed = sqliteTable(
  "owed",
  {
    linkId: text("link_id").notNull(),
    /** The path of the PATCH operation. */
    path: text("path").notNull(),
    /**
     * set-aside: refused beside a deactivation; tried again by the request that activates the user. renamed: clients see it
     * while the vendor has another value, because a newcomer needs this one [S45]. reference: names a user who is not here
     * yet. copy: the vendor's record copies values of the manager that have changed. sessions: what the disabled user has
     * open is to be ended. dropped: what was given up, which only stays to be listed.
     */
    kind: text("kind", { enum: ["set-aside", "renamed", "reference", "copy", "sessions", "dropped"] }).notNull(),
    /** Of a reference: the id, externalId or userName of the user whom it waits for, folded. */
    target: text("target"),
    /** The rest of the PATCH operation. */
    operation: text("operation", { mode: "json" }).$type<{ op: string; value?: unknown }>().notNull(),
    /** The sentence that says why it waits. */
    why: text("why").notNull(),
    since: integer("since").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.linkId, table.path] }),
    index("owed_target").on(table.target).where(sql`target is not null`),
  ],
);
