// The writes of a client of which one takes effect behind another, and what is true of each once it was told [S46].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { NativeGroup, NativeUser } from "../../adapters/native-view.ts";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import type { Resource } from "../../src/scim/schema.ts";
import { passingTime } from "../suite/passing-time.ts";
import { noDisable, noGroups, noGroupUpdate, noRename, noSeats } from "../suite/scenario.ts";
import { bodyOf, editableRow, get, groupBodyOf, ownRows, personOf, put, type Subject } from "../suite/subject.ts";
import type { World } from "../suite/world.ts";
import type { Answer } from "./gateway.ts";

/** One person and their groups; everything is named by the number. */
export interface Scene {
  world: World;
  n: number;
  /** The person's id, once told. */
  id: string;
  group: string;
  seated: string;
}

/** What is shown of a scene, and what the vendor holds. */
export interface End {
  scene: Scene;
  user: Resource | undefined;
  groups: Resource[];
  nativeUsers: NativeUser[];
  nativeGroups: NativeGroup[];
  held: Record<string, unknown>;
}

export interface Write {
  name: string;
  unless(subject: Subject): string | undefined;
  /** Brings the scene where the write has something to do. */
  before?(scene: Scene): Promise<unknown>;
  /** In two editions, of which the first write is one and the second the other. */
  send(scene: Scene, edition: 0 | 1): Promise<Answer>;
  /** Whether it is so on both sides, once it was told. */
  holds(end: End, edition: 0 | 1): boolean;
  /** Clients repeat it until it is told: without an answer they have no id. */
  makes?: "person" | "group";
  /** Of its calls the last one is late. */
  isLast?: true;
  /** More than one request, which only follow a late one. */
  isSequence?: true;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** A held create is answered when its doubt is over; on a slow machine other calls come too late, too. */
export async function insist(send: () => Promise<Answer>): Promise<Answer> {
  for (let turn = 0; ; turn++) {
    const answer = await send();
    if (answer.status !== 503 || turn === 40) return answer;
    await sleep(300);
  }
}

/** Waits for the late effect. */
export async function haveActed(world: World): Promise<void> {
  await vi.waitFor(
    async () => {
      const { calls } = (await world.gateway.vendor("GET", "/log?since=0")).body as { calls: RecordedCall[] };
      expect(calls.filter(({ fault }) => fault === "late").map(({ effect }) => effect)).toEqual([true]);
    },
    { timeout: 60_000, interval: 100 },
  );
}

/** After so long the alarm looks up a write without an answer, and every doubt of a run is over. */
const LATER_MS = 31_000;

/** Lets the alarm work until nothing is in doubt and nothing is owed. */
export async function settle(world: World): Promise<void> {
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(LATER_MS)));
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

// ---- Scenes ---------------------------------------------------------------------------------------------------------

const RENAMED = 100;
const keysOf = ({ world: { subject }, n }: Scene): string[] =>
  [personOf(subject, n), personOf(subject, n + RENAMED), personOf(subject, n + RENAMED, 1)].map(({ key }) =>
    key.toLowerCase(),
  );
const nameOfGroup = (n: number) => `Readers ${n}`;
const nameOfSeated = ({ native }: Subject, n: number) =>
  native.seatGroups?.better.of(`Licensed ${n}`).displayName ?? "";
const renamed = (n: number, edition: 0 | 1) => `Renamed ${n} ${edition}`;
const madeGroup = (n: number) => `Made ${n}`;

function groupBody(subject: Subject, name: string, isSeated = false): Resource {
  const { seatGroups } = subject.native;
  const { displayName = name, ...values } = (isSeated ? seatGroups?.better : seatGroups?.nothing)?.of(name) ?? {};
  const body = groupBodyOf(subject, displayName);
  for (const [path, value] of Object.entries(values)) put(body, path, value);
  return body;
}

export async function openScene(world: World, n: number, first: Write): Promise<Scene> {
  const { subject } = world;
  const made = async (path: string, body: Resource) => {
    const answer = await insist(() => world.scim("POST", path, body));
    expect(answer.status, `making ${path}`).toBe(201);
    return answer.body.id as string;
  };
  const scene: Scene = { world, n, id: "", group: "", seated: "" };
  if (first.makes !== "person") {
    scene.id = await made("/Users", bodyOf(personOf(subject, n)));
    await accept(scene);
  }
  if (!subject.adapter.group) return scene;
  scene.group = await made("/Groups", groupBody(subject, nameOfGroup(n)));
  if (subject.adapter.seats) scene.seated = await made("/Groups", groupBody(subject, `Licensed ${n}`, true));
  return scene;
}

