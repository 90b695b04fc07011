// A vendor that is down: a disable is remembered for it, also where the user cannot be read, and nothing else is [S8] [S18] [S19].

import { describe, expect, it, vi } from "vitest";
import type { Subject } from "../suite/subject.ts";
import { deletionOf, subjectOf } from "../suite/subject.ts";
import { open, type World, type WorldOptions } from "../suite/world.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";

const LATER_MS = 10 * 60_000;
const replaceActive = (value: boolean) => ({ op: "replace", path: "active", value });

async function openWithUser(
  vendor: string,
  options: WorldOptions = {},
): Promise<{ world: World; path: string; key: string }> {
  const subject: Subject = subjectOf(vendor);
  const world = await open(subject, options);
  const path = `/Users/${await world.create(1)}`;
  await world.outwait();
  const [user] = await world.users();
  return { world, path, key: user?.key ?? "" };
}

const goDown = (world: World) => world.fail({ kind: "status", status: 503, body: "down", times: 1_000 });
const isActive = async (world: World, key: string) => (await world.user(key)).active;

describe.each(["keepabl", "keepnet", "klaxoon", "redmine", "rest"])(
  "S19: a deactivation while %s cannot even be read",
  (vendor) => {
    it("S19: is 503 with Retry-After, is shown, and is done once the vendor is back", async () => {
      const { world, path, key } = await openWithUser(vendor);
      await goDown(world);
      const answer = await world.patch(path, replaceActive(false));
      expect(answer.status).toBe(503);
      expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      expect(await isActive(world, key)).toBe(true);
      await world.heal();
      await atTimeFromNow(LATER_MS, async () => expect((await world.get(path)).body.active).toBe(false));
      await runAlarmAfter(world.gateway, LATER_MS);
      await vi.waitFor(async () => expect(await isActive(world, key)).toBe(false), { timeout: 20_000 });
    });
  },
);

it("S19: another change is not remembered, and a later restore ends a pending disable", async () => {
  const { world, path, key } = await openWithUser("redmine");
  await goDown(world);
  const rename = { op: "replace", path: "name.familyName", value: "King" };
  expect((await world.patch(path, rename)).status).toBe(503);
  expect((await world.patch(path, replaceActive(false))).status).toBe(503);
  await world.heal();
  await atTimeFromNow(LATER_MS, async () => {
    expect((await world.patch(path, replaceActive(true))).status).toBe(200);
    expect((await world.get(path)).body).toMatchObject({
      active: true,
      name: { familyName: expect.not.stringMatching("King") },
    });
  });
  await runAlarmAfter(world.gateway, LATER_MS);
  expect(await isActive(world, key)).toBe(true);
});

it("S18 S19 S20: what the brake or protection would refuse is not remembered either", async () => {
  const held = await openWithUser("redmine");
  await held.world.gateway.api("POST", `/connections/${held.world.gateway.name}/brake/hold`);
  const guarded = await openWithUser("keepnet");
  const body = { protected: { users: [guarded.key], groups: [] } };
  await guarded.world.gateway.api("PATCH", `/connections/${guarded.world.gateway.name}`, body);
  await runAlarmAfter(guarded.world.gateway, 1_000);
  for (const { world, path, key, status } of [
    { ...held, status: 503 },
    { ...guarded, status: 403 },
  ]) {
    await goDown(world);
    expect((await world.patch(path, replaceActive(false))).status).toBe(status);
    await world.heal();
    await atTimeFromNow(LATER_MS, async () => expect((await world.get(path)).body.active).toBe(true));
    await runAlarmAfter(world.gateway, LATER_MS);
    expect(await isActive(world, key)).toBe(true);
  }
});

