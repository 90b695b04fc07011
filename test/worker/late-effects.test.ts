// An effect that comes after the next write: what clients were told stays true [S46].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { isFull, sampleOf } from "../suite/sample.ts";
import { noDisable, noGroups, noGroupUpdate, noRename } from "../suite/scenario.ts";
import {
  bodyOf,
  get,
  groupBodyOf,
  keyPath,
  ownRows,
  personOf,
  type Subject,
  subjectNames,
  subjectOf,
  withTransport,
} from "../suite/subject.ts";
import { effectIn, open, type World } from "../suite/world.ts";
import type { Answer } from "./gateway.ts";

/** In milliseconds: real times, divided by twenty and more. */
const TIMEOUT_MS = 1_000;
const EFFECT_MS = 2_500;
const LATE_MS = 3_000;

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

/** A write that a client sends, in two editions. */
interface Write {
  name: string;
  unless(subject: Subject): string | undefined;
  /** What it is about. */
  path(subject: Subject): string;
  send(world: World, id: string, edition: 0 | 1): Promise<Answer>;
  /** Brings the user where the write has something to do. */
  before?(world: World, id: string): Promise<unknown>;
}

const rowOf = (subject: Subject, at: number) =>
  ownRows(subject).filter(
    ({ path, immutable, reference, type = "string" }) =>
      !immutable && !reference && type === "string" && ![keyPath(subject), "userName", "active"].includes(path),
  )[at];
const setActive = (active: boolean) => (world: World, id: string) =>
  world.patch(`/Users/${id}`, replace("active", active));
const edit = (name: string, at: number): Write => ({
  name,
  unless: (subject) => (rowOf(subject, at) ? undefined : "declares too few attributes that change"),
  path: (subject) => rowOf(subject, at)?.path ?? "",
  send: (world, id, edition) => {
    const path = rowOf(world.subject, at)?.path ?? "";
    return world.patch(`/Users/${id}`, replace(path, personOf(world.subject, 7, edition).values[path]));
  },
});
const WRITES: Write[] = [
  edit("update", 0),
  edit("update of another attribute", 1),
  { name: "disable", unless: noDisable, path: () => "active", send: setActive(false), before: setActive(true) },
  { name: "restore", unless: noDisable, path: () => "active", send: setActive(true), before: setActive(false) },
  {
    name: "rename",
    unless: noRename,
    path: () => "userName",
    send: (world, id, edition) =>
      world.patch(`/Users/${id}`, replace("userName", personOf(world.subject, 8, edition).values.userName)),
  },
];

/** On a slow machine calls without a fault come too late, too. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  for (let turn = 0; ; turn++) {
    const answer = await send();
    if (answer.status !== 503 || turn === 20) return answer;
    await sleep(500);
  }
}

/** Where among its calls a write takes effect at the vendor: which call is held back, and how many like it come before. */
async function learn(world: World, write: Write, id: string) {
  await write.before?.(world, id);
  const { answer, calls } = await world.watch(() => insist(() => write.send(world, id, 0)));
  expect(answer.status).toBeLessThan(300);
  await write.before?.(world, id);
  return faultAt(world, calls);
}

/** Where a fault must be placed to meet the first of these calls that changes something. */
function faultAt(world: World, calls: readonly RecordedCall[]) {
  const at = effectIn(world.subject, calls);
  const held = calls[at];
  if (!held) throw new Error("these calls change nothing");
  const isLike = (call: RecordedCall) => call.method === held.method && call.path === held.path;
  return {
    skip: calls.slice(0, at).filter(isLike).length,
    match: { method: held.method, path: `${RegExp.escape(held.path)}$` },
  };
}

async function create(world: World, n = 1): Promise<string> {
  const person = personOf(world.subject, n);
  const { status, body } = await insist(() => world.scim("POST", "/Users", bodyOf(person)));
  const { accept } = world.subject.native;
  if (accept) await world.change((state) => accept(state, person.key) ?? {});
  expect(status).toBe(201);
  return body.id;
}

/** Lets the alarm work until nothing is in doubt and nothing is owed. */
async function settle(world: World): Promise<void> {
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(stub);
      const left = await runInDurableObject(stub, (_object, { storage }) =>
        storage.sql
          .exec(
            "select link_id from doubts union all select id from intents where state = 'open' union all select id from owed where due_at is not null and not is_parked",
          )
          .toArray(),
      );
      expect(left).toEqual([]);
    },
    { timeout: 60_000, interval: 200 },
  );
}

const inHaste = (vendor: string): Subject =>
  withTransport(subjectOf(vendor), { timeoutMs: TIMEOUT_MS, lateMs: LATE_MS });
/** All in the full check; else one for each vendor and first write, not the same one everywhere. */
const followersOf = <T>(all: readonly T[], vendor: string, first: T): readonly T[] =>
  isFull ? all : all.slice((subjectNames().indexOf(vendor) + all.indexOf(first)) % all.length).slice(0, 1);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** Whether the call of a write carries the whole record. */
