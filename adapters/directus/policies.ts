// Directus's policies, which are Portico's groups, and the rows that give them to users (seen on 11.17.4, 2026-11-29).

import * as z from "zod";
import { type Api, Fault, type Member } from "../../src/adapter.ts";
import { changed, inData, inPages, isLike } from "./records.ts";
import { believed } from "./rights.ts";

/** `roles` has rows without a user: they give the policy to a role, or to everybody. */
const policy = z.object({
  ...{ id: z.string(), name: z.string(), admin_access: z.boolean() },
  roles: z.array(z.object({ id: z.string() })),
});
export type Policy = z.infer<typeof policy>;
const membership = z.object({ id: z.string(), user: z.string().nullable() });
const policyIn = inData(policy);
const policyWithRowsIn = inData(policy.extend({ users: z.array(membership) }));

/** Portico leaves alone what gives administrator access, what roles have, and what everybody has. */
const isManaged = ({ admin_access, roles }: Policy) => !admin_access && roles.length === 0;
const MANAGED = [{ admin_access: { _eq: false } }, { roles: { _none: { user: { _null: true } } } }];
const WITHOUT_USER = { roles: { _filter: { user: { _null: true } }, _limit: 1 } };
const SHOWN = "id,name,admin_access,roles.id";
const shown = { fields: SHOWN, deep: JSON.stringify(WITHOUT_USER) };

function managed<T extends Policy>(found: T): T {
  if (!isManaged(found)) throw new Fault("notFound");
  return found;
}

export const listPolicies = (api: Api, cursor: string | undefined) =>
  api.page("GET", "/policies", {
    query: { ...shown, ...inPages, filter: JSON.stringify({ _and: MANAGED }) },
    item: policy,
    cursor,
  });
export const findPolicies = async (api: Api, name: string): Promise<Policy[]> =>
  name === ""
    ? []
    : api.all("GET", "/policies", {
        query: { ...shown, ...inPages, filter: JSON.stringify({ _and: [isLike("name", name), ...MANAGED] }) },
        item: policy,
      });
export const readPolicy = async (api: Api, id: string): Promise<Policy> =>
  managed(await believed(api, () => api.get("/policies/{id}", { params: { id }, query: shown, returns: policyIn })));
export const createPolicy = (api: Api, name: string): Promise<Policy> =>
  api.post("/policies", { query: shown, json: { name }, returns: policyIn });
export const renamePolicy = (api: Api, id: string, name: string): Promise<Policy> =>
  changed(api, { path: "/policies/{id}", id, query: shown, json: { name }, returns: policyIn }, readPolicy);
/** Read first: meanwhile it may have been given to a role, which would lose it. */
export async function removePolicy(api: Api, id: string): Promise<void> {
  await readPolicy(api, id);
  await api.delete("/policies/{id}", { params: { id } });
}

// ---- Members --------------------------------------------------------------------------------------------------------

/** Rows of one answer; Directus's own bound for lists holds for these, too. */
const ROWS = 5_000;

/** The rows that give a policy to users, and with them whether the policy is one that Portico manages. */
async function readRows(api: Api, id: string, filter: object, offset = 0) {
  const users = { _filter: filter, _sort: ["id"], _limit: ROWS, _offset: offset };
  const query = { fields: `${SHOWN},users.id,users.user`, deep: JSON.stringify({ ...WITHOUT_USER, users }) };
  const call = () => api.get("/policies/{id}", { params: { id }, query, returns: policyWithRowsIn });
  return managed(await believed(api, call)).users;
}

export async function listMembers(api: Api, id: string, cursor = "0") {
  const offset = Number(cursor);
  const rows = await readRows(api, id, { user: { email: { _nnull: true } } }, offset);
  const users = new Set(rows.flatMap(({ user }) => user ?? []));
  const items = [...users].map((user) => ({ id: user }));
  return rows.length < ROWS ? { items } : { items, next: String(offset + rows.length) };
}

/** All or none: Directus refuses a list of rows in which one is wrong, and does not say which. */
export async function addMembers(api: Api, id: string, members: readonly Member[]): Promise<void> {
  const json = members.map((one) => ({ user: one.id, policy: id }));
  try {
    await api.post("/access", { query: { fields: "id" }, json });
  } catch (error) {
    if (error instanceof Fault && error.kind === "invalid") await readPolicy(api, id);
    throw error;
  }
}

/** Removes every row of these members: Directus lets a user have a policy twice. */
export async function removeMembers(api: Api, id: string, members: readonly Member[]): Promise<void> {
  const rows = await readRows(api, id, { user: { _in: members.map((one) => one.id) } });
  if (rows.length > 0) await api.delete("/access", { json: rows.map((row) => row.id) });
}
