// The Deployment object: one for the whole deployment. It delivers events to webhooks, and keeps what waits and what was delivered.

import { DurableObject } from "cloudflare:workers";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { readKeyRing } from "./auth/sealing.ts";
import { logFailure } from "./log-failure.ts";
import { openControl } from "./store/control.ts";
import { atomically, openStore, type Store } from "./store/database.ts";
import {
  countStates,
  type Delivery,
  type DeliveryState,
  dropBeyond,
  findNextDelivery,
  insertDelivery,
  keepOnly,
  listDeliveries,
  listDropped,
  MOST_WAITING,
  noteTold,
  retryDeliveries,
  trimDeliveries,
  updateDelivery,
} from "./store/deliveries.ts";
import { migrations } from "./store/deployment-migrations.ts";
import { createId } from "./store/identifier.ts";
import type { Notice } from "./store/webhook-events.ts";
import { deleteEndedSecrets, listSigningWebhooks, type SigningWebhook, updateWebhook } from "./store/webhooks.ts";
import { attempt, GONE, type Outcome } from "./webhooks/attempt.ts";
import { deliverDue } from "./webhooks/deliver.ts";
import { lookAround } from "./webhooks/look-around.ts";

/** For how long the object trusts what it knows of the webhooks; it is told of changes. */
const KNOWN_MS = 30_000;
/** How often it looks for what nobody tells it. */
const LOOK_MS = 3_600_000;
/** An alarm begins no new delivery after this. */
const SLICE_MS = 60_000;
/** After a failure of D1. */
const AGAIN_MS = 60_000;

/** What waits for a webhook, and what became of the rest, as numbers. */
export interface WebhookCounts {
  webhookId: string;
  waiting: number;
  givenUp: number;
  dropped: number;
}

const isWanted = ({ connectionId, events }: SigningWebhook, { connection, type }: Notice) =>
  (connectionId === null || connectionId === connection?.id) && (events === null || events.includes(type));

/** As Standard Webhooks recommends. */
const toBody = ({ type, at, connection, data }: Pick<Notice, "type" | "at" | "data"> & { connection: string | null }) =>
  JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: { connection, ...data } });

export class Deployment extends DurableObject<Env> {
  readonly #store: Store;
  #known: { webhooks: readonly SigningWebhook[]; readAt: number } | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** What wakes the deliveries that are under way: the platform runs no second alarm beside them. */
  #wake = Promise.withResolvers<void>();
  /** The webhooks to which what is stored belongs. */
  #kept: string | undefined;