/** The person does what the vendor waits for. */
export async function accept(scene: Scene): Promise<void> {
  const { world } = scene;
  const { accept: acceptBy, confirm } = world.subject.native;
  for (const key of keysOf(scene)) if (acceptBy) await world.change((state) => acceptBy(state, key) ?? {});
  if (confirm) await world.change((state) => confirm(state) ?? {});
}

export async function look(scene: Scene): Promise<End> {
  const { world, n } = scene;
  const shown = scene.id === "" ? undefined : await insist(() => world.get(`/Users/${scene.id}`));
  const listed = world.subject.adapter.group ? await insist(() => world.get("/Groups?count=100")) : undefined;
  const state = await world.state();
  const keys = keysOf(scene);
  const nativeUsers = (await world.users()).filter(({ key }) => keys.includes(key.toLowerCase()));
  const [native] = nativeUsers;
  const isOwn = (name: string) => name.toLowerCase().endsWith(` ${n}`) || name.startsWith(`Renamed ${n} `);
  return {
    scene,
    user: shown?.status === 200 ? shown.body : undefined,
    groups: (listed?.body.Resources ?? []).filter((one: Resource) => isOwn(String(one.displayName))),
    nativeUsers,
    nativeGroups: (await world.groups()).filter(({ name }) => isOwn(name)),
    held: native ? world.subject.native.held(native.record, state) : {},
  };
}

// ---- What both sides say --------------------------------------------------------------------------------------------

const membersOf = (group: Resource | undefined): string[] =>
  // A SCIM answer's members are objects with a value.
  ((group?.members ?? []) as { value: string }[]).map(({ value }) => value);

function membership({ scene, groups, nativeGroups, nativeUsers }: End, id: string) {
  const group = groups.find((one) => one.id === id);
  const native = nativeGroups.find(({ name }) => name === group?.displayName);
  return {
    isShown: membersOf(group).includes(scene.id),
    isHeld: nativeUsers.some((user) => native?.memberIds.includes(user.id)),
  };
}
const isMember = (end: End, id: string, wanted: boolean): boolean => {
  const { isShown, isHeld } = membership(end, id);
  return isShown === wanted && isHeld === wanted;
};

/** In what both sides differ. */
export function disagreementsOf(end: End): string[] {
  const { scene, user, groups, nativeUsers, nativeGroups, held } = end;
  const { subject } = scene.world;
  const whys: string[] = [];
  const [native, ...twins] = nativeUsers;
  if (twins.length > 0) whys.push("the vendor has the person twice");
  if (!user && native?.active) whys.push("active at the vendor and not shown");
  if (user && !native && !(subject.adapter.user.invites && user.active === false))
    whys.push("shown, not at the vendor");
  if (user && native) {
    if ((user.active ?? true) !== native.active) whys.push(`shown active ${user.active}, held ${native.active}`);
    for (const { path, reference } of ownRows(subject)) {
      if (reference || path === "active" || !(path in held)) continue;
      const [left, right] = [get(user, path), held[path]];
      if (String(left ?? "").toLowerCase() !== String(right ?? "").toLowerCase())
        whys.push(`${path} shown ${left}, held ${right}`);
    }
  }
  const names = (list: string[]) => list.sort().join(", ");
  const [shownNames, heldNames] = [groups.map((one) => String(one.displayName)), nativeGroups.map(({ name }) => name)];
  if (names(shownNames) !== names(heldNames)) whys.push(`groups shown ${shownNames}, held ${heldNames}`);
  for (const group of groups) {
    const { isShown, isHeld } = membership(end, String(group.id));
    const isHidden = user?.active === false && isShown && !native;
    if (isShown !== isHeld && !isHidden) whys.push(`${group.displayName}: shown ${isShown}, held ${isHeld}`);
  }
  whys.push(...seatOf(end));
  return whys;
}

function seatOf({ scene, user, nativeUsers: [native], nativeGroups }: End): string[] {
  const { seatGroups } = scene.world.subject.native;
  if (!seatGroups || !user || !native?.active) return [];
  const seated = nativeGroups.find(({ name }) => name === nameOfSeated(scene.world.subject, scene.n));
  const wanted = seated?.memberIds.includes(native.id) ? seatGroups.better.seat : seatGroups.none;
  return wanted === undefined || native.seat === wanted
    ? []
    : [`has the licence ${native.seat}, groups give ${wanted}`];
}

// ---- The writes -----------------------------------------------------------------------------------------------------

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const change = ({ world, id }: Scene, path: string, value: unknown) =>
  world.patch(`/Users/${id}`, replace(path, value));
