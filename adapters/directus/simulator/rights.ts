// Who asks the simulated Directus, and what they may see (seen on 11.17.4, 2026-11-29).

import type { Context } from "hono";
import { forbiddenCollection, forbiddenField, Refusal } from "./refusals.ts";
import type { Collection, Row, State, User } from "./state.ts";

/** What a policy with access to the Data Studio shows of its own user. */
const OWN_FIELDS = [
  ...["id", "first_name", "last_name", "email", "location", "title", "description", "tags", "provider", "language"],
  ...["status", "role"],
];
/** Left out without a word. */
const PASSED_OVER = ["policies"];

type Policy = State["policies"][string];
export interface Caller {
  user: User | undefined;
  policies: Policy[];
  isAdministrator: boolean;
}

function policiesOf(state: State, user: User): Policy[] {
  const roles: string[] = [];
  for (let role = user.role; role !== null && !roles.includes(role); role = state.roles[role]?.parent ?? null)
    roles.push(role);
  const rows = Object.values(state.access).filter(
    (row) => row.user === user.id || (row.role !== null && roles.includes(row.role)),
  );
  return rows.flatMap(({ policy }) => state.policies[policy] ?? []);
}

/** @throws Refusal of a token that no active user has */
export function callerOf(state: State, c: Context): Caller {
  const token = /^Bearer (.*)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (!token) return { user: undefined, policies: [], isAdministrator: false };
  const user = Object.values(state.users).find((one) => one.token === token && one.status === "active");
  if (!user) throw new Refusal(401, "INVALID_CREDENTIALS", "Invalid user credentials.");
  const policies = policiesOf(state, user);
  return { user, policies, isAdministrator: policies.some((policy) => policy.admin_access) };
}

export const isAdministrator = (state: State, user: User): boolean =>
  user.status === "active" && policiesOf(state, user).some((policy) => policy.admin_access);

/** @throws Refusal of a change by anybody but an administrator */
export function requireAdministrator(caller: Caller, collection: Collection): void {
  if (!caller.isAdministrator) throw forbiddenCollection(collection);
}

/**
 * The rows that a caller may see, and the fields that are left of those asked for.
 * @throws Refusal of a collection or field that they may not see
 */
export function visible(
  { user, policies, isAdministrator: seesAll }: Caller,
  collection: Collection,
  rows: readonly Row[],
  fields: string | undefined,
): { rows: readonly Row[]; fields: string | undefined } {
  if (seesAll) return { rows, fields };
  const shows = policies.flatMap((policy) => policy.shows ?? []);
  if (policies.some((policy) => policy.shows)) {
    return { rows: collection === "users" ? rows.filter((row) => shows.includes(String(row.email))) : rows, fields };
  }
  if (collection !== "users" || !policies.some((policy) => policy.app_access)) throw forbiddenCollection(collection);
  const own = rows.filter((row) => row.id === user?.id);
  const asked = (fields ?? OWN_FIELDS.join(","))
    .split(",")
    .filter((path) => !PASSED_OVER.includes(path.split(".")[0] ?? ""));
  const refused = asked.map((path) => path.split(".")[0] ?? "").find((field) => !OWN_FIELDS.includes(field));
  if (refused !== undefined) throw forbiddenField(refused, collection);
  return { rows: own, fields: asked.join(",") };
}