  constructor(context: DurableObjectState, env: Env) {
    super(context, env);
    this.#store = openStore(context.storage);
    void context.blockConcurrencyWhile(() => migrate(this.#store, migrations));
  }

  /** Takes events over for those webhooks that want them; one that comes again is there already. */
  async take(notices: readonly Notice[]): Promise<void> {
    await this.#take(notices, () => true);
  }

  async #take(notices: readonly Notice[], isNew: (notice: Notice) => boolean): Promise<void> {
    if (notices.length === 0) return;
    const webhooks = await this.#webhooks();
    const now = Date.now();
    atomically(this.#store, () => {
      for (const notice of notices.filter(isNew)) {
        const { id: eventId, type, at, connection } = notice;
        const body = toBody({ ...notice, connection: connection?.name ?? null });
        for (const webhook of webhooks.filter((one) => isWanted(one, notice))) {
          const webhookId = webhook.id;
          if (insertDelivery(this.#store, { webhookId, eventId, type, at, body })) {
            dropBeyond(this.#store, webhookId, MOST_WAITING, now);
          }
        }
      }
    });
    await this.#setAlarm();
  }

  /** Webhooks were added, changed or removed; what waited for those that are gone goes. */
  async webhooksChanged(): Promise<void> {
    this.#known = undefined;
    await this.#webhooks();
    await this.#setAlarm();
  }

  /** Something may have happened that no connection tells; the alarm looks for it as well. */
  async look(): Promise<void> {
    const now = Date.now();
    const tellOnce = (notices: readonly Notice[]) => this.#take(notices, ({ id }) => noteTold(this.#store, id, now));
    await lookAround(openControl(this.env.CONTROL), tellOnce, now);
    this.#lookedAt = now;
  }

  /** Sends a test message now, once. Undefined: there is no such webhook. */
  async sendTest(webhookId: string): Promise<Outcome | undefined> {
    this.#known = undefined;
    const webhook = (await this.#webhooks()).find(({ id }) => id === webhookId);
    if (!webhook) return undefined;
    const now = Date.now();
    const data = { says: "this is a test" };
    const event = { eventId: createId(now), type: "webhook.test" as const, at: now };
    const body = toBody({ ...event, connection: null, data });
    const outcome = await this.#send(webhook, { eventId: event.eventId, body });
    const { status: lastStatus, ms: lastMs, why } = outcome;
    const state = why === null ? ("delivered" as const) : ("given-up" as const);
    atomically(this.#store, () => {
      insertDelivery(this.#store, { webhookId, ...event, body });
      const ended = { state, attempts: 1, lastAt: now, lastMs, lastStatus, why };
      updateDelivery(this.#store, { webhookId, eventId: event.eventId }, ended);
    });
    return outcome;
  }

  async counts(): Promise<WebhookCounts[]> {
    const states = countStates(this.#store);
    const dropped = listDropped(this.#store);
    return (await this.#webhooks()).map(({ id }) => {
      const inState = (state: DeliveryState) =>
        states.find((one) => one.webhookId === id && one.state === state)?.n ?? 0;
      const lost = dropped.find(({ webhookId }) => webhookId === id)?.count ?? 0;
      return { webhookId: id, waiting: inState("waiting"), givenUp: inState("given-up"), dropped: lost };
    });
  }

  async deliveries(
    webhookId: string,
    query: { state?: DeliveryState | undefined; before?: number | undefined; limit: number },
  ): Promise<(Delivery & { row: number })[]> {
    return listDeliveries(this.#store, webhookId, query);
  }

  /** Sends one delivery again, or all of the webhook that were given up. How many. */
  async retry(webhookId: string, eventId: string | undefined): Promise<number> {
    const retried = retryDeliveries(this.#store, webhookId, eventId);
    await this.#setAlarm();
    return retried;
  }

  /** Never throws, because the platform gives up on an alarm that does. */
  override async alarm(): Promise<void> {
    try {
      await this.#webhooks();
      if (Date.now() - this.#lookedAt >= LOOK_MS) {
        await this.look();
        await deleteEndedSecrets(openControl(this.env.CONTROL), Date.now());
        trimDeliveries(this.#store, Date.now());
      }
      const delivering = {
        store: this.#store,
        webhooks: () => this.#open(),
        send: (webhook: SigningWebhook, delivery: Delivery) => this.#send(webhook, delivery),
        woken: () => this.#wake.promise,
        onOutcome: (webhook: SigningWebhook, outcome: Outcome) => this.#pauseGone(webhook, outcome),
      };
      await deliverDue(delivering, Date.now() + SLICE_MS);
      await this.#setAlarm();
    } catch (error) {
      logFailure("the deployment's alarm", error);
      await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    }
  }

  /** The webhooks, as they were at most 30 s ago. */
  async #webhooks(): Promise<readonly SigningWebhook[]> {
    const now = Date.now();
    if (this.#known && Math.abs(now - this.#known.readAt) < KNOWN_MS) return this.#known.webhooks;
    const webhooks = await listSigningWebhooks(openControl(this.env.CONTROL), now);
    this.#known = { webhooks, readAt: now };
    const ids = webhooks.map(({ id }) => id);
    if (ids.join() !== this.#kept) keepOnly(this.#store, ids);
    this.#kept = ids.join();
    return webhooks;
  }

  /** Those that are not paused. */
  readonly #open = () => (this.#known?.webhooks ?? []).filter(({ pausedAt }) => pausedAt === null);

  #send(webhook: SigningWebhook, { eventId, body }: Pick<Delivery, "eventId" | "body">): Promise<Outcome> {
    const ring = () => readKeyRing(this.env.MASTER_KEY, this.env.MASTER_KEY_PREVIOUS);
    return attempt(this.env, ring, webhook, { id: eventId, body });
  }

  /** A receiver that says that it is gone gets nothing more until an administrator lets the webhook go on. */
  async #pauseGone(webhook: SigningWebhook, { status }: Outcome): Promise<void> {
    if (status !== GONE) return;
    const pausedWhy = `the receiver answered ${GONE}: it wants nothing more`;
    try {
      await updateWebhook(openControl(this.env.CONTROL), webhook.id, { pausedAt: Date.now(), pausedWhy });
      this.#known = undefined;
      await this.#webhooks();
    } catch (error) {
      // The next attempt meets the same answer.
      logFailure("pausing a webhook", error);
    }
  }

  async #setAlarm(): Promise<void> {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
    const webhooks = this.#known?.webhooks ?? [];
    // Without a webhook there is nobody to tell.
    if (webhooks.length === 0) return;
    const now = Date.now();
    const ids = this.#open().map(({ id }) => id);
    const look = Math.max(this.#lookedAt, 0) + LOOK_MS;
    const at = Math.min(findNextDelivery(this.#store, ids) ?? Number.POSITIVE_INFINITY, Math.max(look, now));
    await this.ctx.storage.setAlarm(Math.max(at, now));
  }
}