const carriesAll = (subject: Subject, { path }: Write): boolean => {
  const { adapter } = subject;
  const isVerb = adapter.user.setActive !== undefined && path(subject) === "active";
  return adapter.user.updateNeeds === "wholeRecord" && !isVerb;
};

describe.each(subjectNames())("%s", (vendor) => {
  const subject = inHaste(vendor);
  describe.concurrent.each(sampleOf(WRITES, vendor, 6))("a late $name", (first) => {
    it.each(followersOf(WRITES, vendor, first))(
      "S46: is undone by what was told after it: $name",
      { timeout: 60_000 },
      async (second) => {
        const reason = first.unless(subject) ?? second.unless(subject);
        if (reason !== undefined) return;
        const world = await open(subject);
        const id = await create(world);
        await world.outwait();
        await second.before?.(world, id);
        const { skip, match } = await learn(world, first, id);
        await world.outwait();
        await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", skip, match });
        const startedAt = Date.now();
        const lost = await first.send(world, id, 1);
        expect(lost.status).toBe(503);
        const told = await second.send(world, id, 1);
        if (told.status !== 200)
          return expect({ lost: lost.status, told: told.status }).toEqual({ lost: 503, told: 503 });
        await sleep(EFFECT_MS + 300 - (Date.now() - startedAt));
        const shown = (await world.get(`/Users/${id}`)).body;
        await settle(world);
        await world.outwait();
        const { body } = await world.get(`/Users/${id}`);
        const [row, other] = [rowOf(subject, 0), rowOf(subject, 1)];
        const everything = ["userName", "active", row?.path, other?.path].filter((path) => path !== undefined);
        // A late call of single values may still change what no accepted request was about: a client had asked for it.
        for (const path of carriesAll(subject, first) ? everything : [second.path(subject)]) {
          expect(get(shown, path), `${path} told, and shown before the end`).toEqual(get(told.body, path));
          expect(get(body, path), `${path} told, and shown after it`).toEqual(get(told.body, path));
        }
        const key = String(get(body, keyPath(subject)));
        const native = await world.user(key);
        expect(native.active).toBe(body.active ?? true);
        const held = subject.native.held(native.record, await world.state());
        for (const path of [row?.path, other?.path])
          if (path && path in held) expect(held[path]).toEqual(get(body, path));
      },
    );
  });
});

interface GroupWrite {
  name: string;
  unless(subject: Subject): string | undefined;
  /** The group has its members 1 and 2 before; the write takes 1 or brings 3. */
  send(world: World, group: string, ids: readonly string[]): Promise<Answer>;
  undo(world: World, group: string, ids: readonly string[]): Promise<Answer>;
  isDone(group: { name: string; members: string[] }, ids: readonly string[]): boolean;
}
const value = (id: string | undefined) => [{ value: id ?? "" }];
const add = (world: World, group: string, id: string | undefined) =>
  world.patch(`/Groups/${group}`, { op: "add", path: "members", value: value(id) });
const remove = (world: World, group: string, id: string | undefined) =>
  world.patch(`/Groups/${group}`, { op: "remove", path: `members[value eq "${id}"]` });
const rename = (name: string) => (world: World, group: string) =>
  world.patch(`/Groups/${group}`, replace("displayName", name));
const GROUP_WRITES: GroupWrite[] = [
  {
    name: "addition",
    unless: noGroups,
    send: (world, group, [, , third]) => add(world, group, third),
    undo: (world, group, [, , third]) => remove(world, group, third),
    isDone: ({ members }, [, , third = ""]) => members.includes(third),
  },
  {
    name: "removal",
    unless: noGroups,
    send: (world, group, [first]) => remove(world, group, first),
    undo: (world, group, [first]) => add(world, group, first),
    isDone: ({ members }, [first = ""]) => !members.includes(first),
  },
  {
    name: "removal of who was added",
    unless: noGroups,
    send: (world, group, [, , third]) => remove(world, group, third),
    undo: (world, group, [, , third]) => add(world, group, third),
    isDone: ({ members }, [, , third = ""]) => !members.includes(third),
  },
  {
    name: "renaming",
    unless: (subject) => noGroups(subject) ?? noGroupUpdate(subject),
    send: rename("Readers of old"),
    undo: rename("Readers"),
    isDone: ({ name }) => name === "Readers of old",
  },
];

