// What webhooks can tell: the one table that the API's enum, the documents and the command line follow.

/** `data`: what the event says beside the name of its connection. No value of a person or record, no SCIM id, no secret. */
interface EventSays {
  when: string;
  data: Readonly<Record<string, string>>;
}

const ALARM = {
  kind: "the kind of alarm",
  count: "how many it concerns",
  total: "of how many, or null",
  says: "a sentence",
};

export const WEBHOOK_EVENTS = {
  "brake.near": {
    when: "half of what the brake lets through of one kind is used up",
    data: { kind: "what is counted", counted: "how many there were", limit: "how many are let through" },
  },
  "brake.holding": {
    when: "the brake holds the first request of a kind; further ones tell nothing until it was released or nothing is held",
    data: { kind: "what is counted", says: "why, in numbers" },
  },
  "alarm.raised": { when: "an alarm of a connection is new", data: ALARM },
  "work.parked": {
    when: "what was accepted and is owed to the product is not tried any more",
    data: { kind: "the kind of what is owed", count: "how many of the kind are parked now" },
  },
  "credential.refused": {
    when: "the product refuses Portico's own credential; told once, until calls are accepted again",
    data: ALARM,
  },
  "credential.expiring": {
    when: "a credential of the identity provider ends within 60, 30, 7 or 1 days; each step is told once, and none while a younger credential of the connection is in use",
    data: { credential: "its id", kind: "its kind", days: "the step", expiresAt: "when it ends" },
  },
  "connection.silent": {
    when: "no SCIM request has come for more than 24 hours and three times the connection's usual gap of the last 14 days",
    data: ALARM,
  },
  "deployment.break_glass": {
    when: "the break-glass token was used although an owner has an API key; told once, until the alarm is acknowledged",
    data: { says: "a sentence" },
  },
  "webhook.test": { when: "an administrator tries the webhook", data: { says: "a sentence" } },
} as const satisfies Record<string, EventSays>;

export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

// Object.keys forgets the names.
export const EVENT_NAMES = Object.keys(WEBHOOK_EVENTS) as [WebhookEvent, ...WebhookEvent[]];

/** An event on its way to the deployment's object, by an id that stays the same however often it is handed over. */
export interface Notice {
  id: string;
  type: WebhookEvent;
  at: number;
  /** null: it is about the whole deployment. */
  connection: { id: string; name: string } | null;
  data: NoticeData;
}

export type NoticeData = Readonly<Record<string, string | number | null>>;

/** The name of the one object that delivers. */
export const DEPLOYMENT_OBJECT = "deployment";
