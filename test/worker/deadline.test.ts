// Every request has its answer within 45 s [A4], and the vendor's pace holds over requests and later work [S33].

import { describe, expect, it, vi } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import { bodyOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { atTimeFromNow } from "./clock.ts";
import { gather, numbersTo } from "./crowd.ts";
import type { Answer } from "./gateway.ts";

const DEADLINE_MS = 45_000;
/** An answer's way on a busy machine. */
const SLACK_MS = 3_000;
const NEVER_MS = 3_600_000;
const never = { kind: "delay", delayMs: NEVER_MS, times: 1_000 } as const;
const WHOLE = /^[1-9]\d*$/;

interface Timed {
  what: string;
  answer: Answer;
  ms: number;
}

const timed = async (what: string, asked: Promise<Answer>): Promise<Timed> => {
  const begun = performance.now();
  return { what, answer: await asked, ms: performance.now() - begun };
};

/** One request of each kind, all at once, to a vendor that does not answer any more. */
async function askSilent(vendor: string): Promise<Timed[]> {
  const world = await open(subjectOf(vendor));
  const [one, other, third] = [await world.create(1), await world.create(2), await world.create(3)];
  const group = world.subject.adapter.group ? await world.createGroup("Team") : undefined;
  await world.outwait();
  await world.fail(never);
  const name = personOf(world.subject, 1).values.userName;
  const asked = [
    timed(`${vendor}: read`, world.get(`/Users/${one}`)),
    timed(`${vendor}: match`, world.find("Users", `userName eq "${name}"`)),
    timed(`${vendor}: create`, world.scim("POST", "/Users", bodyOf(personOf(world.subject, 4)))),
    timed(`${vendor}: disable`, world.patch(`/Users/${other}`, { op: "replace", path: "active", value: false })),
    timed(`${vendor}: delete`, world.scim("DELETE", `/Users/${third}`)),
  ];
  if (group) {
    const add = { op: "add", path: "members", value: [{ value: one }] };
    asked.push(timed(`${vendor}: add a member`, world.patch(`/Groups/${group}`, add)));
  }
  const answers = await Promise.all(asked);
  await world.heal();
  return answers;
}

// These wait for real, so they wait together.
it.concurrent("S29: whatever is asked of a vendor that never answers is refused with Retry-After within 45 s", {
  timeout: 120_000,
}, async () => {
  const all = (await Promise.all(Object.keys(simulators).map(askSilent))).flat();
  for (const { what, answer, ms } of all) {
    // What would have to wait for its turn beyond the deadline is told to come back (429), the rest that no vendor answers.
    expect([429, 503], what).toContain(answer.status);
    expect(answer.headers.get("retry-after"), what).toMatch(WHOLE);
    expect(ms, what).toBeLessThan(DEADLINE_MS + SLACK_MS);
  }
});

it.concurrent.each(["keepnet", "klaxoon", "redmine", "rest"])(
  "S13: a request that a slow %s cannot serve in time is 204 within 45 s, and the outbox does the rest",
  { timeout: 180_000 },
  async (vendor) => {
    const crowd = await gather(vendor, 90, 10);
    const { world } = crowd;
    await world.fail({ kind: "delay", delayMs: 6_000, times: 6 });
    const { answer, ms } = await timed("add", crowd.add(...crowd.ids));
    expect(answer.status).toBe(204);
    expect(ms).toBeLessThan(DEADLINE_MS);
    expect((await crowd.status()).pending).toBeGreaterThan(0);
    expect(await crowd.shown()).toEqual(numbersTo(90));
    await vi.waitFor(async () => expect((await crowd.status()).pending).toBe(0), { timeout: 60_000, interval: 250 });
    expect(await crowd.held()).toEqual(numbersTo(90));
  },
);

describe("S33: the vendor's pace", () => {
  it("S33: many parallel requests and the outbox together never exceed the declared rate and connections", {
    timeout: 120_000,
  }, async () => {
    const crowd = await gather("klaxoon", 300, 10);
    const { world, ids } = crowd;
    const perSecond = world.subject.transport.limits?.perSecond ?? 0;
    await world.gateway.vendor("DELETE", "/log");
    await crowd.leaveWaiting(2);
    expect((await crowd.add(...ids)).status).toBe(204);
    expect((await crowd.status()).pending).toBe(280);
    const reads = ids.slice(0, 120).map((id) => world.get(`/Users/${id}`));
    const answers = await Promise.all(reads);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await vi.waitFor(async () => expect((await crowd.status()).pending).toBe(0), { timeout: 60_000, interval: 250 });
    const { summary } = (await world.gateway.vendor("GET", "/log")).body;
    expect(summary.total).toBeGreaterThan(perSecond * 5);
    expect(summary.maxPerSecond).toBeLessThanOrEqual(perSecond);
    expect(summary.maxConcurrent).toBeLessThanOrEqual(6);
    expect(await crowd.held()).toEqual(numbersTo(300));
  });

  it.each(Object.keys(simulators))("S33: %s is not called before the time that it has named", async (vendor) => {
    const world: World = await open(subjectOf(vendor));
    const path = `/Users/${await world.create(1)}`;
    await world.outwait();
    await world.fail({ kind: "throttle", retryAfter: "50" });
    const first = await world.get(path);
    expect(first.status).toBe(429);
    expect(Number(first.headers.get("retry-after"))).toBeGreaterThan(45);
    const { all } = await world.watch(async () => {
      for (const again of [
        await world.get(path),
        await world.patch(path, { op: "replace", path: "name.familyName", value: "King" }),
      ]) {
        expect(again.status).toBe(429);
        expect(again.headers.get("retry-after")).toMatch(WHOLE);
      }
      return first;
    });
    expect(all).toEqual([]);
    await atTimeFromNow(51_000, async () => expect((await world.get(path)).status).toBe(200));
  });
});
