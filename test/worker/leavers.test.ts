// Users who leave, as Entra tells it: a soft-delete name that the product never gets, and a new user under the old name.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { sampleOf } from "../suite/sample.ts";
import { bodyOf, editableRow, keyPath, personOf, subjectOf, WORK_MAIL } from "../suite/subject.ts";
import { open, type World, type WorldOptions } from "../suite/world.ts";

const VENDORS = ["keepabl", "keeper", "keepnet", "klaxoon", "kpifire", "redmine", "rest"];
/** Those whose table lets a name change. */
const WITH_GROUPS = VENDORS.filter((vendor) => subjectOf(vendor).adapter.group);
const RENAMING = VENDORS.filter((vendor) => {
  const subject = subjectOf(vendor);
  return !subject.adapter.attributes.User.some((row) => row.path === keyPath(subject) && row.immutable);
});
const PREFIX = "283405f5aabbccddeeff0011223344c2";
const DAY_MS = 86_400_000;
const replace = (path: string, value: unknown) => ({ op: "Replace", path, value });

interface Case {
  world: World;
  id: string;
  path: string;
  /** The name at the product, which is the userName too. */
  key: string;
  tombstone: string;
}

async function openWithUser(vendor: string, options: WorldOptions = {}): Promise<Case> {
  const world = await open(subjectOf(vendor), options);
  const id = await world.create(1);
  await world.outwait();
  const { key } = personOf(world.subject, 1);
  return { world, id, path: `/Users/${id}`, key, tombstone: `${PREFIX}${key}` };
}

const isActive = async (world: World, key: string) => (await world.user(key)).active;

describe.each(sampleOf(VENDORS, "soft-deleted", 3))("S45: Entra soft-deletes a user of %s", (vendor) => {
  it("S45: disables and renames in one PATCH: the account is disabled and keeps its name, clients see the new one", async () => {
    const { world, path, key, tombstone } = await openWithUser(vendor);
    const answer = await world.patch(path, replace("active", "False"), replace("userName", tombstone));
    expect(answer).toMatchObject({ status: 200, body: { userName: tombstone, active: false } });
    expect(await isActive(world, key)).toBe(false);
    await world.outwait();
    expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
    expect((await world.find("Users", `userName eq "${tombstone}"`)).body.totalResults).toBe(1);
    expect((await world.find("Users", `userName eq "${key}"`)).body.totalResults).toBe(0);
    await world.sweep();
    expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
    expect((await world.find("Users", `userName eq "${key}"`)).body.totalResults).toBe(0);
  });

  it("S45: the rename alone days later, the rename first, and a PUT say the same", async () => {
    const later = await openWithUser(vendor);
    await later.world.patch(later.path, replace("active", false));
    await later.world.outwait();
    expect(await later.world.patch(later.path, replace("userName", later.tombstone))).toMatchObject({ status: 200 });
    const first = await openWithUser(vendor);
    expect(await first.world.patch(first.path, { op: "Replace", value: { userName: first.tombstone } })).toMatchObject({
      status: 200,
    });
    await first.world.outwait();
    expect(await first.world.patch(first.path, replace("active", false))).toMatchObject({ status: 200 });
    const put = await openWithUser(vendor);
    const { body } = await put.world.get(put.path);
    const whole = { ...body, userName: put.tombstone, active: false };
    expect(await put.world.scim("PUT", put.path, whole)).toMatchObject({ status: 200 });
    for (const { world, path, key, tombstone } of [later, first, put]) {
      await world.outwait();
      expect(await isActive(world, key)).toBe(false);
      expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
    }
  });

  it("S45: restored with the clean name or without one, the user has it again and the account never lost it", async () => {
    for (const clean of [true, false]) {
      const { world, path, key, tombstone } = await openWithUser(vendor);
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const operations = [replace("active", "True"), ...(clean ? [replace("userName", key)] : [])];
      expect(await world.patch(path, ...operations)).toMatchObject({ status: 200, body: { active: true } });
      await world.outwait();
      expect((await world.get(path)).body).toMatchObject({ active: true, userName: key });
      expect(await isActive(world, key)).toBe(true);
      expect((await world.find("Users", `userName eq "${key}"`)).body.totalResults).toBe(1);
    }
  });

  it("S45: DELETE removes or hides the account of the user who left", async () => {
    const { world, path, key, tombstone } = await openWithUser(vendor);
    await world.patch(path, replace("active", "False"), replace("userName", tombstone));
    await world.outwait();
    expect((await world.scim("DELETE", path)).status).toBe(204);
    expect((await world.users()).filter((user) => user.key === key && user.active)).toEqual([]);
    expect((await world.get(path)).status).toBe(404);
  });
});

