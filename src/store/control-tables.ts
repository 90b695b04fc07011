// The D1 database "control": what must be found from anywhere. Times are epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { BrakeKind } from "./brake-counts.ts";

/** Users by userName, e-mail or native id; groups by name or native id. */
export interface Protected {
  users: string[];
  groups: string[];
  /** Users whom the vendor shows as privileged, and who are the identity provider's all the same. */
  managed?: string[] | undefined;
}

/** More than `share` of what there is, and at least `count`, within `minutes`: held, or only warned of. */
export interface BrakeLine {
  share: number;
  count: number;
  minutes: number;
  action: "hold" | "warn";
}

/** The line of users deactivated and users removed; `kinds`: what is otherwise for one kind. */
export interface BrakeLimits extends Omit<BrakeLine, "action"> {
  kinds?: Partial<Record<BrakeKind, { [Part in keyof BrakeLine]?: BrakeLine[Part] | undefined }>> | undefined;
}

/** For how many days traces and tombstones are stored. */
export interface Retention {
  traceDays: number;
  tombstoneDays: number;
}

/** One customer's identity provider provisioning into one vendor account. */
export const connections = sqliteTable("connections", {
  id: text("id").primaryKey(),
  /** As administrators call it; a marker's is `erased:` and the id. */
  name: text("name").notNull().unique(),
  /** The adapter's name. */
  vendor: text("vendor").notNull(),
  /** An erased connection stays as a marker, so that its object never comes back to life. */
  state: text("state", { enum: ["active", "suspended", "erased"] }).notNull(),
  /** live: sends. plan: answers as if, and writes nothing. paused: answers 503. */
  mode: text("mode", { enum: ["live", "plan", "paused"] }).notNull(),
  /** Where userName and e-mail are one value: which one counts if a client sends two. */
  coupling: text("coupling", { enum: ["reject", "userName", "separate"] }).notNull(),
  /** What becomes of attributes that the vendor cannot hold. */
  unmapped: text("unmapped", { enum: ["ignore", "keep"] }).notNull(),
  /** How long a complete sweep is trusted; null: by what the vendor can search. */
  freshnessMinutes: integer("freshness_minutes"),
  /** Where the connection's object must live; null: anywhere. */
  jurisdiction: text("jurisdiction", { enum: ["eu"] }),
  /** What a sweep does with differences that it finds in memberships and seats. */
  drift: text("drift", { enum: ["report", "repair"] })
    .notNull()
    .default("report"),
  /** The users and groups that no request may take away or diminish. */
  protected: text("protected", { mode: "json" }).$type<Protected>().notNull().default(sql`'{"users":[],"groups":[]}'`),
  /** Where the lines of the brake are; null: the defaults. */
  brake: text("brake", { mode: "json" }).$type<BrakeLimits>(),
  /** Whether the record of a user who left is renamed when a new user needs the name [S45]. */
  parking: text("parking", { enum: ["on-demand", "never"] })
    .notNull()
    .default("on-demand"),
  /** When a user who was created inactive gets an account at a vendor that invites [S56]. */
  createInactive: text("create_inactive", { enum: ["later", "now"] })
    .notNull()
    .default("later"),
  /** For how long a user who left comes back with the groups and seats of then [S14]. */
  restoreWithinDays: integer("restore_within_days").notNull().default(30),
  /** What a manager who is nobody here yet does to a request with other values: waits, or refuses it [S50]. */
  references: text("references", { enum: ["defer", "reject"] })
    .notNull()
    .default("defer"),
  /** When traces and tombstones are forgotten; null: the default. */
  retention: text("retention", { mode: "json" }).$type<Retention>(),
  /** The settings that are not secret. */
  settings: text("settings", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  /** Grows with every change, so that an object knows when its copy is old. */
  version: integer("version").notNull(),
  createdAt: integer("created_at").notNull(),
  updatedAt: integer("updated_at").notNull(),
});

/** The secret settings, sealed (`src/auth/sealing.ts`). */
export const credentials = sqliteTable(
  "credentials",
  {
    connectionId: text("connection_id").notNull(),
    /** The setting's name. */
    field: text("field").notNull(),
    sealed: text("sealed").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionId, table.field] })],
);

/** What an identity provider shows; only the SHA-256 of a token is stored. */
export const tokens = sqliteTable(
  "tokens",
  {
    id: text("id").primaryKey(),
    connectionId: text("connection_id").notNull(),
    hash: text("hash").notNull().unique(),
    /** What an administrator calls it. */
    label: text("label"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    revokedAt: integer("revoked_at"),
  },
  (table) => [index("tokens_connection").on(table.connectionId)],
);

/** Who did what through the administrator API: no values, no secrets. */
export const audit = sqliteTable(
  "audit",
  {
    id: text("id").primaryKey(),
    at: integer("at").notNull(),
    /** `administrator`, or `refused` for a call without the token. */
    actor: text("actor").notNull(),
    method: text("method").notNull(),
    /** The route's template, such as `/api/connections/:name`. */
    route: text("route").notNull(),
    /** The name of the connection that the call is about. */
    connection: text("connection"),
    /** The names of the fields that the call changed. */
    fields: text("fields", { mode: "json" }).$type<string[]>().notNull(),
    status: integer("status").notNull(),
    requestId: text("request_id").notNull(),
  },
  (table) => [index("audit_at").on(table.at)],
);
