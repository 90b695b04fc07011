// Pause, plan and erase are fences: what had begun finishes or is cut, and nothing else is sent any more [S18] [S47].

import { describe, expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraUser,
  KEEPNET,
  nativeLog,
  nativeOf,
  natives,
  open,
  patchOf,
  SEARCH,
} from "../dialogues/dialogue.ts";
import { runAlarmAfter } from "./clock.ts";
import type { Answer, Gateway } from "./gateway.ts";

const path = (gateway: Gateway) => `/connections/${gateway.name}`;
const change = (gateway: Gateway, body: object) => gateway.api("PATCH", path(gateway), body);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const isWrite = ({ method, path: to }: { method: string; path: string }) => method !== "GET" && !to.endsWith("/search");
const writes = async (gateway: Gateway) => (await nativeLog(gateway)).filter(isWrite).length;
const slow = (gateway: Gateway, delayMs: number, match: object) =>
  gateway.vendor("POST", "/faults", [{ kind: "delay", delayMs, times: 1_000, match: { path: "", ...match } }]);

/** Waits until the product has been sent so many writes. */
async function sent(gateway: Gateway, count: number): Promise<void> {
  await expect.poll(() => writes(gateway), { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(count);
}

async function settled(gateway: Gateway, fence: string): Promise<void> {
  const state = async () => (await gateway.api("GET", `${path(gateway)}/unfinished`)).body.fence;
  await expect.poll(state, { timeout: 60_000, interval: 50 }).toBe(fence);
}

const people = (count: number) => Array.from({ length: count }, (_, at) => `p${at}@contoso.com`);
const creates = (gateway: Gateway, emails: string[]) =>
  Promise.all(emails.map((email) => gateway.scim("POST", "/Users", entraUser({ email }))));
const statuses = (answers: Answer[]) => [...new Set(answers.map(({ status }) => status))].sort();

describe("a paused connection", () => {
  it("S47: answers 503 on every data route, root queries included, and discovery without asking the product", async () => {
    const gateway = await open(KEEPNET);
    await createUser(gateway, "ada@contoso.com");
    await change(gateway, { mode: "paused" });
    await gateway.vendor("DELETE", "/log");
    const search = { schemas: [SEARCH], filter: 'userName eq "ada@contoso.com"' };
    for (const [method, to, body] of [
      ["GET", ""],
      ["GET", "/"],
      ["GET", "/?filter=userName+eq+%22ada@contoso.com%22"],
      ["POST", "/.search", search],
      ["POST", "/Users/.search", search],
      ["POST", "/Groups/.search", search],
      ["GET", "/Users"],
      ["GET", "/Groups"],
    ] as [string, string, object?][]) {
      const answer = await ask(gateway, method, to, 503, body);
      expect([to, answer.headers.get("retry-after")]).toEqual([to, "300"]);
    }
    for (const to of ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/ResourceTypes/User"]) {
      await ask(gateway, "GET", to, 200);
    }
    expect(await nativeLog(gateway)).toEqual([]);
  });

  it("S47: lets begun requests finish, and what waited for the product's limits or a lock sends nothing", async () => {
    const gateway = await open(KEEPNET);
    const ada = await createUser(gateway, "ada@contoso.com");
    await gateway.vendor("DELETE", "/log");
    await slow(gateway, 400, { method: "POST", path: "^/api/target-users$" });
    await slow(gateway, 400, { method: "PUT" });
    const names = ["A", "B", "C", "D"].map((name) => patchOf({ op: "Replace", path: "name.givenName", value: name }));
    const working = Promise.all([
      creates(gateway, people(24)),
      Promise.all(names.map((patch) => gateway.scim("PATCH", `/Users/${ada}`, patch))),
    ]);
    await sent(gateway, 3);
    const paused = await change(gateway, { mode: "paused" });
    expect([paused.status, paused.body.fence]).toEqual([202, "draining"]);
    await settled(gateway, "paused");
    const atPause = await writes(gateway);
    const [created, patched] = await working;
    await sleep(700);
    expect(await writes(gateway)).toBe(atPause);
    // What had begun was finished and told; nothing of the rest has happened.
    expect(statuses(created)).toEqual([201, 503]);
    expect(statuses(patched)).toContain(503);
    const made = created.filter(({ status }) => status === 201).length;
    expect((await natives(gateway)).length).toBe(made + 1);
    for (const { status, headers } of [...created, ...patched]) {
      if (status === 503) expect(headers.get("retry-after")).toBe("300");
    }
    await gateway.vendor("DELETE", "/faults");
    expect((await change(gateway, { mode: "live" })).body.fence).toBe("live");
    await runAlarmAfter(gateway, 120_000);
    expect((await natives(gateway)).length).toBe(made + 1);
    // The client sends it again.
    const again = await creates(gateway, people(24));
    expect(statuses(again)).toEqual([201, 409]);
    expect((await natives(gateway)).length).toBe(25);
  });

  it("S18 S47: a disable that waited is refused and not kept", async () => {
    const gateway = await open(KEEPNET);
    const ada = await createUser(gateway, "ada@contoso.com");
    await gateway.vendor("DELETE", "/log");
    await slow(gateway, 500, { method: "PUT" });
    await slow(gateway, 500, { method: "POST" });
    const first = gateway.scim(
      "PATCH",
      `/Users/${ada}`,
      patchOf({ op: "Replace", path: "name.givenName", value: "A" }),
    );
    await sent(gateway, 1);
    const disable = gateway.scim("PATCH", `/Users/${ada}`, patchOf({ op: "Replace", path: "active", value: false }));
    const remove = gateway.scim("DELETE", `/Users/${ada}`);
    await sleep(50);
    await change(gateway, { mode: "paused" });
    expect((await first).status).toBe(200);
    expect([(await disable).status, (await remove).status]).toEqual([503, 503]);
    await gateway.vendor("DELETE", "/faults");
    const { body } = await gateway.api("GET", `${path(gateway)}/unfinished`);
    expect(body).toMatchObject({ fence: "paused", owedDisables: [], openWrites: [], inDoubt: [] });
    await change(gateway, { mode: "live" });
    await runAlarmAfter(gateway, 7_200_000);
    expect((await ask(gateway, "GET", `/Users/${ada}`, 200)).body.active).toBe(true);
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(true);
  });

  it("S47: now cuts what had begun at its next call, and its intent stays", async () => {
    const gateway = await open(KEEPNET);
    const ids: string[] = [];
    for (const email of people(4)) ids.push(await createUser(gateway, email));
    const group = await createGroup(gateway, "Sales");
    const present = ids.slice(0, 2).map((value) => ({ value }));
    await ask(gateway, "PATCH", `/Groups/${group}`, 204, patchOf({ op: "Add", path: "members", value: present }));
    await gateway.vendor("DELETE", "/log");
    await slow(gateway, 600, {});
    const members = ids.slice(2).map((value) => ({ value }));
    const patching = gateway.scim(
      "PATCH",
      `/Groups/${group}`,
      patchOf({ op: "Remove", path: `members[value eq "${ids[0]}"]` }, { op: "Add", path: "members", value: members }),
    );
    await sent(gateway, 1);
    const before = await writes(gateway);
    const paused = await change(gateway, { mode: "paused", now: true });
    expect(paused.status).toBe(202);
    await settled(gateway, "paused");
    expect((await patching).status).toBe(503);
    await sleep(700);
    expect(await writes(gateway)).toBe(before);
    const { body } = await gateway.api("GET", `${path(gateway)}/unfinished`);
    expect(body.openWrites).toMatchObject([{ id: group, kind: "group.members", tickets: 0 }]);
  });

  it("S47: background work stops at its next call and goes on afterwards", async () => {
    const gateway = await open(KEEPNET);
    for (const email of people(3)) await createUser(gateway, email);
    await slow(gateway, 300, {});
    await gateway.vendor("DELETE", "/log");
    expect((await gateway.api("POST", `${path(gateway)}/sweep`)).status).toBe(202);
    await expect
      .poll(async () => (await nativeLog(gateway)).length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(0);
    await change(gateway, { mode: "paused" });
    await settled(gateway, "paused");
    const atPause = (await nativeLog(gateway)).length;
    await runAlarmAfter(gateway, 0);
    await sleep(700);
    expect((await nativeLog(gateway)).length).toBe(atPause);
    await gateway.vendor("DELETE", "/faults");
    await change(gateway, { mode: "live" });
    const alarms = (await gateway.api("GET", `${path(gateway)}/alarms`)).body.alarms;
    expect(alarms).toEqual([]);
    await gateway.api("POST", `${path(gateway)}/sweep`);
    await gateway.settle();
    const { sweeps } = (await gateway.api("GET", `${path(gateway)}/sweep`)).body;
    expect(sweeps.every(({ state }: { state: string }) => state === "complete")).toBe(true);
  });

  it("S47: a suspension is a fence, too", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("DELETE", "/log");
    await slow(gateway, 300, { method: "POST", path: "^/api/target-users$" });
    const working = creates(gateway, people(16));
    await sent(gateway, 1);
    expect((await change(gateway, { state: "suspended" })).status).toBe(202);
    await settled(gateway, "suspended");
    const before = await writes(gateway);
    expect(statuses(await working)).toEqual([201, 503]);
    await sleep(500);
    expect(await writes(gateway)).toBe(before);
  });
});

it("S21 S47: plan mode begins when begun requests have ended: nothing is sent after it, and its copy has what they left", async () => {
  const gateway = await open(KEEPNET);
  await gateway.vendor("DELETE", "/log");
  await slow(gateway, 400, { method: "POST", path: "^/api/target-users$" });
  const working = creates(gateway, people(20));
  await sent(gateway, 1);
  const planned = await change(gateway, { mode: "plan" });
  expect([planned.status, planned.body.fence]).toEqual([202, "draining"]);
  await settled(gateway, "plan");
  const before = await writes(gateway);
  const created = await working;
  expect(statuses(created)).toEqual([201, 503]);
  await gateway.vendor("DELETE", "/faults");
  const status = async () => (await gateway.scim("GET", "/?filter=userName+eq+%22nobody@contoso.com%22")).status;
  await expect.poll(status, { timeout: 20_000, interval: 200 }).toBe(200);
  for (const answer of created) {
    if (answer.status === 201) await ask(gateway, "GET", `/Users/${answer.body.id}`, 200);
  }
  expect(statuses(await creates(gateway, ["planned@contoso.com"]))).toEqual([201]);
  await sleep(500);
  expect(await writes(gateway)).toBe(before);
});

it("S31 S47: erasing cuts at the next call, reports what was open, and nothing is sent after its answer", async () => {
  const gateway = await open(KEEPNET);
  await gateway.vendor("DELETE", "/log");
  await slow(gateway, 500, { method: "POST", path: "^/api/target-users$" });
  const working = creates(gateway, people(20));
  await sent(gateway, 3);
  const erased = await gateway.api("DELETE", path(gateway));
  const before = await writes(gateway);
  expect(erased.status).toBe(200);
  expect(erased.body.underWay).toBeGreaterThanOrEqual(1);
  expect(erased.body.openWrites.length).toBeGreaterThanOrEqual(1);
  expect(erased.body.openWrites[0].kind).toBe("user.create");
  expect(statuses(await working).every((status) => status === 401 || status === 503)).toBe(true);
  await sleep(700);
  expect(await writes(gateway)).toBe(before);
});

it("S46 S47: who is in doubt and which disables are owed is named, and comes first when the connection goes on", async () => {
  const gateway = await open(KEEPNET);
  const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
  await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 100, match: { path: "" } }]);
  await ask(gateway, "PATCH", `/Users/${ada}`, 503, patchOf({ op: "Replace", path: "active", value: false }));
  await gateway.vendor("DELETE", "/faults");
  await gateway.vendor("POST", "/faults", [{ kind: "lostResponse", times: 1, match: { method: "PUT" } }]);
  await gateway.scim("PATCH", `/Users/${bob}`, patchOf({ op: "Replace", path: "name.givenName", value: "B" }));
  await change(gateway, { mode: "paused" });
  const { body } = await gateway.api("GET", `${path(gateway)}/unfinished`);
  expect(body).toMatchObject({ fence: "paused", underWay: 0, owedDisables: [ada] });
  expect([...body.openWrites, ...body.inDoubt].map(({ id }: { id: string }) => id)).toContain(bob);
  await change(gateway, { mode: "live" });
  await runAlarmAfter(gateway, 2_000_000);
  expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(false);
});