it("S19: a disable on condition of a version that cannot be compared is not remembered", async () => {
  const { world, path } = await openWithUser("redmine");
  const { etag } = Object.fromEntries((await world.get(path)).headers);
  await goDown(world);
  const sent = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [replaceActive(false)] };
  expect((await world.scim("PATCH", path, sent, { "if-match": etag ?? "" })).status).toBe(503);
  await world.heal();
  await atTimeFromNow(LATER_MS, async () => expect((await world.get(path)).body.active).toBe(true));
});

describe.each(["klaxoon", "redmine"])("S8 S19: a DELETE that only disables, on %s", (vendor) => {
  it.each([
    ["while it cannot be read", {}],
    ["while it cannot be written", { match: { method: vendor === "redmine" ? "PUT" : "POST" } }],
  ])("S8 S19: %s is 503, ends the access all the same, and is 204 when it is sent again", async (_when, more) => {
    const { world, path, key } = await openWithUser(vendor);
    expect(deletionOf(world.subject)).toBe("disable");
    await world.fail({ kind: "status", status: 503, body: "down", times: 1_000, ...more });
    expect((await world.scim("DELETE", path)).status).toBe(503);
    expect(await isActive(world, key)).toBe(true);
    await world.heal();
    await atTimeFromNow(LATER_MS, async () => expect((await world.get(path)).body).toMatchObject({ active: false }));
    await runAlarmAfter(world.gateway, LATER_MS);
    expect(await isActive(world, key)).toBe(false);
    await atTimeFromNow(LATER_MS, async () => expect((await world.scim("DELETE", path)).status).toBe(204));
    expect((await world.get(path)).status).toBe(404);
  });

  it("S8 S19: sent again before the alarm it disables the account itself, and leaves the alarm nothing to do", async () => {
    const { world, path, key } = await openWithUser(vendor);
    await goDown(world);
    expect((await world.scim("DELETE", path)).status).toBe(503);
    await world.heal();
    await atTimeFromNow(LATER_MS, async () => expect((await world.scim("DELETE", path)).status).toBe(204));
    expect(await isActive(world, key)).toBe(false);
    const { all } = await world.watch(async () => {
      await runAlarmAfter(world.gateway, LATER_MS);
      return world.get("/ServiceProviderConfig");
    });
    expect(all).toEqual([]);
  });
});

it("S8 S19: a DELETE that removes for good is for the client to repeat", async () => {
  const { world, path } = await openWithUser("keepnet");
  expect(deletionOf(world.subject)).toBe("remove");
  await goDown(world);
  expect((await world.scim("DELETE", path)).status).toBe(503);
  await world.heal();
  await runAlarmAfter(world.gateway, LATER_MS);
  expect(await world.users()).toHaveLength(1);
  await atTimeFromNow(LATER_MS, async () => {
    expect((await world.get(path)).body.active).toBe(true);
    expect((await world.scim("DELETE", path)).status).toBe(204);
  });
  expect(await world.users()).toHaveLength(0);
});

it.each(["klaxoon", "keepnet", "redmine"])(
  "S19 S48: a value that %s refuses is refused, also where the request ends a disable that was owed",
  async (vendor) => {
    const { world, path, key } = await openWithUser(vendor);
    await world.fail({ kind: "drop", times: 1, match: { method: vendor === "klaxoon" ? "POST" : "PUT" } });
    expect((await world.patch(path, replaceActive(false))).status).toBe(503);
    expect(await isActive(world, key)).toBe(true);
    const change = { op: "replace", path: "name.familyName", value: "King" };
    const method = vendor === "klaxoon" ? "PATCH" : "PUT";
    await world.fail({ kind: "status", status: 422, body: "{}", times: 1, match: { method } });
    await atTimeFromNow(LATER_MS, async () => {
      const answer = await world.patch(path, change);
      expect([answer.status, answer.body.scimType]).toEqual([400, "invalidValue"]);
      expect(await isActive(world, key)).toBe(false);
      expect((await world.get(path)).body).toMatchObject({
        active: false,
        name: { familyName: expect.not.stringMatching("King") },
      });
    });
  },
);
