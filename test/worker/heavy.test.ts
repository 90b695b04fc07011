// Requests that would take too much of the processor, of memory, or of the vendor's minute: refused at once, with nothing done.

import { describe, expect, it } from "vitest";
import {
  ask,
  CORE_USER,
  createUser,
  expectError,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  nativeGroups,
  nativeLog,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const callsOf = ({ headers }: { headers: Headers }) => Number(headers.get("x-portico-native-calls"));

const nativeId = (at: number) => `simUser${String(at).padStart(5, "0")}`;
const users = (count: number) =>
  Object.fromEntries(
    many(count, (at) => {
      const createTime = new Date(1_700_000_000_000 + at * 1_000).toISOString();
      return [nativeId(at), { resourceId: nativeId(at), id: at, email: `old${at}@contoso.com`, createTime }];
    }),
  );
const groups = (count: number, members: number) =>
  Object.fromEntries(
    many(count, (at) => {
      const id = `simGroup${String(at).padStart(4, "0")}`;
      const createTime = new Date(1_700_000_000_000 + at * 1_000).toISOString();
      return [id, { resourceId: id, name: `Group ${at}`, createTime, members: many(members, nativeId) }];
    }),
  );
const groupNamed = async (gateway: Gateway, name: string): Promise<string> =>
  (await ask(gateway, "GET", filtered("/Groups", `displayName eq "${name}"`, "&attributes=id"), 200)).body.Resources[0]
    .id;

describe("too many comparisons", () => {
  it("C51: filters over a large group are refused whole, and the group is as it was", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(3_000), groups: groups(1, 3_000) } });
    const id = await groupNamed(gateway, "Group 0");
    const terms = many(440, (at) => `value eq "${at.toString(36)}"`).join(" or ");
    const heavy = many(60, () => ({ op: "remove", path: `members[value co "z" or ${terms}]` }));
    const first = { op: "replace", path: "displayName", value: "Renamed" };
    const refused = await ask(gateway, "PATCH", `/Groups/${id}`, 400, patchOf(first, ...heavy));
    expectError(refused, 400, "tooMany");
    const { "Group 0": members } = await nativeGroups(gateway);
    expect(members).toHaveLength(3_000);
    // The same ids alone are looked up, however many they are.
    const light = many(60, () => ({ op: "remove", path: `members[${terms}]` }));
    await ask(gateway, "PATCH", `/Groups/${id}`, 204, patchOf(...light));
  });

  it("C51: filters over many values of a user are refused whole", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    const photos = many(990, (at) => ({ value: `https://e.com/${at}`, type: `t${at}` }));
    await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf({ op: "add", path: "photos", value: photos }));
    const filter = many(200, (at) => `value co "x${at}"`).join(" or ");
    const heavy = many(113, () => ({ op: "replace", path: `photos[${filter}].display`, value: "x" }));
    const refused = await ask(gateway, "PATCH", `/Users/${id}`, 400, patchOf(...heavy));
    expectError(refused, 400, "tooMany");
  });
});

describe("more than the vendor's minute has room for", () => {
  it.each([
    // A quarter of 8 calls a second for a minute.
    ["kpifire", 121, { perSecond: 8 }],
  ])("S26: a scan of %s beyond a quarter of its minute is refused before the first call", async (vendor, count) => {
    const people = Object.fromEntries(
      many(count, (at) => [String(at + 1), { id: at + 1, login: `person${at}@example.com`, licenseType: 1 }]),
    );
    const gateway = await createGateway(vendor, { seed: { users: people, nextId: count + 1 } });
    for (const path of [filtered("/Users", "active pr"), "/Users?sortBy=name.familyName", filtered("", "active pr")]) {
      const refused = await ask(gateway, "GET", path, 400);
      expectError(refused, 400, "tooMany");
      expect(callsOf(refused), path).toBe(0);
    }
    const found = await ask(gateway, "GET", filtered("/Users", 'userName eq "person7@example.com"'), 200);
    expect(found.body.totalResults).toBe(1);
  });

  it("S26: users who share an externalId are read only as far as the minute goes", async () => {
    const gateway = await createGateway("kpifire", { brake: { kinds: { creation: { action: "warn" } }, ...LINES } });
    for (let at = 0; at < 121; at++) {
      const body = { schemas: [CORE_USER], userName: `twin${at}@example.com`, externalId: "same" };
      await ask(gateway, "POST", "/Users", 201, { ...body, name: { givenName: "A", familyName: "B" } });
    }
    const refused = await ask(gateway, "GET", filtered("/Users", 'externalId eq "same"'), 400);
    expectError(refused, 400, "tooMany");
    expect(callsOf(refused)).toBe(0);
  });
});

