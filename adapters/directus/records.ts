// Directus's users, and how they are listed, searched, read and written (seen on 11.17.4, 2026-11-29).

import * as z from "zod";
import { type Api, Fault } from "../../src/adapter.ts";
import { believed } from "./rights.ts";

const text = z.string().nullable();
const access = z.object({ policy: z.object({ admin_access: z.boolean() }) });
const policies = z.array(access);
const role = z.object({
  policies,
  parent: z.object({ policies, parent: z.object({ policies, parent: text }).nullable() }).nullable(),
});
const user = z.object({
  ...{ id: z.string(), email: text, first_name: text, last_name: text, title: text, language: text },
  ...{ status: z.string(), policies, role: role.nullable() },
});
export type User = z.infer<typeof user>;
/** Every answer of Directus has its records in an envelope. */
export const inData = <T>(shape: z.ZodType<T>) => z.object({ data: shape }).transform(({ data }) => data);
const userIn = inData(user);

/** Of a role and of the two above it; what is above that is only asked whether it is there. */
const ROLE_FIELDS = [
  ...["", "parent.", "parent.parent."].map((above) => `${above}policies.policy.admin_access`),
  "parent.parent.parent",
];
// Without administrator access Directus shows a token its own user only, with 200; it refuses to show `external_identifier`.
const USER_FIELDS = [
  ...["id", "email", "first_name", "last_name", "title", "language", "status", "external_identifier"],
  ...["policies.policy.admin_access", ...ROLE_FIELDS.map((field) => `role.${field}`)],
].join(",");
const shownUser = { fields: USER_FIELDS };

/** In the order of ids, and with their number, so that who leaves meanwhile does not shift the pages. */
export const inPages = { sort: "id", meta: "filter_count" };
/** A condition that is true of a text in any case of its letters. Directus has none for equality; `_eq` is for letters beyond ASCII. */
export const isLike = (field: string, value: string) => ({
  _or: [
    { [field]: { _eq: value } },
    { _and: [{ [field]: { _istarts_with: value } }, { [field]: { _iends_with: value } }] },
  ],
});

/** Users without an address are programs that have a token. */
const PEOPLE = { email: { _nnull: true } };
export const listUsers = (api: Api, cursor: string | undefined) =>
  api.page("GET", "/users", {
    query: { ...shownUser, ...inPages, filter: JSON.stringify(PEOPLE) },
    item: user,
    cursor,
  });
/** Directus refuses to look for an empty text. */
export const findUsers = async (api: Api, email: string): Promise<User[]> =>
  email === ""
    ? []
    : api.all("GET", "/users", {
        query: { ...shownUser, ...inPages, filter: JSON.stringify(isLike("email", email)) },
        item: user,
      });
export const readUser = (api: Api, id: string): Promise<User> =>
  believed(api, () => api.get("/users/{id}", { params: { id }, query: shownUser, returns: userIn }));
/** @param roleId from the connection's settings */
export async function createUser(api: Api, json: object, roleId: string | undefined): Promise<User> {
  if (roleId === undefined) return api.post("/users", { query: shownUser, json, returns: userIn });
  const query = { fields: ROLE_FIELDS.join(","), filter: JSON.stringify({ id: { _eq: roleId } }) };
  const [found] = await api.all("GET", "/roles", { query, item: role });
  if (!found) {
    throw new Fault("protocol", {
      detail: "The role in the connection's settings is not in Directus. Correct it there.",
    });
  }
  if (isAdministrative(found)) {
    throw new Fault("protocol", {
      detail:
        "The role in the connection's settings gives administrator access, which nobody is to get by provisioning. Name another role there.",
    });
  }
  return api.post("/users", { query: shownUser, json: { ...json, role: roleId }, returns: userIn });
}
export const updateUser = (api: Api, id: string, json: object): Promise<User> =>
  changed(api, { path: "/users/{id}", id, query: shownUser, json, returns: userIn }, readUser);

/** A change, to which Directus answers 204 where there is no such record. */
export async function changed<T>(
  api: Api,
  {
    path,
    id,
    ...call
  }: { path: string; id: string; query: Record<string, string>; json: object; returns: z.ZodType<T> },
  read: (api: Api, id: string) => Promise<T>,
): Promise<T> {
  const returns = call.returns.optional();
  const { status, body } = await believed(api, () => api.send("PATCH", path, { ...call, params: { id }, returns }));
  if (body !== undefined) return body;
  if (status !== 204) throw new Fault("protocol", { ambiguous: true });
  return read(api, id);
}

/** The user who has the token. */
export const readOwn = (api: Api): Promise<{ id: string }> =>
  api.get("/users/me", { query: { fields: "id" }, returns: inData(z.object({ id: z.string() })) });

const givesAccess = (some: z.infer<typeof policies> = []) => some.some(({ policy }) => policy.admin_access);

/** Whether a role or one above it gives administrator access; of a deep one Directus was not asked, so it may. */
function isAdministrative({ policies: own, parent }: z.infer<typeof role>): boolean {
  const all = [own, parent?.policies, parent?.parent?.policies];
  return Boolean(parent?.parent?.parent) || all.some(givesAccess);
}

export const isAdministrator = ({ policies: own, role: given }: User): boolean =>
  givesAccess(own) || (given !== null && isAdministrative(given));
