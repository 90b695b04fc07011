// Who is signed in to the console: a part of the D1 database "control". Times are epoch milliseconds.

import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One browser that is signed in. What it may do is asked with each request of the key that it was signed in with. */
export const consoleSessions = sqliteTable(
  "console_sessions",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of what the cookie holds, which is stored nowhere. */
    hash: text("hash").notNull().unique(),
    /** The id of the API key, or a mark of the break-glass token: where that is another one, the session has ended. */
    credential: text("credential").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("console_sessions_credential").on(table.credential)],
);

/** An address that signs in once: the row goes when it is used. */
export const consoleLinks = sqliteTable("console_links", {
  /** SHA-256 of what the address holds, which is stored nowhere. */
  hash: text("hash").primaryKey(),
  /** As of a session. */
  credential: text("credential").notNull(),
  expiresAt: integer("expires_at").notNull(),
});