const setActive = (active: boolean) => (scene: Scene) => change(scene, "active", active);
const add = ({ world, id }: Scene, group: string) =>
  world.patch(`/Groups/${group}`, { op: "add", path: "members", value: [{ value: id }] });
const remove = ({ world, id }: Scene, group: string) =>
  world.patch(`/Groups/${group}`, { op: "remove", path: `members[value eq "${id}"]` });
const isActive = ({ user, nativeUsers: [native] }: End, wanted: boolean) =>
  user?.active === wanted && (native?.active ?? false) === wanted;
const rowPath = (subject: Subject) => editableRow(subject)?.path ?? "";
const rowValue = (subject: Subject, edition: 0 | 1) => personOf(subject, 7, edition).values[rowPath(subject)];
const nameOf = ({ world, n }: Scene, edition: 0 | 1) =>
  String(personOf(world.subject, n + RENAMED, edition).values.userName);

export const WRITES: readonly Write[] = [
  {
    name: "create",
    makes: "person",
    unless: () => undefined,
    send: ({ world, n }) => world.scim("POST", "/Users", bodyOf(personOf(world.subject, n))),
    holds: ({ user, nativeUsers }) => user !== undefined && nativeUsers.length === 1,
  },
  {
    name: "update",
    unless: (subject) => (editableRow(subject) ? undefined : "declares no attribute that changes"),
    send: (scene, edition) => change(scene, rowPath(scene.world.subject), rowValue(scene.world.subject, edition)),
    holds: ({ scene, user }, edition) =>
      get(user, rowPath(scene.world.subject)) === rowValue(scene.world.subject, edition),
  },
  {
    name: "disable",
    unless: noDisable,
    before: setActive(true),
    send: setActive(false),
    holds: (end) => isActive(end, false),
  },
  {
    name: "restore",
    unless: noDisable,
    before: setActive(false),
    send: setActive(true),
    holds: (end) => isActive(end, true),
  },
  {
    name: "rename",
    unless: noRename,
    send: (scene, edition) => change(scene, "userName", nameOf(scene, edition)),
    holds: ({ scene, user }, edition) => String(user?.userName).toLowerCase() === nameOf(scene, edition).toLowerCase(),
  },
  {
    name: "delete",
    unless: () => undefined,
    send: ({ world, id }) => world.scim("DELETE", `/Users/${id}`),
    holds: ({ user, nativeUsers }) => user === undefined && nativeUsers.every(({ active }) => !active),
  },
  {
    name: "delete and create anew",
    makes: "person",
    isSequence: true,
    unless: () => undefined,
    async send({ world, n, id }) {
      const deleted = await world.scim("DELETE", `/Users/${id}`);
      if (deleted.status >= 500) return deleted;
      return world.scim("POST", "/Users", bodyOf(personOf(world.subject, n)));
    },
    holds: ({ user, nativeUsers }) => user !== undefined && nativeUsers.length === 1,
  },
  {
    name: "addition to a group",
    unless: noGroups,
    before: (scene) => remove(scene, scene.group),
    send: (scene) => add(scene, scene.group),
    holds: (end) => isMember(end, end.scene.group, true),
  },
  {
    name: "removal from a group",
    unless: noGroups,
    before: (scene) => add(scene, scene.group),
    send: (scene) => remove(scene, scene.group),
    holds: (end) => isMember(end, end.scene.group, false),
  },
  {
    name: "create of a group",
    makes: "group",
    unless: noGroups,
    send: ({ world, n }) => world.scim("POST", "/Groups", groupBody(world.subject, madeGroup(n))),
    holds: ({ scene, nativeGroups }) => nativeGroups.filter(({ name }) => name === madeGroup(scene.n)).length === 1,
  },
  {
    name: "rename of a group",
    unless: (subject) => noGroups(subject) ?? noGroupUpdate(subject),
    send: ({ world, group, n }, edition) =>
      world.patch(`/Groups/${group}`, replace("displayName", renamed(n, edition))),
    holds: ({ scene, groups }, edition) =>
      groups.find((one) => one.id === scene.group)?.displayName === renamed(scene.n, edition),
  },
  {
    name: "licence",
    unless: noSeats,
    isLast: true,
    before: (scene) => remove(scene, scene.seated),
    send: (scene) => add(scene, scene.seated),
    holds: (end) => isMember(end, end.scene.seated, true),
  },
  {
    name: "end of a licence",
    unless: noSeats,
    isLast: true,
    before: (scene) => add(scene, scene.seated),
    send: (scene) => remove(scene, scene.seated),
    holds: (end) => isMember(end, end.scene.seated, false),
  },
];
