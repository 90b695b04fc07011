// Directus's users, and how they are listed, searched, read and written (seen on 11.17.4, 2026-11-29).

import * as z from "zod";
import { type Api, Fault } from "../../src/adapter.ts";
import { believed } from "./rights.ts";

const text = z.string().nullable();
const access = z.object({ policy: z.object({ admin_access: z.boolean() }) });
const policies = z.array(access);
const user = z.object({
  ...{
    id: z.string(),
    email: text,
    first_name: text,
    last_name: text,
    title: text,
    language: text,
    status: z.string(),
  },
  policies,
  role: z
    .object({
      policies,
      parent: z.object({ policies, parent: z.object({ policies, parent: text }).nullable() }).nullable(),
    })
    .nullable(),
});
export type User = z.infer<typeof user>;
/** Every answer of Directus has its records in an envelope. */
export const inData = <T>(shape: z.ZodType<T>) => z.object({ data: shape }).transform(({ data }) => data);
const userIn = inData(user);

const ROLE_POLICIES = ["role", "role.parent", "role.parent.parent"].map(
  (role) => `${role}.policies.policy.admin_access`,
);
// Without administrator access Directus shows a token its own user only, with 200; it refuses to show `external_identifier`.
const USER_FIELDS = [
  ...["id", "email", "first_name", "last_name", "title", "language", "status", "external_identifier"],
  ...["policies.policy.admin_access", ...ROLE_POLICIES, "role.parent.parent.parent"],
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
export const createUser = (api: Api, json: object): Promise<User> =>
  api.post("/users", { query: shownUser, json, returns: userIn });
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

/** Whether a policy of theirs, of their role or of a role above it gives administrator access. */
export function isAdministrator({ policies: own, role }: User): boolean {
  const { parent } = role ?? {};
  const grandparent = parent?.parent;
  // What is above that, Directus was not asked.
  if (grandparent?.parent) return true;
  const all = [own, role?.policies, parent?.policies, grandparent?.policies].flatMap((some) => some ?? []);
  return all.some(({ policy }) => policy.admin_access);
}
