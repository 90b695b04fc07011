// What changes at the vendor behind Portico's back: found by a sweep, reported, repaired when told; export and erasure.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createGateway, type Gateway } from "./gateway.ts";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  externalId: name,
  emails: [{ type: "work", value: `${name}@example.com` }],
});

async function createStaff(gateway: Gateway, names: string[]) {
  const ids: string[] = [];
  for (const name of names) ids.push((await gateway.scim("POST", "/Users", person(name))).body.id);
  const members = ids.map((value) => ({ value }));
  const group = await gateway.scim("POST", "/Groups", { displayName: "Staff", members });
  return { ids, group: group.body.id as string };
}

async function sweepAgain(gateway: Gateway): Promise<void> {
  expect((await gateway.api("POST", `/connections/${gateway.name}/sweep`)).status).toBe(202);
  await gateway.settle();
}

/** Takes the first member out of the first native group and puts a stranger in. */
async function meddle(gateway: Gateway): Promise<{ removed: string; stranger: string }> {
  const { body } = await gateway.vendor("GET", "/state");
  const [group] = Object.values(body.groups) as { resourceId: string; members: string[] }[];
  const [removed = "", ...rest] = group?.members ?? [];
  const stranger = Object.keys(body.users).find((id) => !group?.members.includes(id)) ?? "";
  const groups = { ...body.groups, [group?.resourceId ?? ""]: { ...group, members: [...rest, stranger] } };
  await gateway.vendor("PATCH", "/state", { groups });
  return { removed, stranger };
}

const nativeMembers = async (gateway: Gateway): Promise<string[]> => {
  const { body } = await gateway.vendor("GET", "/state");
  return (Object.values(body.groups) as { members: string[] }[]).flatMap((group) => group.members);
};

describe("drift", () => {
  it("S13: memberships that differ are reported and left alone", async () => {
    const gateway = await createGateway("keepnet");
    const { group } = await createStaff(gateway, ["a", "b"]);
    await gateway.scim("POST", "/Users", person("stranger"));
    const { removed, stranger } = await meddle(gateway);
    await sweepAgain(gateway);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
    expect(body.counts).toEqual({ memberMissing: 1, memberExtra: 1 });
    expect(body.findings).toMatchObject([
      { linkId: group, isRepaired: false },
      { linkId: group, isRepaired: false },
    ]);
    expect(await nativeMembers(gateway)).toContain(stranger);
    expect(await nativeMembers(gateway)).not.toContain(removed);
  });

  it("S13: memberships that differ are repaired when the connection says so", async () => {
    const gateway = await createGateway("keepnet", { drift: "repair" });
    await createStaff(gateway, ["a", "b"]);
    await gateway.scim("POST", "/Users", person("stranger"));
    const before = await nativeMembers(gateway);
    await meddle(gateway);
    await sweepAgain(gateway);
    expect((await nativeMembers(gateway)).sort()).toEqual(before.sort());
    await sweepAgain(gateway);
    expect((await gateway.api("GET", `/connections/${gateway.name}/drift`)).body.counts).toEqual({});
  });
});

it("S46: a second group of one name is reported with the one that clients find", async () => {
  const gateway = await createGateway("keepnet");
  const { group } = await createStaff(gateway, ["a"]);
  const { groups } = (await gateway.vendor("GET", "/state")).body;
  const [[id, native] = ["", {}]] = Object.entries<object>(groups);
  const twin = `${id.slice(0, -4)}0000`;
  await gateway.vendor("PATCH", "/state", { groups: { ...groups, [twin]: { ...native, resourceId: twin } } });
  await sweepAgain(gateway);
  const found = async () => (await gateway.api("GET", `/connections/${gateway.name}/drift`)).body.findings;
  expect(await found()).toMatchObject([{ kind: "duplicate", firstId: group, isRepaired: false }]);
  await gateway.vendor("PATCH", "/state", { groups });
  await sweepAgain(gateway);
  expect((await found()).map(({ kind }: { kind: string }) => kind)).not.toContain("duplicate");
});

/** The vendor's own administrator changes a user. */
async function changeNatively(gateway: Gateway, part: string, name: string, to: object): Promise<void> {
  const { body } = await gateway.vendor("GET", "/state");
  type Row = { email?: string; login?: string; name?: string };
  const isIt = (one: Row) => one.email === mail(name) || one.login === mail(name) || one.name === name;
  const [id, record] = Object.entries<Row>(body[part]).find(([, one]) => isIt(one)) ?? [];
  expect(record, name).toBeDefined();
  await gateway.vendor("PATCH", "/state", { [part]: { ...body[part], [id ?? ""]: { ...record, ...to } } });
}
const mail = (name: string) => `${name}@example.com`;

