// What the deployment's object has to deliver and has delivered: tables of its own SQLite. Times are epoch milliseconds.

import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { WebhookEvent } from "./webhook-events.ts";

export const DELIVERY_STATES = ["waiting", "delivered", "given-up"] as const;

/** One event for one webhook: what waits, and the log of what was delivered or given up. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    webhookId: text("webhook_id").notNull(),
    /** The event's id: the same event that is handed over twice is delivered once. */
    eventId: text("event_id").notNull(),
    type: text("type").$type<WebhookEvent>().notNull(),
    /** When it happened. */
    at: integer("at").notNull(),
    /** What is sent, as JSON; nothing of a person is in it. */
    body: text("body").notNull(),
    state: text("state", { enum: DELIVERY_STATES }).notNull(),
    /** When it is tried next; 0: at once. */
    dueAt: integer("due_at").notNull(),
    /** Attempts since it waits. */
    attempts: integer("attempts").notNull(),
    /** When the last attempt began, and how many milliseconds it took. */
    lastAt: integer("last_at"),
    lastMs: integer("last_ms"),
    /** The HTTP status of the last answer; null: there was none. */
    lastStatus: integer("last_status"),
    /** Why the last attempt failed, in a sentence. */
    why: text("why"),
  },
  (table) => [
    primaryKey({ columns: [table.webhookId, table.eventId] }),
    index("deliveries_due").on(table.state, table.dueAt),
    index("deliveries_log").on(table.webhookId, table.at),
    index("deliveries_at").on(table.at),
  ],
);

/** How many events of a webhook had to make room, because too many waited. */
export const droppedCounts = sqliteTable("dropped_counts", {
  webhookId: text("webhook_id").primaryKey(),
  count: integer("count").notNull(),
  lastAt: integer("last_at").notNull(),
});

/** What was told already and is found again with each look: the steps before the end of a credential. */
export const told = sqliteTable("told", {
  /** The event's id. */
  id: text("id").primaryKey(),
  at: integer("at").notNull(),
});
