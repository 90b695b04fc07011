// What RFC 7644 asks of the running service: basics, pages, sorting, projection, search, ETags and discovery (protocol.md parts 2, 5, 6).

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_GROUP,
  CORE_USER,
  createGroup,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  KEEPNET_FULL,
  LIST,
  nativeLog,
  nativeOf,
  natives,
  open,
  patchGroup,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { request } from "./gateway.ts";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const NOBODY = "00000000-0000-7000-8000-000000000000";
const namesIn = (body: { Resources: { userName: string }[] }): string[] => body.Resources.map((one) => one.userName);

/** A connection with users a, b, c, … in this order. */
async function withUsers(count: number, profile = KEEPNET) {
  const gateway = await open(profile);
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const email = `${String.fromCharCode(97 + index)}@contoso.com`;
    ids.push(await createUser(gateway, email, { name: { givenName: `G${9 - index}`, familyName: `F${index % 2}` } }));
  }
  return { gateway, ids };
}

describe("part 2: basics", () => {
  it("C22 C24: every answer is application/scim+json, whatever Accept says", async () => {
    const { gateway, ids } = await withUsers(1);
    for (const accept of ["application/scim+json", "application/json", "*/*", "text/html", "garbage;;", ""]) {
      const headers: Record<string, string> = accept === "" ? {} : { accept };
      for (const path of ["/Users", `/Users/${ids[0]}`, "/Schemas"])
        await ask(gateway, "GET", path, 200, undefined, headers);
      await ask(gateway, "GET", `/Users/${NOBODY}`, 404, undefined, headers);
    }
  });

  it("C24 C10: 201 has a body, a Location equal to meta.location, and its own idea of what is read-only", async () => {
    const gateway = await open(KEEPNET);
    const sent = entraUser(
      { email: "ada@contoso.com" },
      {
        id: "mine",
        meta: { resourceType: "Group", created: "1999-01-01T00:00:00Z", version: 'W/"x"', location: "https://evil" },
        groups: [{ value: "g" }],
      },
    );
    const { body, headers } = await ask(gateway, "POST", "/Users", 201, sent);
    expect(body.id).not.toBe("mine");
    expect(body.meta.resourceType).toBe("User");
    expect(body.meta.created).not.toContain("1999");
    expect(headers.get("location")).toBe(body.meta.location);
    expect(headers.get("etag")).toBe(body.meta.version);
    expect(body.groups).toBeUndefined();
  });

  it("C29: a query of the root goes over all types, and by meta.resourceType", async () => {
    const { gateway, ids } = await withUsers(2);
    const group = await createGroup(gateway, "Sales");
    const all = await ask(gateway, "GET", "/", 200);
    expect(all.body.Resources.map((one: { id: string }) => one.id)).toEqual([...ids, group]);
    const users = await ask(gateway, "GET", filtered("/", 'meta.resourceType eq "User"'), 200);
    expect(users.body.totalResults).toBe(2);
    const groups = await ask(gateway, "GET", filtered("/", 'displayName eq "Sales"'), 200);
    expect(groups.body.Resources).toMatchObject([{ id: group }]);
    const page = await ask(gateway, "GET", "/?startIndex=2&count=2", 200);
    expect(page.body.Resources.map((one: { id: string }) => one.id)).toEqual([ids[1], group]);
    expect(page.body.totalResults).toBe(3);
  });

  it("C33: unknown endpoints are 404, known ones with a method they do not have 405, in SCIM form", async () => {
    const { gateway, ids } = await withUsers(1);
    for (const path of [
      "/Nothing",
      "/Users/x/y",
      "/users/x/y/z",
      "/v1/Users",
      "/Users.json",
      "/%2e%2e/api/connections",
    ]) {
      await ask(gateway, "GET", path, 404);
    }
    for (const [method, path] of [
      ["DELETE", "/Users"],
      ["PUT", "/Users"],
      ["PATCH", "/Groups"],
      ["POST", `/Users/${ids[0]}`],
      ["GET", "/Users/.search/x"],
      ["POST", "/Schemas"],
      ["PUT", `/Schemas/${CORE_USER}`],
      ["DELETE", "/ResourceTypes/User"],
      ["PATCH", "/ServiceProviderConfig"],
    ] as const) {
      const answer = await gateway.scim(method, path, method === "GET" || method === "DELETE" ? undefined : {});
      expect([method, path, answer.status]).toEqual([method, path, path.endsWith("/x") ? 404 : 405]);
      expectError(answer, answer.status);
      // RFC 9110 section 15.5.6.
      const allowed = answer.headers.get("allow")?.split(", ") ?? [];
      if (answer.status === 405) expect([allowed.length > 0, allowed.includes(method)], path).toEqual([true, false]);
    }
    for (const method of ["HEAD", "OPTIONS"]) {
      const answer = await gateway.scim(method, "/Users");
      expect(answer.status).toBeLessThan(500);
    }
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("C33 S40: /scim and /scim/v2 are the same place, slashes at the end or doubled do no harm", async () => {
    const { gateway, ids } = await withUsers(1);
    const headers = { authorization: `Bearer ${gateway.token}` };
    for (const path of ["/scim/Users", "/scim/v2/Users/", "/scim/v2//Users", "/scim/V2/Users", "/scim/v2/Users?"]) {
      const answer = await request("GET", path, { headers });
      expect([path, answer.status, answer.body.totalResults]).toEqual([path, 200, 1]);
    }
    const one = await request("GET", `/scim/v2/Users/${ids[0]}/`, { headers });
    expect(one.body.id).toBe(ids[0]);
  });

  it("C34: an error's status is a string, its detail carries the request's id, which leads to the trace", async () => {
    const { gateway } = await withUsers(1);
    const answer = await ask(gateway, "GET", `/Users/${NOBODY}`, 404);
    const requestId = answer.headers.get("x-request-id") ?? "";
    expect(answer.body.detail).toContain(requestId);
    expect(answer.body.scimType).toBeUndefined();
    const trace = await gateway.api("GET", `/connections/${gateway.name}/traces/${requestId}`);
    expect(trace.body).toMatchObject({ id: requestId, method: "GET", path: "/Users/:id", status: 404 });
  });

  it("C35: every scimType of RFC 7644 that a client can cause here", async () => {
    const { gateway, ids } = await withUsers(2);
    const one = `/Users/${ids[0]}`;
    const cases: [string, string, string, unknown?][] = [
      ["invalidFilter", "GET", filtered("/Users", "userName zz 1")],
      ["sensitive", "GET", filtered("/Users", 'password eq "x"')],
      ["uniqueness", "POST", "/Users", entraUser({ email: "a@contoso.com" })],
      ["mutability", "PATCH", one, patchOf({ op: "replace", path: "id", value: "x" })],
      ["invalidSyntax", "PATCH", one, { Operations: [] }],
      ["invalidPath", "PATCH", one, patchOf({ op: "replace", path: "emails[", value: "x" })],
      ["noTarget", "PATCH", one, patchOf({ op: "remove" })],
      ["invalidValue", "PATCH", one, patchOf({ op: "replace", path: "active", value: "perhaps" })],
    ];
    for (const [scimType, method, path, body] of cases) {
      const answer = await gateway.scim(method, path, body);
      expect([scimType, answer.body.scimType]).toEqual([scimType, scimType]);
      expectError(answer, scimType === "uniqueness" ? 409 : 400);
    }
    expect(await nativeOf(gateway, "a@contoso.com")).toMatchObject({ active: true });
  });

  it("C12 C25: a user without a name, or with an empty one, is 400, and nobody is made", async () => {
    const gateway = await open(KEEPNET);
    for (const body of [
      {},
      { userName: "" },
      { userName: null },
      { emails: [] },
      { schemas: [CORE_USER], userName: "   " },
    ]) {
      const answer = await gateway.scim("POST", "/Users", body);
      expect([JSON.stringify(body), answer.status]).toEqual([JSON.stringify(body), 400]);
      expectError(answer, 400, "invalidValue");
    }
    expect(await natives(gateway)).toEqual([]);
  });

  it("C104 S40: addresses are built from the public URL, never from the Host header", async () => {
    const { gateway, ids } = await withUsers(1);
    const headers = {
      authorization: `Bearer ${gateway.token}`,
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
    };
    const { exports } = await import("cloudflare:workers");
    const response = await exports.default.fetch(
      new Request(`https://worker.internal/scim/v2/Users/${ids[0]}`, { headers }),
    );
    const body = (await response.json()) as { meta: { location: string } };
    expect(body.meta.location).toBe(`https://scim.example.com/scim/v2/Users/${ids[0]}`);
  });

  it("C105: plain http is refused and never redirected, https answers say so for a year", async () => {
    const { gateway } = await withUsers(1);
    const { exports } = await import("cloudflare:workers");
    const headers = { authorization: `Bearer ${gateway.token}` };
    const response = await exports.default.fetch(
      new Request("http://scim.example.com/scim/v2/Users", { headers, redirect: "manual" }),
    );
    expect(response.status).toBe(403);
    expect(response.headers.get("location")).toBeNull();
    expect(((await response.json()) as { status: string }).status).toBe("403");
    const fine = await ask(gateway, "GET", "/Users", 200);
    expect(fine.headers.get("strict-transport-security")).toMatch(/max-age=31536000/);
  });
});

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

  it("C84: who comes while a client pages is at the end, and nobody comes twice", async () => {
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

  it("C96 C97: /Me and /Bulk are 501, as ServiceProviderConfig says", async () => {
    const gateway = await open(KEEPNET);
    for (const method of ["GET", "POST", "PATCH"])
      await ask(gateway, method, "/Me", 501, method === "GET" ? undefined : {});
    await ask(gateway, "POST", "/Bulk", 501, { Operations: [] });
    const { body } = await ask(gateway, "GET", "/ServiceProviderConfig", 200);
    expect(body.bulk.supported).toBe(false);
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

  it("C101: the ETag is that of the whole resource, whatever is shown of it", async () => {
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

it("C38: another connection's ids are 404, as users, as groups, as members and as managers", async () => {
  const [mine, theirs] = [await open(KEEPNET), await open(KEEPNET)];
  const stranger = await createUser(theirs, "stranger@contoso.com");
  const foreign = await createGroup(theirs, "Foreign");
  const own = await createUser(mine, "ada@contoso.com");
  const group = await createGroup(mine, "Sales");
  for (const path of [`/Users/${stranger}`, `/Groups/${foreign}`]) {
    await ask(mine, "GET", path, 404);
    await ask(mine, "PATCH", path, 404, patchOf({ op: "Replace", path: "displayName", value: "Mine" }));
    await ask(mine, "PUT", path, 404, entraUser({ email: "x@contoso.com" }, { displayName: "x" }));
    await ask(mine, "DELETE", path, 404);
  }
  const add = patchOf({ op: "Add", path: "members", value: [{ value: stranger }] });
  expectError(await ask(mine, "PATCH", `/Groups/${group}`, 400, add), 400, "invalidValue");
  const manager = patchOf({ op: "Add", path: "manager", value: stranger });
  expectError(await ask(mine, "PATCH", `/Users/${own}`, 400, manager), 400, "invalidValue");
  for (const filter of [`id eq "${stranger}"`, 'userName eq "stranger@contoso.com"', 'externalId eq "stranger"']) {
    expect((await ask(mine, "GET", filtered("/Users", filter), 200)).body.totalResults).toBe(0);
  }
  // The same names and external ids live side by side.
  await createUser(mine, "stranger@contoso.com");
  await createGroup(mine, "Foreign");
  expect((await ask(mine, "GET", "/Users", 200)).body.totalResults).toBe(2);
  expect((await ask(theirs, "GET", "/Users", 200)).body.totalResults).toBe(1);
  expect(await natives(theirs)).toMatchObject([{ email: "stranger@contoso.com", active: true }]);
});
