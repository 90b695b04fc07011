// The end of a chaos run: what clients were told, what Portico shows and what the vendor holds, side by side.

import { setTimeout as sleep } from "node:timers/promises";
import type { NativeGroup, NativeUser, State } from "../../adapters/native-view.ts";
import { get, keyPath, ownRows } from "../suite/subject.ts";
import { allows, cellAt, fold, isSure, type KnownGroup, type KnownUser, memberOf } from "./chaos-model.ts";
import { isKnown, mayShow, person, pointedAt, shownKey, toldPaths } from "./chaos-users.ts";
import { report, type World } from "./chaos-world.ts";
import { listAll } from "./views.ts";

/** The name that the account of a user who has left gets, folded. */
const LEAVER = /^left-[0-9a-f]{12}(@|$)/;

/** The three sides. */
interface Sides {
  world: World;
  /** By the key that the vendor tells users apart by. */
  shown: Map<string, unknown>;
  held: Map<string, NativeUser>;
  shownGroups: { id: string; displayName: string; members?: { value: string }[] }[];
  heldGroups: NativeGroup[];
  state: State;
}

/** Reports every difference. */
export async function compareStates(world: World): Promise<void> {
  const { account } = world;
  const { native, adapter, transport } = account.subject;
  const lagMs = transport.readLagMs ?? 0;
  await sleep(lagMs > 0 ? lagMs + 500 : 0);
  const shownUsers = await listAll(account, "Users");
  const shownGroups = adapter.group ? await listAll(account, "Groups") : [];
  // A simulator's state is JSON that its own schema has checked.
  const state = account.simulation.state as State;
  const sides: Sides = {
    world,
    shown: new Map(),
    held: new Map(),
    shownGroups,
    heldGroups: native.groups(state),
    state,
  };
  const byKey = new Map(
    world.users.flatMap((user) =>
      ([0, 1] as const).map((edition) => [fold(person(world, user, edition).key), user] as const),
    ),
  );
  for (const user of shownUsers) addOnce(sides, sides.shown, shownKey(account.subject, user), user, byKey, "shown");
  for (const user of native.users(state)) addOnce(sides, sides.held, fold(user.key), user, byKey, "held");
  for (const user of world.users) compareUser(sides, user);
  for (const key of new Set([...sides.shown.keys(), ...sides.held.keys()])) {
    // The hidden account of a deleted user is renamed when another user needs its name [S45].
    const isRenamed = LEAVER.test(key) && !sides.shown.has(key);
    if (!byKey.has(key) && !account.residents.has(key) && !isRenamed) {
      report(world, "a user is there whom no client made");
    }
  }
  compareGroups(sides);
  compareSeats(sides, byKey);
}

function addOnce<T>(
  { world }: Sides,
  side: Map<string, T>,
  key: string,
  user: T,
  byKey: Map<string, KnownUser>,
  how: string,
): void {
  const known = byKey.get(key);
  if (side.has(key)) report(world, `user ${known?.n}: ${how} twice under one name`, known);
  side.set(key, user);
}

/** A user on one side, under whichever of their names. */
function findOn<T>({ world }: Sides, side: Map<string, T>, user: KnownUser): T[] {
  const keys = new Set(([0, 1] as const).map((edition) => fold(person(world, user, edition).key)));
  return [...keys].flatMap((key) => side.get(key) ?? []);
}

function compareUser(sides: Sides, user: KnownUser): void {
  const { world, shown, held } = sides;
  const { subject } = world.account;
  const name = `user ${user.n} (${user.id ?? "no id"})`;
  const [inPortico, ...more] = findOn(sides, shown, user);
  if (more.length > 0) report(world, `${name}: shown under two names`, user);
  const isShown = inPortico !== undefined;
  if (!allows(user.exists, isShown))
    report(world, `${name}: told ${[...user.exists.may].map(String)}, shown ${isShown}`, user);
  const key = isShown ? shownKey(subject, inPortico) : undefined;
  for (const account of findOn(sides, held, user)) {
    // A deleted user's account may stay, switched off.
    if (fold(account.key) !== key && account.active) report(world, `${name}: not shown, active at the vendor`, user);
  }
  if (!isShown || key === undefined) return;
  if (user.id !== undefined && isSure(user.exists, true) && get(inPortico, "id") !== user.id) {
    report(world, `${name}: shown under the id ${String(get(inPortico, "id"))}`, user);
  }
  const atVendor = held.get(key);
  if (!atVendor) {
    if (!mayWait(sides, inPortico)) report(world, `${name}: shown, not at the vendor`, user);
    return;
  }
  const isActive = get(inPortico, "active") !== false;
  if (isActive !== atVendor.active) report(world, `${name}: shown active ${isActive}, held ${atVendor.active}`, user);
  compareValues(sides, user, inPortico, atVendor);
}

/** Who is inactive may wait for an account where the vendor invites [S56]. */
const mayWait = ({ world }: Sides, user: unknown): boolean =>
  world.account.subject.adapter.user.invites === true && get(user, "active") === false;

