// The brake and plan mode, through the gateway.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "./gateway.ts";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  externalId: name,
  active: true,
  emails: [{ type: "work", value: `${name}@example.com` }],
});

async function createUsers(gateway: Gateway, count: number, prefix = "u"): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    const { status, body } = await gateway.scim("POST", "/Users", person(`${prefix}${at}`));
    expect(status).toBe(201);
    ids.push(body.id);
  }
  return ids;
}

const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});
const setActive = (gateway: Gateway, id: string | undefined, active: boolean) =>
  gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: active }));

async function nativeUsers(gateway: Gateway): Promise<{ email: string; isActive: boolean; isDeleted: boolean }[]> {
  const { body } = await gateway.vendor("GET", "/state");
  return Object.values(body.users);
}

const kindOf = async (gateway: Gateway, kind: string) => {
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/brake`);
  return body.kinds.find((one: { kind: string }) => one.kind === kind);
};

const nativeWrites = async (gateway: Gateway): Promise<number> => {
  const { body } = await gateway.vendor("GET", "/log");
  return body.calls.filter((call: { effect: boolean; method: string; path: string }) => {
    const isRead = call.method === "GET" || /\/(search|search-email|search-name|users|token)$/.test(call.path);
    return !(isRead && call.method !== "PUT");
  }).length;
};

describe("the brake", () => {
  const brake = { share: 0.1, count: 3, minutes: 60 };

  it("S20: holds what would cross the line, whole, and lets it through when released", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await createUsers(gateway, 5);
    expect((await setActive(gateway, ids[0], false)).status).toBe(200);
    expect((await setActive(gateway, ids[1], false)).status).toBe(200);
    const held = await setActive(gateway, ids[2], false);
    expect(held.status).toBe(503);
    expect(held.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(held.body.detail).toMatch(/brake.*release/s);
    expect((await nativeUsers(gateway)).filter((user) => !user.isActive)).toHaveLength(2);
    expect((await gateway.scim("GET", `/Users/${ids[2]}`)).body.active).toBe(true);

    expect(await kindOf(gateway, "deactivation")).toMatchObject({
      counted: 2,
      line: { ...brake, action: "hold" },
      heldSince: expect.any(String),
      requests: 1,
    });
    const release = { kind: "deactivation", count: 1 };
    const released = await gateway.api("POST", `/connections/${gateway.name}/brake/release`, release);
    expect(released.body.releases).toMatchObject([{ ...release, used: 0 }]);
    expect((await setActive(gateway, ids[2], false)).status).toBe(200);
    expect(await kindOf(gateway, "deactivation")).toMatchObject({ counted: 0, heldSince: null, requests: 0 });
  });

  it("S20: a restore un-counts, and one user counts once", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await createUsers(gateway, 4);
    for (let turn = 0; turn < 4; turn++) {
      expect((await setActive(gateway, ids[0], false)).status).toBe(200);
      expect((await setActive(gateway, ids[0], true)).status).toBe(200);
    }
    expect(await kindOf(gateway, "deactivation")).toMatchObject({ counted: 0 });
  });

  it("S20: removals and emptied groups are counted for themselves", async () => {
    const line = { share: 0, count: 2, minutes: 60 };
    const gateway = await createGateway("keepnet", { brake: { ...line, kinds: { emptied: line } } });
    const ids = await createUsers(gateway, 8);
    expect((await gateway.scim("DELETE", `/Users/${ids[0]}`)).status).toBe(204);
    expect((await gateway.scim("DELETE", `/Users/${ids[1]}`)).status).toBe(503);
    expect((await setActive(gateway, ids[1], false)).status).toBe(200);
    const groups: string[] = [];
    for (const displayName of ["A", "B"]) {
      const group = await gateway.scim("POST", "/Groups", {
        displayName,
        members: ids.slice(2, 7).map((value) => ({ value })),
      });
      groups.push(group.body.id);
    }
    const empty = patch({ op: "remove", path: "members" });
    expect((await gateway.scim("PATCH", `/Groups/${groups[0]}`, empty)).status).toBe(204);
    expect((await gateway.scim("PATCH", `/Groups/${groups[1]}`, empty)).status).toBe(503);
    expect((await gateway.scim("DELETE", `/Groups/${groups[1]}`)).status).toBe(503);
  });

  it("S20: parallel requests see each other", async () => {
    const gateway = await createGateway("keepnet", { brake });
    const ids = await createUsers(gateway, 8);
    const answers = await Promise.all(ids.map((id) => setActive(gateway, id, false)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(2);
    expect((await nativeUsers(gateway)).filter((user) => !user.isActive)).toHaveLength(2);
  });
});

describe("plan mode", () => {
  it("S21: answers as if, writes nothing, and forgets it all when it ends", async () => {
    const gateway = await createGateway("keepnet");
    const [known] = await createUsers(gateway, 1, "known");
    const group = await gateway.scim("POST", "/Groups", { displayName: "Staff", members: [] });
    const change = (body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);
    expect((await change({ mode: "plan" })).status).toBe(200);
    const before = await nativeWrites(gateway);

    const created = await gateway.scim("POST", "/Users", person("planned"));
    expect(created.status).toBe(201);
    const found = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "planned@example.com"')}`);
    expect(found.body.Resources).toMatchObject([{ id: created.body.id }]);
    expect((await setActive(gateway, known, false)).status).toBe(200);
    expect((await gateway.scim("GET", `/Users/${known}`)).body.active).toBe(false);
    const add = patch({ op: "add", path: "members", value: [{ value: created.body.id }, { value: known }] });
    expect((await gateway.scim("PATCH", `/Groups/${group.body.id}`, add)).status).toBe(204);
    expect((await gateway.scim("GET", `/Groups/${group.body.id}`)).body.members).toHaveLength(2);
    expect((await gateway.scim("POST", "/Users", person("planned"))).status).toBe(409);
    expect((await gateway.scim("DELETE", `/Users/${known}`)).status).toBe(204);
    expect((await gateway.scim("GET", `/Users/${known}`)).status).toBe(404);
    expect(await nativeWrites(gateway)).toBe(before);
    expect(await nativeUsers(gateway)).toHaveLength(1);

    const plan = await gateway.api("GET", `/connections/${gateway.name}/plan`);
    expect(plan.body.steps.map((step: { step: string }) => step.step)).toEqual([
      "remove",
      "add members",
      "update",
      "create",
    ]);
    const refused = await change({ mode: "live" });
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringMatching(/4 planned writes, 2 deactivations/),
    ]);
    expect((await change({ mode: "live", confirm: true })).status).toBe(200);
    expect((await gateway.scim("GET", `/Users/${created.body.id}`)).status).toBe(404);
    expect((await gateway.scim("GET", `/Users/${known}`)).body).toMatchObject({ active: true });
    expect((await gateway.scim("GET", `/Groups/${group.body.id}`)).body.members).toBeUndefined();
  });
});
