// What waits for an administrator: raised by sweeps and requests, shown, acknowledged, and over by itself.

import { describe, expect, it } from "vitest";
import { patchOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { bearer } from "./gateway.ts";

const HOUR_MS = 3_600_000;
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

type Rows = Record<string, Record<string, unknown>>;

const subject = subjectOf("keepnet");
const strangers = (count: number) => Array.from({ length: count }, (_, n) => strangerOf(subject, n));
const openWith = (count: number, more: object = {}) => open(subject, { strangers: strangers(count), ...more });

/** What an administrator sees. */
function administratorOf({ gateway }: World) {
  const path = `/connections/${gateway.name}`;
  return {
    alarms: async () => (await gateway.api("GET", `${path}/alarms`)).body.alarms,
    acknowledge: (id: string) => gateway.api("POST", `${path}/alarms/${id}/acknowledge`),
    drift: async () => (await gateway.api("GET", `${path}/drift`)).body.counts,
    sweeps: async () => (await gateway.api("GET", `${path}/sweep`)).body.sweeps,
    async openAlarms(): Promise<number> {
      await runAlarmAfter(gateway, 0);
      const { connections } = (await gateway.api("GET", "/connections")).body;
      return connections.find(({ name }: { name: string }) => name === gateway.name).openAlarms;
    },
  };
}

/** The product's own administrator deletes the last users of its list. */
async function dropUsers(world: World, count: number): Promise<void> {
  await world.change((state) => {
    const kept = Object.entries(state.users as Rows).slice(0, -count);
    return { users: Object.fromEntries(kept) };
  });
}

const total = async (world: World) => (await world.get("/Users?count=0")).body.totalResults;

describe("users who vanish at the product", () => {
  it("S10: one of four, removed by hand, is drift and no alarm", async () => {
    const world = await openWith(4);
    const administrator = administratorOf(world);
    await dropUsers(world, 1);
    await world.sweep();
    expect(await administrator.drift()).toEqual({ removed: 1 });
    expect(await administrator.alarms()).toEqual([]);
    expect(await total(world)).toBe(3);
    expect((await administrator.sweeps()).map(({ alarm }: { alarm: unknown }) => alarm)).toEqual([null, null, null]);
  });

  it("S10: many at once conclude nothing until an administrator says that they are gone", async () => {
    const world = await openWith(60);
    const administrator = administratorOf(world);
    await dropUsers(world, 19);
    await world.sweep();
    expect(await total(world)).toBe(41);
    await dropUsers(world, 20);
    await world.sweep();
    expect(await total(world)).toBe(41);
    const [alarm, ...others] = await administrator.alarms();
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ id: "vanished:User", count: 20, total: 41, acknowledgedAt: null });
    expect(alarm.ids).toHaveLength(20);
    expect((await administrator.sweeps())[0].alarm).toBe(alarm.says);
    expect(await administrator.openAlarms()).toBe(1);
    // A second pass finds the same, and says it once.
    await world.sweep();
    expect(await administrator.alarms()).toEqual([alarm]);
    expect((await administrator.acknowledge("vanished:Group")).status).toBe(404);
    expect((await administrator.acknowledge("nothing")).status).toBe(404);
    expect((await administrator.acknowledge(alarm.id)).body).toEqual({ alarms: 1 });
    await world.gateway.settle();
    expect(await total(world)).toBe(21);
    expect(await administrator.drift()).toEqual({ removed: 20 });
    expect(await administrator.alarms()).toEqual([]);
    expect(await administrator.openAlarms()).toBe(0);
  });

  it("S10: what was acknowledged covers no more than it said; those who come back end the alarm", async () => {
    const world = await openWith(80);
    const administrator = administratorOf(world);
    const { users } = (await world.state()) as { users: Rows };
    await dropUsers(world, 20);
    await world.sweep();
    // More have gone than the administrator was shown.
    await dropUsers(world, 10);
    expect((await administrator.acknowledge("vanished")).body).toEqual({ alarms: 1 });
    await world.gateway.settle();
    expect(await total(world)).toBe(80);
    expect(await administrator.alarms()).toMatchObject([{ id: "vanished:User", count: 30, acknowledgedAt: null }]);
    await world.change(() => ({ users }));
    await world.sweep();
    expect(await administrator.alarms()).toEqual([]);
    expect(await total(world)).toBe(80);
  });

  it("S27: a pass that the product stops is an alarm until it goes on", async () => {
    const world = await openWith(3);
    const administrator = administratorOf(world);
    await world.fail({ kind: "status", status: 503, times: 200, match: { path: "search$" } });
    await world.gateway.api("POST", `/connections/${world.gateway.name}/sweep`);
    await expect.poll(administrator.alarms).toMatchObject([{ id: "sweep-stopped:User" }]);
    expect((await administrator.sweeps())[0].alarm).toContain("unavailable");
    await world.heal();
    await world.sweep();
    expect(await administrator.alarms()).toEqual([]);
  });
});

