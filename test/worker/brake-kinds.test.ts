// What the brake counts besides deactivations and removals, each kind by its own line [S20].

import { describe, expect, it } from "vitest";
import {
  addMembers,
  addressOf,
  brake,
  create,
  createGroup,
  createUsers,
  DAY_MS,
  keepnetUsers,
  kindOf,
  patch,
  removeMembers,
  rename,
  replaceMembers,
  setActive,
} from "./brake-people.ts";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { idOf, seedUsers } from "./strangers.ts";

/** A connection on which one kind has another line. */
const withLine = (vendor: string, kind: string, count: number, more: object = {}): Promise<Gateway> =>
  createGateway(vendor, {
    brake: { share: 0.1, count: 20, minutes: 60, kinds: { [kind]: { share: 0, count, ...more } } },
  });

const native = async (gateway: Gateway) => (await gateway.vendor("GET", "/state")).body;

async function keepnetMembers(gateway: Gateway): Promise<number[]> {
  const { groups } = await native(gateway);
  return Object.values(groups as Record<string, { members: unknown[] }>).map(({ members }) => members.length);
}

describe("groups that are emptied", () => {
  it("S20: of four groups of twelve that one dummy member replaces, the fourth is held, whole", async () => {
    const gateway = await createGateway("keepnet");
    const [dummy, ...twelve] = await createUsers(gateway, 13);
    const groups: string[] = [];
    for (const name of ["A", "B", "C", "D"]) groups.push(await createGroup(gateway, name, twelve));
    const answers: number[] = [];
    for (const group of groups) answers.push((await replaceMembers(gateway, group, [dummy])).status);
    expect(answers).toEqual([204, 204, 204, 503]);
    expect((await keepnetMembers(gateway)).sort((a, b) => a - b)).toEqual([1, 1, 1, 12]);
    expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 3, limit: 3, requests: 1 });
    expect((await gateway.scim("DELETE", `/Groups/${groups[3]}`)).status).toBe(503);
    expect((await brake(gateway, "GET", "/held")).requests).toMatchObject([
      { kind: "emptied", id: groups[3], times: 2 },
    ]);
  });

  it("S20: a group that loses its members little by little counts, one of four members does not, a refilled one no more", async () => {
    const gateway = await createGateway("keepnet");
    const ids = await createUsers(gateway, 10);
    const large = await createGroup(gateway, "Large", ids);
    const small = await createGroup(gateway, "Small", ids.slice(0, 4));
    await replaceMembers(gateway, small, []);
    expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 0 });
    for (const id of ids.slice(0, 7)) await removeMembers(gateway, large, [id]);
    expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 0 });
    await removeMembers(gateway, large, [ids[7]]);
    expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 1 });
    await addMembers(gateway, large, ids.slice(0, 5));
    expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 0 });
  });
});

describe("memberships that are lost", () => {
  it("S20: those of active users count, but for what the same user gains, before or after", async () => {
    const gateway = await withLine("keepnet", "membership", 4);
    const ids = await createUsers(gateway, 6);
    const [left, right] = [await createGroup(gateway, "Left", ids), await createGroup(gateway, "Right", [])];
    await atTimeFromNow(2 * DAY_MS, async () => {
      // Movers: two join first, two leave first.
      await addMembers(gateway, right, ids.slice(0, 2));
      expect((await removeMembers(gateway, left, ids.slice(0, 2))).status).toBe(204);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      expect((await removeMembers(gateway, left, ids.slice(2, 4))).status).toBe(204);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 2 });
      await addMembers(gateway, right, ids.slice(2, 4));
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      // A leaver loses nothing.
      await removeMembers(gateway, left, [ids[4]]);
      await setActive(gateway, ids[4], false);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      expect((await removeMembers(gateway, right, ids.slice(0, 4))).status).toBe(503);
      expect((await gateway.scim("DELETE", `/Groups/${right}`)).status).toBe(503);
      expect((await keepnetMembers(gateway)).sort()).toEqual([1, 4]);
    });
  });

  it("S20: a failed request is not counted", async () => {
    const gateway = await withLine("keepnet", "membership", 4);
    const ids = await createUsers(gateway, 3);
    const group = await createGroup(gateway, "Group", ids);
    await atTimeFromNow(2 * DAY_MS, async () => {
      await addMembers(gateway, await createGroup(gateway, "Other", []), ids.slice(0, 1));
      await gateway.vendor("POST", "/faults", [
        { kind: "status", status: 400, times: 20, match: { path: "target-groups" } },
      ]);
      expect((await removeMembers(gateway, group, ids)).status).toBe(400);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
    });
  });
});

