// What is told when a doubt is over and its record not compared yet [S46].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { passingTime } from "../suite/passing-time.ts";
import { subjectOf } from "../suite/subject.ts";
import { open } from "../suite/world.ts";
import { runAlarmAfter } from "./clock.ts";
import { gather } from "./crowd.ts";
import { haveActed, settle } from "./late-writes.ts";

const replace = (path: string, value: string) => ({ op: "replace", path, value });

it("S46: a change that is told after the end of a doubt and before the comparison stays", {
  timeout: 60_000,
}, async () => {
  const world = await open(subjectOf("keepnet"));
  const id = await world.create(1);
  await world.fail({ kind: "late", delayMs: 200, match: { method: "PUT" } });
  const given = replace("name.givenName", "Lost");
  expect((await world.patch(`/Users/${id}`, given)).status).toBe(503);
  expect((await world.patch(`/Users/${id}`, replace("name.familyName", "Told first"))).status).toBe(200);
  await haveActed(world);
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
  expect((await world.patch(`/Users/${id}`, replace("name.familyName", "Told last"))).status).toBe(200);
  expect((await world.get(`/Users/${id}`)).body.name.familyName).toBe("Told last");
  await settle(world);
  expect((await world.get(`/Users/${id}`)).body.name.familyName).toBe("Told last");
});

it("S46 S10: what is told shortly before a comparison is shown while the vendor's reads lag", {
  timeout: 60_000,
}, async () => {
  const world = await open(subjectOf("keepabl"));
  const id = await world.create(1);
  await world.outwait();
  const path = "name.familyName";
  await world.fail({ kind: "late", delayMs: 200, match: { method: "PATCH" } });
  expect((await world.patch(`/Users/${id}`, replace(path, "Lost"))).status).toBe(503);
  expect((await world.patch(`/Users/${id}`, replace(path, "Told first"))).status).toBe(200);
  await haveActed(world);
  await world.outwait();
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
  expect((await world.patch(`/Users/${id}`, replace(path, "Told last"))).status).toBe(200);
  await runDurableObjectAlarm(stub);
  expect((await world.get(`/Users/${id}`)).body.name.familyName).toBe("Told last");
  await settle(world);
  await world.outwait();
  expect((await world.get(`/Users/${id}`)).body.name.familyName).toBe("Told last");
});

it("S46: a doubt ends although the manager who was told is gone by then", { timeout: 60_000 }, async () => {
  const world = await open(subjectOf("keepnet"));
  const [id, manager] = [await world.create(1), await world.create(2)];
  const path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
  expect((await world.patch(`/Users/${id}`, { op: "replace", path, value: manager })).status).toBe(200);
  await world.fail({ kind: "late", delayMs: 200, match: { method: "PUT" } });
  expect((await world.patch(`/Users/${id}`, replace("name.givenName", "Lost"))).status).toBe(503);
  expect((await world.patch(`/Users/${id}`, replace("name.familyName", "Told"))).status).toBe(200);
  await haveActed(world);
  expect((await world.scim("DELETE", `/Users/${manager}`)).status).toBe(204);
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
  await settle(world);
  expect((await world.get(`/Users/${id}`)).body.name.familyName).toBe("Told");
});

