// JumpCloud's dialogue: a test connection that makes, changes and retires a throw-away user and group [B1].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_GROUP,
  CORE_USER,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patchOf,
} from "./dialogue.ts";

const user = (email: string, more: Record<string, unknown> = {}) => ({
  schemas: [CORE_USER],
  userName: email,
  name: { givenName: "Jump", familyName: "Cloud" },
  emails: [{ value: email, type: "work", primary: true }],
  active: true,
  ...more,
});

describe.each([KEEPNET, KEEPNET_FULL, KEEPABL])("JumpCloud, $title", (profile) => {
  it("B1: the test connection creates, updates and deactivates a throw-away user", async () => {
    const gateway = await open(profile);
    const email = "test-create-user-7f3a@jumpcloudtest.example";
    const list = await ask(gateway, "GET", "/Users?startIndex=1&count=100", 200);
    expect(list.body.totalResults).toBe(0);
    expect((await ask(gateway, "GET", filtered("/Users", `userName eq "${email}"`), 200)).body.totalResults).toBe(0);
    const { body } = await ask(gateway, "POST", "/Users", 201, user(email));
    const changed = user(email, { name: { givenName: "Jump", familyName: "Changed" } });
    expect((await ask(gateway, "PUT", `/Users/${body.id}`, 200, changed)).body.name.familyName).toBe("Changed");
    expect((await nativeOf(gateway, email)).familyName).toBe("Changed");
    expect((await ask(gateway, "PUT", `/Users/${body.id}`, 200, { ...changed, active: false })).body.active).toBe(
      false,
    );
    expect(await nativeOf(gateway, email)).toMatchObject({ active: false, familyName: "Changed" });
    const found = await ask(gateway, "GET", filtered("/Users", `userName eq "${email}"`), 200);
    expect(found.body.Resources).toMatchObject([{ id: body.id, active: false }]);
  });

  it("B1: users by PATCH, where that is chosen, and deletion", async () => {
    const gateway = await open(profile);
    const { body } = await ask(gateway, "POST", "/Users", 201, user("ada@jump.example"));
    await ask(gateway, "PATCH", `/Users/${body.id}`, 200, patchOf({ op: "replace", path: "active", value: false }));
    expect((await nativeOf(gateway, "ada@jump.example")).active).toBe(false);
    await ask(gateway, "DELETE", `/Users/${body.id}`, 204);
    expect(await natives(gateway)).toEqual([]);
  });
});

it("B1 E15 E19 E20 E21: the throw-away group, with members by PATCH", async () => {
  const gateway = await open(KEEPNET);
  const ada = (await ask(gateway, "POST", "/Users", 201, user("ada@jump.example"))).body.id;
  const body = { schemas: [CORE_GROUP], displayName: "jumpcloud test group", members: [] };
  const group = (await ask(gateway, "POST", "/Groups", 201, body)).body.id;
  const change = (...operations: object[]) => ask(gateway, "PATCH", `/Groups/${group}`, 204, patchOf(...operations));
  await change({ op: "add", path: "members", value: [{ value: ada }] });
  expect(await nativeGroups(gateway)).toEqual({ "jumpcloud test group": ["ada@jump.example"] });
  await change({ op: "replace", path: "displayName", value: "renamed group" });
  await change({ op: "remove", path: "members", value: [{ value: ada }] });
  expect(await nativeGroups(gateway)).toEqual({ "renamed group": [] });
  await ask(gateway, "DELETE", `/Groups/${group}`, 204);
  expect(await nativeGroups(gateway)).toEqual({});
});
