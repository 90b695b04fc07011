// authentik's dialogue: what it reads from ServiceProviderConfig, discovery without count, one operation for each member [B1].

import { describe, expect, it } from "vitest";
import type { Gateway } from "../worker/gateway.ts";
import {
  ask,
  CORE_GROUP,
  CORE_USER,
  expectError,
  filtered,
  KEEPNET,
  KEEPNET_PROFILES,
  membersOf,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patchOf,
} from "./dialogue.ts";

const user = (username: string) => ({
  schemas: [CORE_USER],
  externalId: `uid-${username}`,
  userName: `${username}@ak.example`,
  name: { formatted: "Ada L", familyName: "L", givenName: "Ada" },
  displayName: "Ada L",
  photos: [{ value: "https://ak.example/avatar.png", type: "photo" }],
  locale: "en-us",
  active: true,
  emails: [{ value: `${username}@ak.example`, type: "other", primary: true }],
});

const create = async (gateway: Gateway, username: string): Promise<string> => {
  const sent = user(username);
  const emails = [{ value: sent.userName, type: "work", primary: true }];
  return (await ask(gateway, "POST", "/Users", 201, { ...sent, emails })).body.id;
};

describe.each(KEEPNET_PROFILES)("authentik, $title", (profile) => {
  it("B1 C17: ServiceProviderConfig says PATCH, and a bulk size to chunk members by", async () => {
    const gateway = await open(profile);
    const { body } = await ask(gateway, "GET", "/ServiceProviderConfig", 200);
    expect(body).toMatchObject({ patch: { supported: true }, filter: { supported: true }, bulk: { supported: true } });
    expect(body.bulk.maxOperations).toBeGreaterThanOrEqual(1);
    expect(body.filter.maxResults).toBeGreaterThanOrEqual(1);
  });

  it("B1 E3 E9: a user is created, replaced by PUT, deleted", async () => {
    const gateway = await open(profile);
    const id = await create(gateway, "ada");
    const sent = { ...user("ada"), emails: [{ value: "ada@ak.example", type: "work", primary: true }], id };
    await ask(gateway, "PUT", `/Users/${id}`, 200, { ...sent, name: { familyName: "King", givenName: "Ada" } });
    expect((await nativeOf(gateway, "ada@ak.example")).familyName).toBe("King");
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    expect(await natives(gateway)).toEqual([]);
  });

  it("B1: groups are discovered page by page, without count", async () => {
    const gateway = await open(profile);
    for (let at = 0; at < 105; at += 15) {
      await Promise.all(
        Array.from({ length: 15 }, (_, index) =>
          ask(gateway, "POST", "/Groups", 201, { schemas: [CORE_GROUP], displayName: `g${at + index}` }),
        ),
      );
    }
    const seen = new Set<string>();
    let startIndex = 1;
    for (let total = 1; startIndex <= total; ) {
      const { body } = await ask(gateway, "GET", `/Groups?startIndex=${startIndex}`, 200);
      expect(body.itemsPerPage).toBeGreaterThan(0);
      for (const one of body.Resources) seen.add(one.displayName);
      total = body.totalResults;
      startIndex += body.itemsPerPage;
    }
    expect(seen.size).toBe(105);
  });

  it("B1 E18 E19 E20: a path-less replace of the group, then one operation for each member, then a read with members", async () => {
    const gateway = await open(profile);
    const ids = [await create(gateway, "ada"), await create(gateway, "bob"), await create(gateway, "eve")];
    const group = { schemas: [CORE_GROUP], externalId: "pk-1", displayName: "Sales" };
    const { id } = (await ask(gateway, "POST", "/Groups", 201, group)).body;
    const change = (...operations: object[]) => ask(gateway, "PATCH", `/Groups/${id}`, 204, patchOf(...operations));
    await change({ op: "replace", value: { id, ...group, displayName: "Sales EMEA" } });
    await change(...ids.map((value) => ({ op: "add", path: "members", value: [{ value }] })));
    expect(await nativeGroups(gateway)).toEqual({
      "Sales EMEA": ["ada@ak.example", "bob@ak.example", "eve@ak.example"],
    });
    expect(await membersOf(gateway, id)).toEqual([...ids].sort());
    await change(...ids.slice(0, 2).map((value) => ({ op: "remove", path: "members", value: [{ value }] })));
    expect(await nativeGroups(gateway)).toEqual({ "Sales EMEA": ["eve@ak.example"] });
    expect(await membersOf(gateway, id)).toEqual(ids.slice(2));
  });

  it("B1 E15: on 409 it looks for the group by displayName and takes it over", async () => {
    const gateway = await open(profile);
    const group = { schemas: [CORE_GROUP], displayName: "Sales" };
    const { id } = (await ask(gateway, "POST", "/Groups", 201, group)).body;
    expectError(await ask(gateway, "POST", "/Groups", 409, group), 409, "uniqueness");
    const { body } = await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Sales"'), 200);
    expect(body.Resources).toMatchObject([{ id, displayName: "Sales" }]);
  });
});

it("B1 S49: the only address is the one that the product needs, whatever its type", async () => {
  const gateway = await open(KEEPNET);
  const { body } = await ask(gateway, "POST", "/Users", 201, user("ada"));
  expect(body.emails).toEqual([{ value: "ada@ak.example", type: "other", primary: true }]);
  expect(await natives(gateway)).toMatchObject([{ email: "ada@ak.example" }]);
});
