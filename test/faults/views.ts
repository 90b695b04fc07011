// Two states in comparable form: what Portico shows, and what the vendor holds; ids by name, no times.

import type { State } from "../../adapters/native-view.ts";
import { succeed } from "./client.ts";
import type { Account } from "./harness.ts";

const PAGE = 100;
/** What differs from run to run. */
const VOLATILE = new Set(["meta", "$ref", "id"]);

// biome-ignore lint/suspicious/noExplicitAny: a SCIM answer, read where its shape is known
type Resource = any;

export async function listAll(account: Account, type: "Users" | "Groups"): Promise<Resource[]> {
  const all: Resource[] = [];
  for (;;) {
    const path = `/${type}?startIndex=${all.length + 1}&count=${PAGE}`;
    const { body } = await succeed(account, { method: "GET", path });
    const page: Resource[] = body.Resources ?? [];
    all.push(...page);
    if (page.length === 0 || all.length >= body.totalResults) return all;
  }
}

/** SCIM ids of everything by its name. */
export interface Shown {
  users: Record<string, unknown>;
  groups: Record<string, unknown>;
  ids: Record<string, string>;
}

const nameOf = (resource: Resource): string => String(resource.userName ?? resource.displayName).toLowerCase();

function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return names.get(value) ?? value;
  if (Array.isArray(value)) {
    return value.map((one) => named(one, names)).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !VOLATILE.has(key))
      .map(([key, one]) => [key, named(one, names)]),
  );
}

/** What Portico shows. */
export async function showScim(account: Account): Promise<Shown> {
  const users = await listAll(account, "Users");
  const groups = await listAll(account, "Groups");
  const names = new Map([...users, ...groups].map((one) => [String(one.id), nameOf(one)]));
  const inOrder = (resources: Resource[]) =>
    Object.fromEntries(resources.map((one) => [nameOf(one), named(one, names)]).sort());
  return {
    users: inOrder(users),
    groups: inOrder(groups),
    ids: Object.fromEntries([...names].map(([id, name]) => [name, id])),
  };
}

export interface Held {
  /** One entry for each account, so that a twin shows. */
  users: Record<string, unknown>[];
  groups: { name: string; members: string[]; held: unknown }[];
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** What the vendor holds. */
export function showVendor({ simulation, subject }: Account): Held {
  const { native } = subject;
  // A simulator's state is JSON that its own schema has checked.
  const state = simulation.state as State;
  const users = native.users(state);
  const keys = new Map(users.map((user) => [user.id, user.key.toLowerCase()]));
  return {
    users: users
      .map(({ key, active, seat, record }) => ({
        key: key.toLowerCase(),
        active,
        ...(seat === undefined ? {} : { seat }),
        held: named(native.held(record, state), keys),
      }))
      .sort(byText),
    groups: native
      .groups(state)
      .map(({ name, memberIds, record }) => ({
        name,
        members: memberIds.map((id) => keys.get(id) ?? `unknown ${id}`).sort(),
        held: native.heldByGroup?.(record),
      }))
      .sort(byText),
  };
}
