// Ordinary life under the default lines of the brake: what is big and meant is announced as docs/operate.md says, and is
// neither held nor counted; what is small needs nothing [S20].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { isFull } from "../suite/sample.ts";
import {
  addMembers,
  addressOf,
  brake,
  createGroup,
  DAY_MS,
  keepnetUsers,
  kindOf,
  removeMembers,
  rename,
  setActive,
} from "./brake-people.ts";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

/**
 * The whole company is there; so many of it are renamed by requests. Of 600 people that is more than the line; of 6,000 it is
 * more than the half of which the brake warns, because 600 requests take too long.
 */
const MIGRATION = isFull ? { people: 6_000, renamed: 310 } : { people: 600, renamed: 80 };

/** Clients send several requests at once, too. */
const AT_ONCE = 10;

interface Company {
  gateway: Gateway;
  /** SCIM ids, by the people's numbers. */
  ids: string[];
}

/** A company that was provisioned long ago: the vendor has everybody, and every link has a client's externalId. */
async function openCompany(people: number): Promise<Company> {
  const users = Array.from({ length: people }, (_, n) => [
    `simUser${n}`,
    {
      resourceId: `simUser${n}`,
      id: n,
      email: addressOf(n),
      firstName: `G${n}`,
      lastName: "Example",
      createTime: "2025-01-01T00:00:00Z",
    },
  ]);
  const gateway = await createGateway("keepnet", { seed: { users: Object.fromEntries(users) } });
  const rows = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
    storage.sql.exec("update links set external_id = 'ext-' || native_id");
    return storage.sql.exec<{ id: string; native: string }>("select id, native_id as native from links").toArray();
  });
  const byNative = new Map(rows.map(({ id, native }) => [native, id]));
  const ids = users.map(([native]) => byNative.get(String(native)) ?? "");
  expect(ids.filter(Boolean)).toHaveLength(people);
  return { gateway, ids };
}

const alertsOf = async ({ name, api }: Gateway): Promise<string[]> =>
  (await api("GET", `/connections/${name}`)).body.alerts;

describe("a domain migration", () => {
  it("S20: that is announced is neither held, counted nor warned of, while other renames are counted", async () => {
    const { gateway, ids } = await openCompany(MIGRATION.people);
    await brake(gateway, "POST", "/expect", { domain: { from: "old.example", to: "new.example" }, count: 6_000 });
    for (let from = 0; from < MIGRATION.renamed; from += AT_ONCE) {
      const some = ids.slice(from, Math.min(from + AT_ONCE, MIGRATION.renamed));
      const answers = await Promise.all(some.map((id, n) => rename(gateway, id, addressOf(from + n, "new.example"))));
      expect(answers.map(({ status }) => status)).toEqual(some.map(() => 200));
    }
    const moved = (await keepnetUsers(gateway)).filter(({ email }) => email.endsWith("@new.example"));
    expect(moved).toHaveLength(MIGRATION.renamed);
    const shown = await kindOf(gateway, "rename");
    expect(shown).toMatchObject({ counted: 0, heldSince: null, warnedSince: null, limit: MIGRATION.people / 10 });
    expect(MIGRATION.renamed).toBeGreaterThan(isFull ? shown.limit / 2 : shown.limit);
    expect((await brake(gateway)).releases).toMatchObject([{ used: MIGRATION.renamed, count: 6_000 }]);
    expect(await alertsOf(gateway)).toEqual([]);
    expect((await rename(gateway, ids.at(-1), "somebody@wrong.example")).status).toBe(200);
    expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 1 });
  }, 120_000);

  it("S20: that nobody announced is held at the line, as one pattern, and goes on once it is released", async () => {
    const { gateway, ids } = await openCompany(60);
    const move = async () => {
      const answers: number[] = [];
      for (const [n, id] of ids.entries())
        answers.push((await rename(gateway, id, addressOf(n, "new.example"))).status);
      return answers.filter((status) => status === 200).length;
    };
    expect(await move()).toBe(50);
    expect((await brake(gateway)).patterns).toEqual([{ from: "old.example", to: "new.example", held: 10 }]);
    await brake(gateway, "POST", "/release", { domain: { from: "old.example", to: "new.example" } });
    expect(await move()).toBe(60);
    expect(await alertsOf(gateway)).toEqual([]);
  }, 60_000);
});

describe("a reorganisation", () => {
  it("S20: of a third of the memberships, with groups that close, is announced by its kinds", async () => {
    const { gateway, ids } = await openCompany(100);
    const groups: string[] = [];
    for (let n = 0; n < 10; n++) groups.push(await createGroup(gateway, `Group ${n}`, ids));
    const teams: string[] = [];
    for (let n = 0; n < 4; n++) teams.push(await createGroup(gateway, `Team ${n}`, ids.slice(n * 10, n * 10 + 10)));
    await gateway.settle();
    await atTimeFromNow(2 * DAY_MS, async () => {
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      await brake(gateway, "POST", "/expect", { kind: "membership", count: 340 });
      await brake(gateway, "POST", "/expect", { kind: "emptied", count: 4 });
      for (const team of teams) expect((await gateway.scim("DELETE", `/Groups/${team}`)).status).toBe(204);
      for (const group of groups) expect((await removeMembers(gateway, group, ids.slice(0, 30))).status).toBe(204);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0, heldSince: null, warnedSince: null });
      expect(await kindOf(gateway, "emptied")).toMatchObject({ counted: 0, heldSince: null, warnedSince: null });
      expect((await brake(gateway)).releases).toEqual([]);
      expect(await alertsOf(gateway)).toEqual([]);
      // Who moves from one group to another loses nothing, announced or not.
      const next = await createGroup(gateway, "Next", []);
      expect((await addMembers(gateway, next, ids.slice(30, 60))).status).toBe(204);
      expect((await removeMembers(gateway, groups[0], ids.slice(30, 60))).status).toBe(204);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      // What is more than announced is counted as ever, up to a fifth of the memberships.
      const more: number[] = [];
      for (const group of groups.slice(1)) more.push((await removeMembers(gateway, group, ids.slice(60, 90))).status);
      const { limit } = await kindOf(gateway, "membership");
      expect(more).toEqual(more.map((_, n) => ((n + 1) * 30 > limit ? 503 : 204)));
      expect(more).toContain(503);
    });
  }, 60_000);
});

describe("a department that leaves", () => {
  it("S20: 15 of 400, with their memberships and their group, need nothing", async () => {
    const { gateway, ids } = await openCompany(400);
    const all = await createGroup(gateway, "All", ids);
    const department = await createGroup(gateway, "Department", ids.slice(0, 15));
    await atTimeFromNow(2 * DAY_MS, async () => {
      for (const id of ids.slice(0, 15)) {
        expect((await removeMembers(gateway, department, [id])).status).toBe(204);
        expect((await removeMembers(gateway, all, [id])).status).toBe(204);
        expect((await setActive(gateway, id, false)).status).toBe(200);
      }
      expect((await gateway.scim("DELETE", `/Groups/${department}`)).status).toBe(204);
      expect((await keepnetUsers(gateway)).filter(({ isActive }) => isActive === false)).toHaveLength(15);
      expect(await alertsOf(gateway)).toEqual([]);
      expect(await kindOf(gateway, "membership")).toMatchObject({ counted: 0 });
      expect(await kindOf(gateway, "deactivation")).toMatchObject({ counted: 15, limit: 40, warnedSince: null });
    });
  }, 60_000);
});
