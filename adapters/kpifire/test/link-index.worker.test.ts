// The link index where the vendor cannot search, and whole member lists under many hands [S13] [S26] [S27].

import { expect, it } from "vitest";
import { type Answer, createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const CALLS = "x-portico-native-calls";

/** Part of the vendor's state: so many users with the ids from 1 on. */
const people = (count: number) => ({
  users: Object.fromEntries(
    Array.from({ length: count }, (_, at) => [String(at + 1), { id: at + 1, login: `user${at + 1}@acme.example` }]),
  ),
  nextId: count + 1,
});
const match = (gateway: Gateway, name: string): Promise<Answer> =>
  gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${name}@acme.example"`)}`);
const sweeps = async (gateway: Gateway) => (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps;
const patchMembers = (gateway: Gateway, group: string, op: "add" | "remove", ...users: string[]) =>
  gateway.scim("PATCH", `/Groups/${group}`, {
    schemas: [PATCH_OP],
    Operations: [{ op, path: "members", value: users.map((value) => ({ value })) }],
  });
const listIds = async (gateway: Gateway): Promise<Map<string, string>> => {
  const { body } = await gateway.scim("GET", "/Users?count=200&attributes=userName");
  return new Map(body.Resources.map((one: { userName: string; id: string }) => [one.userName.split("@")[0], one.id]));
};

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come true");
}

it("S27: before the first sweep is complete a match is 503 with an integer Retry-After and the progress", async () => {
  const gateway = await createGateway("kpifire", {
    seed: people(120),
    // The third page takes its time.
    faults: [{ kind: "delay", delayMs: 6_000, skip: 2, match: { method: "GET", path: "/users$" } }],
    settled: false,
  });
  await until(async () => (await sweeps(gateway))[0].seen === 100);
  const early = await match(gateway, "user120");
  expect(early.status).toBe(503);
  expect(early.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(early.body.detail).toContain("indexing 100 of 120");
  expect((await gateway.scim("GET", "/Users")).body.detail).toContain("indexing 100 of 120");
  // What the index has seen already is no secret.
  expect(await match(gateway, "user7")).toMatchObject({ status: 200, body: { totalResults: 1 } });
  await gateway.settle();
  await until(async () => (await sweeps(gateway)).every((one: { state: string }) => one.state === "complete"));
  expect(await match(gateway, "user120")).toMatchObject({ status: 200, body: { totalResults: 1 } });
});

it("S27: after the first sweep 200 matches cost at most one native call each, a miss none", async () => {
  const gateway = await createGateway("kpifire", { seed: { ...people(100), burst: null } });
  await gateway.vendor("DELETE", "/log");
  for (let at = 1; at <= 100; at++) {
    const hit = await match(gateway, `user${at}`);
    expect(hit).toMatchObject({ status: 200, body: { totalResults: 1 } });
    expect(hit.headers.get(CALLS)).toBe("1");
    const miss = await match(gateway, `nobody${at}`);
    expect(miss).toMatchObject({ status: 200, body: { totalResults: 0 } });
    expect(miss.headers.get(CALLS)).toBe("0");
  }
  expect((await gateway.vendor("GET", "/log")).body.summary.total).toBe(100);
});

it("S27: an account that is added in the product is found after the next sweep, and never twice", async () => {
  const gateway = await createGateway("kpifire", { seed: people(3) });
  const { body } = await gateway.vendor("GET", "/state");
  await gateway.vendor("PATCH", "/state", {
    users: { ...body.users, "9": { id: 9, login: "late@acme.example", licenseType: 4 } },
    nextId: 10,
  });
  expect((await match(gateway, "late")).body.totalResults).toBe(0);
  const refused = await gateway.scim("POST", "/Users", { userName: "late@acme.example" });
  expect(refused).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
  expect((await gateway.api("POST", `/connections/${gateway.name}/sweep`)).status).toBe(202);
  await gateway.settle();
  await until(async () => (await match(gateway, "late")).body.totalResults === 1);
  expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(4);
});

it("S13: of 50 concurrent changes of one group's members none is lost", async () => {
  const gateway = await createGateway("kpifire", { seed: people(50) });
  const ids = await listIds(gateway);
  const id = (at: number) => ids.get(`user${at}`) ?? "";
  const seated = Array.from({ length: 25 }, (_, at) => id(at + 1));
  const made = await gateway.scim("POST", "/Groups", {
    displayName: "Staff",
    members: seated.map((value) => ({ value })),
  });
  expect(made.status).toBe(201);
  const group: string = made.body.id;
  // The first 25 leave while the others come.
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) => patchMembers(gateway, group, at < 25 ? "remove" : "add", id(at + 1))),
  );
  expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 50 }, () => 204));
  const { body } = await gateway.vendor("GET", "/state");
  const [native] = Object.values<{ memberIds: number[] }>(body.groups);
  expect(native?.memberIds.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => at + 26));
  const shown = await gateway.scim("GET", `/Groups/${group}`);
  expect(shown.body.members.map((one: { value: string }) => one.value).sort()).toEqual(
    Array.from({ length: 25 }, (_, at) => id(at + 26)).sort(),
  );
});

it("S13: a group that was there before keeps its native members, also those who joined since", async () => {
  const groups = { "100": { id: 100, name: "Old", memberIds: [1, 2, 3] } };
  const gateway = await createGateway("kpifire", { seed: { ...people(6), groups, nextId: 101 } });
  const ids = await listIds(gateway);
  const found = await gateway.scim("GET", `/Groups?filter=${encodeURIComponent('displayName eq "old"')}`);
  const group: string = found.body.Resources[0].id;
  const nativeMembers = async () => (await gateway.vendor("GET", "/state")).body.groups["100"].memberIds;
  const added = await patchMembers(gateway, group, "add", ids.get("user4") ?? "");
  expect(added.status).toBe(204);
  expect(await nativeMembers()).toEqual([1, 2, 3, 4]);
  // An administrator adds user5 in the product, and the next write does not undo it.
  await gateway.vendor("PATCH", "/state", { groups: { "100": { ...groups["100"], memberIds: [1, 2, 3, 4, 5] } } });
  await patchMembers(gateway, group, "remove", ids.get("user1") ?? "");
  expect(await nativeMembers()).toEqual([2, 3, 4, 5]);
});
