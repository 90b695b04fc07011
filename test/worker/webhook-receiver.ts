// A webhook and its receiver as a test sees them.

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import { DEPLOYMENT_OBJECT, type Notice } from "../../src/store/webhook-events.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, type Gateway } from "./gateway.ts";
import type { Message, Receiver } from "./receivers.ts";

export const deployment = () => env.DEPLOYMENT.getByName(DEPLOYMENT_OBJECT);
export const runDeliveries = () => runDurableObjectAlarm(deployment());

export interface Hook {
  id: string;
  secret: string;
  url: string;
  /** What has come, oldest first. */
  messages(): Promise<Message[]>;
  /** Waits for so many messages. */
  received(count: number): Promise<Message[]>;
  order(answer: Partial<Receiver>): Promise<void>;
  /** The log, the latest first. */
  log(
    query?: string,
  ): Promise<{ id: string; type: string; state: string; attempts: number; [field: string]: unknown }[]>;
  show(): Promise<Record<string, unknown>>;
}

/** A webhook to a receiver of its own. */
export async function createHook(more: Record<string, unknown> = {}): Promise<Hook> {
  const name = crypto.randomUUID().slice(0, 8);
  const base = `https://hooks.example.net/hook.${name}`;
  const url = `${base}/in?key=hidden-${name}`;
  const made = await api("POST", "/webhooks", { name: `hook ${name}`, url, ...more });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  const { id, secret } = made.body;
  const messages = async () => ((await (await fetch(`${base}/control`)).json()) as Receiver).messages;
  return {
    ...{ id, secret, url, messages },
    async received(count) {
      await expect.poll(async () => (await messages()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
      return messages();
    },
    async order(answer) {
      await fetch(`${base}/control`, { method: "PUT", body: JSON.stringify(answer) });
    },
    log: async (query = "") => (await api("GET", `/webhooks/${id}/deliveries?${query}`)).body.deliveries,
    show: async () => (await api("GET", `/webhooks/${id}`)).body,
  };
}

/** What a receiver makes of a message, by the published library. */
export function verify(secret: string, { body, headers }: Message) {
  return new Webhook(secret).verify(body, headers) as {
    type: string;
    timestamp: string;
    data: Record<string, unknown>;
  };
}

let events = 0;
export const noticeOf = (more: Partial<Notice> = {}): Notice => ({
  id: `event-${events++}-${crypto.randomUUID()}`,
  type: "alarm.raised",
  at: Date.now(),
  connection: null,
  data: { kind: "orphans", count: 3, total: 9, says: "three" },
  ...more,
});

/** The webhooks of a file are in nobody's way afterwards: D1 is one for all of them. */
export async function removeHooks(): Promise<void> {
  await env.CONTROL.batch([
    env.CONTROL.prepare("delete from webhooks"),
    env.CONTROL.prepare("delete from webhook_secrets"),
  ]);
  await deployment().webhooksChanged();
}

const stubOf = ({ id }: Gateway) => env.CONNECTION.getByName(id);

/** Asks or changes what the connection's object has stored. */
export const sqlIn = (gateway: Gateway, text: string, ...values: (string | number | undefined)[]) =>
  runInDurableObject(stubOf(gateway), (_, { storage }) =>
    storage.sql.exec(text, ...values.map((value) => value ?? null)).toArray(),
  );

/** Has the connection's object look at itself, and hand over what it owes, at a time from now. */
export async function lookAt(gateway: Gateway, ms = 0): Promise<void> {
  await atTimeFromNow(ms, async () => {
    await sqlIn(gateway, "insert into due_jobs values ('rollup', 0, 0) on conflict (job) do update set due_at = 0");
    await runDurableObjectAlarm(stubOf(gateway));
    await runDurableObjectAlarm(stubOf(gateway));
    await runDeliveries();
  });
}

/** What came of these types when nothing waits any more, oldest first, whatever else came. */
export async function told(hook: Hook, ...types: string[]) {
  await expect.poll(hook.show).toMatchObject({ waiting: 0 });
  const bodies = (await hook.messages()).map(({ body }) => JSON.parse(body));
  return bodies.filter(({ type }) => types.includes(type)).map(({ data }) => data);
}
