// One identity provider of a chaos run: it owns users and groups, and shares its groups with the others.

import { setTimeout as sleep } from "node:timers/promises";
import type { Resource } from "../../src/scim/schema.ts";
import { canDisable } from "../suite/scenario.ts";
import { bodyOf, keyPath, ownRows, patchOf, personOf } from "../suite/subject.ts";
import { type KnownGroup, type KnownUser, only, perhaps, type Random } from "./chaos-model.ts";
import { type Answer, ask, type Write } from "./client.ts";
import type { Account } from "./harness.ts";
import { plainGroup, seatGroup } from "./kinds.ts";

/** How often a client sends a request again before it gives the write up for now. */
const MAX_ATTEMPTS = 12;
/** The share of writes that are given up after one unclear answer. */
const GIVEN_UP = 0.12;
const MAX_USERS = 12;
const MAX_GROUPS = 2;

export interface World {
  account: Account;
  users: KnownUser[];
  groups: KnownGroup[];
  isQuiet: boolean;
  count: { operations: number; attempts: number; givenUp: number; refused: number };
  /** The next free number for a person or group. */
  next(): number;
}

export interface Client {
  /** One random operation. */
  act(): Promise<void>;
}

const isFinal = ({ status }: Answer) => status < 500 && status !== 429;

