// Lists that change at the vendor while they are read, between one native page and the next [S10] [S13] [S26] [S27].

import { expect } from "vitest";
import type { State } from "../../../adapters/native-view.ts";
import type { Adapter, Page, Transport } from "../../../src/adapter.ts";
import { groupsHeld, noGroups, type Scenario } from "../scenario.ts";
import { type Subject, variantOf } from "../subject.ts";
import { open, strangerOf, type World } from "../world.ts";

/** Rows of one native page. */
const SIZE = 3;
/** Four pages, and one in ten may vanish at once [S10]. */
const CROWD = 12;

type Listing = (...asked: never[]) => Promise<Page<unknown>>;

/** What happens at the vendor once the next list has shown its first page. */
interface Meanwhile {
  users?: ((shown: readonly string[]) => Promise<void>) | undefined;
  members?: (() => Promise<void>) | undefined;
}

const small = ({ paging, ...transport }: Transport): Transport => ({
  ...transport,
  ...(paging ? { paging: paging.kind === "none" ? paging : { ...paging, max: SIZE } } : {}),
});

/** A list that tells of each page before the next one is asked for. */
function telling<List extends Listing>(list: List, tell: (page: Page<unknown>) => Promise<void>): List {
  const told = async (...asked: Parameters<List>) => {
    const page = await list(...asked);
    await tell(page);
    return page;
  };
  // The same arguments, and the same page.
  return told as List;
}

function shifting(original: Subject): { subject: Subject; meanwhile: Meanwhile } {
  const meanwhile: Meanwhile = {};
  const subject = variantOf(original, (adapter): Adapter => {
    const { user, group } = adapter;
    const tellUsers = async ({ items }: Page<unknown>) => {
      const work = meanwhile.users;
      meanwhile.users = undefined;
      await work?.(items.map((row) => user.id(row)));
    };
    const tellMembers = async () => {
      const work = meanwhile.members;
      meanwhile.members = undefined;
      await work?.();
    };
    return {
      ...adapter,
      connect: (settings) => small(adapter.connect(settings)),
      user: { ...user, list: telling(user.list, tellUsers) },
      ...(group
        ? { group: { ...group, members: { ...group.members, list: telling(group.members.list, tellMembers) } } }
        : {}),
    };
  });
  return { subject, meanwhile };
}

const crowdOf = (subject: Subject) => Array.from({ length: CROWD }, (_, n) => strangerOf(subject, n + 1));

/** The users that a client is shown in pages, by name; none twice. */
async function listed(world: World): Promise<Map<string, string>> {
  const shown: { id: string; userName: string }[] = [];
  for (let total = 1; shown.length < total; ) {
    const { body } = await world.get(`/Users?startIndex=${shown.length + 1}&count=5`);
    total = body.Resources.length === 0 ? 0 : body.totalResults;
    shown.push(...body.Resources);
  }
  expect(new Set(shown.map((one) => one.id)).size, "a user is listed twice").toBe(shown.length);
  const people = new Map(shown.map((one) => [one.userName.toLowerCase(), one.id]));
  expect(people.size, "a user is listed under two ids").toBe(shown.length);
  return people;
}

/** Takes a user away at the vendor; what puts the same record back where it was. */
async function takeAway(world: World, userId: string): Promise<() => Promise<void>> {
  let before: State = {};
  await world.change((state) => {
    const after = world.subject.native.withoutUser(state, userId);
    before = Object.fromEntries(Object.keys(after).map((part) => [part, state[part]]));
    return after;
  });
  return () => world.change(() => before);
}

/** Who is on the vendor's first page, leaving out those who are there anyway. */
async function firstOf(world: World, shown: readonly string[]) {
  const found = (await world.users()).find((user) => shown.includes(user.id));
  if (!found) throw new Error("no user is on the first page");
  return found;
}

