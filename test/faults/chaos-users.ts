// What the clients of a chaos run do to users, and what the answers tell them.

import type { Resource } from "../../src/scim/schema.ts";
import { canDisable } from "../suite/scenario.ts";
import { bodyOf, get, keyPath, ownRows, patchOf, personOf, type Subject, WORK_MAIL } from "../suite/subject.ts";
import type { Client } from "./chaos-client.ts";
import {
  ANYTHING,
  allows,
  type Cell,
  cellAt,
  fold,
  isSure,
  type KnownUser,
  memberOf,
  watchCell,
  write,
  writeAll,
} from "./chaos-model.ts";
import { accept, report, type World } from "./chaos-world.ts";
import type { Answer } from "./client.ts";

export const EXTERNAL_ID = "externalId";
export const ACTIVE = "active";

/** Paths whose values clients write; a coupled userName is told under the path that it is another spelling of. */
export const toldPaths = (subject: Subject): string[] => [
  ...new Set([...ownRows(subject).map((row) => row.path), ACTIVE, EXTERNAL_ID]),
];
const referencesOf = (subject: Subject) =>
  new Set(ownRows(subject).flatMap((row) => (row.reference ? [row.path] : [])));

export const person = (world: World, user: KnownUser, edition: 0 | 1 = 0) =>
  personOf(world.account.subject, user.n, edition);

/** A user as the value of a reference; a deletion makes it worthless. */
const pointerTo = (user: KnownUser): string => `${user.n} of ${user.exists.epoch}`;

/** Whether whom a reference was told to name was deleted or doubted since, or is being deleted, perhaps done, right now. */
const isUnsure = (told: unknown, other: KnownUser | undefined): boolean =>
  told === ANYTHING || (other !== undefined && (told !== pointerTo(other) || other.exists.writers > 0));

/** Whom a reference was told to name. */
const toldOf = (world: World, told: unknown): KnownUser | undefined =>
  world.users.find((one) => String(told).startsWith(`${one.n} of `));

/**
 * A write of an attribute. Where a reference was never told for sure, and whom it may name has gone, Portico cannot know
 * whose the vendor's pointer is: clearing leaves it there, and it may be seen again when they return.
 */
function writeValue(world: World, user: KnownUser, path: string, value: unknown): (isSure: boolean) => void {
  const cell = cellAt(user, path);
  const before = [...cell.may];
  const isGoing = () => before.some((told) => isUnsure(told, toldOf(world, told)));
  const wasGoing = isGoing();
  const end = write(cell, value);
  return (isSure) => {
    end(isSure);
    const isCleared = value === undefined && referencesOf(world.account.subject).has(path);
    const wasSure = before.length === 1 && !before.includes(ANYTHING);
    if (isCleared && !wasSure && (wasGoing || isGoing())) cell.may.add(ANYTHING);
  };
}

/** Whether what Portico shows of a user may be true. */
export function mayShow(world: World, path: string, cell: Cell<unknown>, shown: unknown): boolean {
  if (!referencesOf(world.account.subject).has(path)) return allows(cell, shown);
  for (const told of cell.may) {
    const other = toldOf(world, told);
    // Such a one may be shown or not.
    if (isUnsure(told, other)) return true;
    if (fold(other?.id) === fold(shown)) return true;
  }
  return false;
}

/** Whom a reference was told to name, and whom it shows. */
export function pointedAt(world: World, cell: Cell<unknown>, shown: unknown): KnownUser[] {
  const seen = shown === undefined ? undefined : world.users.find((one) => one.id === shown);
  return [...new Set([...[...cell.may].map((told) => toldOf(world, told)), seen])].filter((one) => one !== undefined);
}

/** `active` has no cell of its own where the vendor cannot disable. */
export const isKnown = (world: World, path: string): boolean =>
  path !== ACTIVE || canDisable(world.account.subject.adapter);

/** The text by which users on all three sides are recognised. */
export const shownKey = (subject: Subject, user: unknown): string =>
  fold(get(user, subject.adapter.userNameIs === undefined ? "userName" : WORK_MAIL));

/** Two who create or rename somebody at once could rightly make two persons. */
export async function naming(user: KnownUser, work: () => Promise<void>): Promise<void> {
  if (user.isNaming) return;
  user.isNaming = true;
  await work().finally(() => {
    user.isNaming = false;
  });
}

// ---- Changing -------------------------------------------------------------------------------------------------------

/** Who exists, for sure and all the while, is never told to be gone. */
function checkTold(client: Client, user: KnownUser, stayed: () => boolean, answer: Answer | undefined): void {
  if (answer?.status !== 404 || !stayed() || user.exists.may.has(false)) return;
  report(client.world, `user ${user.n}: told 404, and exists`, user);
}

async function patch(
  client: Client,
  user: KnownUser,
  label: string,
  writes: readonly { path: string; cell?: string; told?: unknown; value?: unknown }[],
): Promise<void> {
  const end = writeAll(
    writes.map(({ path, cell = path, value, told = value }) => writeValue(client.world, user, cell, told)),
  );
  const stayed = watchCell(user.exists);
  const operations = writes.map(({ path, value }) =>
    value === undefined ? { op: "remove", path } : { op: "replace", path, value },
  );
  const sent = { method: "PATCH", path: `/Users/${user.id}`, body: patchOf(...operations) };
  const answer = await client.send(sent, user, label);
  end(answer !== undefined && answer.status < 300);
  checkTold(client, user, stayed, answer);
}

