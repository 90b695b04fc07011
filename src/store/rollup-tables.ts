// What the objects of connections last told of themselves: a table of the D1 database "control". Times are epoch milliseconds.

import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Requests of one hour: hours since 1970, how many there were, and how many of them failed. */
export type HourCount = [hour: number, requests: number, failures: number];

/** How far the index of the vendor's users, groups and memberships is. */
export interface Indexing {
  state: "complete" | "running" | "waiting";
  /** Of the passes that run: records seen so far. */
  seen: number;
  /** null: the vendor does not say. */
  total: number | null;
}

/** One row for each connection, so that nobody asks all objects: written after a change, and at most once a minute. */
export const rollups = sqliteTable(
  "rollups",
  {
    connectionId: text("connection_id").notNull(),
    /** In plan mode the shadow takes the requests, and tells of them in a row of its own. */
    isShadow: integer("is_shadow", { mode: "boolean" }).notNull(),
    /** When it was told. */
    at: integer("at").notNull(),
    /** SCIM requests since the object counts them. */
    requests: integer("requests").notNull(),
    /** Those answered with 400 or more, but for 404. */
    failures: integer("failures").notNull(),
    lastRequestAt: integer("last_request_at"),
    /** The hours of the last day that had requests. */
    hours: text("hours", { mode: "json" }).$type<HourCount[]>().notNull(),
    /** Requests that the brake has refused and that were not accepted since. */
    held: integer("held").notNull(),
    /** Alarms that nobody has acknowledged. */
    alarms: integer("alarms").notNull(),
    /** What was accepted and is still to be done at the vendor. */
    owed: integer("owed").notNull(),
    /** Of what is owed: not tried any more. */
    parked: integer("parked").notNull(),
    indexing: text("indexing", { mode: "json" }).$type<Indexing>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionId, table.isShadow] })],
);