describe.each(sampleOf(RENAMING, "new user", 3))(
  "S45: a new user at %s under the name of a user who left",
  (vendor) => {
    it("S45: gets the name, the other account is renamed, and both live on by their ids", async () => {
      const { world, id, path, key, tombstone } = await openWithUser(vendor);
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const body = { ...bodyOf(personOf(world.subject, 1)), externalId: "somebody-else" };
      const created = await world.scim("POST", "/Users", body);
      expect(created).toMatchObject({ status: 201, body: { userName: key } });
      expect(created.body.id).not.toBe(id);
      await world.outwait();
      const left = (await world.users()).filter((user) => user.key.startsWith("left-"));
      expect(left).toHaveLength(1);
      expect(left[0]?.active).toBe(false);
      expect((await world.user(key)).key).toBe(key);
      expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
      await world.sweep();
      expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
      expect((await world.find("Users", `userName eq "${key}"`)).body.Resources).toMatchObject([
        { id: created.body.id },
      ]);
      // The user who left cannot come back under a name that another user has.
      const restored = await world.patch(path, replace("active", true), replace("userName", key));
      expect(restored).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      expect((await world.get(path)).body.active).toBe(false);
      expect((await world.scim("DELETE", path)).status).toBe(204);
      expect((await world.get(`/Users/${created.body.id}`)).body).toMatchObject({ userName: key, active: true });
      expect((await world.user(key)).key).toBe(key);
    });

    it("S45: restored after the newcomer has gone, the user has the clean name again", async () => {
      const { world, path, key, tombstone } = await openWithUser(vendor);
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const body = { ...bodyOf(personOf(world.subject, 1)), externalId: "somebody-else" };
      const created = await world.scim("POST", "/Users", body);
      await world.outwait();
      const other = `other.${key}`;
      const mail = other.includes("@") ? other : `${other}@contoso.example.com`;
      const renamed = [replace("userName", other), replace(WORK_MAIL, mail)];
      expect(await world.patch(`/Users/${created.body.id}`, ...renamed)).toMatchObject({ status: 200 });
      await world.outwait();
      expect(await world.patch(path, replace("active", true))).toMatchObject({ status: 200 });
      await world.outwait();
      expect((await world.get(path)).body).toMatchObject({ userName: key, active: true });
      expect(await isActive(world, key)).toBe(true);
      expect((await world.user(other)).key).toBe(other);
    });

    it("S45: where userName and e-mail are separate, clients never see the address that stands in, and it comes back", async () => {
      const { world, path, key, tombstone } = await openWithUser(vendor, { coupling: "separate", unmapped: "keep" });
      const shownBefore = JSON.stringify((await world.get(path)).body.emails);
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const created = await world.scim("POST", "/Users", {
        ...bodyOf(personOf(world.subject, 1)),
        externalId: "somebody-else",
      });
      expect(created).toMatchObject({ status: 201 });
      const shown = (await world.get(path)).body;
      expect(shown).toMatchObject({ userName: tombstone, active: false });
      expect(JSON.stringify(shown)).not.toContain("left-");
      expect(JSON.stringify(shown.emails)).toBe(shownBefore);
      await world.outwait();
      await world.patch(path, replace("title", "Former"));
      expect((await world.users()).filter((user) => user.key.startsWith("left-"))).toHaveLength(1);
      expect((await world.scim("DELETE", `/Users/${created.body.id}`)).status).toBe(204);
      await world.outwait();
      expect(await world.patch(path, replace("active", true))).toMatchObject({ status: 200, body: { userName: key } });
      await world.outwait();
      expect(JSON.stringify((await world.get(path)).body.emails)).toBe(shownBefore);
      expect(await isActive(world, key)).toBe(true);
    });

    it("S45 S9: the user who left comes back although the newcomer was deleted and the product still hides that account", async () => {
      const { world, path, key, tombstone } = await openWithUser(vendor);
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const body = { ...bodyOf(personOf(world.subject, 1)), externalId: "somebody-else" };
      const created = await world.scim("POST", "/Users", body);
      expect((await world.get(path)).body).toMatchObject({ userName: tombstone, active: false });
      await world.outwait();
      expect((await world.scim("DELETE", `/Users/${created.body.id}`)).status).toBe(204);
      await world.outwait();
      const back = await world.patch(path, replace("active", "True"), replace("userName", key));
      expect(back).toMatchObject({ status: 200, body: { userName: key, active: true } });
      expect(await isActive(world, key)).toBe(true);
    });

    it("S45: is refused where accounts are not renamed, and told why", async () => {
      const { world, path, key, tombstone } = await openWithUser(vendor, { parking: "never" });
      await world.patch(path, replace("active", "False"), replace("userName", tombstone));
      await world.outwait();
      const body = { ...bodyOf(personOf(world.subject, 1)), externalId: "somebody-else" };
      const refused = await world.scim("POST", "/Users", body);
      expect(refused).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      expect(refused.body.detail).toContain("parking: never");
      expect((await world.user(key)).key).toBe(key);
    });
  },
);

