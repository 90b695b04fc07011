// What the clients of a chaos run do to groups, and what the answers tell them.

import type { Resource } from "../../src/scim/schema.ts";
import { patchOf } from "../suite/subject.ts";
import type { Client } from "./chaos-client.ts";
import { heal } from "./chaos-faults.ts";
import {
  allows,
  type Cell,
  cellOf,
  isSure,
  type KnownGroup,
  type KnownUser,
  memberOf,
  settle,
  watchCell,
  write,
  writeAll,
} from "./chaos-model.ts";
import { addTo, note, report, type World } from "./chaos-world.ts";
import { plainGroup, seatGroup } from "./kinds.ts";

/** A vendor this slow leaves half of what a client sends at once to the outbox. */
const SLOW_MS = 13_000;
const SLOW_CALLS = 4;
const SLOW_EVERY_MS = 60_000;
/** Where vendors take members. */
const MEMBER_CALLS = "[gG]roup|[tT]eam";
/** Requests that a client sends at once to the crowd. */
const TOGETHER = 4;

const bodyOf = ({ account }: World, isSeated: boolean, name: string): Resource =>
  (isSeated ? seatGroup : plainGroup)(account.subject, name);
const nameOf = (world: World, group: KnownGroup, n: number) =>
  String(bodyOf(world, group.isSeated, `Group ${n}`).displayName);

/** Whom a client may name as a member. */
const present = (world: World) =>
  world.users.filter((user) => !user.isCrowd && user.id !== undefined && isSure(user.exists, true));
const labelOf = (users: readonly KnownUser[]) =>
  users.length > 12 ? `${users.length} users` : users.map((user) => user.n).join(" ");
const membersOf = (users: readonly KnownUser[]) => users.map((user) => ({ value: user.id ?? "" }));

export async function createGroup(client: Client): Promise<void> {
  const { world, random } = client;
  const { subject } = world.account;
  const isSeated = subject.adapter.seats !== undefined && random.chance(0.5);
  const n = world.next();
  const group: KnownGroup = {
    n,
    name: cellOf(),
    id: undefined,
    exists: cellOf(false),
    members: new Map(),
    history: [],
    isSeated,
    isCrowd: false,
    lists: new Set(),
  };
  group.name = cellOf(nameOf(world, group, n));
  world.groups.push(group);
  const chosen = present(world).filter(() => random.chance(0.15));
  const end = writeAll([write(group.exists, true), ...chosen.map((user) => write(memberOf(group, user), true))]);
  const body = { ...bodyOf(world, isSeated, `Group ${n}`), members: membersOf(chosen) };
  const answer = await client.send({ method: "POST", path: "/Groups", body }, group, `with ${labelOf(chosen)}`);
  end(answer?.status === 201);
  if (answer?.status === 201) group.id = String(answer.body.id);
  if (answer?.status === 409) await matchGroup(client, group);
}

async function matchGroup(client: Client, group: KnownGroup): Promise<void> {
  const [name] = [...group.name.may];
  const path = `/Groups?filter=${encodeURIComponent(`displayName eq ${JSON.stringify(String(name))}`)}`;
  const answer = await client.send({ method: "GET", path });
  const found = answer?.status === 200 ? answer.body.Resources?.[0] : undefined;
  note(group.history, `${client.name} match → ${String(found?.id)}`);
  if (typeof found?.id !== "string") return;
  group.id = found.id;
  settle(group.exists, true);
}

/** Adds or removes some users; other clients may be changing others in the same group. */
export async function changeMembers(client: Client, group: KnownGroup): Promise<void> {
  const { world, random } = client;
  const chosen = present(world).filter(() => random.chance(0.2));
  await move(client, group, chosen, random.chance(0.6));
}

async function move(
  client: Client,
  group: KnownGroup,
  users: readonly KnownUser[],
  isIn: boolean,
): Promise<number | undefined> {
  if (users.length === 0) return undefined;
  const end = writeAll(users.map((user) => write(memberOf(group, user), isIn)));
  const op = isIn ? "add" : "remove";
  const body = patchOf({ op, path: "members", value: membersOf(users) });
  const sent = { method: "PATCH", path: `/Groups/${group.id}`, body };
  const stayed = watchCell(group.exists);
  const answer = await client.send(sent, group, `${op} ${labelOf(users)}`);
  end(answer !== undefined && answer.status < 300);
  if (answer?.status === 404 && stayed() && !group.exists.may.has(false)) {
    report(client.world, `group ${group.n}: told 404, and exists`, group);
  }
  return answer?.status;
}