describe("two identities and one account", () => {
  const renamedTo = (externalId: string) => ({ op: "replace", path: "externalId", value: externalId });
  const disabled = { op: "replace", path: "active", value: false };

  /** A user whom a client has matched by name and given another externalId. */
  async function openShared(vendor: string) {
    const other = subjectOf(vendor);
    const world = await open(other);
    const person = personOf(other, 1);
    const id = await world.create(1);
    await world.outwait();
    expect((await world.find("Users", `userName eq "${person.key}"`)).body.totalResults).toBe(1);
    expect(await world.patch(`/Users/${id}`, renamedTo("a-guest"))).toMatchObject({ status: 200 });
    await world.outwait();
    return { world, id, path: `/Users/${id}`, key: person.key, administrator: administratorOf(world) };
  }

  it.each(["keepabl", "keeper", "keepnet", "klaxoon", "kpifire", "redmine", "rest"])(
    "S57: another externalId after a match is accepted with an alarm, and a disable is held until it is acknowledged (%s)",
    async (vendor) => {
      const { world, id, path, key, administrator } = await openShared(vendor);
      expect((await world.get(path)).body.externalId).toBe("a-guest");
      expect(await administrator.alarms()).toMatchObject([{ id: `two-identities:${id}`, ids: [id], heldAt: null }]);
      const { body: before } = await world.get(path);
      for (const held of [
        () => world.patch(path, disabled),
        () => world.patch(path, { op: "replace", value: { active: "False", displayName: "Renamed" } }),
        () => world.scim("PUT", path, { ...before, active: false }),
        () => world.scim("DELETE", path),
      ]) {
        const answer = await held();
        expect(answer).toMatchObject({ status: 503, headers: expect.anything() });
        expect(answer.body.detail).toContain(
          `portico connection acknowledge ${world.gateway.name} two-identities:${id}`,
        );
        expect((await world.user(key)).active).toBe(true);
      }
      expect(await world.patch(path, { op: "replace", path: "active", value: true })).toMatchObject({ status: 200 });
      expect((await administrator.alarms())[0].heldAt).toEqual(expect.any(String));
      expect((await administrator.acknowledge(`two-identities:${id}`)).body).toEqual({ alarms: 1 });
      expect(await world.patch(path, disabled)).toMatchObject({ status: 200 });
      await world.outwait();
      expect((await world.user(key)).active).toBe(false);
    },
  );

  it("S57: a request that brings another externalId and disables at once is held as well, and nothing of it is done", async () => {
    const world = await open(subject);
    const id = await world.create(1);
    const { key } = personOf(subject, 1);
    await world.find("Users", `userName eq "${key}"`);
    const { body: before } = await world.get(`/Users/${id}`);
    expect(await world.patch(`/Users/${id}`, renamedTo("a-guest"), disabled)).toMatchObject({ status: 503 });
    expect((await world.get(`/Users/${id}`)).body).toEqual(before);
    expect((await world.user(key)).active).toBe(true);
    expect((await administratorOf(world).acknowledge("two-identities")).status).toBe(200);
    expect(await world.patch(`/Users/${id}`, renamedTo("a-guest"), disabled)).toMatchObject({ status: 200 });
    expect((await world.user(key)).active).toBe(false);
  });

  it("S57: a day later, without a match, or for a user who has left, nothing is held", async () => {
    const { world, path, key } = await openShared("keepnet");
    expect(await atTimeFromNow(25 * HOUR_MS, () => world.patch(path, disabled))).toMatchObject({ status: 200 });
    expect((await world.user(key)).active).toBe(false);
    const administrator = administratorOf(world);
    const before = await administrator.alarms();
    // Restored under another externalId: a rehire, whose former memberships are taken away.
    expect(await world.patch(path, renamedTo("third"), { ...disabled, value: true })).toMatchObject({ status: 200 });
    expect(await administrator.alarms()).toEqual(before);
    const unmatched = await open(subject);
    const id = await unmatched.create(2);
    expect(await unmatched.patch(`/Users/${id}`, renamedTo("another"))).toMatchObject({ status: 200 });
    await unmatched.find("Users", `userName eq "${personOf(subject, 2).key}"`);
    await atTimeFromNow(25 * HOUR_MS, () => unmatched.patch(`/Users/${id}`, renamedTo("other")));
    expect(await administratorOf(unmatched).alarms()).toEqual([]);
    expect(await unmatched.patch(`/Users/${id}`, disabled)).toMatchObject({ status: 200 });
  });

  it("S57 S19: a disable in an outage is held and not remembered", async () => {
    const { world, path, key } = await openShared("keepnet");
    await world.fail({ kind: "status", status: 503, times: 20 });
    expect((await world.patch(path, disabled)).body.detail).toContain("two identities");
    await world.heal();
    await runAlarmAfter(world.gateway, 60_000);
    expect((await world.get(path)).body.active).toBe(true);
    expect((await world.user(key)).active).toBe(true);
  });

  it("S57: two credentials that disagree on who is active raise one alarm that lists the users; nothing is held", async () => {
    const world = await open(subject);
    const administrator = administratorOf(world);
    const ids = [await world.create(1), await world.create(2), await world.create(3)];
    const second = (await world.gateway.api("POST", `/connections/${world.gateway.name}/tokens`)).body.token;
    const asSecond = (id: string | undefined, isActive: boolean) =>
      world.scim("PATCH", `/Users/${id}`, patchOf({ ...disabled, value: isActive }), bearer(second));
    // The same word from both is no disagreement, and nor is a change of mind.
    await world.patch(`/Users/${ids[2]}`, disabled);
    await asSecond(ids[2], false);
    await asSecond(ids[2], true);
    expect(await administrator.alarms()).toEqual([]);
    await world.patch(`/Users/${ids[0]}`, disabled);
    expect(await asSecond(ids[0], true)).toMatchObject({ status: 200 });
    await world.patch(`/Users/${ids[1]}`, { ...disabled, value: true });
    expect(await asSecond(ids[1], false)).toMatchObject({ status: 200 });
    expect(await administrator.alarms()).toMatchObject([
      { id: "credentials-disagree", count: 2, ids: [ids[0], ids[1]] },
    ]);
    expect((await world.user(personOf(subject, 2).key)).active).toBe(false);
  });
});

