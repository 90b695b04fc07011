// A webhook and its receiver as a test sees them.

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import { DEPLOYMENT_OBJECT, type Notice } from "../../src/store/webhook-events.ts";
import { api } from "./gateway.ts";
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
