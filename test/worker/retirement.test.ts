// Users who have been inactive for long: their licence is taken back, or they are deleted, where the operator chose it [S58].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { add, grouped, seatGroupsOf, seatOf } from "../suite/scenarios/seats.ts";
import { personOf, subjectOf } from "../suite/subject.ts";
import { open, type World, type WorldOptions } from "../suite/world.ts";
import { brake, kindOf } from "./brake-people.ts";

const DAY_MS = 86_400_000;
const active = (value: boolean) => ({ op: "replace", path: "active", value });

const choose = async ({ gateway }: World, rules: object) =>
  expect((await gateway.api("PATCH", `/connections/${gateway.name}`, rules)).status).toBe(200);

/** Lets so many days pass for those who have left, and does what is due then. */
async function pass(world: World, days: number): Promise<void> {
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await runInDurableObject(stub, (_object, { storage }) => {
    const sql = `update links set left = json_set(left, '$.at', json_extract(left, '$.at') - ?) where left is not null`;
    storage.sql.exec(sql, days * DAY_MS);
    storage.sql.exec("update due_jobs set due_at = 0 where job = 'retirement'");
  });
  await runDurableObjectAlarm(stub);
}

/** Licensed users, all but the last of whom have left. */
async function openWithLeavers(vendor: string, count: number, options: WorldOptions = {}) {
  const world = await open(subjectOf(vendor), options);
  const ids: string[] = [];
  for (let n = 1; n <= count; n++) ids.push(await world.create(n));
  const { better } = seatGroupsOf(world.subject);
  const group = await grouped(world, better, "Licensed");
  for (const id of ids) expect((await world.patch(`/Groups/${group}`, add(id))).status).toBe(204);
  for (const id of ids.slice(0, -1)) expect((await world.patch(`/Users/${id}`, active(false))).status).toBe(200);
  return { world, ids, group };
}

describe("users who are inactive for long", () => {
  it("S58: keep their licence by default, and as long as their time has not come", async () => {
    const { world } = await openWithLeavers("kpifire", 2);
    const before = await seatOf(world, 1);
    expect(before).toBe(seatGroupsOf(world.subject).better.seat);
    await pass(world, 400);
    expect(await seatOf(world, 1)).toBe(before);
    await choose(world, { retireAfterDays: 410 });
    await pass(world, 9);
    expect(await seatOf(world, 1)).toBe(before);
  });

  it("S58: give their licence back, those who are active or protected do not, and a restore gives it again", async () => {
    const { world, ids } = await openWithLeavers("kpifire", 3, { restoreWithinDays: 60 });
    const { better, none } = seatGroupsOf(world.subject);
    const { key } = personOf(world.subject, 2);
    await choose(world, { retireAfterDays: 30, protected: { users: [key], groups: [] } });
    await pass(world, 31);
    const seats = [await seatOf(world, 1), await seatOf(world, 2), await seatOf(world, 3)];
    expect(seats).toEqual([none, better.seat, better.seat]);
    expect((await world.user(personOf(world.subject, 1).key)).active).toBe(false);
    await world.outwait();
    expect(await world.patch(`/Users/${ids[0]}`, active(true))).toMatchObject({ status: 200 });
    expect(await seatOf(world, 1)).toBe(better.seat);
  });

  it("S58: are deleted where the operator chose that, and nobody else is", async () => {
    const { world, ids } = await openWithLeavers("kpifire", 2);
    const others = (await world.users()).map(({ key }) => key);
    await choose(world, { retireAfterDays: 30, retire: "delete" });
    await pass(world, 31);
    const { key } = personOf(world.subject, 1);
    expect((await world.users()).map((user) => user.key)).toEqual(others.filter((one) => one !== key));
    expect((await world.get(`/Users/${ids[0]}`)).status).toBe(404);
    expect((await world.get(`/Users/${ids[1]}`)).status).toBe(200);
  });

  it.each([
    ["release", "licence"],
    ["delete", "removal"],
  ])("S58 S20: the brake holds too many at once, and lets them go on (%s)", async (retire, kind) => {
    const { world } = await openWithLeavers("kpifire", 5);
    const kinds = { [kind]: { share: 0, count: 3 } };
    await choose(world, { retireAfterDays: 30, retire, brake: { share: 0.1, count: 20, minutes: 60, kinds } });
    const { none } = seatGroupsOf(world.subject);
    const retired = async () => {
      const users = await world.users();
      const left = [1, 2, 3, 4].map((n) => users.find(({ key }) => key === personOf(world.subject, n).key));
      return left.filter((user) => user === undefined || user.seat === none).length;
    };
    await pass(world, 31);
    expect(await retired()).toBe(2);
    await pass(world, 1);
    expect(await retired()).toBe(2);
    expect(await kindOf(world.gateway, kind)).toMatchObject({ counted: 2, heldSince: expect.any(String) });
    await brake(world.gateway, "POST", "/release", { kind, count: 2 });
    const next = async () => {
      await pass(world, 1);
      return retired();
    };
    // The product takes only so many calls in a while.
    await expect.poll(next, { interval: 1_000, timeout: 15_000 }).toBe(4);
  });

  it("S58 S21: while a connection is paused or plans, nobody is retired", async () => {
    for (const mode of ["paused", "plan"]) {
      const { world } = await openWithLeavers("kpifire", 2);
      const before = await world.users();
      await choose(world, { retireAfterDays: 30, retire: "delete", mode });
      await pass(world, 31);
      expect(await world.users()).toEqual(before);
    }
  });
});
