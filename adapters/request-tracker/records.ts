// Request Tracker's records, and how they are listed, searched, read and written (seen on 5.0.3, 2026-11-29).

import * as z from "zod";
import { type Api, type Change, Fault, fieldsOf, type Written } from "../../src/adapter.ts";
import { type attributes, fields, pathOf } from "./mapping.ts";

type Values = Written<typeof attributes.User>;

const text = z.string().nullish();
/** Perl's own mixture: 0, 1, "0", "1". */
const flag = z.union([z.string(), z.number()]).transform((value) => String(value) === "1");
const row = z.object({ id: z.int(), Name: z.string(), EmailAddress: text, RealName: text });
export type Row = z.infer<typeof row>;
const user = row.extend({
  ...{ WorkPhone: text, MobilePhone: text, Organization: text },
  Disabled: flag,
});
export type User = z.infer<typeof user>;
const groupRow = z.object({ id: z.int(), Name: z.string() });
export type Group = z.infer<typeof groupRow>;
const group = groupRow.extend({ Disabled: flag });
const member = z.object({ type: z.string(), id: z.int() });

/** Users that RT itself is made of; it lets them be disabled. */
const SYSTEM = ["RT_System", "Nobody"];
const isSomebody = ({ Name }: { Name: string }) => !SYSTEM.includes(Name);

/** A condition of a search, which RT makes in every case of A to Z. */
const where = (field: string, operator: "=" | "!=", value: string) => ({
  field,
  operator,
  value,
  entry_aggregator: "AND",
});
const PEOPLE = JSON.stringify(SYSTEM.map((name) => where("Name", "!=", name)));
const USERS = { find_disabled_rows: 1, fields: "id,Name,EmailAddress,RealName", orderby: "id" };
const GROUPS = { fields: "id,Name", orderby: "id" };

export const listUsers = (api: Api, cursor: string | undefined) =>
  api.page("GET", "/users", { query: { ...USERS, query: PEOPLE }, item: row, cursor });
export async function findUsers(api: Api, field: string, value: string): Promise<Row[]> {
  const query = { ...USERS, query: JSON.stringify([where(field, "=", value)]) };
  return (await api.all("GET", "/users", { query, item: row })).filter(isSomebody);
}

export async function readUser(api: Api, id: string): Promise<User> {
  const found = await api.get("/user/{id}", { params: { id }, returns: user });
  if (!isSomebody(found)) throw new Fault("notFound");
  return found;
}

/** What a creation answers; the id of a user is there their name. */
export const created = z.object({ type: z.string(), id: z.string() });

export async function createUser(api: Api, values: Values, isPrivileged: boolean): Promise<User> {
  const given = Object.entries(fieldsOf(fields, values)).filter(([, value]) => value !== null);
  const json = { ...Object.fromEntries(given), Privileged: isPrivileged ? 1 : 0 };
  const { location } = await api.send("POST", "/user", { json, returns: created });
  return readUser(api, idIn(location));
}

/** @throws Fault `protocol` where RT has told of no refusal in English, and a value is not what it was to be */
export async function updateUser(api: Api, id: string, { values, changed }: Change<Values, User>): Promise<User> {
  const json = fieldsOf(fields, values, changed, "");
  await api.put("/user/{id}", { params: { id }, json });
  const record = await readUser(api, id);
  const held: Record<string, unknown> = { ...record, Disabled: Number(record.Disabled) };
  const refused = Object.entries(json).find(([field, value]) => (held[field] ?? "") !== value);
  if (refused) throw new Fault("protocol", { attribute: pathOf(refused[0]), ambiguous: true });
  return record;
}

export const listGroups = (api: Api, cursor: string | undefined) =>
  api.page("GET", "/groups", { query: GROUPS, item: groupRow, cursor });
export const findGroups = (api: Api, name: string) =>
  api.all("GET", "/groups", {
    query: { ...GROUPS, query: JSON.stringify([where("Name", "=", name)]) },
    item: groupRow,
  });
/** A disabled group is one that was deleted. */
export async function readGroup(api: Api, id: string): Promise<Group> {
  const found = await api.get("/group/{id}", { params: { id }, returns: group });
  if (found.Disabled) throw new Fault("notFound");
  return found;
}

export async function listMembers(api: Api, id: string, cursor: string | undefined) {
  const page = await api.page("GET", "/group/{id}/members", { params: { id }, item: member, cursor });
  const users = page.items.filter(({ type }) => type === "user");
  return { ...page, items: users.map((one) => ({ id: String(one.id) })) };
}

/** The id at the end of `/user/27`. */
export function idIn(location: string | undefined): string {
  const id = /\/(\d+)$/.exec(location ?? "")?.[1];
  if (id === undefined) throw new Fault("protocol", { ambiguous: true });
  return id;
}
