// Webhooks: what is signed and where it goes, what is tried again and for how long, and who sees what of it [S63] [S36].

import { runInDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStore } from "../../src/store/database.ts";
import { dropBeyond, trimDeliveries } from "../../src/store/deliveries.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { api, type Gateway } from "./gateway.ts";
import { createHook, deployment, type Hook, noticeOf, removeHooks, runDeliveries, verify } from "./webhook-receiver.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let gateway: Gateway;
let hook: Hook;
beforeAll(async () => {
  await removeHooks();
  gateway = await open(KEEPNET);
  hook = await createHook();
});
afterAll(removeHooks);

/** Runs the deliveries at a time from now. */
const deliverIn = (ms: number) => atTimeFromNow(ms, runDeliveries);
const find = async (one: Hook, id: string) => (await one.log()).find((each) => each.id === id);

it("S63: a message is what Standard Webhooks says, and the published library verifies it; handed over twice, it comes once", async () => {
  const notice = noticeOf({ connection: { id: gateway.id, name: gateway.name } });
  await deployment().take([notice, notice]);
  await deployment().take([notice]);
  await hook.received(1);
  await runDeliveries();
  await deployment().take([notice]);
  await runDeliveries();
  const [message, ...others] = await hook.messages();
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    method: "POST",
    headers: { "webhook-id": notice.id, "content-type": "application/json" },
  });
  expect(message && verify(hook.secret, message)).toEqual({
    type: "alarm.raised",
    timestamp: new Date(notice.at).toISOString(),
    data: { connection: gateway.name, ...notice.data },
  });
  expect(hook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await hook.log()).toMatchObject([
    { id: notice.id, state: "delivered", attempts: 1, lastStatus: 204, why: null, nextAttemptAt: null },
  ]);
});

it("S63: events go to whom they concern: of one connection, of one type, of none", async () => {
  const other = await open(KEEPNET);
  const [own, typed] = [
    await createHook({ connection: gateway.name }),
    await createHook({ events: ["brake.near", "webhook.test"] }),
  ];
  const about = ({ id, name }: Gateway) => ({ connection: { id, name } });
  const [mine, theirs, all, near] = [
    noticeOf(about(gateway)),
    noticeOf(about(other)),
    noticeOf(),
    noticeOf({ ...about(other), type: "brake.near" }),
  ];
  await deployment().take([mine, theirs, all, near]);
  await runDeliveries();
  expect((await own.log()).map(({ id }) => id)).toEqual([mine.id]);
  expect((await typed.log()).map(({ id }) => id)).toEqual([near.id]);
  expect((await hook.log("limit=4")).map(({ id }) => id)).toEqual([near, all, theirs, mine].map(({ id }) => id));
  await api("DELETE", `/webhooks/${typed.id}`);
});

it("S63: what fails is tried again by a schedule, and given up after ten attempts; an administrator has it sent again", async () => {
  const notice = noticeOf();
  await hook.order({ status: 500 });
  const before = (await hook.messages()).length;
  await deployment().take([notice]);
  await hook.received(before + 1);
  await runDeliveries();
  expect(await find(hook, notice.id)).toMatchObject({
    state: "waiting",
    attempts: 1,
    why: "the receiver answered 500",
  });
  let at = 0;
  for (const pause of [5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, ...[2, 5, 10, 14, 20, 24].map((n) => n * HOUR_MS)]) {
    // Of the shortest pause a busy machine has used up a part already.
    if (pause > MINUTE_MS) await deliverIn(at + 0.89 * pause);
    const count = (await hook.messages()).length;
    at += 1.11 * pause;
    await deliverIn(at);
    expect([pause, (await hook.messages()).length]).toEqual([pause, count + 1]);
  }
  expect(await find(hook, notice.id)).toMatchObject({ state: "given-up", attempts: 10, nextAttemptAt: null });
  expect(await hook.show()).toMatchObject({ waiting: 0, givenUp: 1, dropped: 0 });
  expect(await hook.log("state=given-up")).toHaveLength(1);
  await hook.order({ status: 200 });
  expect((await api("POST", `/webhooks/${hook.id}/retry`, { delivery: "none" })).status).toBe(404);
  expect((await api("POST", `/webhooks/${hook.id}/retry`)).body).toEqual({ retried: 1 });
  await runDeliveries();
  expect(await find(hook, notice.id)).toMatchObject({ state: "delivered", attempts: 1, why: null });
});

