// What an administrator reads of one connection: tables of the object's SQLite. Times are epoch milliseconds.

import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const DRIFT_KINDS = [
  "removed",
  "renamed",
  "changed",
  "activated",
  "deactivated",
  "memberMissing",
  "memberExtra",
  "seat",
  "duplicate",
] as const;

/** What was found otherwise than Portico had left it: by the last sweep, and by reads since the one before it. */
export const drifts = sqliteTable(
  "drifts",
  {
    kind: text("kind", {
      enum: DRIFT_KINDS,
    }).notNull(),
    linkId: text("link_id").notNull(),
    /**
     * The member where a membership differs, the attribute's path where a value does, the user or group whose name it has
     * for a duplicate; else empty.
     */
    otherId: text("other_id").notNull(),
    at: integer("at").notNull(),
    isRepaired: integer("is_repaired", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.linkId, table.otherId] })],
);

/** What one SCIM request did: ids, paths, names, statuses and times, never values. */
export const traces = sqliteTable(
  "traces",
  {
    /** The request id. */
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    tokenId: text("token_id").notNull(),
    method: text("method").notNull(),
    /** The route's template, such as `/Users/:id`. */
    path: text("path").notNull(),
    /** The user or group that the request names. */
    linkId: text("link_id"),
    status: integer("status").notNull(),
    scimType: text("scim_type"),
    ms: integer("ms").notNull(),
    /** Of it for other requests about the same user or group. */
    lockMs: integer("lock_ms").notNull().default(0),
    /** Calls to the vendor's user API. */
    nativeCalls: integer("native_calls").notNull(),
    /** What was repaired at the door, by name. */
    repairs: text("repairs", { mode: "json" }).$type<string[]>().notNull(),
    /** Attribute paths that were accepted and dropped. */
    dropped: text("dropped", { mode: "json" }).$type<string[]>().notNull(),
    /** Sentences about what else happened. */
    notes: text("notes", { mode: "json" }).$type<string[]>().notNull(),
    /** What came of it for a user or group; null: it was refused, or is none of these. */
    deed: text("deed", { mode: "json" }).$type<Deed>(),
    /** Every call to the vendor. */
    calls: text("calls", { mode: "json" }).$type<StoredCall[]>().notNull(),
  },
  (table) => [index("traces_at").on(table.at)],
);

/** How many SCIM requests there were, by the hour; what is older than a day is one row. Counted from the traces. */
export const requestHours = sqliteTable("request_hours", {
  /** Hours since 1970; 0: all that is older. */
  hour: integer("hour").primaryKey(),
  requests: integer("requests").notNull(),
  /** Those answered with 400 or more, but for 404. */
  failures: integer("failures").notNull(),
  /** When the last of them came. */
  lastAt: integer("last_at").notNull(),
});

export const DEEDS = [
  "created",
  "changed",
  "renamed",
  "disabled",
  "enabled",
  "deleted",
  "hidden",
  "unchanged",
  "found",
] as const;

/** What a request has done to the user or group that it names, or found: kinds, paths and counts, never values. */
export interface Deed {
  /** hidden: deleted to clients, and disabled at the vendor. */
  what: (typeof DEEDS)[number];
  /** The attributes that were written. */
  paths?: string[];
  /** Of a group: how many members came and went. */
  joined?: number;
  left?: number;
  /** How many a search has found. */
  found?: number;
  /** The vendor is still to be told. */
  isOwed?: true;
}

/** One native call as a trace keeps it. */
export interface StoredCall {
  purpose: "read" | "write" | "token";
  method: string;
  /** The path's template. */
  path: string;
  status?: number;
  /** When it was sent, in milliseconds from the begin of the request; older rows have none. */
  at?: number;
  ms: number;
  /** For the vendor's limits, before it was sent; absent: it was sent at once. */
  waitMs?: number;
  /** Between an attempt that failed and this one; absent: there was no pause. */
  pauseMs?: number;
  attempt: number;
  fault?: string;
}
