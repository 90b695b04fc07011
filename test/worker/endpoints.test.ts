// What RFC 7644 asks beyond resources and lists: search, /Me, bulk, ETags and discovery [C95] to [C97] [C101] to [C103].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_GROUP,
  createGroup,
  ENTERPRISE,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  LIST,
  nativeOf,
  natives,
  open,
  patchGroup,
  patchOf,
  SEARCH,
} from "../dialogues/dialogue.ts";
import { namesIn, withUsers } from "./alphabet.ts";
import { request } from "./gateway.ts";

describe("part 6: search, /Me, bulk, ETags, discovery", () => {
  it("C95: .search answers 200 with the list that GET would give", async () => {
    const { gateway } = await withUsers(4);
    await createGroup(gateway, "Sales");
    const { body } = await ask(gateway, "POST", "/Users/.search", 200, {
      schemas: [SEARCH],
      filter: 'name.familyName eq "F0"',
      sortBy: "userName",
      sortOrder: "descending",
      startIndex: 1,
      count: 1,
    });
    expect(body).toMatchObject({ schemas: [LIST], totalResults: 2, itemsPerPage: 1, startIndex: 1 });
    expect(namesIn(body)).toEqual(["c@contoso.com"]);
    const groups = await ask(gateway, "POST", "/Groups/.search", 200, { filter: 'displayName eq "sales"' });
    expect(groups.body.totalResults).toBe(1);
    const all = await ask(gateway, "POST", "/.search", 200, { schemas: [SEARCH], count: 10 });
    expect(all.body.totalResults).toBe(5);
    expectError(await ask(gateway, "POST", "/Users/.search", 400, { filter: "userName eq" }), 400, "invalidFilter");
    expectError(await ask(gateway, "POST", "/.search", 400, []), 400, "invalidSyntax");
  });

  it("C36 C54: a filter on what is never returned is refused, in a search as well", async () => {
    const { gateway } = await withUsers(1);
    for (const filter of ['password eq "x"', "password pr", 'not (password eq "x")']) {
      expectError(await ask(gateway, "GET", filtered("/Users", filter), 400), 400, "sensitive");
      expectError(await ask(gateway, "POST", "/Users/.search", 400, { filter }), 400, "sensitive");
    }
  });

  it("C96: /Me is 501", async () => {
    const gateway = await open(KEEPNET);
    for (const method of ["GET", "POST", "PATCH"])
      await ask(gateway, method, "/Me", 501, method === "GET" ? undefined : {});
  });

  it("C101 S28: ETag is meta.version, If-None-Match answers 304, If-Match guards every write", async () => {
    const { gateway, ids } = await withUsers(1);
    const path = `/Users/${ids[0]}`;
    const first = await ask(gateway, "GET", path, 200);
    const version = first.headers.get("etag") ?? "";
    expect(version).toMatch(/^W\/"[^"]+"$/);
    expect(first.body.meta.version).toBe(version);
    const same = await gateway.scim("GET", path, undefined, { "if-none-match": version });
    expect([same.status, same.body]).toEqual([304, ""]);
    await ask(gateway, "GET", path, 200, undefined, { "if-none-match": 'W/"other"' });
    const rename = patchOf({ op: "replace", path: "name.familyName", value: "King" });
    const stale = { "if-match": 'W/"other"' };
    for (const [method, body] of [
      ["PATCH", rename],
      ["PUT", first.body],
      ["DELETE", undefined],
    ] as const) {
      await ask(gateway, method, path, 412, body, stale);
    }
    expect((await nativeOf(gateway, "a@contoso.com")).familyName).toBe("F0");
    const changed = await ask(gateway, "PATCH", path, 200, rename, { "if-match": version });
    expect(changed.headers.get("etag")).not.toBe(version);
    expect((await ask(gateway, "GET", path, 200)).headers.get("etag")).toBe(changed.headers.get("etag"));
    await ask(gateway, "PATCH", path, 412, rename, { "if-match": version });
    await ask(gateway, "DELETE", path, 204, undefined, { "if-match": "*" });
    expect(await natives(gateway)).toEqual([]);
  });

  it("C101: the ETag is that of the whole resource, also where only a part is shown", async () => {
    const { gateway, ids } = await withUsers(1);
    const group = await createGroup(gateway, "Sales");
    for (const path of [`/Users/${ids[0]}`, `/Groups/${group}`]) {
      const version = (await ask(gateway, "GET", path, 200)).headers.get("etag") ?? "";
      expect(version).toMatch(/^W\//);
      for (const shown of ["?attributes=displayName", "?excludedAttributes=meta", "?attributes=id"]) {
        expect((await ask(gateway, "GET", path + shown, 200)).headers.get("etag"), path + shown).toBe(version);
        await ask(gateway, "GET", path + shown, 304, undefined, { "if-none-match": version });
      }
    }
    const made = await ask(gateway, "POST", "/Users?attributes=userName", 201, entraUser({ email: "z@contoso.com" }));
    expect(made.body.meta).toBeUndefined();
    expect(made.headers.get("etag")).toBe(
      (await ask(gateway, "GET", `/Users/${made.body.id}`, 200)).headers.get("etag"),
    );
  });

  it("C101 S28: a change made at the vendor is a new version, so a stale write is refused", async () => {
    const { gateway, ids } = await withUsers(1);
    const path = `/Users/${ids[0]}`;
    const { headers } = await ask(gateway, "GET", path, 200);
    const { body } = await gateway.vendor("GET", "/state");
    const [native] = Object.values(body.users) as { resourceId: string }[];
    await gateway.vendor("PATCH", "/state", {
      users: { [native?.resourceId ?? ""]: { ...native, lastName: "Changed" } },
    });
    const rename = patchOf({ op: "replace", path: "name.givenName", value: "X" });
    await ask(gateway, "PATCH", path, 412, rename, { "if-match": headers.get("etag") ?? "" });
    expect(await nativeOf(gateway, "a@contoso.com")).toMatchObject({ familyName: "Changed", givenName: "G9" });
  });

  it("C101 S28 C78: a group's version grows with every change, and only then", async () => {
    const { gateway, ids } = await withUsers(1);
    const group = await createGroup(gateway, "Sales");
    const version = async () => (await ask(gateway, "GET", `/Groups/${group}`, 200)).headers.get("etag");
    const add = { op: "Add", path: "members", value: [{ value: ids[0] }] };
    const first = await version();
    await patchGroup(gateway, group, add);
    const second = await version();
    expect(second).not.toBe(first);
    await patchGroup(gateway, group, add);
    await patchGroup(gateway, group, { op: "Replace", path: "displayName", value: "Sales" });
    expect(await version()).toBe(second);
    await ask(gateway, "PATCH", `/Groups/${group}`, 412, patchOf(add), { "if-match": first ?? "" });
    await patchGroup(gateway, group, { op: "Replace", path: "displayName", value: "Other" });
    expect(await version()).not.toBe(second);
  });

  it("C17 C18 C102 C103: discovery names what there is, refuses filters and unknown ids, and needs the token", async () => {
    const gateway = await open(KEEPNET);
    for (const path of [
      "/ServiceProviderConfig",
      "/ResourceTypes",
      "/ResourceTypes/User",
      "/Schemas",
      `/Schemas/${CORE_GROUP}`,
    ]) {
      const { body } = await ask(gateway, "GET", path, 200);
      expect(body.schemas).toHaveLength(1);
      expect((await ask(gateway, "GET", `${path}?filter=${encodeURIComponent('id eq "x"')}`, 403)).body.status).toBe(
        "403",
      );
      expect((await ask(gateway, "GET", `${path}?count=1&startIndex=2&attributes=id`, 200)).body).toEqual(body);
      expect((await request("GET", `/scim/v2${path}`)).status).toBe(401);
    }
    const types = await ask(gateway, "GET", "/ResourceTypes", 200);
    expect(types.body).toMatchObject({ schemas: [LIST], totalResults: 2 });
    for (const type of types.body.Resources) {
      expect(type.meta.location).toBe(`https://scim.example.com/scim/v2/ResourceTypes/${type.id}`);
      await ask(gateway, "GET", `/Schemas/${type.schema}`, 200);
    }
    expect((await ask(gateway, "GET", `/Schemas/${ENTERPRISE.toUpperCase()}`, 200)).body.id).toBe(ENTERPRISE);
    await ask(gateway, "GET", "/Schemas/urn:nothing", 404);
    await ask(gateway, "GET", "/ResourceTypes/Device", 404);
    const config = (await ask(gateway, "GET", "/ServiceProviderConfig", 200)).body;
    expect(config.authenticationSchemes).toMatchObject([{ type: "oauthbearertoken" }]);
    expect(config.pagination).toMatchObject({ index: true, cursor: false, defaultPaginationMethod: "index" });
    // A product without groups has no resource type for them.
    const alone = await ask(await open(KEEPABL), "GET", "/ResourceTypes", 200);
    expect(alone.body.Resources.map((one: { id: string }) => one.id)).toEqual(["User"]);
  });
});