describe.each(subjectNames())("groups of %s", (vendor) => {
  const subject = inHaste(vendor);
  describe.concurrent.each(sampleOf(GROUP_WRITES, vendor, 4))("a late $name", (first) => {
    it.each(followersOf(GROUP_WRITES, vendor, first))(
      "S46: is undone by what was told after it: $name",
      { timeout: 60_000 },
      async (second) => {
        const reason = first.unless(subject) ?? second.unless(subject);
        if (reason !== undefined) return;
        const world = await open(subject);
        const ids: string[] = [];
        for (const n of [1, 2, 3]) ids.push(await create(world, n));
        const made = await insist(() =>
          world.scim("POST", "/Groups", groupBodyOf(subject, "Readers", ids.slice(0, 2))),
        );
        const group: string = made.body.id;
        await insist(() => second.undo(world, group, ids));
        await insist(() => first.undo(world, group, ids));
        await world.outwait();
        const { answer, calls } = await world.watch(() => insist(() => first.send(world, group, ids)));
        expect(answer.status).toBeLessThan(300);
        const fault = faultAt(world, calls);
        await insist(() => first.undo(world, group, ids));
        await world.outwait();
        await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", ...fault });
        const startedAt = Date.now();
        expect((await first.send(world, group, ids)).status).toBe(503);
        const told = await second.send(world, group, ids);
        if (told.status >= 300) return expect(told.status).toBe(503);
        const shown = (await world.get(`/Groups/${group}`)).body;
        await sleep(EFFECT_MS + 300 - (Date.now() - startedAt));
        await settle(world);
        await world.outwait();
        const { body } = await world.get(`/Groups/${group}`);
        const membersIn = (resource: { members?: { value: string }[] }) =>
          (resource.members ?? []).map((one) => one.value).sort();
        for (const resource of [shown, body]) {
          expect(second.isDone({ name: resource.displayName, members: membersIn(resource) }, ids)).toBe(true);
        }
        const native = await world.group(body.displayName);
        const keys = ids.filter((id) => membersIn(body).includes(id)).map((id) => keyOf(world, ids.indexOf(id) + 1));
        const members = (await world.users()).filter(({ id }) => native.memberIds.includes(id));
        expect(members.map(({ key }) => key.toLowerCase()).sort()).toEqual(keys.sort());
      },
    );
  });
});

const keyOf = (world: World, n: number) => personOf(world.subject, n).key.toLowerCase();

it.each(["keepnet", "keeper"])(
  "S46: a group of %s that is created late is created once",
  { timeout: 60_000 },
  async (vendor) => {
    const world = await open(inHaste(vendor));
    const { calls } = await world.watch(() =>
      insist(() => world.scim("POST", "/Groups", groupBodyOf(world.subject, "Writers"))),
    );
    await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", ...faultAt(world, calls) });
    const body = groupBodyOf(world.subject, "Readers");
    expect((await world.scim("POST", "/Groups", body)).status).toBe(503);
    const held = await world.scim("POST", "/Groups", body);
    expect(held.status).toBe(503);
    expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await world.find("Groups", 'displayName eq "Readers"')).status).toBe(503);
    await sleep(EFFECT_MS);
    const { status, body: made } = await insist(() => world.scim("POST", "/Groups", body));
    expect(status).toBe(201);
    expect((await world.groups()).filter(({ name }) => name === "Readers")).toHaveLength(1);
    expect((await world.find("Groups", 'displayName eq "Readers"')).body.Resources).toMatchObject([{ id: made.id }]);
  },
);

it("S46: a match finds a user whose create came late under the id that was promised, with the externalId", async () => {
  const world = await open(inHaste("rest"));
  const { calls } = await world.watch(() => world.scim("POST", "/Users", bodyOf(personOf(world.subject, 9))));
  await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", ...faultAt(world, calls) });
  const person = personOf(world.subject, 1);
  expect((await world.scim("POST", "/Users", bodyOf(person))).status).toBe(503);
  const filter = `userName eq "${person.values.userName}"`;
  expect((await world.find("Users", filter)).status).toBe(503);
  await sleep(EFFECT_MS);
  const { body } = await world.find("Users", filter);
  expect(body.Resources).toMatchObject([{ externalId: person.externalId }]);
  const again = await world.scim("POST", "/Users", bodyOf(person));
  expect(again).toMatchObject({ status: 201, body: { id: body.Resources[0].id } });
  expect(await world.users()).toHaveLength(2);
});

it.each(["redmine", "rest-legacy"])(
  "S9 S46: the name of a user of %s whose deletion may still act is given to nobody until it cannot, and then stays theirs",
  { timeout: 60_000 },
  async (vendor) => {
    const world = await open(inHaste(vendor));
    const rehearsed = await create(world, 2);
    const { calls } = await world.watch(() => insist(() => world.scim("DELETE", `/Users/${rehearsed}`)));
    const id = await create(world, 1);
    const { skip } = faultAt(world, calls);
    const method = calls[effectIn(world.subject, calls)]?.method ?? "";
    await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", skip, match: { method } });
    const startedAt = Date.now();
    expect((await world.scim("DELETE", `/Users/${id}`)).status).toBe(503);
    expect((await world.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    const body = { ...bodyOf(personOf(world.subject, 1)), externalId: "the next one" };
    const held = await world.scim("POST", "/Users", body);
    expect([held.status, held.body.detail]).toEqual([503, expect.stringContaining("had this name")]);
    // Nobody else waits.
    expect((await world.scim("POST", "/Users", bodyOf(personOf(world.subject, 3)))).status).toBe(201);
    const seconds = Number(held.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    await sleep(seconds * 1_000);
    const made = await world.scim("POST", "/Users", body);
    expect(made.status).toBe(201);
    await sleep(EFFECT_MS + 300 - (Date.now() - startedAt));
    expect((await world.get(`/Users/${made.body.id}`)).body.active).toBe(true);
  },
);
