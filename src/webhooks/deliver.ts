// Delivers what is due: a few at once, so that a receiver that does not answer holds up no other.

import type { Store } from "../store/database.ts";
import { type Delivery, listDueDeliveries, updateDelivery } from "../store/deliveries.ts";
import type { SigningWebhook } from "../store/webhooks.ts";
import { nextAttemptAt, type Outcome } from "./attempt.ts";

/** The platform lets an object wait for the answers to six calls. */
const AT_ONCE = 6;
const AT_ONCE_PER_WEBHOOK = 2;

export interface Delivering {
  store: Store;
  /** Those to which something may be sent now. */
  webhooks(): readonly SigningWebhook[];
  send(webhook: SigningWebhook, delivery: Delivery): Promise<Outcome>;
  /** Resolves when there may be something new to send. */
  woken(): Promise<void>;
  /** After an outcome was written down. */
  onOutcome(webhook: SigningWebhook, outcome: Outcome): Promise<void>;
}

/** Begins nothing new after the given time; ends when everything that was begun has ended. */
export async function deliverDue(delivering: Delivering, endsAt: number): Promise<void> {
  const running = new Map<string, { webhookId: string; done: Promise<void> }>();
  for (;;) {
    for (const { webhook, delivery } of Date.now() < endsAt ? listNext(delivering, running) : []) {
      const key = keyOf(delivery);
      const done = deliver(delivering, webhook, delivery).finally(() => running.delete(key));
      running.set(key, { webhookId: webhook.id, done });
    }
    if (running.size === 0) return;
    await Promise.race([delivering.woken(), ...[...running.values()].map(({ done }) => done)]);
  }
}

const keyOf = ({ webhookId, eventId }: Pick<Delivery, "webhookId" | "eventId">) => `${webhookId} ${eventId}`;

function listNext({ store, webhooks }: Delivering, running: ReadonlyMap<string, { webhookId: string }>) {
  const busy = new Map<string, number>();
  for (const { webhookId } of running.values()) busy.set(webhookId, (busy.get(webhookId) ?? 0) + 1);
  const byId = new Map(webhooks().map((webhook) => [webhook.id, webhook]));
  const free = [...byId.keys()].filter((id) => (busy.get(id) ?? 0) < AT_ONCE_PER_WEBHOOK);
  const next: { webhook: SigningWebhook; delivery: Delivery }[] = [];
  // More than can begin, because many may be for one webhook.
  for (const delivery of listDueDeliveries(store, free, Date.now(), 100)) {
    if (running.size + next.length >= AT_ONCE) break;
    const webhook = byId.get(delivery.webhookId);
    const now = busy.get(delivery.webhookId) ?? 0;
    if (!webhook || now >= AT_ONCE_PER_WEBHOOK || running.has(keyOf(delivery))) continue;
    busy.set(webhook.id, now + 1);
    next.push({ webhook, delivery });
  }
  return next;
}

async function deliver(delivering: Delivering, webhook: SigningWebhook, delivery: Delivery): Promise<void> {
  const beganAt = Date.now();
  const outcome = await delivering.send(webhook, delivery);
  updateDelivery(delivering.store, delivery, { ...toChange(delivery, outcome), lastAt: beganAt });
  await delivering.onOutcome(webhook, outcome);
}

/** What an attempt makes of a delivery. */
function toChange({ attempts }: Delivery, outcome: Outcome): Partial<Delivery> {
  const failures = attempts + 1;
  const { status: lastStatus, ms: lastMs, why } = outcome;
  const ended = { attempts: failures, lastStatus, lastMs, why };
  if (why === null) return { ...ended, state: "delivered" };
  const dueAt = nextAttemptAt(failures, outcome, Date.now());
  return dueAt === undefined ? { ...ended, state: "given-up" } : { ...ended, dueAt };
}