it.each(["keepnet", "redmine"])(
  "S46 S13: a removal that was owed and acts late does not undo an addition that was told meanwhile, %s",
  { timeout: 60_000 },
  async (vendor) => {
    const crowd = await gather(vendor, 4, 2);
    const { world, ids } = crowd;
    expect((await crowd.add(...ids)).status).toBe(204);
    await world.fail({ kind: "throttle", retryAfter: "1", match: { method: "DELETE" } });
    expect((await crowd.remove(...ids)).status).toBe(204);
    await world.fail({ kind: "late", delayMs: 2_000, match: { method: "DELETE" } });
    await runAlarmAfter(world.gateway, 2_000);
    const [first = ""] = ids;
    expect((await crowd.add(first)).status).toBe(204);
    await haveActed(world);
    const stub = env.CONNECTION.getByName(world.gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
    await settle(world);
    expect(await crowd.shown()).toEqual([0]);
    expect(await crowd.held()).toEqual([0]);
  },
);

it.each(["keepnet", "redmine", "rest"])(
  "S46 S13: an addition that acts late brings nobody back whose removal was told, although the list is loaded anew, %s",
  { timeout: 60_000 },
  async (vendor) => {
    const crowd = await gather(vendor, 4, 10);
    const { world, ids } = crowd;
    const [first = "", leaver = "", ...others] = ids;
    expect((await crowd.add(leaver)).status).toBe(204);
    const method = vendor === "keepnet" ? "PUT" : "POST";
    await world.fail({ kind: "late", delayMs: 1_500, match: { method } });
    expect((await crowd.add(first, ...others)).status).toBe(503);
    expect((await crowd.add(first, ...others)).status).toBe(204);
    expect((await crowd.remove(first)).status).toBe(204);
    await haveActed(world);
    await world.fail({ kind: "lostResponse", match: { method: "DELETE" } });
    await world.scim("DELETE", `/Users/${leaver}`);
    await world.scim("DELETE", `/Users/${leaver}`);
    expect(await crowd.shown()).not.toContain(0);
    const stub = env.CONNECTION.getByName(world.gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
    await settle(world);
    expect(await crowd.shown()).not.toContain(0);
    expect(await crowd.held()).not.toContain(0);
    expect(await crowd.held()).toHaveLength(others.length);
  },
);

it.each(["keepnet", "redmine", "rest"])(
  "S46 S13: a removal that acts late takes nobody away whose addition was told, although the list is loaded anew, %s",
  { timeout: 60_000 },
  async (vendor) => {
    const crowd = await gather(vendor, 4, 10);
    const { world, ids } = crowd;
    const [first = "", leaver = ""] = ids;
    expect((await crowd.add(first, leaver)).status).toBe(204);
    await world.fail({ kind: "late", delayMs: 1_500, match: { method: "DELETE" } });
    expect((await crowd.remove(first)).status).toBe(503);
    expect((await crowd.add(first)).status).toBe(204);
    await haveActed(world);
    expect(await crowd.held()).not.toContain(0);
    await world.fail({ kind: "lostResponse", match: { method: "DELETE" } });
    await world.scim("DELETE", `/Users/${leaver}`);
    await world.scim("DELETE", `/Users/${leaver}`);
    expect(await crowd.shown()).toEqual([0]);
    const stub = env.CONNECTION.getByName(world.gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
    await settle(world);
    expect(await crowd.shown()).toEqual([0]);
    expect(await crowd.held()).toEqual([0]);
  },
);

it.each(["keepnet", "redmine", "rest", "directus"])(
  "S46 S13: what acts late on a group whose list is not loaded is compared with what was told, %s",
  { timeout: 60_000 },
  async (vendor) => {
    const crowd = await gather(vendor, 5, 10);
    const { world, ids } = crowd;
    const [first = "", second = "", deleted = "", leaver = "", other = ""] = ids;
    expect((await crowd.add(leaver)).status).toBe(204);
    const method = vendor === "keepnet" ? "PUT" : "POST";
    await world.fail({ kind: "late", delayMs: 2_500, match: { method } });
    expect((await crowd.add(first, second, deleted)).status).toBe(503);
    expect((await crowd.add(second, other)).status).toBe(204);
    expect((await crowd.remove(first)).status).toBe(204);
    expect((await world.scim("DELETE", `/Users/${deleted}`)).status).toBe(204);
    // A deletion without an answer may have changed the lists of all groups that the user was in.
    await world.fail({ kind: "lostResponse", match: { method: "DELETE" } });
    await world.scim("DELETE", `/Users/${leaver}`);
    await world.scim("DELETE", `/Users/${leaver}`);
    await haveActed(world);
    const stub = env.CONNECTION.getByName(world.gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(61_000)));
    await settle(world);
    expect(new Set(await crowd.held())).toEqual(new Set([1, 4]));
    expect(await crowd.shown()).toEqual([1, 4]);
  },
);

it("S46: a repair that the vendor refuses again and again is an alarm, and the doubt ends", {
  timeout: 60_000,
}, async () => {
  const world = await open(subjectOf("keepnet"));
  const id = await world.create(1);
  await world.fail({ kind: "late", delayMs: 200, match: { method: "PUT" } });
  expect((await world.patch(`/Users/${id}`, replace("name.givenName", "Lost"))).status).toBe(503);
  expect((await world.patch(`/Users/${id}`, replace("name.familyName", "Told"))).status).toBe(200);
  await haveActed(world);
  await world.fail({ kind: "status", status: 400, times: 100, match: { method: "PUT" } });
  const alarms = async () => (await world.gateway.api("GET", `/connections/${world.gateway.name}/alarms`)).body.alarms;
  await runAlarmAfter(world.gateway, 61_000);
  expect(await alarms()).toEqual([]);
  // On a busy machine an alarm may have ended before it came to this.
  for (let turn = 2; turn < 9 && (await alarms()).length === 0; turn++) {
    await runAlarmAfter(world.gateway, 61_000 * turn);
  }
  expect(await alarms()).toMatchObject([{ kind: "undone", ids: [id] }]);
  await settle(world);
});
