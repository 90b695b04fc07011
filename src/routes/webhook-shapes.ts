// What administrators send and get about webhooks, field by field.

import * as z from "zod";
import { DELIVERY_STATES } from "../store/delivery-tables.ts";
import { EVENT_NAMES } from "../store/webhook-events.ts";
import { time } from "./answer-parts.ts";

const MAX_URL = 2_048;
const MAX_SHOWN = 500;

const name = z
  .string()
  .regex(
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,62}[\p{L}\p{N}])?$/u,
    "letters, digits, spaces, dots, underscores and hyphens, at most 64 characters",
  )
  .describe("what administrators call it");
const events = z
  .array(z.enum(EVENT_NAMES))
  .min(1)
  .max(EVENT_NAMES.length)
  .nullable()
  .describe("the types of events that it gets; null: all, also those that a later version adds");

export const newWebhook = z.strictObject({
  name,
  url: z
    .string()
    .min(1)
    .max(MAX_URL)
    .describe(
      "where events are sent: https and a public host on port 443; it is never shown again as a whole, and never changes",
    ),
  connection: z
    .string()
    .max(100)
    .nullable()
    .default(null)
    .describe(
      "the name of the connection whose events it gets; null: those of all connections and of the deployment, for owners",
    ),
  events: events.default(null),
});

export const webhookChange = z
  .strictObject({
    name: name.optional(),
    events: events.optional(),
    paused: z.boolean().optional().describe("true: nothing is sent, and what happens waits; false: it goes on"),
  })
  .refine((change) => Object.keys(change).length > 0, "name a field to change");

export const webhook = z.strictObject({
  id: z.string(),
  name: z.string(),
  connection: z.string().nullable().describe("null: the whole deployment"),
  receiver: z
    .string()
    .describe("the origin of the address and its last four characters: receivers often put a secret into the path"),
  events,
  createdAt: time,
  createdBy: z.string().describe("as in the audit"),
  pausedAt: time.nullable().describe("since when nothing is sent; null: it is not paused"),
  pausedWhy: z.string().nullable(),
  secretSince: time.describe("when its secret was made"),
  formerSecretUntil: time.nullable().describe("until when the secret before signs as well"),
  waiting: z.int().nullable().describe("deliveries that wait; null: the object that delivers could not be asked"),
  givenUp: z.int().nullable().describe("deliveries in the log that were given up"),
  dropped: z.int().nullable().describe("events that were never sent because too many waited, or for too long"),
});
export const webhooks = z.strictObject({ webhooks: z.array(webhook).describe("the oldest first") });

const secret = z
  .string()
  .describe("`whsec_` and 32 bytes in base64, by which the receiver verifies what it gets; shown once");
export const createdWebhook = webhook.extend({ secret });
export const rotatedWebhook = z.strictObject({
  secret,
  formerSecretUntil: time.describe("until when every message is signed with the secret before as well"),
});

export const testedWebhook = z.strictObject({
  delivered: z.boolean(),
  status: z.int().nullable().describe("what the receiver answered; null: nothing"),
  ms: z.int().describe("how long it took"),
  why: z.string().nullable().describe("why it failed"),
});

export const deliveryQuery = z.object({
  state: z.enum(DELIVERY_STATES).optional(),
  before: z.coerce.number().int().min(1).optional().describe("`next` of the page before"),
  limit: z.coerce.number().int().min(1).max(MAX_SHOWN).default(100),
});

const delivery = z.strictObject({
  id: z.string().describe("of the event: `webhook-id` of the message"),
  type: z.enum(EVENT_NAMES),
  at: time.describe("when it happened"),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  nextAttemptAt: time.nullable().describe("null: it is not tried any more"),
  lastAttemptAt: time.nullable(),
  lastMs: z.int().nullable().describe("how long the last attempt took"),
  lastStatus: z.int().nullable().describe("what the receiver answered last; null: nothing"),
  why: z.string().nullable().describe("why the last attempt failed"),
  body: z.string().describe("what is sent, as JSON"),
});
export const deliveries = z.strictObject({
  deliveries: z.array(delivery).describe("the latest first; kept for 30 days, 10,000 of all webhooks together"),
  next: z.int().nullable().describe("where the next page begins; null: this is the last one"),
});

export const retry = z.strictObject({
  delivery: z.string().max(100).nullable().default(null).describe("null: all that were given up"),
});
export const retried = z.strictObject({ retried: z.int().describe("how many are sent again, from the beginning") });