/** Moves a large part of the crowd; at times so slowly that requests run out of time and leave the rest for later. */
export async function changeCrowd(client: Client, group: KnownGroup): Promise<void> {
  const { world, random } = client;
  const crowd = world.users.filter((user) => user.isCrowd);
  const isIn = random.chance(0.5);
  const chosen = crowd.filter((user) => random.chance(0.9) || !memberOf(group, user).may.has(isIn));
  if (Date.now() < world.slowFrom) {
    await move(client, group, chosen, isIn);
    return;
  }
  world.slowFrom = Number.POSITIVE_INFINITY;
  addTo(world.count.orders, "slow spells");
  note(world.events, "the vendor becomes slow");
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    world.account.simulation.inject([
      { kind: "delay", delayMs: SLOW_MS, when: "after", times: SLOW_CALLS, match: { method, path: MEMBER_CALLS } },
    ]);
  }
  const size = Math.ceil(chosen.length / TOGETHER);
  const parts = Array.from({ length: TOGETHER }, (_, at) => chosen.slice(at * size, (at + 1) * size));
  await Promise.all(parts.map((part) => move(client, group, part, isIn)));
  await heal(world.account.simulation);
  world.slowFrom = Date.now() + SLOW_EVERY_MS;
}

/** The whole group: its name, and exactly these members. */
export async function putGroup(client: Client, group: KnownGroup): Promise<void> {
  const { world, random } = client;
  const people = world.users.filter((user) => !user.isCrowd);
  const chosen = present(world).filter(() => random.chance(0.3));
  const [name] = [...group.name.may];
  if (group.name.may.size !== 1 || group.name.writers > 0 || typeof name !== "string") return;
  const body: Resource = { ...bodyOf(world, group.isSeated, "Group"), displayName: name, members: membersOf(chosen) };
  const ends = [write(group.name, name), ...people.map((user) => write(memberOf(group, user), chosen.includes(user)))];
  const notice = (newcomer: Cell<boolean>) => void ends.push(write(newcomer, false));
  group.lists.add(notice);
  const answer = await client.send({ method: "PUT", path: `/Groups/${group.id}`, body }, group, labelOf(chosen));
  group.lists.delete(notice);
  writeAll(ends)(answer !== undefined && answer.status < 300);
}

export async function renameGroup(client: Client, group: KnownGroup): Promise<void> {
  const { world } = client;
  const next = nameOf(world, group, world.next());
  const end = write(group.name, next);
  const body = patchOf({ op: "replace", path: "displayName", value: next });
  const sent = { method: "PATCH", path: `/Groups/${group.id}`, body };
  const answer = await client.send(sent, group, `name=${next}`);
  end(answer !== undefined && answer.status < 300);
}

export async function deleteGroup(client: Client, group: KnownGroup): Promise<void> {
  const end = write(group.exists, false);
  const answer = await client.send({ method: "DELETE", path: `/Groups/${group.id}` }, group);
  end(answer?.status === 204 || answer?.status === 404);
}

/** A read shows no member and no name that was not told. */
export async function lookAtGroup(client: Client, group: KnownGroup): Promise<void> {
  const { world } = client;
  const cells = world.users.map((user) => {
    const cell = memberOf(group, user);
    return { user, cell, isStable: watchCell(cell) };
  });
  const stable = { exists: watchCell(group.exists), name: watchCell(group.name) };
  const answer = await client.send({ method: "GET", path: `/Groups/${group.id}` });
  if (!answer || !stable.exists()) return;
  world.count.looks += 1;
  const isShown = answer.status === 200;
  if (!isShown && answer.status !== 404) return;
  if (!allows(group.exists, isShown)) report(world, `group ${group.n}: is read ${answer.status}`, group);
  if (!isShown) return;
  if (stable.name() && !allows(group.name, answer.body.displayName)) {
    report(world, `group ${group.n}: is read as ${answer.body.displayName}`, group);
  }
  const members = new Set((answer.body.members ?? []).map((one: { value: string }) => one.value));
  for (const { user, cell, isStable } of cells) {
    if (user.id === undefined || !isSure(user.exists, true) || !isStable()) continue;
    const isMember = members.has(user.id);
    if (allows(cell, isMember)) continue;
    report(
      world,
      `group ${group.n}: user ${user.n} (${user.id}) is read as ${isMember ? "a" : "no"} member`,
      group,
      user,
    );
  }
}
