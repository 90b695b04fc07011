// Membership changes beyond what a request has room for: shown at once, sent in order, parked when refused [S13].

import { describe, expect, it, vi } from "vitest";
import { sampleOf } from "../suite/sample.ts";
import { runAlarmAfter } from "./clock.ts";
import { type Crowd, gather, keyOf, numbersTo } from "./crowd.ts";

const COUNT = 300;
const CHUNK = 50;
/** Past the second for which the vendor had no room, and the first pause after a failure. */
const LATER_MS = 20_000;
const WAIT = { timeout: 45_000, interval: 200 };
const failing = { kind: "status", status: 500, times: 1 } as const;

const drained = (crowd: Crowd) => vi.waitFor(async () => expect((await crowd.status()).pending).toBe(0), WAIT);
const runOutbox = ({ world }: Crowd) => runAlarmAfter(world.gateway, LATER_MS);

async function notesOf({ world }: Crowd): Promise<string> {
  const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/traces?limit=1`);
  return body.traces[0].notes.join("; ");
}

const ADDING = ["keeper", "keepnet", "klaxoon", "redmine", "rest"];

describe.each(sampleOf(ADDING, "a large group", 2))("S13: a large group on %s", (vendor) => {
  it(`S13 S33: what the vendor has no room for is shown at once, counted, and sent in order within its limits`, async () => {
    const crowd = await gather(vendor, COUNT, CHUNK);
    const { world, ids } = crowd;
    await world.gateway.vendor("DELETE", "/log");
    await crowd.leaveWaiting(2, { kind: "delay", delayMs: 1_500, times: 2 });
    const answer = await crowd.add(...ids);
    expect(answer.status).toBe(204);
    expect(await crowd.status()).toMatchObject({ pending: 200, retrying: 0, refused: 0, parked: [] });
    expect(await notesOf(crowd)).toContain(
      "200 membership changes are sent to the product later; 200 are waiting in all",
    );
    expect(await crowd.shown()).toEqual(numbersTo(COUNT));
    expect((await crowd.held()).length).toBeLessThan(COUNT);
    await drained(crowd);
    expect(await crowd.held()).toEqual(numbersTo(COUNT));
    expect(await crowd.shown()).toEqual(numbersTo(COUNT));
    const { summary } = (await world.gateway.vendor("GET", "/log")).body;
    const { perSecond, concurrency } = world.subject.transport.limits ?? {};
    if (perSecond) expect(summary.maxPerSecond).toBeLessThanOrEqual(perSecond);
    expect(summary.maxConcurrent).toBeLessThanOrEqual(concurrency ?? 6);
  });
});

describe("S13: a large group on kpifire, which only replaces lists", () => {
  it(`S13: ${COUNT} members are one read and one write, and ten such requests add up`, async () => {
    const crowd = await gather("kpifire", COUNT, 10_000);
    const { calls } = await crowd.world.watch(() => crowd.add(...crowd.ids.slice(0, 30)));
    expect(calls.map(({ method }) => method)).toEqual(["GET", "POST"]);
    for (let at = 30; at < COUNT; at += 30) {
      expect((await crowd.add(...crowd.ids.slice(at, at + 30))).status).toBe(204);
    }
    expect(await crowd.held()).toEqual(numbersTo(COUNT));
    expect(await crowd.status()).toMatchObject({ pending: 0 });
  });
});

describe("S13: while additions wait", () => {
  /** Chunks of two: the first is in, the others wait for a failing vendor to be asked again. */
  async function waiting(vendor: string): Promise<Crowd> {
    const crowd = await gather(vendor, 6, 2);
    await crowd.leaveWaiting(1, { ...failing, times: 2 });
    expect((await crowd.add(...crowd.ids)).status).toBe(204);
    await vi.waitFor(async () => expect(await crowd.status()).toMatchObject({ pending: 4, retrying: 4 }), WAIT);
    expect(await crowd.held()).toEqual([0, 1]);
    return crowd;
  }

  it.each(["keepnet", "redmine"])("S13: a failed run is sent again, %s", async (vendor) => {
    const crowd = await waiting(vendor);
    await runOutbox(crowd);
    await drained(crowd);
    expect((await crowd.held()).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each(["keepnet", "redmine"])("S13: a removal that arrives meanwhile wins, %s", async (vendor) => {
    const crowd = await waiting(vendor);
    expect((await crowd.remove(crowd.ids[3] ?? "", crowd.ids[0] ?? "")).status).toBe(204);
    expect(await crowd.shown()).toEqual([1, 2, 4, 5]);
    await runOutbox(crowd);
    await drained(crowd);
    expect((await crowd.held()).sort()).toEqual([1, 2, 4, 5]);
  });

  it.each(["keepnet", "redmine"])("S13: what waits for a group is deleted with the group, %s", async (vendor) => {
    const crowd = await waiting(vendor);
    expect((await crowd.world.scim("DELETE", `/Groups/${crowd.group}`)).status).toBe(204);
    expect(await crowd.status()).toMatchObject({ pending: 0, parked: [] });
    const { all } = await crowd.world.watch(async () => {
      await runOutbox(crowd);
      return crowd.world.get("/ServiceProviderConfig");
    });
    expect(all).toEqual([]);
    expect(await crowd.world.groups()).toEqual([]);
  });

  it.each(["keepnet", "redmine"])("S8: a user who is deleted meanwhile does not come, %s", async (vendor) => {
    const crowd = await waiting(vendor);
    expect((await crowd.world.scim("DELETE", `/Users/${crowd.ids[3]}`)).status).toBe(204);
    await runOutbox(crowd);
    await drained(crowd);
    expect((await crowd.held()).sort()).toEqual([0, 1, 2, 4, 5]);
    expect(await crowd.shown()).toEqual([0, 1, 2, 4, 5]);
  });

  it.each(["keepnet", "redmine"])(
    "S8: a user who is deleted while others are added does not come, %s",
    async (vendor) => {
      const crowd = await gather(vendor, 6, 2);
      await crowd.leaveWaiting(1);
      await crowd.world.fail({ kind: "delay", delayMs: 1_000 });
      const adding = crowd.add(...crowd.ids);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await crowd.world.scim("DELETE", `/Users/${crowd.ids[3]}`)).status).toBe(204);
      expect((await adding).status).toBe(204);
      expect(await crowd.shown()).toEqual([0, 1, 2, 4, 5]);
      await runOutbox(crowd);
      await drained(crowd);
      expect(await crowd.shown()).toEqual([0, 1, 2, 4, 5]);
      expect((await crowd.held()).sort()).toEqual([0, 1, 2, 4, 5]);
    },
  );

  it("S8: a user who is deleted while their removal waits is out of the group at a vendor that only disables", async () => {
    const crowd = await gather("redmine", 4, 1);
    expect((await crowd.add(...crowd.ids)).status).toBe(204);
    const match = { method: "DELETE", path: "/groups/[^/]+/users/" };
    await crowd.world.fail({ kind: "throttle", retryAfter: "1", match, skip: 1 }, { ...failing, match, skip: 1 });
    expect((await crowd.remove(crowd.ids[0] ?? "", crowd.ids[1] ?? "")).status).toBe(204);
    await vi.waitFor(async () => expect(await crowd.status()).toMatchObject({ pending: 1, retrying: 1 }), WAIT);
    expect(await crowd.held()).toEqual([1, 2, 3]);
    expect(await crowd.shown()).toEqual([2, 3]);
    expect((await crowd.world.scim("DELETE", `/Users/${crowd.ids[1]}`)).status).toBe(204);
    expect(await crowd.held()).toEqual([2, 3]);
    expect(await crowd.status()).toMatchObject({ pending: 0 });
  });

  it("S13: a group whose additions fail does not delay the others", async () => {
    const crowd = await waiting("keepnet");
    const { world, ids } = crowd;
    const other = await world.createGroup("Other");
    await crowd.leaveWaiting(1);
    const value = ids.map((id) => ({ value: id }));
    expect((await world.patch(`/Groups/${other}`, { op: "add", path: "members", value })).status).toBe(204);
    await vi.waitFor(async () => expect(await crowd.status()).toMatchObject({ pending: 4, retrying: 4 }), WAIT);
    expect((await world.group("Other")).memberIds).toHaveLength(6);
    expect(await crowd.held()).toEqual([0, 1]);
  });
});

describe("S13: an addition that the vendor refuses for good", () => {
  /** One of the users who wait is gone at the vendor, and Portico does not know it. */
  async function refused(vendor: string): Promise<Crowd> {
    const crowd = await gather(vendor, 9, 4);
    const { world, ids } = crowd;
    const gone = await world.user(keyOf(crowd, 6));
    await world.change((state) => world.subject.native.withoutUser(state, gone.id));
    await crowd.leaveWaiting(1);
    expect((await crowd.add(...ids)).status).toBe(204);
    await drained(crowd);
    return crowd;
  }

  it.each(["keepnet", "klaxoon", "rest"])(
    "S13: parks alone, with its reason, and the rest goes on, %s",
    async (vendor) => {
      const crowd = await refused(vendor);
      const { refused: count, parked } = await crowd.status();
      expect(count).toBe(1);
      expect(parked).toMatchObject([
        { group: crowd.group, user: crowd.ids[6], what: "add", why: expect.stringMatching(/\w/) },
      ]);
      expect((await crowd.held()).sort()).toEqual([0, 1, 2, 3, 4, 5, 7, 8]);
    },
  );

  it("S13: an administrator has it sent again, or gives it up", async () => {
    const crowd = await gather("klaxoon", 5, 2);
    const { world, ids } = crowd;
    const { api, name } = world.gateway;
    const body = { error: { code: "unknown_user", field: "user_ids" } };
    await crowd.leaveWaiting(1, { kind: "status", status: 422, body, times: 50 });
    expect((await crowd.add(...ids.slice(0, 4))).status).toBe(204);
    await drained(crowd);
    const [first] = (await crowd.status()).parked;
    expect(first).toMatchObject({ userName: keyOf(crowd, 2), groupName: "Crowd" });
    const decide = (path: string) => api("POST", `/connections/${name}/pending/${path}`);
    expect((await decide("00000000-0000-7000-8000-000000000000/retry")).status).toBe(404);
    expect((await decide(`${first?.id}/retry`)).status).toBe(204);
    await drained(crowd);
    expect((await crowd.status()).refused).toBe(2);
    expect((await decide("retry")).body).toEqual({ changes: 2 });
    await drained(crowd);
    expect((await decide(`${first?.id}/drop`)).status).toBe(204);
    expect(await crowd.status()).toMatchObject({ pending: 0, refused: 1 });
    expect((await decide("drop")).body).toEqual({ changes: 1 });
    expect(await crowd.status()).toMatchObject({ pending: 0, refused: 0 });
    expect(await crowd.shown()).toEqual([0, 1]);
    expect((await decide("drop")).body).toEqual({ changes: 0 });
  });

  it("S13: one whose user turns out to be gone is forgotten with the user", async () => {
    const crowd = await refused("klaxoon");
    const [first] = (await crowd.status()).parked;
    const retry = `/connections/${crowd.world.gateway.name}/pending/${first?.id}/retry`;
    expect((await crowd.world.gateway.api("POST", retry)).status).toBe(204);
    await drained(crowd);
    expect(await crowd.status()).toMatchObject({ pending: 0, refused: 0 });
    expect(await crowd.shown()).not.toContain(6);
  });

  it("S13 S16: a request that repeats it gets the vendor's refusal, and succeeds once the vendor can do it", async () => {
    const crowd = await gather("klaxoon", 5, 2);
    const { world, ids } = crowd;
    const refusal = {
      kind: "status",
      status: 422,
      body: { error: { code: "unknown_user", field: "user_ids" } },
    } as const;
    // The chunk and each half of it, and then the client's own attempt.
    await crowd.leaveWaiting(1, { ...refusal, times: 4 });
    expect((await crowd.add(...ids.slice(0, 4))).status).toBe(204);
    await drained(crowd);
    expect(await crowd.status()).toMatchObject({ refused: 2 });
    expect((await crowd.add(ids[2] ?? "")).status).toBe(400);
    expect((await crowd.add(ids[2] ?? "", ids[3] ?? "")).status).toBe(204);
    expect(await crowd.held()).toEqual([0, 1, 2, 3]);
    expect(await crowd.status()).toMatchObject({ pending: 0, refused: 0 });
    expect(world.subject.adapter.group?.members.chunk).toBe(2);
  });

  it("S16: with an addition that is given up its licence goes", async () => {
    const crowd = await gather("klaxoon", 4, 2);
    const { world, ids } = crowd;
    const { better, none } = world.subject.native.seatGroups ?? {};
    const path = Object.keys(better?.of("Crowd") ?? {}).find((one) => one !== "displayName") ?? "";
    expect((await world.patch(`/Groups/${crowd.group}`, { op: "replace", path, value: "true" })).status).toBe(204);
    await crowd.leaveWaiting(1, { kind: "status", status: 422, body: {}, times: 3 });
    expect((await crowd.add(...ids)).status).toBe(204);
    await drained(crowd);
    const seats = async () => (await world.users()).map((user) => user.seat);
    await vi.waitFor(async () => expect(await seats()).toEqual(Array(4).fill(better?.seat)), WAIT);
    await world.gateway.api("POST", `/connections/${world.gateway.name}/pending/drop`);
    await vi.waitFor(async () => expect(await seats()).toEqual([better?.seat, better?.seat, none, none]), WAIT);
    expect(await crowd.shown()).toEqual([0, 1]);
  });
});

describe("S13: a group that is gone at the vendor", () => {
  it("S10: deletes what waited for it", async () => {
    const crowd = await gather("keepnet", 6, 2);
    await crowd.leaveWaiting(1, { ...failing, times: 2 });
    expect((await crowd.add(...crowd.ids)).status).toBe(204);
    await vi.waitFor(async () => expect(await crowd.status()).toMatchObject({ retrying: 4 }), WAIT);
    await crowd.world.change(() => ({ groups: {} }));
    await runOutbox(crowd);
    await drained(crowd);
    expect(await crowd.status()).toMatchObject({ refused: 0 });
    expect((await crowd.world.get(`/Groups/${crowd.group}`)).status).toBe(404);
  });
});