describe("renames", () => {
  it("S20: new names count; another letter case, soft-delete names and restores do not", async () => {
    const gateway = await withLine("keepnet", "rename", 3);
    const ids = await createUsers(gateway, 5);
    expect((await rename(gateway, ids[0], addressOf(0).toUpperCase())).status).toBe(200);
    const soft = `0123456789abcdef0123456789abcdef${addressOf(1)}`;
    const leave = { op: "replace", value: { userName: soft, active: false } };
    expect((await patch(gateway, `/Users/${ids[1]}`, leave)).status).toBe(200);
    const back = { op: "replace", value: { userName: addressOf(1), active: true } };
    expect((await patch(gateway, `/Users/${ids[1]}`, back)).status).toBe(200);
    expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 0 });
    expect((await rename(gateway, ids[2], "new2@old.example")).status).toBe(200);
    // One user counts once.
    expect((await rename(gateway, ids[2], "newer2@old.example")).status).toBe(200);
    expect((await rename(gateway, ids[3], "new3@old.example")).status).toBe(200);
    expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 2 });
    expect((await rename(gateway, ids[4], "new4@old.example")).status).toBe(503);
    expect((await keepnetUsers(gateway)).map(({ email }) => email)).toContain(addressOf(4));
  });

  it("S20: the first write to an adopted user does not count, the next one does", async () => {
    const gateway = await createGateway("keepnet", {
      seed: { users: seedUsers(2) },
      brake: { share: 0.1, count: 20, minutes: 60, kinds: { rename: { share: 0, count: 1 } } },
    });
    for (const n of [0, 1]) {
      const id = await idOf(gateway, `old${n}@contoso.com`);
      const own = { op: "add", path: "externalId", value: `ext-${n}` };
      const name = { op: "replace", path: "userName", value: `first${n}@contoso.com` };
      expect((await patch(gateway, `/Users/${id}`, own, name)).status).toBe(200);
      expect((await rename(gateway, id, `second${n}@contoso.com`)).status).toBe(503);
    }
  });
});

describe("users who are created", () => {
  it("S20: count once a day has passed since the first of them, and adoption counts nothing", async () => {
    const gateway = await withLine("keepnet", "creation", 3);
    await createUsers(gateway, 6);
    expect(await kindOf(gateway, "creation")).toMatchObject({ counted: 0 });
    await atTimeFromNow(DAY_MS + 60_000, async () => {
      await createUsers(gateway, 2, 10);
      const held = await create(gateway, 12);
      expect([held.status, held.body.detail]).toEqual([503, expect.stringMatching(/3 users created within 24 hours/)]);
      expect(await keepnetUsers(gateway)).toHaveLength(8);
      // The listing has no name.
      expect(JSON.stringify(await brake(gateway, "GET", "/held"))).not.toContain("u12");
      expect((await create(gateway, 12)).status).toBe(503);
      expect((await brake(gateway, "GET", "/held")).requests).toMatchObject([{ kind: "creation", times: 2 }]);
      await brake(gateway, "POST", "/release", { kind: "creation", count: 1 });
      expect((await create(gateway, 12)).status).toBe(201);
      expect((await brake(gateway, "GET", "/held")).total).toBe(0);
    });
  });

  it("S20: a line that only warns holds nothing, and is told in the trace and in the connection's status", async () => {
    const gateway = await withLine("keepnet", "creation", 3, { action: "warn" });
    await createUsers(gateway, 1);
    await atTimeFromNow(DAY_MS + 60_000, async () => {
      await createUsers(gateway, 4, 10);
      expect(await kindOf(gateway, "creation")).toMatchObject({
        counted: 4,
        heldSince: null,
        warnedSince: expect.any(String),
      });
      const { body } = await gateway.api("GET", `/connections/${gateway.name}`);
      expect(body.alerts).toEqual([expect.stringMatching(/^the brake warns: many users created/)]);
    });
  });
});