it("S63: a receiver that is busy says when to come back; a redirect is no answer and is not followed", async () => {
  const [busy, moved] = [noticeOf(), noticeOf()];
  await hook.order({ status: 503, headers: { "retry-after": "7200" } });
  await deployment().take([busy]);
  await expect.poll(() => find(hook, busy.id)).toMatchObject({ attempts: 1 });
  const next = Date.parse(String((await find(hook, busy.id))?.nextAttemptAt));
  expect(Math.round((next - Date.now()) / MINUTE_MS)).toBe(120);
  await hook.order({ status: 302, headers: { location: hook.url.replace("/in", "/elsewhere") } });
  await deployment().take([moved]);
  await expect
    .poll(() => find(hook, moved.id))
    .toMatchObject({ why: "the receiver answered 302: a redirect is not followed" });
  expect((await hook.messages()).filter(({ path }) => path.includes("elsewhere"))).toEqual([]);
  await hook.order({ status: 204, headers: {} });
  await deliverIn(3 * HOUR_MS);
  expect(await hook.show()).toMatchObject({ waiting: 0 });
});

it("S63: one receiver that does not answer holds up no other", async () => {
  const [dead, alive] = [await createHook(), noticeOf()];
  await dead.order({ status: 0 });
  const before = (await hook.messages()).length;
  await deployment().take(Array.from({ length: 12 }, () => noticeOf()));
  await hook.received(before + 12);
  // Also what comes while nothing but the dead one is waited for.
  await deployment().take([alive]);
  await hook.received(before + 13);
  expect((await dead.messages()).length).toBeLessThanOrEqual(2);
  expect(await dead.show()).toMatchObject({ waiting: 13 });
  await dead.order({ status: 204 });
  await dead.received(13);
  await runDeliveries();
  await api("DELETE", `/webhooks/${dead.id}`);
  expect((await api("GET", `/webhooks/${dead.id}/deliveries`)).status).toBe(404);
});

it("S63: 410 pauses a webhook; what happens meanwhile waits, and goes when it goes on", async () => {
  const gone = await createHook();
  const [first, second] = [noticeOf(), noticeOf()];
  await gone.order({ status: 410 });
  await deployment().take([first]);
  await expect.poll(gone.show).toMatchObject({
    pausedAt: expect.any(String),
    pausedWhy: "the receiver answered 410: it wants nothing more",
  });
  await deployment().take([second]);
  await deliverIn(2 * HOUR_MS);
  expect(await gone.messages()).toHaveLength(1);
  expect(await gone.show()).toMatchObject({ waiting: 2 });
  await gone.order({ status: 200 });
  expect((await api("PATCH", `/webhooks/${gone.id}`, { paused: false })).body).toMatchObject({ pausedAt: null });
  await deliverIn(2 * HOUR_MS);
  expect((await gone.log()).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
  expect((await api("PATCH", `/webhooks/${gone.id}`, { paused: true })).body.pausedWhy).toBe(
    "break glass has paused it",
  );
  await api("DELETE", `/webhooks/${gone.id}`);
});

it("S63: after a rotation both secrets verify for a day, then the new one alone", async () => {
  const { secret } = (await api("POST", `/webhooks/${hook.id}/rotate`)).body;
  const last = async () => (await hook.messages()).at(-1);
  const tested = (await api("POST", `/webhooks/${hook.id}/test`)).body;
  expect(tested).toMatchObject({ delivered: true, status: 204, why: null });
  const message = await last();
  if (!message) throw new Error("nothing came");
  expect([verify(secret, message).type, verify(hook.secret, message).type]).toEqual(["webhook.test", "webhook.test"]);
  expect(message.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  await atTimeFromNow(24 * HOUR_MS + MINUTE_MS, async () => {
    await api("POST", `/webhooks/${hook.id}/test`);
    const later = await last();
    if (!later) throw new Error("nothing came");
    expect(verify(secret, later).type).toBe("webhook.test");
    expect(() => verify(hook.secret, later)).toThrow("No matching signature");
  });
  hook.secret = secret;
});

it("S63: of too many that wait the oldest make room, and are counted; the log forgets its oldest rows", async () => {
  await api("PATCH", `/webhooks/${hook.id}`, { paused: true });
  const notices = Array.from({ length: 6 }, (_, n) => noticeOf({ at: Date.now() + n }));
  await deployment().take(notices);
  await runInDurableObject(deployment(), (_, { storage }) => {
    const store = openStore(storage);
    dropBeyond(store, hook.id, 4, Date.now());
    trimDeliveries(store, Date.now(), 3);
  });
  expect(await hook.show()).toMatchObject({ waiting: 4, givenUp: 2, dropped: 2 });
  expect(await find(hook, notices[0]?.id ?? "")).toMatchObject({
    state: "given-up",
    why: expect.stringContaining("made room"),
  });
  await deployment().take([noticeOf()]);
  const [page, rest] = [await api("GET", `/webhooks/${hook.id}/deliveries?limit=4`), await hook.log()];
  expect(page.body.deliveries).toEqual(rest.slice(0, 4));
  const next = await api("GET", `/webhooks/${hook.id}/deliveries?limit=100&before=${page.body.next}`);
  expect([next.body.deliveries, next.body.next]).toEqual([rest.slice(4), null]);
  await atTimeFromNow(31 * 24 * HOUR_MS, runDeliveries);
  expect(await hook.show()).toMatchObject({ waiting: 0, givenUp: 0, dropped: 7 });
});
