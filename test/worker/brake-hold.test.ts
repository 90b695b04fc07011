// What the brake holds stays held until an administrator releases it, says how, and is written down [S20] [S39].

import { describe, expect, it } from "vitest";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const HOUR_MS = 3_600_000;
const brake = { share: 0, count: 3, minutes: 60 };

async function createUsers(gateway: Gateway, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const userName = `u${at}@example.com`;
    const created = await gateway.scim("POST", "/Users", { userName, emails: [{ type: "work", value: userName }] });
    expect(created.status).toBe(201);
    ids.push(created.body.id);
  }
  return ids;
}

const setActive = (gateway: Gateway, id: string | undefined, active: boolean) =>
  gateway.scim("PATCH", `/Users/${id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "active", value: active }],
  });
const brakeOf = async (gateway: Gateway) => (await gateway.api("GET", `/connections/${gateway.name}/brake`)).body;
const order = (gateway: Gateway, what: string, body?: object) =>
  gateway.api("POST", `/connections/${gateway.name}/brake/${what}`, body);

async function holdTheThird(gateway: Gateway): Promise<string[]> {
  const ids = await createUsers(gateway, 6);
  for (const id of ids.slice(0, 2)) expect((await setActive(gateway, id, false)).status).toBe(200);
  expect((await setActive(gateway, ids[2], false)).status).toBe(503);
  return ids;
}

describe("a brake that holds", () => {
  it("S20: lets nothing through when the window has passed; a trickle would empty the company too", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await holdTheThird(gateway);
    await atTimeFromNow(2 * HOUR_MS, async () => {
      const held = await setActive(gateway, ids[3], false);
      expect([held.status, held.body.detail]).toEqual([503, expect.stringMatching(/not released since/)]);
      const shown = await brakeOf(gateway);
      expect(shown).toMatchObject({ heldSince: expect.any(String), isHeldByHand: false, disables: 2 });
      expect(shown.kinds[0]).toMatchObject({ kind: "deactivation", counted: 0, requests: 2 });
      expect((await order(gateway, "release", { kind: "deactivation", count: 2 })).status).toBe(200);
      expect((await setActive(gateway, ids[3], false)).status).toBe(200);
      expect(await brakeOf(gateway)).toMatchObject({ heldSince: null, disables: 1 });
    });
  });

  it("S20: says in the answer why, and how it is released, in the words of the command and the API", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await holdTheThird(gateway);
    const { detail } = (await setActive(gateway, ids[3], false)).body;
    expect(detail).toMatch(/with this request 3( of \d+)? users deactivated within 60 minutes/);
    expect(detail).toContain(`portico brake release ${gateway.name} --kind deactivation --count 1`);
    const [, method = "", path = ""] = /\((\w+) \/api(\/[^)]+)\)/.exec(detail) ?? [];
    expect(detail).not.toMatch(/https?:|example\.(com|net)|127\.0\.0\.1/);
    expect((await gateway.api(method, path, { kind: "deactivation", count: 1 })).status).toBe(200);
    expect((await setActive(gateway, ids[3], false)).status).toBe(200);
  });

  it("S20: a user who is enabled again is not held, and a change of the line releases nothing", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await holdTheThird(gateway);
    expect((await setActive(gateway, ids[0], true)).status).toBe(200);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { brake: { share: 1, count: 1_000, minutes: 60 } });
    expect((await setActive(gateway, ids[3], false)).status).toBe(503);
  });

  it("S20: an administrator holds everything at once, which ends a release", async () => {
    const gateway = await createGateway("keepnet");
    const [first, second] = await createUsers(gateway, 2);
    await order(gateway, "release", { kind: "deactivation", count: 60 });
    expect((await setActive(gateway, first, false)).status).toBe(200);
    expect((await order(gateway, "hold")).body).toMatchObject({ isHeldByHand: true, releases: [] });
    const held = await setActive(gateway, second, false);
    expect([held.status, held.body.detail]).toEqual([503, expect.stringMatching(/an administrator has held/)]);
    expect((await gateway.scim("DELETE", `/Users/${second}`)).status).toBe(503);
    expect((await setActive(gateway, first, true)).status).toBe(200);
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/brake/hold`)).body).toMatchObject({
      isHeldByHand: false,
      heldSince: null,
    });
    // What was refused meanwhile is not beyond a line.
    expect((await gateway.scim("DELETE", `/Users/${second}`)).status).toBe(204);
  });

  it("S37 S39: releases, holds and changes of the line are written down and can be read, without values", async () => {
    const gateway = await createGateway("keepnet");
    await gateway.api("PATCH", `/connections/${gateway.name}`, { brake });
    await order(gateway, "release", { kind: "deactivation", count: 7 });
    await order(gateway, "hold");
    const { body } = await gateway.api("GET", `/audit?connection=${gateway.name}&limit=10`);
    const calls = body.calls.filter(({ method }: { method: string }) => method !== "GET");
    expect(calls).toMatchObject([
      { method: "POST", route: expect.stringMatching(/brake\/hold$/), fields: [], status: 200, actor: "break glass" },
      { method: "POST", route: expect.stringMatching(/brake\/release$/), fields: ["kind", "count"], status: 200 },
      { method: "PATCH", fields: ["brake"], status: 200, connection: gateway.name },
      { method: "POST", route: expect.stringMatching(/tokens$/) },
      { method: "POST", route: "/api/connections", status: 201 },
    ]);
    const [newest] = calls;
    const earlier = await gateway.api("GET", `/audit?connection=${gateway.name}&before=${newest.at}`);
    expect(earlier.body.calls.map(({ id }: { id: string }) => id)).not.toContain(newest.id);
    expect((await gateway.api("GET", "/audit?limit=0")).status).toBe(400);
    expect((await gateway.api("GET", "/audit?before=yesterday")).status).toBe(400);
  });
});
