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

/** So many requests in a second, and so many at once after a pause. */
export interface RequestRate {
  perSecond: number;
  burst: number;
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
  /** live: a customer's account. exam: a simulator or sandbox, on which Microsoft's gallery exam is taken [S62]. */
  purpose: text("purpose", { enum: ["live", "exam"] })
    .notNull()
    .default("live"),
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
  /** What is done about a user who was disabled through Portico and is active at the vendor again [S46]. */
  driftActivated: text("drift_activated", { enum: ["repair", "report"] })
    .notNull()
    .default("repair"),
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
  /** Where the vendor has no groups: there are none, or Portico holds them itself [S52]. */
  groups: text("groups", { enum: ["none", "held"] })
    .notNull()
    .default("none"),
  /** How closely clients must keep to the RFCs [S60]. */
  profile: text("profile", { enum: ["lenient", "strict"] })
    .notNull()
    .default("lenient"),
  /** For how long a user who left comes back with the groups and seats of then [S14]. */
  restoreWithinDays: integer("restore_within_days").notNull().default(30),
  /** What a manager who is nobody here yet does to a request with other values: waits, or refuses it [S50]. */
  references: text("references", { enum: ["defer", "reject"] })
    .notNull()
    .default("defer"),
  /** After so many days of being inactive a user is retired; null: never [S58]. */
  retireAfterDays: integer("retire_after_days"),
  /** What retiring a user does: takes the licence back, or also deletes the user. */
  retire: text("retire", { enum: ["release", "delete"] })
    .notNull()
    .default("release"),
  /** Alarms that nobody has acknowledged; the connection's object keeps the number. */
  openAlarms: integer("open_alarms").notNull().default(0),
  /** How many requests the connection takes; null: the default. */
  requestRate: text("request_rate", { mode: "json" }).$type<RequestRate>(),
  /** When traces and tombstones are forgotten; null: the default. */
  retention: text("retention", { mode: "json" }).$type<Retention>(),
  /** Keyed digests of what tells the vendor account from others (`src/auth/account-marks.ts`); null: not known. */
  accountMarks: text("account_marks", { mode: "json" }).$type<string[]>(),
  /** The master key under which the connection's objects have sealed what they store themselves; null: not told. */
  sealedBy: text("sealed_by"),
  /** Hosts that upstream URLs may name although they look private; null: entered before that was asked. */
  allowedHosts: text("allowed_hosts", { mode: "json" }).$type<string[]>(),
  /** The settings that are not secret. */
  settings: text("settings", { mode: "json" }).$type<Record<string, unknown>>().notNull(),
  /** Grows when all credentials and access tokens of the connection are revoked [S61]. */
  epoch: integer("epoch").notNull().default(0),
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

/** What a credential lets its holder do: read and write users, or groups; or read both and change nothing. */
export type Scope = "users" | "groups" | "read";

/** A public key as a JWK (RFC 7517). */
export type PublicKey = {
  kty: "RSA" | "EC";
  kid?: string;
  alg?: string;
  use?: string;
  n?: string;
  e?: string;
  crv?: string;
  x?: string;
  y?: string;
};

/** By what a credential without a secret is recognised: whose keys, and what their tokens must say. Nothing of it is secret. */
export interface Trust {
  /** The client's own public keys. */
  keys?: PublicKey[];
  /** Where public keys are published. */
  keysUrl?: string;
  issuer?: string;
  tenant?: string;
  /** The object id that the tokens name as `sub` and `oid`. */
  subject?: string;
  /** The application id that the tokens are for, or that asked for them. */
  application?: string;
}

/** What lets an identity provider in: one row for each credential of a connection, of whatever kind. */
export const entranceCredentials = sqliteTable(
  "entrance_credentials",
  {
    id: text("id").primaryKey(),
    connectionId: text("connection_id").notNull(),
    /** bearer: a Secret Token. secret, key, federation: ways to an access token. entra: Entra's own token. */
    kind: text("kind", { enum: ["bearer", "secret", "key", "federation", "entra"] }).notNull(),
    /** What an administrator calls it. */
    label: text("label"),
    /** SHA-256 of the token or secret; null where there is none. */
    hash: text("hash").unique(),
    /** The last four characters of what was handed out, to tell one from another. */
    hint: text("hint"),
    /** The first characters of a Secret Token, by which one that was not copied whole is recognised; null: made before. */
    mark: text("mark"),
    /** Of a credential without a secret: by what it is recognised. */
    trust: text("trust", { mode: "json" }).$type<Trust>(),
    /** Entra's tenant, where one is pinned; Entra's own tokens are found by it. */
    tenant: text("tenant"),
    /** `users`, `groups`, `read`. */
    scopes: text("scopes", { mode: "json" }).$type<Scope[]>().notNull(),
    /** From where it may be used, as CIDR ranges; null: from anywhere. */
    addresses: text("addresses", { mode: "json" }).$type<string[]>(),
    /** Who made it, as in the audit. */
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Written at most once an hour. */
    lastUsedAt: integer("last_used_at"),
    /** So many days before the end it was last warned of. */
    warnedDays: integer("warned_days"),
    /** Grows when its access tokens are revoked [S61]. */
    epoch: integer("epoch").notNull().default(0),
    revokedAt: integer("revoked_at"),
  },
  (table) => [
    index("entrance_credentials_connection").on(table.connectionId),
    index("entrance_credentials_tenant").on(table.tenant),
    index("entrance_credentials_mark").on(table.mark),
  ],
);

/** The keys that sign access tokens; the newest signs, and the one before it is still believed. */
export const signingKeys = sqliteTable("signing_keys", {
  /** The `kid` in the header of its tokens. */
  id: text("id").primaryKey(),
  /** The private key as a JWK, sealed (`src/auth/sealing.ts`). */
  sealed: text("sealed").notNull(),
  createdAt: integer("created_at").notNull(),
});

/** Public keys that an issuer publishes, as they were last read: they answer while its host is down. */
export const keySets = sqliteTable("key_sets", {
  url: text("url").primaryKey(),
  keys: text("keys", { mode: "json" }).$type<PublicKey[]>().notNull(),
  fetchedAt: integer("fetched_at").notNull(),
});