async function expectAllBut(world: World, before: ReadonlyMap<string, string>, absent: string): Promise<void> {
  const stay = new Map([...before].filter(([name]) => name !== absent));
  const now = new Map([...(await listed(world))].filter(([name]) => name !== absent));
  expect(Object.fromEntries(now)).toEqual(Object.fromEntries(stay));
  const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/sweep`);
  expect(body.sweeps.map((sweep: { alarm: string | null }) => sweep.alarm)).toEqual(body.sweeps.map(() => null));
  const drift = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
  const reported = drift.body.findings.map((one: { linkId: string }) => one.linkId);
  for (const [name, id] of stay) expect(reported, `${name} is reported`).not.toContain(id);
}

export const shiftings: Scenario[] = [
  {
    name: "S10 S27: rows that leave or join earlier pages during a sweep make no other user lost and show no user twice",
    async run(original) {
      const { subject, meanwhile } = shifting(original);
      const world = await open(subject, { strangers: crowdOf(subject) });
      const before = await listed(world);
      expect(before.size).toBe(CROWD + (subject.native.residents ?? 0));
      let putBack = async () => {};
      let leaver = "";
      meanwhile.users = async (shown) => {
        const { id, key } = await firstOf(world, shown);
        leaver = key.toLowerCase();
        putBack = await takeAway(world, id);
      };
      await world.sweep();
      expect(leaver).not.toBe("");
      await expectAllBut(world, before, leaver);
      await world.sweep();
      await expectAllBut(world, before, leaver);
      expect((await world.get(`/Users/${before.get(leaver)}`)).status).toBe(404);
      expect((await listed(world)).has(leaver)).toBe(false);
      meanwhile.users = () => putBack();
      await world.sweep();
      await expectAllBut(world, before, leaver);
      await world.sweep();
      expect(Object.fromEntries(await listed(world))).toEqual(Object.fromEntries(before));
    },
  },
  {
    name: "S27: the first sweep finds every user, although rows leave earlier pages meanwhile",
    async run(original) {
      const { subject, meanwhile } = shifting(original);
      const world = await open(subject);
      await world.change((state) => subject.native.withUsers(state, crowdOf(subject)));
      let leaver = "";
      meanwhile.users = async (shown) => {
        const { id, key } = await firstOf(world, shown);
        leaver = key.toLowerCase();
        await takeAway(world, id);
      };
      await world.sweep();
      const people = [...(await listed(world)).keys()].filter((name) => name !== leaver);
      const others = (await world.users()).map((user) => user.key.toLowerCase());
      expect(others).toHaveLength(CROWD - 1);
      expect(people).toEqual(expect.arrayContaining(others));
      expect(people).toHaveLength(CROWD - 1 + (subject.native.residents ?? 0));
    },
  },
  {
    name: "S26: a client's pages show each user who stays once, while listed users leave and others join at the vendor",
    async run(original) {
      const { subject } = shifting(original);
      const world = await open(subject, { strangers: crowdOf(subject) });
      const seen: string[] = [];
      const turn = async () => {
        const { body } = await world.get(`/Users?startIndex=${seen.length + 1}&count=4`);
        seen.push(...body.Resources.map((one: { userName: string }) => one.userName.toLowerCase()));
      };
      await turn();
      const people = await world.users();
      await world.change((state) => subject.native.withUsers(state, [strangerOf(subject, 50)]));
      // One who was shown, one whom the next page would begin with, and one in its middle.
      const isShown = (key: string) => seen.includes(key.toLowerCase());
      const waiting = people.filter(({ key }) => !isShown(key));
      const leavers = [people.find(({ key }) => isShown(key)), waiting[0], waiting[2]];
      for (const leaver of leavers) await takeAway(world, leaver?.id ?? "");
      while (seen.length < CROWD + (subject.native.residents ?? 0) - 2) {
        const before = seen.length;
        await turn();
        expect(seen.length, "a page is empty before the end").toBeGreaterThan(before);
      }
      expect(new Set(seen).size, "a user is shown twice").toBe(seen.length);
      const left = new Set(leavers.map((leaver) => leaver?.key.toLowerCase()));
      const stayed = people.map(({ key }) => key.toLowerCase()).filter((key) => !left.has(key));
      expect(seen).toEqual(expect.arrayContaining(stayed));
      expect(seen.filter((name) => name === waiting[0]?.key.toLowerCase())).toEqual([]);
    },
  },
  {
    name: "S13: members who leave earlier pages while a list is read take no other member away, here or at the vendor",
    unless: (subject) => noGroups(subject) ?? groupsHeld(subject),
    async run(original) {
      const { subject, meanwhile } = shifting(original);
      const { native } = subject;
      const world = await open(subject, { strangers: crowdOf(subject), drift: "repair" });
      const ids = (await world.users()).map((user) => user.id).slice(0, 2 * SIZE + 1);
      await world.change((state) => native.withGroup(state, "Old", ids));
      await world.sweep();
      const { id: groupId, memberIds } = await world.group("Old");
      const leave = (at: number) => async () => {
        await world.change((state) => native.withoutMember(state, groupId, memberIds[at] ?? ""));
      };
      const shown = async () => {
        const { body } = await world.find("Groups", 'displayName eq "Old"');
        const members: string[] = body.Resources[0].members.map((one: { value: string }) => one.value);
        expect(new Set(members).size, "a member is shown twice").toBe(members.length);
        return members;
      };
      const people = await listed(world);
      const scimIdsOf = async (natives: readonly string[]) =>
        (await world.users())
          .filter((user) => natives.includes(user.id))
          .map((user) => people.get(user.key.toLowerCase()) ?? user.key);
      // The first touch loads the list.
      meanwhile.members = leave(0);
      const stay = await scimIdsOf(memberIds.slice(1));
      expect(await shown()).toEqual(expect.arrayContaining(stay));
      expect(meanwhile.members).toBeUndefined();
      for (const gone of [1, 2]) {
        meanwhile.members = leave(gone);
        await world.sweep();
        const others = memberIds.slice(3);
        expect((await world.group("Old")).memberIds).toEqual(expect.arrayContaining(others));
        expect(await shown()).toEqual(expect.arrayContaining(await scimIdsOf(others)));
        const drift = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
        const reported = drift.body.findings.map((one: { memberId?: string }) => one.memberId);
        for (const other of await scimIdsOf(others)) expect(reported).not.toContain(other);
      }
    },
  },
];