describe("the base", () => {
  it("S20: is the larger of then and now, so 20 of 4 are never told, and growth after the first removal counts", async () => {
    const gateway = await createGateway("keepnet", { brake: { share: 0.5, count: 3, minutes: 60 } });
    const ids = await createUsers(gateway, 4);
    expect((await setActive(gateway, ids[0], false)).status).toBe(200);
    ids.push(...(await createUsers(gateway, 6, 4)));
    for (const id of ids.slice(1, 5)) expect((await setActive(gateway, id, false)).status).toBe(200);
    const held = await setActive(gateway, ids[5], false);
    expect([held.status, held.body.detail]).toEqual([503, expect.stringMatching(/6 of 10 users deactivated/)]);
  });

  it("S20: the line of the users does not move those of the other kinds", async () => {
    const gateway = await createGateway("keepnet", { brake: { share: 1, count: 1_000, minutes: 5 } });
    const { kinds } = await brake(gateway);
    expect(Object.fromEntries(kinds.map(({ kind, line }: { kind: string; line: object }) => [kind, line]))).toEqual({
      deactivation: { share: 1, count: 1_000, minutes: 5, action: "hold" },
      removal: { share: 1, count: 1_000, minutes: 5, action: "hold" },
      rename: { share: 0.1, count: 51, minutes: 1_440, action: "hold" },
      membership: { share: 0.2, count: 201, minutes: 1_440, action: "hold" },
      emptied: { share: 0.25, count: 4, minutes: 1_440, action: "hold" },
      licence: { share: 0.1, count: 21, minutes: 1_440, action: "hold" },
      creation: { share: 0.5, count: 101, minutes: 1_440, action: "hold" },
    });
  });
});

describe("licences that are lowered", () => {
  const FLAG = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";

  it("S17 S20: all whom one change of a group leaves with less count, and are held whole beyond the line", async () => {
    const gateway = await withLine("klaxoon", "licence", 8);
    const ids = await createUsers(gateway, 8);
    const flagged = async (name: string, some: string[]) => {
      const members = some.map((value) => ({ value }));
      const created = await gateway.scim("POST", "/Groups", {
        displayName: name,
        externalId: name,
        [FLAG]: { license: "true" },
        members,
      });
      expect(created.status, created.body.detail).toBe(201);
      return created.body.id as string;
    };
    const [few, one] = [await flagged("Few", ids.slice(0, 7)), await flagged("One", ids.slice(7))];
    const licences = async () =>
      Object.values((await native(gateway)).users as Record<string, { license: string }>).filter(
        ({ license }) => license === "PRO",
      ).length;
    expect(await licences()).toBe(8);
    const unset = (id: string) =>
      patch(gateway, `/Groups/${id}`, { op: "replace", path: `${FLAG}:license`, value: "false" });
    expect((await unset(few)).status).toBeLessThan(300);
    expect(await kindOf(gateway, "licence")).toMatchObject({ counted: 7 });
    const left = await licences();
    for (const refuse of [
      () => unset(one),
      () => removeMembers(gateway, one, ids.slice(7)),
      () => gateway.scim("DELETE", `/Groups/${one}`),
    ]) {
      expect((await refuse()).status).toBe(503);
    }
    expect(await licences()).toBe(left);
  });
});
