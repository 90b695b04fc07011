// The part of the D1 database "control" that is about administrators: who may call, what they did, and what waits for them.
// Times are epoch milliseconds.

import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { WebhookEvent } from "./webhook-events.ts";

/** reader: looks. operator: works on connections. owner: also decides who may, and what is gone for good. */
export const ROLES = ["reader", "operator", "owner"] as const;

/** What lets an administrator, or a program of theirs, into the administrator API. */
export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    /** The audit names the caller by it; no two open keys have one name. */
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    /** The ids of the connections that it is for; null: all of them, and what concerns the whole deployment. */
    connections: text("connections", { mode: "json" }).$type<string[]>(),
    /** SHA-256 of the key, which is stored nowhere. */
    hash: text("hash").notNull().unique(),
    /** The last four characters of the key, to tell one from another. */
    hint: text("hint").notNull(),
    /** Who made it, as in the audit. */
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    /** Written at most once a minute. */
    lastUsedAt: integer("last_used_at"),
    revokedAt: integer("revoked_at"),
  },
  (table) => [uniqueIndex("api_keys_name").on(table.name).where(sql`revoked_at is null`)],
);

/** Who did what through the administrator API, from where: no values, no secrets. Rows are only added, and the oldest deleted. */
export const audit = sqliteTable(
  "audit",
  {
    /** What changes something is kept longer than what only reads, so each has a chain of its own. */
    chain: text("chain", { enum: ["changes", "reads"] }).notNull(),
    /** The number in the chain, without gaps. */
    seq: integer("seq").notNull(),
    /** The call's id: of what changes something there are two rows, before it is done and after. */
    id: text("id").notNull(),
    at: integer("at").notNull(),
    /**
     * The name of the API key, `break glass`, `access:` and a digest of the subject, or `customer of` and the connection;
     * before there were keys: `administrator`.
     */
    actor: text("actor").notNull(),
    /** How they came in; `refused`: calls without a usable token, before these were counted. */
    actorKind: text("actor_kind", { enum: ["key", "break-glass", "access", "customer", "refused"] }).notNull(),
    /** The id of the API key, or of the invite by which a customer has come; null: neither. */
    actorId: text("actor_id"),
    role: text("role", { enum: ROLES }),
    /** The network from which the call came: /24 of IPv4, /48 of IPv6; empty: not known. */
    address: text("address").notNull(),
    method: text("method").notNull(),
    /** The route's template, such as `/api/connections/:name`. */
    route: text("route").notNull(),
    /** The id in the route's path, or of what the call has made. */
    target: text("target"),
    /** The name of the connection that the call is about, and its id. */
    connection: text("connection"),
    connectionId: text("connection_id"),
    /** The names of the fields that the call changed. */
    fields: text("fields", { mode: "json" }).$type<string[]>().notNull(),
    /** 0: the call was begun; where no other row has its id, how it ended is not known. */
    status: integer("status").notNull(),
    requestId: text("request_id").notNull(),
    /** The hash of the row before it in the chain; empty: it is the first. */
    before: text("before").notNull(),
    /** SHA-256 of everything above; empty: written before rows were chained. */
    hash: text("hash").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chain, table.seq] }),
    index("audit_at").on(table.at),
    index("audit_id").on(table.id),
  ],
);

/** How many calls of the administrator API were refused because nobody known made them. */
export const refusedCalls = sqliteTable(
  "refused_calls",
  {
    /** The minute, as epoch milliseconds. */
    minute: integer("minute").notNull(),
    /** The network, as in the audit; `others`: more of them than are told apart in one minute. */
    address: text("address").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.minute, table.address] })],
);

/** What waits for somebody to look at and concerns no single connection. */
export const gatewayAlarms = sqliteTable("gateway_alarms", {
  kind: text("kind", { enum: ["break-glass"] }).primaryKey(),
  since: integer("since").notNull(),
  lastAt: integer("last_at").notNull(),
  acknowledgedAt: integer("acknowledged_at"),
  /** Who acknowledged it, as in the audit. */
  acknowledgedBy: text("acknowledged_by"),
  /** When the deployment's object has taken it over for webhooks; null: it has not yet. */
  toldAt: integer("told_at"),
});

/** Where events are sent. The address never changes: what is signed and where it goes are one thing. */
export const webhooks = sqliteTable(
  "webhooks",
  {
    id: text("id").primaryKey(),
    /** As administrators call it. */
    name: text("name").notNull(),
    url: text("url").notNull(),
    /** The connection whose events it gets; null: those of every connection, and of the deployment. */
    connectionId: text("connection_id"),
    /** The types of events that it gets; null: all. */
    events: text("events", { mode: "json" }).$type<WebhookEvent[]>(),
    createdAt: integer("created_at").notNull(),
    /** Who made it, as in the audit. */
    createdBy: text("created_by").notNull(),
    /** Nothing is sent since then; what happens meanwhile waits. */
    pausedAt: integer("paused_at"),
    pausedWhy: text("paused_why"),
  },
  (table) => [index("webhooks_connection").on(table.connectionId)],
);

/** The secrets that sign what a webhook gets: the newest, and for a day the one before it. */
export const webhookSecrets = sqliteTable(
  "webhook_secrets",
  {
    id: text("id").primaryKey(),
    webhookId: text("webhook_id").notNull(),
    /** Sealed for the webhook's address (`src/auth/sealing.ts`). */
    sealed: text("sealed").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When it stops signing; null: it is the newest. */
    endsAt: integer("ends_at"),
  },
  (table) => [index("webhook_secrets_webhook").on(table.webhookId)],
);
