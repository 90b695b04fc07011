// What stands for the vendor's users, groups and memberships in one connection: tables of the object's SQLite. Times
// are epoch milliseconds.

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
    /**
     * live: visible. tombstone: deleted through SCIM. lost: gone at the vendor. own: a group that Portico fills by itself,
     * which clients do not see [S52].
     */
    state: text("state", { enum: ["live", "tombstone", "lost", "own"] }).notNull(),
    /** Kept on a tombstone, so that the record is recognised should the vendor still show it. */
    nativeId: text("native_id"),
    /** userName or displayName, as sent; null until the record was first read. */
    name: text("name"),
    /** The key of `name` [S7]. */
    nameKey: text("name_key"),
    /** What the vendor holds as the name where `name` is a soft-delete name [S45], or waits for the person to confirm it [S59]. */
    nativeName: text("native_name"),
    /** The key of `nativeName`. */
    nativeNameKey: text("native_name_key"),
    /**
     * A client has set the userName, so that it stays where only the link holds it; else it follows the e-mail [S51].
     */
    isAlias: integer("is_alias", { mode: "boolean" }).notNull().default(false),
    /** The key of the e-mail address. */
    emailKey: text("email_key"),
    /** As sent: its case counts. */
    externalId: text("external_id"),
    /** Attributes that the adapter cannot map, with `unmapped: "keep"`; how a preferred value was sent, on any. */
    kept: text("kept", { mode: "json" }).$type<Resource>(),
    /** References as written: by path, the SCIM id and the key that the vendor holds for it. */
    pointers: text("pointers", { mode: "json" }).$type<Record<string, { id: string; key: string }>>(),
    /** Users: what the vendor last showed. */
    isActive: integer("is_active", { mode: "boolean" }).notNull(),
    /** Users who are inactive; null where it is not known since when. */
    left: text("left", { mode: "json" }).$type<Left>(),
    /** Groups: the seat that its members get. Users: the seat that Portico granted. */
    seat: text("seat"),
    /** Grows with every change of a group. */
    version: integer("version").notNull(),
    /** The native member list was loaded once, so the rows in `members` are complete. */
    membersLoaded: integer("members_loaded", { mode: "boolean" }).notNull(),
    createdAt: integer("created_at").notNull(),
    modifiedAt: integer("modified_at").notNull(),
    /** When it became a tombstone or lost. */
    deletedAt: integer("deleted_at"),
    /** A tombstone whose native account still exists, disabled. */
    isHidden: integer("is_hidden", { mode: "boolean" }).notNull(),
    /** The sweep that last saw the native record. */
    sweep: integer("sweep"),
    /** Where the vendor's list last showed the native record: the page that begins behind so many rows. */
    page: integer("page"),
  },
  (table) => [
    uniqueIndex("links_native").on(table.type, table.nativeId).where(sql`native_id is not null`),
    uniqueIndex("links_live_name").on(table.type, table.nameKey).where(sql`state = 'live' and name_key is not null`),
    index("links_name").on(table.type, table.nameKey),
    index("links_native_name").on(table.type, table.nativeNameKey).where(sql`native_name_key is not null`),
    index("links_email").on(table.type, table.emailKey),
    index("links_external").on(table.type, table.externalId),
    index("links_order").on(table.type, table.state, table.createdAt, table.id),
  ],
);

/** Whom the pointers of links lead to, so that the users of one manager are found; triggers of `links` keep it. */
export const pointerTargets = sqliteTable(
  "pointer_targets",
  {
    linkId: text("link_id").notNull(),
    /** The attribute's path. */
    path: text("path").notNull(),
    /** The SCIM id of the user whom it points to. */
    targetId: text("target_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.linkId, table.path] }), index("pointer_targets_target").on(table.targetId)],
);

/** How many rows there are, so that nobody has to count them; triggers of `links` and `members` keep it. */
export const rowCounts = sqliteTable("row_counts", {
  /** Live users and groups, those of the users who are active, and those who have a licence; memberships. */
  of: text("of", { enum: ["User", "Group", "ActiveUser", "Licence", "Membership"] }).primaryKey(),
  size: integer("size").notNull(),
});

/** How a user left. */
export interface Left {
  at: number;
  externalId: string | null;
  /** A request or an administrator of the connection has disabled them; else the vendor showed it. */
  isTold?: true;
  /** When they were last disabled once more, because they were active at the vendor again. */
  repairedAt?: number;
  /** The groups into which clients have put them since. */
  joined?: string[];
}

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

/**
 * Users who were created inactive at a vendor that invites: they get an account, and the invitation, when they are
 * activated [S56].
 */
export const waitingAccounts = sqliteTable("waiting_accounts", {
  /** Stands for the native id on the link until there is one. */
  nativeId: text("native_id").primaryKey(),
  /** What the vendor will be given, by attribute path. */
  values: text("values", { mode: "json" }).$type<Record<string, Value | { id: string } | { key: string }>>().notNull(),
});

/**
 * Values that the vendor of an exam connection refuses by their format: clients see them, and the vendor has others or none
 * [S62].
 */
export const examValues = sqliteTable(
  "exam_values",
  {
    type: text("type", { enum: ["User", "Group"] }).notNull(),
    /** Of the record; a link has the same. */
    nativeId: text("native_id").notNull(),
    /** The attribute's path. */
    path: text("path").notNull(),
    value: text("value", { mode: "json" }).$type<Value>().notNull(),
    /** When it was sent. */
    at: integer("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.type, table.nativeId, table.path] })],
);

/** Enough to tell which of a record's values has changed since it was last seen or written, and not what it was. */
export const digests = sqliteTable(
  "digests",
  {
    linkId: text("link_id").primaryKey(),
    /** A keyed digest of each value by its attribute path. */
    paths: text("paths", { mode: "json" }).$type<Record<string, string>>().notNull(),
    /** The digest of a whole record that shows just these values; null: none was seen since they were stored. */
    whole: text("whole"),
    /** When Portico last wrote the record: what was asked for before says nothing. */
    writtenAt: integer("written_at").notNull(),
    /** By path the digests of the values before, the latest first. */
    former: text("former", { mode: "json" }).$type<Record<string, string[]>>().notNull().default({}),
    /** By path the digest that a record should show which shows a former one instead [S58]. */
    behind: text("behind", { mode: "json" }).$type<Record<string, string>>().notNull().default({}),
    /** When the record was found so; null: it is not behind. */
    behindAt: integer("behind_at"),
  },
  (table) => [index("digests_behind").on(table.behindAt).where(sql`behind_at is not null`)],
);

/** When clients last met a user, to the hour, so that reading seldom writes; and what they last said of `active`. */
export const sights = sqliteTable("sights", {
  linkId: text("link_id").primaryKey(),
  /** Read by id, matched or written. */
  seenAt: integer("seen_at").notNull(),
  /** Found by a filter, as a client does with everybody in its initial cycle. */
  matchedAt: integer("matched_at"),
  /** What was last said of `active`, and by which credential. */
  said: text("said", { mode: "json" }).$type<{ isActive: boolean; credential: string; at: number }>(),
});
