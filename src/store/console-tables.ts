// Who is signed in to the console, and who has a customer's page: a part of the D1 database "control". Times are epoch milliseconds.

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

/** The address of a customer's page, and the one browser that has used it: it is for one connection. */
export const customerInvites = sqliteTable(
  "customer_invites",
  {
    id: text("id").primaryKey(),
    connectionId: text("connection_id").notNull(),
    /** SHA-256 of what the address holds, which is stored nowhere. */
    hash: text("hash").notNull().unique(),
    /** Who made it, as in the audit. */
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** Until when the address can be used. */
    expiresAt: integer("expires_at").notNull(),
    /** When it was used; null: not yet. */
    usedAt: integer("used_at"),
    /** SHA-256 of what the browser's cookie holds; null: no browser has the page, or not any more. */
    sessionHash: text("session_hash").unique(),
    /** When the browser's time ends. */
    endsAt: integer("ends_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("customer_invites_connection").on(table.connectionId)],
);