describe.each(sampleOf(VENDORS, "set aside", 3))("S48: a deactivation at %s beside what cannot be had", (vendor) => {
  it("S48: an unknown manager, an unfit value and a name that is gone are set aside, and the user is disabled", async () => {
    const { world, path, key } = await openWithUser(vendor);
    const answer = await world.patch(
      path,
      { op: "Remove", path: "userName" },
      { op: "Replace", path: "manager", value: "nobody" },
      { op: "Replace", path: "name.givenName", value: 5 },
      replace("active", false),
    );
    expect(answer).toMatchObject({ status: 200, body: { active: false, userName: key } });
    expect(await isActive(world, key)).toBe(false);
  });

  it("S48: an address that another user has is set aside", async () => {
    const { world, path, key } = await openWithUser(vendor);
    const { key: other } = personOf(world.subject, 2);
    await world.create(2);
    await world.outwait();
    const answer = await world.patch(path, replace("userName", other), replace("active", false));
    expect(answer).toMatchObject({ status: 200, body: { active: false, userName: key } });
    expect(await isActive(world, key)).toBe(false);
    expect(await isActive(world, other)).toBe(true);
  });

  it("S48: a value that the product refuses is set aside", async () => {
    const { world, path, key } = await openWithUser(vendor);
    const row = editableRow(world.subject);
    if (!row) return;
    const person = personOf(world.subject, 1, 1);
    const wanted = person.values[row.path];
    const operation = replace(row.path, wanted);
    // Where one call writes both, the first is refused; where a verb disables, the call after it.
    const isWrite = (call: RecordedCall) => call.method !== "GET" && !world.subject.native.isRead?.(call);
    const other = await openWithUser(vendor);
    const { calls } = await other.world.watch(() => other.world.patch(other.path, operation, replace("active", false)));
    const [first, second = first] = calls.filter(isWrite);
    const target = world.subject.adapter.user.setActive ? second : first;
    const skip = calls.filter((call) => call.method === target?.method && call.seq < (target?.seq ?? 0)).length;
    const match = { method: target?.method ?? "" };
    await world.fail({ kind: "status", status: 422, body: "refused", times: 1, skip, match });
    const answer = await world.patch(path, operation, replace("active", false));
    await world.heal();
    expect(answer).toMatchObject({ status: 200, body: { active: false } });
    expect(await isActive(world, key)).toBe(false);
  });

  it("S48: without a deactivation the refusal stays, and nothing is done", async () => {
    const { world, path, key } = await openWithUser(vendor);
    const refused = await world.patch(path, { op: "Remove", path: "userName" }, replace("active", true));
    expect(refused.status).toBe(400);
    expect(await isActive(world, key)).toBe(true);
  });
});

