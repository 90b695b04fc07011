// What RFC 7644 asks of every request: media types, status codes, errors, addresses and the boundary of a connection [C22] to [C25] [C33] to [C38].

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_USER,
  createGroup,
  createUser,
  entraUser,
  expectError,
  filtered,
  KEEPNET,
  NOBODY,
  nativeOf,
  natives,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { withUsers } from "./alphabet.ts";
import { request } from "./gateway.ts";

describe("part 2: basics", () => {
  it("C22 C24: every answer is application/scim+json, with any Accept", async () => {
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

  it("C12 C25: a user without a name, or with an empty one, is 400, and no user is made", async () => {
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

  it("C15 C25: a group without a name, or with an empty one, is 400", async () => {
    const gateway = await open(KEEPNET);
    for (const body of [{ members: [] }, { displayName: "" }, { displayName: null }]) {
      expectError(await gateway.scim("POST", "/Groups", body), 400, "invalidValue");
    }
    expect((await ask(gateway, "GET", "/Groups", 200)).body.totalResults).toBe(0);
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