describe("a product that was restored from a backup", () => {
  const COUNT = 30;
  const department = `${ENTERPRISE}:department`;

  /** Everybody has moved to another department, one has left, one has joined; then the product has the state of before. */
  async function openRestored(more: object = {}, moved = COUNT) {
    const world = await openWith(COUNT, more);
    const administrator = administratorOf(world);
    const { body } = await world.get(`/Users?count=${COUNT}`);
    const ids: string[] = body.Resources.map(({ id }: { id: string }) => id);
    const group = await world.createGroup("Staff", ids.slice(0, 2));
    const backup = await world.state();
    for (const id of ids.slice(0, moved)) {
      const answer = await world.patch(`/Users/${id}`, { op: "replace", path: department, value: "Moved" });
      expect(answer.status).toBe(200);
    }
    const joined = await world.create(500);
    expect(
      await world.patch(`/Groups/${group}`, { op: "remove", path: `members[value eq "${ids[0]}"]` }),
    ).toMatchObject({ status: 204 });
    await world.sweep();
    expect(await administrator.alarms()).toEqual([]);
    const present = await world.state();
    await world.change(() => backup);
    return { world, administrator, ids, group, joined, present };
  }

  it("S58: is an alarm; nothing is repaired and nobody is lost until an administrator has chosen", async () => {
    const { world, administrator, joined } = await openRestored({ drift: "repair" });
    const native = async () => JSON.stringify((await world.groups()).map(({ memberIds }) => memberIds.length));
    const before = await native();
    expect(before).toBe("[2]");
    await world.sweep();
    const [alarm, ...others] = await administrator.alarms();
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ id: "product-restored", count: COUNT, total: COUNT + 2 });
    expect(alarm.ids).toHaveLength(COUNT);
    expect((await administrator.sweeps())[0].alarm).toBe(alarm.says);
    expect(await native()).toBe(before);
    const held = await world.get(`/Users/${joined}`);
    expect(held).toMatchObject({ status: 503 });
    expect(held.body.detail).toContain("restored from a backup");
    // A second pass still finds it so, though it saw those values before.
    await world.sweep();
    expect(await administrator.alarms()).toMatchObject([{ id: "product-restored", since: alarm.since }]);
    expect((await administrator.sweeps())[0].alarm).not.toBeNull();
    expect(await native()).toBe(before);
    expect((await administrator.acknowledge("product-restored")).status).toBe(200);
    await world.gateway.settle();
    expect(await native()).toBe("[1]");
    expect((await world.get(`/Users/${joined}`)).status).toBe(404);
    expect(await administrator.alarms()).toEqual([]);
    expect((await administrator.drift()).removed).toBe(1);
  });

  it("S18 S58: no disable that the brake holds is applied until an administrator has chosen", async () => {
    const { world, administrator, ids } = await openRestored({ brake: { share: 0, count: 2, minutes: 60 } });
    await world.sweep();
    const disable = (at: number) => world.patch(`/Users/${ids[at]}`, { op: "replace", path: "active", value: false });
    expect([(await disable(5)).status, (await disable(6)).status]).toEqual([200, 503]);
    const path = `/connections/${world.gateway.name}`;
    const order = async (what: string, body?: object) =>
      (await world.gateway.api("POST", `${path}/${what}`, body)).body;
    expect(await order("brake/apply")).toEqual({
      disables: 0,
      refused: [{ user: ids[6], alarm: "product-restored", why: expect.stringContaining("restored from a backup") }],
    });
    expect((await order("brake/release", { user: ids[6] })).detail).toContain("the alarm product-restored is open");
    expect((await world.get(`/Users/${ids[6]}`)).body.active).toBe(true);
    expect((await administrator.acknowledge("product-restored")).status).toBe(200);
    expect(await order("brake/apply")).toEqual({ disables: 1, refused: [] });
    expect((await world.get(`/Users/${ids[6]}`)).body.active).toBe(false);
  });

  it("S58: a product that has the present state again is no alarm any more, and nothing was lost", async () => {
    const { world, administrator, ids, joined, present } = await openRestored();
    await world.sweep();
    expect(await administrator.alarms()).toMatchObject([{ id: "product-restored" }]);
    await world.change(() => present);
    await world.sweep();
    expect(await administrator.alarms()).toEqual([]);
    expect((await world.get(`/Users/${joined}`)).body.id).toBe(joined);
    expect((await world.get(`/Users/${ids[0]}`)).body[ENTERPRISE]).toMatchObject({ department: "Moved" });
  });

  it("S58: twenty records or fewer, or values that nobody had before, are drift", async () => {
    const few = await openRestored({}, 20);
    await few.world.sweep();
    expect(await few.administrator.alarms()).toEqual([]);
    expect((await few.administrator.drift()).changed).toBe(20);
    expect((await few.world.get(`/Users/${few.joined}`)).status).toBe(404);
    const edited = await openWith(COUNT);
    await edited.sweep();
    await edited.change((state) => {
      const users = Object.entries(state.users as Rows).map(([id, user]) => [id, { ...user, department: "Edited" }]);
      return { users: Object.fromEntries(users) };
    });
    await edited.sweep();
    expect(await administratorOf(edited).alarms()).toEqual([]);
    expect((await administratorOf(edited).drift()).changed).toBe(COUNT);
  });

  it("S58: users who are active again count, and what requests have read before the sweep", async () => {
    const brake = { share: 1, count: 1_000, minutes: 60 };
    const world = await openWith(COUNT, { brake, driftActivated: "report" });
    const administrator = administratorOf(world);
    const { body } = await world.get(`/Users?count=${COUNT}`);
    const ids: string[] = body.Resources.map(({ id }: { id: string }) => id);
    const backup = await world.state();
    for (const id of ids.slice(0, 21)) {
      const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
      expect(answer.status).toBe(200);
    }
    await world.sweep();
    await world.change(() => backup);
    for (const id of ids) expect((await world.get(`/Users/${id}`)).body.active).toBe(true);
    expect(await administrator.alarms()).toEqual([]);
    await world.sweep();
    expect(await administrator.alarms()).toMatchObject([{ id: "product-restored", count: 21 }]);
  });
});

