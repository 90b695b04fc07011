// The end of a chaos run: what clients were told, what Portico shows and what the vendor holds, side by side.

import type { State } from "../suite/native.ts";
import { get, keyPath, ownRows, WORK_MAIL } from "../suite/subject.ts";
import { isSure, type World } from "./chaos-client.ts";
import type { KnownGroup, KnownUser } from "./chaos-model.ts";
import type { Account } from "./harness.ts";
import { listAll } from "./views.ts";

const HISTORY = 25;

const keyOf = (account: Account, user: unknown): string =>
  String(get(user, account.subject.adapter.userNameIs === undefined ? "userName" : WORK_MAIL)).toLowerCase();

/** Every difference with the shortest history of its subject. */
export async function compareStates(account: Account, world: World): Promise<string[]> {
  const lagMs = account.subject.adapter.quirks.readLagMs?.is ?? 0;
  await new Promise((resolve) => setTimeout(resolve, lagMs > 0 ? lagMs + 500 : 0));
  const { native, adapter } = account.subject;
  // A simulator's state is JSON that its own schema has checked.
  const state = account.simulation.state as State;
  const shownUsers = await listAll(account, "Users");
  const shownGroups = adapter.group ? await listAll(account, "Groups") : [];
  const heldUsers = native.users(state);
  const heldGroups = native.groups(state);
  const found: string[] = [];
  const report = (why: string, subject?: { history: string[] }) => {
    const history = subject?.history.slice(-HISTORY).map((line) => `      ${line}`) ?? [];
    found.push([why, ...history].join("\n"));
  };
  const numbered = new Map(world.users.map((user) => [user.key.toLowerCase(), user]));
  const keyById = new Map(shownUsers.map((user) => [String(user.id), keyOf(account, user)]));
  const heldKeys = new Map(heldUsers.map((user) => [user.id, user.key.toLowerCase()]));

  // ---- Users
  const shown = new Map<string, unknown>();
  for (const user of shownUsers) {
    const key = keyOf(account, user);
    if (shown.has(key)) report(`user ${numbered.get(key)?.n}: shown twice`, numbered.get(key));
    shown.set(key, user);
  }
  const held = new Map<string, (typeof heldUsers)[number]>();
  for (const user of heldUsers) {
    const key = user.key.toLowerCase();
    if (held.has(key)) report(`user ${numbered.get(key)?.n}: held twice by the vendor`, numbered.get(key));
    held.set(key, user);
  }
  for (const user of world.users) compareUser(user);
  for (const key of new Set([...shown.keys(), ...held.keys()])) {
    if (!numbered.has(key) && !account.residents.has(key)) report("somebody is there whom no client made");
  }

  function compareUser(user: KnownUser): void {
    const key = user.key.toLowerCase();
    const inPortico = shown.get(key);
    const atVendor = held.get(key);
    const isShown = inPortico !== undefined;
    const name = `user ${user.n} (${user.id ?? "no id"})`;
    if (!user.exists.has(isShown)) report(`${name}: told ${[...user.exists]}, shown ${isShown}`, user);
    if (isShown && user.id !== undefined && get(inPortico, "id") !== user.id) {
      report(`${name}: shown under the id ${String(get(inPortico, "id"))}`, user);
    }
    if (!isShown) {
      if (atVendor?.active) report(`${name}: not shown, active at the vendor`, user);
      return;
    }
    if (!atVendor) {
      report(`${name}: shown, not at the vendor`, user);
      return;
    }
    const isActive = get(inPortico, "active") !== false;
    if (isActive !== atVendor.active) report(`${name}: shown ${isActive}, held ${atVendor.active}`, user);
    if (isSure(user.exists, true) && !user.active.has(isActive)) {
      report(`${name}: told active ${[...user.active]}, shown ${isActive}`, user);
    }
    const values = native.held(atVendor.record, state);
    for (const { path, reference } of ownRows(account.subject)) {
      if (reference || path === "active") continue;
      const [left, right] = [get(inPortico, path), values[path]];
      if (path !== keyPath(account.subject) && String(left ?? "") !== String(right ?? "")) {
        report(`${name}: ${path} is shown as one value and held as another`, user);
      }
      const told = user.values.get(path);
      if (told && isSure(user.exists, true) && ![...told].some((one) => fold(one) === fold(left))) {
        report(`${name}: ${path} is none of the ${told.size} values it may have`, user);
      }
    }
  }

  // ---- Groups
  const heldByName = new Map(heldGroups.map((group) => [group.name.toLowerCase(), group]));
  if (heldByName.size !== heldGroups.length) report("the vendor holds two groups of one name");
  const matched = new Set<string>();
  for (const group of world.groups) compareGroup(group);
  for (const group of shownGroups) {
    if (!matched.has(String(group.id))) report(`group ${group.id} is shown and no client has it`);
  }

  function compareGroup(group: KnownGroup): void {
    const names = [...group.name].map((name) => name.toLowerCase());
    const inPortico = shownGroups.find((one) => names.includes(String(one.displayName).toLowerCase()));
    const name = `group ${group.id ?? [...group.name].join(" or ")}`;
    if (!group.exists.has(inPortico !== undefined)) {
      report(`${name}: told ${[...group.exists]}, shown ${inPortico !== undefined}`, group);
    }
    if (!inPortico) {
      if (names.some((one) => heldByName.has(one))) report(`${name}: not shown, at the vendor`, group);
      return;
    }
    matched.add(String(inPortico.id));
    const atVendor = heldByName.get(String(inPortico.displayName).toLowerCase());
    if (!atVendor) {
      report(`${name}: shown, not at the vendor`, group);
      return;
    }
    const showing = new Set((inPortico.members ?? []).map((one: { value: string }) => keyById.get(one.value)));
    const holding = new Set(atVendor.memberIds.map((id) => heldKeys.get(id)));
    for (const user of world.users) {
      const key = user.key.toLowerCase();
      const [left, right] = [showing.has(key), holding.has(key)];
      const told = group.members.get(user.n);
      if (left !== right) report(`${name}: user ${user.n} is shown ${left}, held ${right}`, group);
      if (told && isSure(user.exists, true) && isSure(group.exists, true) && !told.has(left)) {
        report(`${name}: user ${user.n} was told ${[...told]}, shown ${left}`, group);
      }
    }
  }

  // ---- Seats
  const { seatGroups } = native;
  if (adapter.seats && seatGroups) {
    for (const [key, user] of held) {
      const known = numbered.get(key);
      const isSeated = heldGroups.some((group) => {
        const model = world.groups.find((one) => [...one.name].some((name) => name === group.name));
        return model?.isSeated && group.memberIds.includes(user.id);
      });
      const wanted = user.active && isSeated ? seatGroups.better.seat : seatGroups.none;
      if (wanted !== undefined && user.seat !== wanted) {
        report(`user ${known?.n}: has seat ${user.seat}, groups give ${wanted}`, known);
      }
    }
  }
  return found;
}

const fold = (value: unknown): string => String(value ?? "").toLowerCase();