describe("S48: what was set aside", () => {
  it("S48: is listed with its reason, and done by the request that activates the user", async () => {
    const { world, path, key } = await openWithUser("redmine");
    const long = "x".repeat(200);
    await world.patch(path, replace("name.givenName", long), replace("active", false));
    await world.outwait();
    const listed = () => world.gateway.api("GET", `/connections/${world.gateway.name}/pending?kind=set-aside`);
    expect((await listed()).body.owed).toMatchObject([
      { what: "name.givenName", why: expect.stringContaining("at most") },
    ]);
    // Still refused, so the activation goes on without it and it stays owed.
    expect(await world.patch(path, replace("active", true))).toMatchObject({ status: 200, body: { active: true } });
    expect((await listed()).body.owed).toHaveLength(1);
    expect(await isActive(world, key)).toBe(true);
    // A later value takes its place.
    await world.patch(path, replace("name.givenName", "Kim"));
    expect((await listed()).body.owed).toEqual([]);
  });

  it("S48: an address that has become free meanwhile is written with the activation", async () => {
    const { world, path } = await openWithUser("rest");
    const { key: other } = personOf(world.subject, 2);
    const second = await world.create(2);
    await world.outwait();
    await world.patch(path, replace("userName", other), replace("active", false));
    await world.scim("DELETE", `/Users/${second}`);
    const answer = await world.patch(path, replace("active", true));
    expect(answer).toMatchObject({ status: 200, body: { active: true, userName: other } });
    expect(await isActive(world, other)).toBe(true);
  });
});

describe.each(sampleOf(WITH_GROUPS, "restored", 3))("S14: restored at %s", (vendor) => {
  /** @param meanwhile what clients do while the user is inactive */
  async function restored(
    days: number,
    more: { externalId?: string } = {},
    meanwhile: (world: World, id: string, formerGroup: string) => Promise<void> = async () => {},
  ): Promise<{ groups: number; world: World }> {
    const { world, id, path } = await openWithUser(vendor);
    await world.createGroup("Sales", [id]);
    const former = await world.createGroup("Design", [id]);
    await world.outwait();
    await world.patch(path, replace("active", false));
    await world.outwait();
    await meanwhile(world, id, former);
    const operations = [replace("active", true), ...(more.externalId ? [replace("externalId", more.externalId)] : [])];
    const since = Date.now() - days * DAY_MS;
    await runInDurableObject(env.CONNECTION.getByName(world.gateway.id), (_object, { storage }) => {
      storage.sql.exec("update links set left = json_set(left, '$.at', ?) where id = ?", since, id);
    });
    expect(await world.patch(path, ...operations)).toMatchObject({ status: 200, body: { active: true } });
    await world.outwait();
    return { groups: (await world.group("Sales")).memberIds.length, world };
  }

  it("S14: within 30 days a user has the groups of then, afterwards none", async () => {
    expect((await restored(29)).groups).toBe(1);
    expect((await restored(31)).groups).toBe(0);
  });

  it("S14: a user who returns as new stays in the groups into which clients have put them meanwhile", async () => {
    const { groups, world } = await restored(31, {}, async (open, id, former) => {
      await open.createGroup("Marketing", [id]);
      const add = { op: "add", path: "members", value: [{ value: id }] };
      expect((await open.patch(`/Groups/${former}`, add)).status).toBeLessThan(300);
    });
    expect(groups).toBe(0);
    for (const name of ["Design", "Marketing"]) expect((await world.group(name)).memberIds).toHaveLength(1);
  });

  it("S14: with another externalId a user has no group of then", async () => {
    const { adapter } = subjectOf(vendor);
    const row = adapter.attributes.User.find(({ path }) => path === "externalId");
    if (row?.immutable) return;
    expect((await restored(1, { externalId: "somebody-else" })).groups).toBe(0);
  });
});

describe.each(sampleOf(VENDORS, "created again", 3))("S9: deleted at %s and created again", (vendor) => {
  it("S9: the same person gets a new id and a new time of creation", async () => {
    const { world, id, path } = await openWithUser(vendor);
    const before = (await world.get(path)).body;
    expect((await world.scim("DELETE", path)).status).toBe(204);
    await world.outwait();
    const again = await world.scim("POST", "/Users", bodyOf(personOf(world.subject, 1)));
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
    expect(Date.parse(again.body.meta.created)).toBeGreaterThan(Date.parse(before.meta.created));
    expect((await world.get(path)).status).toBe(404);
    expect(WORK_MAIL).toContain("work");
  });
});