export function createClient(world: World, name: string, random: Random): Client {
  const { account } = world;
  const { subject } = account;
  const mine: KnownUser[] = [];
  const myGroups: KnownGroup[] = [];

  /** Sends until the answer is final; undefined where the write was given up in doubt. */
  async function send(write: Write, note: (text: string) => void): Promise<Answer | undefined> {
    const isGivenUp = random.chance(GIVEN_UP);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      world.count.attempts += 1;
      const answer = await ask(account, write);
      note(`${name} ${write.method} ${write.path.split("/")[1]} → ${answer?.status ?? "no answer"}`);
      if (answer && isFinal(answer)) return answer;
      if (isGivenUp && !world.isQuiet) break;
      await sleep(Math.min(2_000, Math.max(200, (answer?.retryAfter ?? 0) * 1_000)));
    }
    world.count.givenUp += 1;
    return undefined;
  }

  async function find(type: "Users" | "Groups", attribute: string, value: string): Promise<Resource | undefined> {
    const path = `/${type}?filter=${encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`)}`;
    const answer = await send({ method: "GET", path }, () => {});
    return answer?.status === 200 ? (answer.body.Resources?.[0] ?? null) : undefined;
  }

  async function createUser(): Promise<void> {
    const n = world.next();
    const person = personOf(subject, n);
    const user: KnownUser = {
      n,
      key: person.key,
      externalId: person.externalId,
      id: undefined,
      exists: new Set([false]),
      active: only(true),
      values: new Map(),
      history: [],
    };
    mine.push(user);
    world.users.push(user);
    await postUser(user);
  }

  /** Creates, or creates again; after 409 the client matches, as Entra does. */
  async function postUser(user: KnownUser): Promise<void> {
    const person = personOf(subject, user.n);
    user.exists = perhaps(user.exists, true);
    const answer = await send({ method: "POST", path: "/Users", body: bodyOf(person) }, (text) =>
      user.history.push(text),
    );
    if (!answer) return;
    if (answer.status === 409) {
      const found = await find("Users", "userName", String(person.values.userName));
      user.history.push(`${name} match → ${found?.id ?? String(found)}`);
      if (typeof found?.id === "string") settleUser(user, found.id, true);
      return;
    }
    if (answer.status !== 201) return refuse(user.history, answer);
    settleUser(user, String(answer.body.id), false);
  }

  function settleUser(user: KnownUser, id: string, isMatched: boolean): void {
    user.id = id;
    user.exists = only(true);
    user.active = isMatched ? perhaps(user.active, true) : only(true);
    const { values } = personOf(subject, user.n);
    for (const row of ownRows(subject)) {
      if (row.reference || row.path === "active" || values[row.path] === undefined) continue;
      const before = isMatched ? user.values.get(row.path) : undefined;
      user.values.set(row.path, perhaps(before, values[row.path]));
    }
    accept(user.key);
  }

  /** The invited person accepts. */
  function accept(key: string): void {
    // A simulator's state is JSON that its own schema has checked.
    const parts = subject.native.accept?.(account.simulation.state as Record<string, unknown>, key);
    if (parts) account.simulation.seed(parts);
  }

  function refuse(history: string[], { status, body }: Answer): void {
    world.count.refused += 1;
    history.push(`${name} was refused: ${status} ${String(body?.detail ?? "").slice(0, 160)}`);
  }

  async function patchUser(user: KnownUser, path: string, value: unknown): Promise<void> {
    const before = path === "active" ? user.active : user.values.get(path);
    const doubt = perhaps<unknown>(before, value);
    const store = (next: Set<unknown>) => {
      // Only booleans are written to `active`.
      if (path === "active") user.active = next as Set<boolean>;
      else user.values.set(path, next);
    };
    store(doubt);
    const write = { method: "PATCH", path: `/Users/${user.id}`, body: patchOf({ op: "replace", path, value }) };
    const answer = await send(write, (text) => user.history.push(`${text} ${path}`));
    if (!answer) return;
    if (answer.status < 300) store(only(value));
    else if (answer.status === 404) user.history.push("told: gone");
    else refuse(user.history, answer);
  }

  async function deleteUser(user: KnownUser): Promise<void> {
    user.exists = perhaps(user.exists, false);
    for (const group of world.groups) {
      const member = group.members.get(user.n);
      if (member) group.members.set(user.n, perhaps(member, false));
    }
    const answer = await send({ method: "DELETE", path: `/Users/${user.id}` }, (text) => user.history.push(text));
    if (!answer) return;
    if (answer.status !== 204 && answer.status !== 404) return refuse(user.history, answer);
    user.exists = only(false);
    user.id = undefined;
    user.values.clear();
    for (const group of world.groups) if (group.members.has(user.n)) group.members.set(user.n, only(false));
  }

  async function createGroup(): Promise<void> {
    const isSeated = subject.adapter.seats !== undefined && random.chance(0.5);
    const n = world.next();
    const body = isSeated ? seatGroup(subject, `Group ${n}`) : plainGroup(subject, `Group ${n}`);
    const displayName = String(body.displayName);
    const group: KnownGroup = {
      name: only(displayName),
      id: undefined,
      exists: new Set([false, true]),
      members: new Map(),
      history: [],
      isSeated,
    };
    myGroups.push(group);
    world.groups.push(group);
    const answer = await send({ method: "POST", path: "/Groups", body }, (text) => group.history.push(text));
    if (!answer) return;
    if (answer.status === 409) {
      const found = await find("Groups", "displayName", displayName);
      if (typeof found?.id !== "string") return;
      group.id = found.id;
    } else if (answer.status === 201) group.id = String(answer.body.id);
    else return refuse(group.history, answer);
    group.exists = only(true);
  }

  /** Adds and removes this client's own users, whom nobody else moves. */
  async function changeMembers(group: KnownGroup): Promise<void> {
    const present = mine.filter((user) => user.id !== undefined && isSure(user.exists, true));
    const chosen = present.filter(() => random.chance(0.4));
    if (chosen.length === 0) return;
    const op = random.chance(0.6) ? "add" : "remove";
    const isIn = op === "add";
    for (const user of chosen) group.members.set(user.n, perhaps(group.members.get(user.n) ?? only(false), isIn));
    const value = chosen.map((user) => ({ value: user.id }));
    const body = patchOf({ op, path: "members", value });
    const label = `${op} ${chosen.map((user) => user.n)}`;
    const answer = await send({ method: "PATCH", path: `/Groups/${group.id}`, body }, (text) =>
      group.history.push(`${text} ${label}`),
    );
    if (!answer || answer.status === 404) return;
    if (answer.status >= 300) return refuse(group.history, answer);
    for (const user of chosen) group.members.set(user.n, only(isIn));
  }

  async function renameGroup(group: KnownGroup): Promise<void> {
    const n = world.next();
    const next = String((group.isSeated ? seatGroup : plainGroup)(subject, `Group ${n}`).displayName);
    group.name = perhaps(group.name, next);
    const body = patchOf({ op: "replace", path: "displayName", value: next });
    const answer = await send({ method: "PATCH", path: `/Groups/${group.id}`, body }, (text) =>
      group.history.push(`${text} rename`),
    );
    if (!answer || answer.status === 404) return;
    if (answer.status >= 300) return refuse(group.history, answer);
    group.name = only(next);
  }

  async function deleteGroup(group: KnownGroup): Promise<void> {
    group.exists = perhaps(group.exists, false);
    const answer = await send({ method: "DELETE", path: `/Groups/${group.id}` }, (text) => group.history.push(text));
    if (!answer) return;
    if (answer.status !== 204 && answer.status !== 404) return refuse(group.history, answer);
    group.exists = only(false);
    group.id = undefined;
  }

  const texts = ownRows(subject).filter(
    (row) => !row.reference && row.path !== "active" && row.path !== keyPath(subject) && row.path !== "userName",
  );
  const isMailKey = keyPath(subject) !== "userName";

  return {
    async act() {
      world.count.operations += 1;
      const known = mine.filter((user) => user.id !== undefined && user.exists.has(true));
      const user = known.length > 0 ? random.pick(known) : undefined;
      const shared = world.groups.filter((group) => group.id !== undefined && group.exists.has(true));
      const dice = random.next();
      if (!user || (dice < 0.2 && mine.length < MAX_USERS)) {
        const gone = mine.find((one) => isSure(one.exists, false) && one.history.length > 0);
        const lost = mine.find((one) => one.id === undefined && one.exists.has(true));
        if (lost && random.chance(0.5)) return postUser(lost);
        if (gone && random.chance(0.4)) return postUser(gone);
        if (mine.length < MAX_USERS) return createUser();
        return gone ? postUser(gone) : undefined;
      }
      if (dice < 0.45 && texts.length > 0) {
        const row = random.pick(texts.filter((one) => !(isMailKey && one.path === keyPath(subject))));
        const value = personOf(subject, user.n, random.chance(0.5) ? 0 : 1).values[row.path];
        if (value !== undefined) return patchUser(user, row.path, value);
        return;
      }
      if (dice < 0.6 && canDisable(subject.adapter)) return patchUser(user, "active", random.chance(0.5));
      if (dice < 0.66) return deleteUser(user);
      if (!subject.adapter.group) return;
      if (dice < 0.72 && myGroups.length < MAX_GROUPS) return createGroup();
      const own = myGroups.filter((group) => shared.includes(group));
      if (dice < 0.76 && own.length > 0 && subject.adapter.group.update) return renameGroup(random.pick(own));
      if (dice < 0.77 && own.length > 0 && subject.adapter.group.remove) return deleteGroup(random.pick(own));
      if (shared.length > 0) return changeMembers(random.pick(shared));
    },
  };
}

export const isSure = <T>(doubt: ReadonlySet<T>, value: T): boolean => doubt.size === 1 && doubt.has(value);