/** One or two attributes get a value, or lose it. */
export async function changeUser(client: Client, user: KnownUser): Promise<void> {
  const { world, random } = client;
  const { subject } = world.account;
  const rows = ownRows(subject).filter(
    (row) => !row.reference && !row.immutable && row.path !== ACTIVE && row.path !== keyPath(subject),
  );
  const chosen = rows.filter(() => random.chance(2 / (rows.length + 1)));
  const writes = chosen.map(({ path, required }) => {
    const isCleared = required === undefined && random.chance(0.1);
    return { path, value: isCleared ? undefined : person(world, user, random.chance(0.5) ? 0 : 1).values[path] };
  });
  if (random.chance(0.15)) {
    const { externalId } = person(world, user);
    writes.push({ path: EXTERNAL_ID, value: random.chance(0.5) ? externalId : `${externalId}-b` });
    user.hasOtherIds = true;
  }
  if (writes.length === 0) return;
  await patch(client, user, writes.map(({ path, value }) => `${path}=${String(value)}`).join(" "), writes);
}

/** The name by which the vendor knows a user changes; where it is coupled, by either spelling. */
export const renameUser = (client: Client, user: KnownUser) => naming(user, () => rename(client, user));

async function rename(client: Client, user: KnownUser): Promise<void> {
  const { world, random } = client;
  const { subject } = world.account;
  const cell = keyPath(subject);
  if (subject.adapter.attributes.User.some((row) => row.path === cell && row.immutable)) return;
  const next = person(world, user, random.chance(0.5) ? 0 : 1).values[cell];
  await patch(client, user, `name=${String(next)}`, [
    { path: random.chance(0.5) ? "userName" : cell, cell, value: next },
  ]);
  await accept(world, [user]);
}

/** A user who is activated under another externalId than they were disabled with is in no group of then [S14]. */
function mayLeaveGroups({ world }: Client, user: KnownUser): void {
  if (!cellAt(user, ACTIVE).may.has(false) || !user.hasOtherIds) return;
  for (const group of world.groups) if (!group.isCrowd) memberOf(group, user).may.add(false);
}

export async function setActive(client: Client, user: KnownUser): Promise<void> {
  if (!canDisable(client.world.account.subject.adapter)) return;
  const value = client.random.chance(0.5);
  if (value) mayLeaveGroups(client, user);
  await patch(client, user, `active=${value}`, [{ path: ACTIVE, value }]);
}

export async function setManager(client: Client, user: KnownUser, manager: KnownUser): Promise<void> {
  const [path] = referencesOf(client.world.account.subject);
  if (path === undefined || manager === user || manager.id === undefined) return;
  const isCleared = client.random.chance(0.3);
  const label = `manager=${isCleared ? "nobody" : manager.n}`;
  const change = isCleared ? { path } : { path, told: pointerTo(manager), value: manager.id };
  await patch(client, user, label, [change]);
}

/** The whole user, in one edition. */
export async function putUser(client: Client, user: KnownUser): Promise<void> {
  const { world, random } = client;
  const { subject } = world.account;
  const edition = random.chance(0.5) ? 0 : 1;
  const key = cellAt(user, keyPath(subject));
  // The name stays, so that a PUT is refused for nothing but its values.
  const named = ([0, 1] as const).find((one) => isSure(key, person(world, user, one).key));
  if (named === undefined) return;
  const given = person(world, user, edition);
  const values = { ...given.values };
  for (const path of [keyPath(subject), "userName"]) {
    const kept = person(world, user, named).values[path];
    if (kept !== undefined) values[path] = kept;
  }
  const body: Resource = bodyOf({ ...given, values });
  const keepsActive = !canDisable(subject.adapter) || random.chance(0.5);
  if (keepsActive) delete body.active;
  else body.active = random.chance(0.6);
  if (body.active === true) mayLeaveGroups(client, user);
  const told: Record<string, unknown> = { ...values, [EXTERNAL_ID]: given.externalId, [ACTIVE]: body.active };
  const paths = toldPaths(subject).filter((path) => !(path === ACTIVE && keepsActive));
  const ends = paths.map((path) => ({ path, end: writeValue(world, user, path, told[path]) }));
  const stayed = watchCell(user.exists);
  const sent = { method: "PUT", path: `/Users/${user.id}`, body };
  const answer = await client.send(sent, user, `edition ${edition} active=${String(body.active)}`);
  const isDone = answer !== undefined && answer.status < 300;
  // A value that the vendor refuses is set aside where the request disables; the answer shows what is so instead [S48].
  const isTold = (path: string) =>
    isDone && (body.active !== false || fold(get(answer.body, path)) === fold(told[path]));
  for (const { path, end } of ends) end(isTold(path));
  checkTold(client, user, stayed, answer);
}

export async function deleteUser(client: Client, user: KnownUser): Promise<void> {
  const { world } = client;
  const ends = world.groups.filter((group) => !group.isCrowd).map((group) => write(memberOf(group, user), false));
  // Of a create that is in doubt, a 404 for the former id says nothing.
  const wasSure = user.exists.may.size === 1;
  const end = writeAll([write(user.exists, false), ...ends]);
  // A deletion that only disables, and stops midway, leaves a user who is disabled.
  const endActive = write<unknown>(cellAt(user, ACTIVE), false);
  const answer = await client.send({ method: "DELETE", path: `/Users/${user.id}` }, user);
  // A second attempt does not find the user any more.
  end(answer?.status === 204 || (answer?.status === 404 && wasSure));
  endActive(false);
}
