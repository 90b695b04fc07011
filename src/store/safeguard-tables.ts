// What one connection protects, and what its brake counts, holds and lets through: tables of the object's SQLite. Times are
// epoch milliseconds.

import { sql } from "drizzle-orm";
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

/** What the brake counts. */
export const BRAKE_KINDS = [
  "deactivation",
  "removal",
  "rename",
  "membership",
  "emptied",
  "licence",
  "creation",
] as const;

/** What happened lately, for the brake; a subject counts once per kind. */
export const brakeCounts = sqliteTable(
  "brake_counts",
  {
    /** gained: a membership that a user got, which outweighs one that they lose. */
    kind: text("kind", { enum: [...BRAKE_KINDS, "gained"] }).notNull(),
    /** The link of the user or group; of a membership those of its group and user. */
    subject: text("subject").notNull(),
    /** Of a membership: whose. */
    userId: text("user_id"),
    /** Of a rename that keeps the local part: "old domain→new domain". */
    pattern: text("pattern"),
    at: integer("at").notNull(),
    /** An administrator has let it through, so it is not counted. */
    releaseId: text("release_id"),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subject] }),
    index("brake_counts_window").on(table.kind, table.at).where(sql`release_id is null`),
    index("brake_counts_user").on(table.userId, table.kind).where(sql`user_id is not null`),
  ],
);

/** How many there were at a time, as what the brake's shares are taken of. */
export const brakeBases = sqliteTable(
  "brake_bases",
  {
    of: text("of", { enum: ["User", "Group", "Membership", "Licence"] }).notNull(),
    at: integer("at").notNull(),
    size: integer("size").notNull(),
  },
  (table) => [primaryKey({ columns: [table.of, table.at] })],
);

/** Groups that have lost members lately, and how many they had before. */
export const brakeGroups = sqliteTable("brake_groups", {
  groupId: text("group_id").primaryKey(),
  size: integer("size").notNull(),
  at: integer("at").notNull(),
});

/** Requests that the brake has refused and that were not accepted since. */
export const brakeHeld = sqliteTable(
  "brake_held",
  {
    /** The link of the user or group that the request was about; of a creation a keyed digest of the userName. */
    subject: text("subject").notNull(),
    kind: text("kind", { enum: BRAKE_KINDS }).notNull(),
    /** How many objects of the kind the request would have changed. */
    objects: integer("objects").notNull(),
    /** It asks to disable the user, which an administrator can have done without the client. */
    isDisable: integer("is_disable", { mode: "boolean" }).notNull(),
    pattern: text("pattern"),
    since: integer("since").notNull(),
    lastAt: integer("last_at").notNull(),
    times: integer("times").notNull(),
    /** The last request, for its trace. */
    requestId: text("request_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.subject, table.kind] }), index("brake_held_since").on(table.since)],
);

/** What an administrator lets through: of one kind, of one user, or renames from one domain to another. */
export const brakeReleases = sqliteTable("brake_releases", {
  id: text("id").primaryKey(),
  kind: text("kind", { enum: BRAKE_KINDS }),
  userId: text("user_id"),
  pattern: text("pattern"),
  /** null: as many as come. */
  count: integer("count"),
  used: integer("used").notNull(),
  /** It was announced before anything was held. */
  isExpected: integer("is_expected", { mode: "boolean" }).notNull(),
  at: integer("at").notNull(),
  until: integer("until").notNull(),
});
