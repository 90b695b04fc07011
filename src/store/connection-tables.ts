// The SQLite of one Connection object: what belongs to one connection. Times are epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Value } from "../adapter.ts";
import type { Resource } from "../scim/schema.ts";

/** SCIM id ↔ native id, with what the vendor cannot hold. */
export const links = sqliteTable(
  "links",
  {
    /** UUIDv7: the SCIM id, stable for life. */
    id: text("id").primaryKey(),
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** live: visible. tombstone: deleted through SCIM. lost: gone at the vendor. */
    state: text("state", { enum: ["live", "tombstone", "lost"] }).notNull(),
    /** Kept on a tombstone, so that the record is recognised should the vendor still show it. */
    nativeId: text("native_id"),
    /** userName or displayName, as sent; null until the record was first read. */
    name: text("name"),
    /** `name` after NFC and full case fold. */
    nameKey: text("name_key"),
    emailKey: text("email_key"),
    externalId: text("external_id"),
    /** Attributes that the adapter cannot map, on a connection with `unmapped: "keep"`. */
    kept: text("kept", { mode: "json" }).$type<Resource>(),
    /** References as written: by path, the SCIM id and the key that the vendor holds for it. */
    pointers: text("pointers", { mode: "json" }).$type<Record<string, { id: string; key: string }>>(),
    /** Users: what the vendor last showed. */
    isActive: integer("is_active", { mode: "boolean" }).notNull(),
    /** Groups: the seat that its members get. Users: the seat that Portico granted. */
    seat: text("seat"),
    /** The user's seat must be worked out again. */
    isSeatDue: integer("is_seat_due", { mode: "boolean" }).notNull(),
    /** Why the user's seat could not be given; it is not tried again until something changes. */
    seatNote: text("seat_note"),
    /** Grows with every change of a group. */
    version: integer("version").notNull(),
    /** The native member list was loaded once, so the rows in `members` are complete. */
    membersLoaded: integer("members_loaded", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    modifiedAt: integer("modified_at").notNull(),
    deletedAt: integer("deleted_at"),
    /** A tombstone whose native account still exists, disabled. */
    isHidden: integer("is_hidden", { mode: "boolean" }).notNull(),
    /** The sweep that last saw the native record. */
    sweep: integer("sweep"),
  },
  (table) => [
    uniqueIndex("links_native").on(table.type, table.nativeId).where(sql`native_id is not null`),
    uniqueIndex("links_live_name").on(table.type, table.nameKey).where(sql`state = 'live' and name_key is not null`),
    index("links_name").on(table.type, table.nameKey),
    index("links_email").on(table.type, table.emailKey),
    index("links_external").on(table.type, table.externalId),
    index("links_seat_due").on(table.id).where(sql`is_seat_due = 1`),
    index("links_order").on(table.type, table.state, table.createdAt, table.id),
  ],
);

/** Who is in which group; disabled users stay. */
export const members = sqliteTable(
  "members",
  {
    groupId: text("group_id").notNull(),
    userId: text("user_id").notNull(),
    /** The sweep that last saw the vendor have it. */
    sweep: integer("sweep"),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.userId] }), index("members_user").on(table.userId)],
);

/** Writes that were promised and not yet seen to finish (journal). */
export const intents = sqliteTable(
  "intents",
  {
    id: text("id").primaryKey(),
    kind: text("kind", {
      enum: [
        "user.create",
        "user.update",
        "user.delete",
        "group.create",
        "group.update",
        "group.members",
        "group.delete",
        "user.seat",
      ],
    }).notNull(),
    /** The link, or for a create the one that it will get. */
    linkId: text("link_id").notNull(),
    /** For a create, the natural key under which a look-up finds the result. */
    key: text("key"),
    /** What the write was to change, and what must be taken back where it cannot be finished. */
    expected: text("expected", { mode: "json" }).$type<Expected | null>(),
    externalId: text("external_id"),
    /** Requests that an asynchronous vendor has taken for this write. */
    tickets: text("tickets", { mode: "json" }).$type<string[]>().notNull(),
    /** open: outcome unknown. found: it did happen, but the client was never told. */
    state: text("state", { enum: ["open", "found"] }).notNull(),
    attemptedAt: integer("attempted_at").notNull(),
  },
  (table) => [index("intents_link").on(table.linkId), index("intents_key").on(table.kind, table.key)],
);

/** Held no longer than the intent. */
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
}

/** Desired values that the vendor does not show yet. */
export const overlays = sqliteTable(
  "overlays",
  {
    linkId: text("link_id").notNull(),
    path: text("path").notNull(),
    /** lag: reads do not show it yet. deactivation: the vendor could not take it yet. */
    reason: text("reason", { enum: ["lag", "deactivation"] }).notNull(),
    /** null: unassigned. A reference is the SCIM id. */
    value: text("value", { mode: "json" }).$type<Value | null>(),
    expiresAt: integer("expires_at").notNull(),
    /** For a deactivation: when it is tried again. */
    retryAt: integer("retry_at").notNull().default(0),
    /** Attempts in a row that have failed. */
    failures: integer("failures").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.linkId, table.path] }),
    index("overlays_expiry").on(table.expiresAt),
    index("overlays_retry").on(table.retryAt).where(sql`reason = 'deactivation'`),
  ],
);