async function found(gateway: Gateway): Promise<{ kind: string; linkId: string; path?: string; memberId?: string }[]> {
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
  return body.findings.map(({ at, isRepaired, name, memberName, ...finding }: Record<string, unknown>) => finding);
}

describe("values that differ", () => {
  const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

  it("S27: are named by their paths, once, whether a sweep or a read finds them first", async () => {
    const gateway = await createGateway("keepnet");
    const { ids, group } = await createStaff(gateway, ["a", "b", "c"]);
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual([]);
    await changeNatively(gateway, "users", "a", { lastName: "King", department: "Ships", isActive: false });
    await changeNatively(gateway, "users", "b", { email: mail("moved") });
    await changeNatively(gateway, "groups", "Staff", { name: "Crew" });
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual(
      expect.arrayContaining([
        { kind: "changed", linkId: ids[0], path: "name.familyName" },
        { kind: "changed", linkId: ids[0], path: DEPARTMENT },
        { kind: "deactivated", linkId: ids[0] },
        { kind: "renamed", linkId: ids[1] },
        { kind: "renamed", linkId: group },
      ]),
    );
    expect(await found(gateway)).toHaveLength(5);
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual([]);
    // A row does not show the manager; a read of the record does.
    await changeNatively(gateway, "users", "c", { managerEmail: mail("a") });
    await gateway.scim("GET", `/Users/${ids[2]}`);
    const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    expect(await found(gateway)).toEqual([{ kind: "changed", linkId: ids[2], path: manager }]);
  });

  it("S27 S7: the index follows, so that a match finds the user who has the name now", async () => {
    const gateway = await createGateway("kpifire");
    const { status, body } = await gateway.scim("POST", "/Users", person("a"));
    expect(status).toBe(201);
    await changeNatively(gateway, "users", "a", { login: mail("moved") });
    await sweepAgain(gateway);
    const match = async (name: string) =>
      (await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${mail(name)}"`)}`)).body;
    expect((await match("moved")).Resources).toMatchObject([{ id: body.id, userName: mail("moved") }]);
    expect((await match("a")).totalResults).toBe(0);
    expect(await found(gateway)).toEqual([{ kind: "renamed", linkId: body.id }]);
  });

  it.each(["keepabl", "keeper", "keepnet", "klaxoon", "kpifire", "redmine", "rest"])(
    "S27: what Portico writes itself is never drift (%s)",
    async (vendor) => {
      const gateway = await createGateway(vendor);
      const names = { name: { givenName: "Ada", familyName: "Lovelace" } };
      const { body } = await gateway.scim("POST", "/Users", { ...person("a"), ...names });
      await sweepAgain(gateway);
      const patch = (...Operations: object[]) =>
        gateway.scim("PATCH", `/Users/${body.id}`, {
          schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          Operations,
        });
      for (const operation of [
        { op: "replace", path: "name.familyName", value: "  King " },
        { op: "replace", path: "userName", value: "NEW@example.com" },
        { op: "replace", path: "active", value: false },
        { op: "replace", path: "active", value: true },
      ]) {
        const { status } = await patch(operation);
        expect([200, 400]).toContain(status);
        await sweepAgain(gateway);
      }
      if (vendor !== "keepabl") {
        const group = await gateway.scim("POST", "/Groups", {
          displayName: "Kpifire.Idea",
          externalId: "g",
          members: [{ value: body.id }],
        });
        expect(group.status).toBe(201);
        await sweepAgain(gateway);
      }
      expect(await found(gateway)).toEqual([]);
    },
  );

  it("S10 S27: a user who is gone is found by a sweep, and by a read before it", async () => {
    const gateway = await createGateway("keepnet");
    const names = Array.from({ length: 21 }, (_, at) => `user${at}`);
    const { ids } = await createStaff(gateway, names);
    await changeNatively(gateway, "users", "user0", { isDeleted: true });
    await changeNatively(gateway, "users", "user1", { isDeleted: true });
    expect((await gateway.scim("GET", `/Users/${ids[0]}`)).status).toBe(404);
    expect(await found(gateway)).toEqual([{ kind: "removed", linkId: ids[0] }]);
    await sweepAgain(gateway);
    const removed = (await found(gateway)).filter(({ kind }) => kind === "removed");
    expect(removed.map(({ linkId }) => linkId)).toEqual(ids.slice(0, 2));
    await sweepAgain(gateway);
    expect((await found(gateway)).filter(({ kind }) => kind === "removed")).toEqual([]);
    // What Portico removes itself is none.
    await gateway.scim("DELETE", `/Users/${ids[2]}`);
    await gateway.scim("GET", `/Users/${ids[2]}`);
    await sweepAgain(gateway);
    expect((await found(gateway)).filter(({ kind }) => kind === "removed")).toEqual([]);
  });

  it("S27: a refused write leaves what is known, and a lost one is no drift", async () => {
    const gateway = await createGateway("keepnet");
    const { ids } = await createStaff(gateway, ["a"]);
    const patch = (value: string) =>
      gateway.scim("PATCH", `/Users/${ids[0]}`, {
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [{ op: "replace", path: "name.givenName", value }],
      });
    const match = { method: "PUT", path: "/target-users/" };
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 400, body: {}, match }]);
    expect((await patch("Refused")).status).toBe(400);
    await changeNatively(gateway, "users", "a", { lastName: "King" });
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual([{ kind: "changed", linkId: ids[0], path: "name.familyName" }]);
    await gateway.vendor("POST", "/faults", [{ kind: "lostResponse", match }]);
    expect((await patch("Lost")).status).toBe(503);
    await sweepAgain(gateway);
    await gateway.scim("GET", `/Users/${ids[0]}`);
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual([]);
  });

  it("S27: a page that was on its way while Portico wrote is compared another time", async () => {
    const gateway = await createGateway("keepnet");
    const { ids } = await createStaff(gateway, ["a"]);
    await sweepAgain(gateway);
    const list = { kind: "delay", delayMs: 1_500, when: "after", match: { path: "target-users/search$" } };
    await gateway.vendor("POST", "/faults", [list]);
    const sweep = sweepAgain(gateway);
    await vi.waitFor(
      async () => {
        const { calls } = (await gateway.vendor("GET", "/log")).body;
        expect(calls.at(-1)).toMatchObject({ path: "/api/target-users/search", status: null, effect: true });
      },
      { timeout: 20_000 },
    );
    const written = await gateway.scim("PATCH", `/Users/${ids[0]}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", value: { "name.givenName": "Written", active: false } }],
    });
    expect(written.status).toBe(200);
    await sweep;
    expect(await found(gateway)).toEqual([]);
    expect((await gateway.scim("GET", `/Users/${ids[0]}`)).body.active).toBe(false);
    await sweepAgain(gateway);
    expect(await found(gateway)).toEqual([]);
  });

  it("S12 S37: digests tell neither value nor key, and are deleted with the user", async () => {
    const gateway = await createGateway("keepnet");
    const same = { name: { givenName: "Canary", familyName: "Canary" } };
    const ids: string[] = [];
    for (const name of ["a", "b"])
      ids.push((await gateway.scim("POST", "/Users", { ...person(name), ...same })).body.id);
    const stored = () =>
      runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => ({
        digests: storage.sql.exec("select * from digests").toArray() as { link_id: string; paths: string }[],
        facts: storage.sql.exec("select * from facts where name = 'digest_key'").toArray() as { value: string }[],
      }));
    const { digests, facts } = await stored();
    expect(JSON.stringify(digests)).not.toMatch(/canary|example/i);
    const paths = digests.map((row): Record<string, string> => JSON.parse(row.paths));
    const [one, two] = paths.slice(0, 2);
    expect(one?.["name.givenName"]).toMatch(/^[\w+/]{8}$/);
    expect(new Set([one?.["name.givenName"], one?.["name.familyName"], two?.["name.givenName"]]).size).toBe(3);
    // Sealed with the master key of the tests.
    expect(facts).toMatchObject([{ value: expect.stringMatching(/^test\./) }]);
    await gateway.scim("DELETE", `/Users/${ids[0]}`);
    expect((await stored()).digests.map((row) => row.link_id)).not.toContain(ids[0]);
  });
});

describe("an export", () => {
  it("S37: holds links and settings, and no secret", async () => {
    const gateway = await createGateway("keepnet");
    const { ids, group } = await createStaff(gateway, ["a", "b"]);
    const { status, body } = await gateway.api("GET", `/connections/${gateway.name}/export`);
    expect(status).toBe(200);
    const lines = String(typeof body === "string" ? body : JSON.stringify(body))
      .trim()
      .split("\n");
    const kinds = lines.map((line) => JSON.parse(line).kind);
    expect(kinds).toEqual(["connection", "link", "link", "link", "members", "end"]);
    expect(JSON.parse(lines.at(-2) ?? "{}")).toEqual({ kind: "members", groupId: group, userIds: [...ids].sort() });
    expect(JSON.parse(lines.at(-1) ?? "{}")).toEqual({ kind: "end", links: 3 });
    expect(body).not.toContain("fake-keepnet-secret");
  });
});
