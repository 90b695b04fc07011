// Writes of one connection that have not been seen to finish at the vendor: tables of the object's SQLite. Times are
// epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Value } from "../adapter.ts";

/** Writes that were promised and not yet seen to finish (journal). */
export const intents = sqliteTable(
  "intents",
  {
    id: text("id").primaryKey(),
    kind: text("kind", {
      enum: [
        "user.create",
        "user.update",
        "user.activate",
        "user.delete",
        "group.create",
        "group.update",
        "group.members",
        "group.delete",
        "user.seat",
        "user.swap",
      ],
    }).notNull(),
    /** The link, or for a create the one that it will get. */
    linkId: text("link_id").notNull(),
    /** For a create, the natural key under which a look-up finds the result; for a swap of names, the two users. */
    key: text("key"),
    /** What the write was to change, and what must be taken back where it cannot be finished. */
    expected: text("expected", { mode: "json" }).$type<Expected | null>(),
    /** For a create: tells the client's own retry from another user or group of this name. */
    externalId: text("external_id"),
    /** Requests that an asynchronous vendor has taken for this write. */
    tickets: text("tickets", { mode: "json" }).$type<string[]>().notNull(),
    /**
     * open: outcome unknown. found: it did happen, but the client was never told. absent: a create that did not happen; its
     * link's id is kept for the client's retry.
     */
    state: text("state", { enum: ["open", "found", "absent"] }).notNull(),
    /** When it was last tried. */
    attemptedAt: integer("attempted_at").notNull(),
    /** Until when one of its calls may still take effect at the vendor [S46]. */
    actsUntil: integer("acts_until").notNull().default(0),
  },
  (table) => [
    index("intents_link").on(table.linkId),
    index("intents_key").on(table.kind, table.key),
    index("intents_open").on(table.kind, table.attemptedAt, table.id).where(sql`state = 'open'`),
  ],
);

/** Stored no longer than the intent. */
export interface Expected {
  /** The name of what is created, as the vendor gets it, which folding may spell in other letters. */
  name?: string;
  /** Users who come into the group, and users who leave it. */
  joining?: string[];
  leaving?: string[];
  /** The attributes that change, as they were; null: unassigned. */
  before?: Record<string, Value | null>;
  /** The attributes of a user that change. */
  paths?: string[];
  /** A user who was off is switched on. */
  activates?: true;
  /** The names of two users as they were, and whether they are to have them again. */
  swap?: { names: [string, string]; isUndone?: true };
}

/** Desired values that the vendor does not show yet. */
export const overlays = sqliteTable(
  "overlays",
  {
    linkId: text("link_id").notNull(),
    /** The attribute's path. */
    path: text("path").notNull(),
    /**
     * lag: reads do not show it yet. deactivation: the vendor could not take it yet. doubt: told to a client while an
     * earlier call may still take effect. pending: an address that waits for the person's confirmation. swap: a user whose
     * record has a parking name while two users swap names.
     */
    reason: text("reason", { enum: ["lag", "deactivation", "doubt", "pending", "swap"] }).notNull(),
    /** null: unassigned. A reference is the SCIM id. */
    value: text("value", { mode: "json" }).$type<Value | null>(),
    /** Until when reads show the value; for a deactivation and a swap that never comes. */
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.linkId, table.path] }), index("overlays_expiry").on(table.expiresAt)],
);

/** Records and member lists that a call without an answer may still change [S46]. */
export const doubts = sqliteTable("doubts", {
  linkId: text("link_id").primaryKey(),
  /** Until when. */
  endsAt: integer("ends_at").notNull(),
  /** The paths that the call may change; null: it carries the whole record. */
  paths: text("paths", { mode: "json" }).$type<string[] | null>(),
  /** Groups: the users whom the call may bring into the group. */
  joining: text("joining", { mode: "json" }).$type<string[]>().notNull(),
  /** Groups: the users whom the call may take out of the group. */
  leaving: text("leaving", { mode: "json" }).$type<string[]>().notNull().default([]),
  /** The call may make the record once more as soon as its present name is free. */
  makes: integer("makes", { mode: "boolean" }).notNull().default(false),
  /** When a client was last told values that the call may undo; null: not since the call. */
  toldAt: integer("told_at"),
  /** When the record is next compared with what was told: at the end, or at once where a read showed something else. */
  dueAt: integer("due_at").notNull(),
  /** How often it had to be written again. */
  repairs: integer("repairs").notNull().default(0),
});