const LINES = { share: 1, count: 1_000, minutes: 60 };

describe("what a link keeps", () => {
  const text = (bytes: number) => "x".repeat(bytes);

  it("S1: at most 64 KiB in all; the refusal names the largest attribute, and nothing is done", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf({ op: "add", path: "title", value: text(20_000) }));
    const calls = (await nativeLog(gateway)).filter(({ method }) => method !== "GET").length;
    const refused = await ask(
      gateway,
      "PATCH",
      `/Users/${id}`,
      400,
      patchOf(
        { op: "replace", path: "name.familyName", value: "Changed" },
        { op: "add", path: "nickName", value: text(46_000) },
      ),
    );
    expectError(refused, 400, "invalidValue");
    expect(refused.body.detail).toContain("nickName");
    expect((await nativeLog(gateway)).filter(({ method }) => method !== "GET")).toHaveLength(calls);
    const { body } = await ask(gateway, "GET", `/Users/${id}`, 200);
    expect(body.nickName).toBeUndefined();
    expect(body.title).toHaveLength(20_000);
  });

  it("S1: bytes count, not letters, on create, in a PUT and of an externalId", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    const body = { schemas: [CORE_USER], userName: "ada@contoso.com", title: "ß".repeat(40_000) };
    expectError(
      await ask(gateway, "POST", "/Users", 400, { ...body, userName: "eve@contoso.com" }),
      400,
      "invalidValue",
    );
    expectError(await ask(gateway, "PUT", `/Users/${id}`, 400, body), 400, "invalidValue");
    const long = { ...body, title: text(40_000), externalId: text(40_000) };
    expectError(await ask(gateway, "PUT", `/Users/${id}`, 400, long), 400, "invalidValue");
    expect((await nativeLog(gateway)).filter(({ request }) => JSON.stringify(request ?? "").includes("eve@"))).toEqual(
      [],
    );
  });

  it("S1 S48: a deactivation deactivates also beside what is too large to keep", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, "ada@contoso.com");
    const operations = [
      { op: "replace", path: "active", value: false },
      { op: "add", path: "title", value: text(60_000) },
      { op: "add", path: "nickName", value: text(60_000) },
    ];
    const { body } = await ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf(...operations));
    expect(body).toMatchObject({ active: false });
    expect(body.title).toBeUndefined();
  });
});

describe("pages are cut by bytes", () => {
  it("S26: itemsPerPage is true, totalResults whole, and a client that goes on from there sees everybody once", async () => {
    const gateway = await open(KEEPNET_FULL, { brake: LINES });
    for (let at = 0; at < 90; at++) {
      const body = {
        schemas: [CORE_USER],
        userName: `large${at}@contoso.com`,
        title: "x".repeat(60_000),
        emails: [{ value: `large${at}@contoso.com`, type: "work" }],
      };
      await ask(gateway, "POST", "/Users", 201, body);
    }
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let startIndex = 1; startIndex <= 90; ) {
      const { body } = await ask(gateway, "GET", `/Users?startIndex=${startIndex}&count=200`, 200);
      expect(body).toMatchObject({ totalResults: 90, itemsPerPage: body.Resources.length, startIndex });
      expect(JSON.stringify(body).length).toBeLessThan(4_200_000);
      seen.push(...body.Resources.map(({ id }: { id: string }) => id));
      sizes.push(body.itemsPerPage);
      startIndex += body.itemsPerPage;
    }
    expect(new Set(seen).size).toBe(90);
    expect(seen).toHaveLength(90);
    expect(sizes).toHaveLength(2);
    const narrow = await ask(gateway, "GET", "/Users?count=200&attributes=userName", 200);
    expect(narrow.body.totalResults).toBe(90);
  });

  it("S26: groups with thousands of members are on the page as far as it goes, loading no more than that", async () => {
    const gateway = await open(KEEPNET, { seed: { users: users(10_000), groups: groups(3, 10_000) } });
    const seen: string[] = [];
    while (seen.length < 3) {
      const { body } = await ask(gateway, "GET", `/Groups?startIndex=${seen.length + 1}`, 200);
      expect(body).toMatchObject({ totalResults: 3, itemsPerPage: body.Resources.length });
      expect(body.itemsPerPage).toBeGreaterThan(0);
      expect(body.itemsPerPage).toBeLessThan(3);
      for (const group of body.Resources) {
        expect(group.members).toHaveLength(10_000);
        seen.push(group.displayName);
      }
    }
    expect(seen).toEqual(many(3, (at) => `Group ${at}`));
  });
});
