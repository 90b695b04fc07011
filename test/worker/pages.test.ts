// What RFC 7644 asks of lists and of what is shown of a resource: pages, order and projection [C81] to [C89].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_USER,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  nativeLog,
  open,
  patchOf,
  read,
  SEARCH,
} from "../dialogues/dialogue.ts";
import { namesIn, withUsers } from "./alphabet.ts";

describe("part 5: pages, order and projection", () => {
  it("C81 C82 C83: startIndex and count at and beyond their ends", async () => {
    const { gateway } = await withUsers(5);
    const cases: [string, number, number, string[]][] = [
      ["startIndex=0&count=2", 1, 2, ["a", "b"]],
      ["startIndex=-7&count=2", 1, 2, ["a", "b"]],
      ["count=2", 1, 2, ["a", "b"]],
      ["startIndex=5", 5, 1, ["e"]],
      ["startIndex=6", 6, 0, []],
      ["startIndex=999999999", 999_999_999, 0, []],
      ["count=0", 1, 0, []],
      ["count=-3", 1, 0, []],
      ["count=100000", 1, 5, ["a", "b", "c", "d", "e"]],
    ];
    for (const [query, startIndex, itemsPerPage, names] of cases) {
      const { body } = await ask(gateway, "GET", `/Users?${query}`, 200);
      expect([query, body.startIndex, body.itemsPerPage, body.totalResults]).toEqual([
        query,
        startIndex,
        itemsPerPage,
        5,
      ]);
      expect(namesIn(body)).toEqual(names.map((name) => `${name}@contoso.com`));
    }
    for (const query of ["startIndex=one", "count=1.5", "count=1e9"]) {
      expectError(await ask(gateway, "GET", `/Users?${query}`, 400), 400, "invalidValue");
    }
  });

  it("C81 C83: a filtered list is paged like any other", async () => {
    const { gateway } = await withUsers(5);
    const filter = "active eq true";
    const { body } = await ask(gateway, "GET", filtered("/Users", filter, "&startIndex=4&count=3"), 200);
    expect(body).toMatchObject({ totalResults: 5, startIndex: 4, itemsPerPage: 2 });
    expect(namesIn(body)).toEqual(["d@contoso.com", "e@contoso.com"]);
    const counted = await ask(gateway, "GET", filtered("/Users", filter, "&count=0"), 200);
    expect(counted.body).toMatchObject({ totalResults: 5, itemsPerPage: 0, Resources: [] });
  });

  it("C84: a user who is created while a client pages is on the last page, and no user is shown twice", async () => {
    const { gateway } = await withUsers(4);
    const first = await ask(gateway, "GET", "/Users?count=2", 200);
    await createUser(gateway, "aaa@contoso.com");
    const second = await ask(gateway, "GET", "/Users?startIndex=3&count=2", 200);
    const third = await ask(gateway, "GET", "/Users?startIndex=5&count=2", 200);
    const names = [first, second, third].flatMap(({ body }) => namesIn(body));
    expect(names).toEqual(["a", "b", "c", "d", "aaa"].map((name) => `${name}@contoso.com`));
  });

  it("C85: sorted ascending by default, descending on request, the unassigned last and first", async () => {
    const { gateway } = await withUsers(3);
    await createUser(gateway, "zed@contoso.com", { name: { familyName: "F" } });
    const by = async (query: string) =>
      namesIn((await ask(gateway, "GET", `/Users?${query}`, 200)).body).map((one) => one[0]);
    expect(await by("sortBy=name.givenName")).toEqual(["c", "b", "a", "z"]);
    expect(await by("sortBy=name.givenName&sortOrder=descending")).toEqual(["z", "a", "b", "c"]);
    expect(await by("sortBy=userName&sortOrder=ascending")).toEqual(["a", "b", "c", "z"]);
    expect(await by("sortBy=emails&sortOrder=descending&count=2")).toEqual(["z", "c"]);
    expect(await by("sortBy=nonsense")).toEqual(["a", "b", "c", "z"]);
    expect(await by(`sortBy=userName&filter=${encodeURIComponent("name.givenName pr")}`)).toEqual(["a", "b", "c"]);
  });

  it("C86 C87 C88: attributes and excludedAttributes on every way to get a resource", async () => {
    const { gateway, ids } = await withUsers(1, KEEPNET_FULL);
    const id = ids[0] ?? "";
    const q = "attributes=userName,name.familyName,nonsense";
    const narrow = { userName: "a@contoso.com", name: { familyName: "F0" } };
    const expectNarrow = (resource: { schemas: unknown }) =>
      expect(resource).toEqual({ schemas: expect.arrayContaining([CORE_USER]), id, ...narrow });
    expectNarrow((await ask(gateway, "GET", `/Users/${id}?${q}`, 200)).body);
    expectNarrow((await ask(gateway, "GET", `/Users?${q}`, 200)).body.Resources[0]);
    expectNarrow(
      (await ask(gateway, "GET", filtered("/Users", 'userName eq "a@contoso.com"', `&${q}`), 200)).body.Resources[0],
    );
    const search = { schemas: [SEARCH], attributes: ["userName", "name.familyName"] };
    expectNarrow((await ask(gateway, "POST", "/Users/.search", 200, search)).body.Resources[0]);
    const patched = patchOf({ op: "replace", path: "title", value: "Dr" });
    expectNarrow((await ask(gateway, "PATCH", `/Users/${id}?${q}`, 200, patched)).body);
    const whole = await read(gateway, id);
    expectNarrow((await ask(gateway, "PUT", `/Users/${id}?${q}`, 200, whole)).body);
    const made = await ask(gateway, "POST", `/Users?${q}`, 201, entraUser({ email: "new@contoso.com" }));
    expect(Object.keys(made.body).sort()).toEqual(["id", "name", "schemas", "userName"]);
    const excluded = await ask(
      gateway,
      "GET",
      `/Users/${id}?excludedAttributes=id,schemas,name.givenName,emails,${ENTERPRISE}`,
      200,
    );
    expect(excluded.body).toMatchObject({ id, name: { familyName: "F0" } });
    for (const name of ["emails", ENTERPRISE]) expect(excluded.body[name]).toBeUndefined();
    expect(excluded.body.name.givenName).toBeUndefined();
    const both = await ask(gateway, "GET", `/Users/${id}?attributes=name&excludedAttributes=name.givenName`, 200);
    expect(both.body.name).toEqual({ familyName: "F0", formatted: whole.name.formatted });
    const extension = await ask(gateway, "GET", `/Users/${id}?attributes=${ENTERPRISE}:department`, 200);
    expect(extension.body[ENTERPRISE]).toEqual({ department: "R&D" });
  });

  it("C89 S15: excludedAttributes=members reads no member, natively or in rows", async () => {
    const users = {
      simUser00001: { resourceId: "simUser00001", id: 1, email: "old@contoso.com", createTime: "2025-01-01T00:00:00Z" },
    };
    const groups = {
      simGroup0001: {
        resourceId: "simGroup0001",
        name: "Old",
        createTime: "2025-01-01T00:00:00Z",
        members: ["simUser00001"],
      },
    };
    const gateway = await open(KEEPNET, { seed: { users, groups } });
    await gateway.vendor("DELETE", "/log");
    const listed = await ask(
      gateway,
      "GET",
      filtered("/Groups", 'displayName eq "Old"', "&excludedAttributes=members"),
      200,
    );
    const { id } = listed.body.Resources[0];
    const one = await ask(gateway, "GET", `/Groups/${id}?excludedAttributes=members`, 200);
    const named = await ask(gateway, "GET", `/Groups/${id}?attributes=displayName`, 200);
    for (const resource of [listed.body.Resources[0], one.body, named.body]) expect(resource.members).toBeUndefined();
    expect(one.headers.get("x-portico-native-calls")).toBe("1");
    const paths = (await nativeLog(gateway)).map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith("/users"))).toEqual([]);
    // With members the native list is loaded, once.
    const whole = await ask(gateway, "GET", `/Groups/${id}`, 200);
    expect(whole.body.members).toHaveLength(1);
    await ask(gateway, "GET", `/Groups/${id}`, 200);
    const loads = (await nativeLog(gateway)).filter(({ path }) => path.endsWith("/users"));
    expect(loads).toHaveLength(1);
  });
});