function compareValues({ world, held, state }: Sides, user: KnownUser, inPortico: unknown, atVendor: NativeUser): void {
  const { subject } = world.account;
  const name = `user ${user.n} (${user.id ?? "no id"})`;
  const values = subject.native.held(atVendor.record, state);
  for (const { path, reference } of ownRows(subject)) {
    if (path === "active" || path === keyPath(subject)) continue;
    const left = get(inPortico, path);
    if (!reference) {
      if (fold(left) !== fold(values[path])) {
        report(world, `${name}: ${path} is shown as ${String(left)}, held as ${String(values[path])}`, user);
      }
      continue;
    }
    // A pointer that leads nowhere is the vendor's own affair: the one it named has gone or is called otherwise.
    const pointed = [...held.values()].find((one) => one.id === values[path]);
    const named = world.users.find((one) => one.id === left);
    if (!pointed || !named) continue;
    const keys = ([0, 1] as const).map((edition) => fold(person(world, named, edition).key));
    if (!keys.includes(fold(pointed.key))) report(world, `${name}: ${path} points to two users`, user);
  }
  if (!isSure(user.exists, true)) return;
  for (const path of toldPaths(subject)) {
    const cell = cellAt(user, path);
    const left = path === "active" ? get(inPortico, path) !== false : get(inPortico, path);
    if (!isKnown(world, path) || mayShow(world, path, cell, left)) continue;
    const why = `${name}: ${path} is ${String(left)}, told ${[...cell.may].map(String).join(" or ")}`;
    report(world, why, user, ...pointedAt(world, cell, left));
  }
}

// ---- Groups ---------------------------------------------------------------------------------------------------------

function compareGroups(sides: Sides): void {
  const { world, heldGroups, shownGroups } = sides;
  const heldByName = new Map(heldGroups.map((group) => [fold(group.name), group]));
  if (heldByName.size !== heldGroups.length) report(world, "the vendor holds two groups of one name");
  const matched = new Set<string>();
  for (const group of world.groups) {
    const found = compareGroup(sides, group, heldByName);
    if (found !== undefined) matched.add(found);
  }
  for (const group of shownGroups) {
    if (!matched.has(group.id)) report(world, `group ${group.id} is shown and no client has it`);
  }
  const shownNames = new Set(shownGroups.map((group) => fold(group.displayName)));
  for (const name of heldByName.keys()) {
    if (!shownNames.has(name)) report(world, `group ${name} is at the vendor and not shown`);
  }
}

function compareGroup(sides: Sides, group: KnownGroup, heldByName: Map<string, NativeGroup>): string | undefined {
  const { world, shownGroups } = sides;
  const name = `group ${group.n} (${group.id ?? "no id"})`;
  const inPortico =
    shownGroups.find((one) => one.id === group.id) ?? shownGroups.find((one) => allows(group.name, one.displayName));
  if (!allows(group.exists, inPortico !== undefined)) {
    report(world, `${name}: told ${[...group.exists.may].map(String)}, shown ${inPortico !== undefined}`, group);
  }
  if (!inPortico) return undefined;
  if (group.id !== undefined && isSure(group.exists, true) && inPortico.id !== group.id) {
    report(world, `${name}: shown under the id ${inPortico.id}`, group);
  }
  if (!allows(group.name, inPortico.displayName)) {
    report(world, `${name}: shown as ${inPortico.displayName}, told ${[...group.name.may].map(String)}`, group);
  }
  const atVendor = heldByName.get(fold(inPortico.displayName));
  if (!atVendor) {
    report(world, `${name}: shown, not at the vendor`, group);
    return inPortico.id;
  }
  compareMembers(sides, group, inPortico.members ?? [], atVendor);
  return inPortico.id;
}

function compareMembers(
  sides: Sides,
  group: KnownGroup,
  shownMembers: readonly { value: string }[],
  atVendor: NativeGroup,
): void {
  const { world, shown, held } = sides;
  const { subject } = world.account;
  const keyById = new Map([...shown.entries()].map(([key, user]) => [String(get(user, "id")), key]));
  const showing = new Set(shownMembers.map((one) => keyById.get(one.value) ?? one.value));
  const holding = new Set(atVendor.memberIds.map((id) => [...held].find(([, user]) => user.id === id)?.[0] ?? id));
  const name = `group ${group.n} (${group.id ?? "no id"})`;
  const mayBe = new Map(
    world.users.flatMap((user) => findOn(sides, shown, user).map((one) => [shownKey(subject, one), user] as const)),
  );
  for (const key of new Set([...showing, ...holding, ...mayBe.keys()])) {
    const user = mayBe.get(key);
    const [left, right] = [showing.has(key), holding.has(key)];
    const who = user ? `user ${user.n} (${user.id ?? "no id"})` : "somebody";
    const waits = left && user && !held.has(key) && findOn(sides, shown, user).some((one) => mayWait(sides, one));
    if (left !== right && !waits) report(world, `${name}: ${who} is shown ${left}, held ${right}`, group, user);
    if (!user || !isSure(user.exists, true) || !isSure(group.exists, true)) continue;
    const cell = memberOf(group, user);
    if (!allows(cell, left))
      report(world, `${name}: ${who} is shown ${left}, told ${[...cell.may].map(String)}`, group, user);
  }
}

function compareSeats({ world, held, heldGroups }: Sides, byKey: Map<string, KnownUser>): void {
  const { seatGroups } = world.account.subject.native;
  if (!world.account.subject.adapter.seats || !seatGroups) return;
  for (const [key, user] of held) {
    const known = byKey.get(key);
    const isSeated = heldGroups.some(
      (group) =>
        group.memberIds.includes(user.id) && world.groups.some((one) => one.isSeated && allows(one.name, group.name)),
    );
    const wanted = isSeated ? seatGroups.better.seat : seatGroups.none;
    // Some vendors free the seat of a user who is disabled, and some keep it until the restore.
    if (known && !known.isCrowd && user.active && wanted !== undefined && user.seat !== wanted) {
      report(world, `user ${known.n}: has seat ${user.seat}, groups give ${wanted}`, known);
    }
  }
}