/** Membership changes that the vendor has still to be told; the rows in `members` show them as done. */
export const outbox = sqliteTable(
  "outbox",
  {
    /** UUIDv7: the order in which they are sent. */
    id: text("id").primaryKey(),
    groupId: text("group_id").notNull(),
    userId: text("user_id").notNull(),
    op: text("op", { enum: ["add", "remove"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    /** Why the vendor refused it for good; an administrator retries or drops it. */
    parked: text("parked"),
    /** Attempts in a row that failed without a refusal. */
    failures: integer("failures").notNull().default(0),
    /** Not sent again before then. */
    retryAt: integer("retry_at").notNull().default(0),
  },
  (table) => [
    uniqueIndex("outbox_pair").on(table.groupId, table.userId),
    index("outbox_group").on(table.groupId, table.id),
    index("outbox_user").on(table.userId),
  ],
);

/** In the shadow of a connection in plan mode: records as they would be, by type and native id. */
export const plannedRecords = sqliteTable(
  "planned_records",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** The native id, or an invented one for a record that does not exist yet. */
    nativeId: text("native_id").notNull(),
    /** null: it would be removed. */
    values: text("values", { mode: "json" }).$type<PlannedValues | null>(),
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
    groupId: text("group_id").notNull(),
    userId: text("user_id").notNull(),
    op: text("op", { enum: ["add", "remove"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.userId] })],
);

/** In the shadow: the writes that were not sent, in order. */
export const plannedSteps = sqliteTable("planned_steps", {
  id: text("id").primaryKey(),
  at: integer("at").notNull(),
  step: text("step").notNull(),
  type: text("type", { enum: ["User", "Group"] }).notNull(),
  nativeId: text("native_id").notNull(),
  /** Attribute paths, or how many members: no values. */
  what: text("what", { mode: "json" }).$type<string[]>().notNull(),
  isDeactivation: integer("is_deactivation", { mode: "boolean" }).notNull(),
});

/** Enough to tell which of a record's values has changed since it was last seen or written, and not what it was. */
export const digests = sqliteTable("digests", {
  linkId: text("link_id").primaryKey(),
  /** A keyed digest of each value by its attribute path. */
  paths: text("paths", { mode: "json" }).$type<Record<string, string>>().notNull(),
  /** When Portico last wrote the record: what was asked for before says nothing. */
  writtenAt: integer("written_at").notNull(),
});

/** What was found otherwise than Portico had left it: by the last sweep, and by reads since the one before it. */
export const drifts = sqliteTable(
  "drifts",
  {
    kind: text("kind", {
      enum: ["removed", "renamed", "changed", "activated", "deactivated", "memberMissing", "memberExtra", "seat"],
    }).notNull(),
    linkId: text("link_id").notNull(),
    /** The member where a membership differs, the attribute's path where a value does; else empty. */
    otherId: text("other_id").notNull(),
    at: integer("at").notNull(),
    isRepaired: integer("is_repaired", { mode: "boolean" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.linkId, table.otherId] })],
);

/** Protected users and groups, found once, so that no change of a name takes their protection away. */
export const principals = sqliteTable(
  "principals",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** As the connection lists it, folded; empty: the account whose credential the connection uses. */
    name: text("name").notNull(),
    /** What that account is called where the vendor tells no id, folded. */
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
    linkId: text("link_id"),
    status: integer("status").notNull(),
    scimType: text("scim_type"),
    ms: integer("ms").notNull(),
    nativeCalls: integer("native_calls").notNull(),
    repairs: text("repairs", { mode: "json" }).$type<string[]>().notNull(),
    dropped: text("dropped", { mode: "json" }).$type<string[]>().notNull(),
    notes: text("notes", { mode: "json" }).$type<string[]>().notNull(),
    calls: text("calls", { mode: "json" }).$type<StoredCall[]>().notNull(),
  },
  (table) => [index("traces_at").on(table.at)],
);

/** One native call as a trace keeps it. */
export interface StoredCall {
  purpose: "read" | "write" | "token";
  method: string;
  /** The path's template. */
  path: string;
  status?: number;
  ms: number;
  attempt: number;
  fault?: string;
}

/** One row for users, one for groups and one for memberships: how far the index of the vendor's records has come. */
export const sweeps = sqliteTable("sweeps", {
  type: text("type", { enum: ["User", "Group", "Members"] }).primaryKey(),
  generation: integer("generation").notNull(),
  /** Where the running sweep goes on; null: at the start. */
  cursor: text("cursor"),
  running: integer("running", { mode: "boolean" }).notNull(),
  seen: integer("seen").notNull(),
  total: integer("total"),
  startedAt: integer("started_at"),
  completedAt: integer("completed_at"),
  /** Why the last sweep drew no conclusion, or failed. */
  alarm: text("alarm"),
});

/** When calls were sent to the vendor, where it counts them by the minute or longer. */
export const turns = sqliteTable("turns", {
  /** Epoch seconds. */
  second: integer("second").primaryKey(),
  calls: integer("calls").notNull(),
});

/** The alarm's table of due times: one alarm serves every later job of the object. */
export const dueJobs = sqliteTable("due_jobs", {
  job: text("job", {
    enum: ["sweep", "journal", "retention", "seats", "consents", "deactivations", "outbox", "shadow", "principals"],
  }).primaryKey(),
  dueAt: integer("due_at").notNull(),
  failures: integer("failures").notNull(),
});

/** Facts about the object itself, such as the id of its connection. */
export const facts = sqliteTable("facts", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