describe("users whom the identity provider does not ask for", () => {
  const find = (world: World, n: number) => world.find("Users", `userName eq "${personOf(subject, n).key}"`);
  const sweepAfter = (world: World, hours: number) => atTimeFromNow(hours * HOUR_MS, () => world.sweep());

  it("S58: are listed a day after its first cycle, once it pauses, and no more when it asks for them", async () => {
    const world = await openWith(5);
    const administrator = administratorOf(world);
    for (const n of [0, 1, 2]) expect((await find(world, n)).body.totalResults).toBe(1);
    const { body } = await find(world, 3);
    await world.sweep();
    await sweepAfter(world, 23);
    expect(await administrator.alarms()).toEqual([]);
    await sweepAfter(world, 25);
    const [alarm] = await administrator.alarms();
    expect(alarm).toMatchObject({ id: "orphans", count: 1, total: 5 });
    const last = (await atTimeFromNow(26 * HOUR_MS, () => find(world, 4))).body.Resources[0];
    expect(alarm.ids).toEqual([last.id]);
    expect(alarm.ids).not.toContain(body.Resources[0].id);
    await sweepAfter(world, 30);
    expect(await administrator.alarms()).toEqual([]);
  });

  it("S58: a user who was purged is found by the next cycle through everybody, and not by daily changes", async () => {
    const world = await openWith(5);
    const administrator = administratorOf(world);
    for (const n of [0, 1, 2, 3, 4]) await find(world, n);
    const later = (hours: number, ...people: number[]) =>
      atTimeFromNow(hours * HOUR_MS, async () => {
        for (const n of people) await find(world, n);
      });
    await later(200, 0);
    await sweepAfter(world, 210);
    expect(await administrator.alarms()).toEqual([]);
    await later(400, 0, 1, 2, 3);
    await sweepAfter(world, 410);
    expect(await administrator.alarms()).toMatchObject([{ id: "orphans", count: 1, total: 5 }]);
    // It stays until it is acknowledged, and an acknowledged one says nothing anew.
    await sweepAfter(world, 600);
    expect(await administrator.openAlarms()).toBe(1);
    expect((await administrator.acknowledge("orphans")).status).toBe(200);
    await sweepAfter(world, 610);
    expect(await administrator.openAlarms()).toBe(0);
    expect((await world.users()).filter(({ active }) => active)).toHaveLength(5);
  });
});
