// Redmine's records and how they are listed and searched (verified on 5.0.4, 2026-11-22).

import * as z from "zod";
import type { Api } from "../../src/adapter.ts";

// Shapes drop what they do not name: a user's record shows that user's own API key.
const row = z.object({
  id: z.int(),
  login: z.string(),
  firstname: z.string(),
  lastname: z.string(),
  mail: z.string().nullable(),
  /** Shown to administrators, whose key Portico has. */
  admin: z.boolean().optional(),
});
export type Row = z.infer<typeof row>;
const user = row.extend({ status: z.int() });
export type User = z.infer<typeof user>;
export const userIn = z.object({ user }).transform((answer) => answer.user);
const group = z.object({ id: z.int(), name: z.string() });
export type Group = z.infer<typeof group>;
export const groupIn = z.object({ group }).transform((answer) => answer.group);
const members = z.object({ group: z.object({ users: z.array(z.object({ id: z.int() })).default([]) }) });

/** Rows come in the order of creation, so that who is created during a sweep does not shift its pages. */
const everybody = { status: "", sort: "created_on,login" };
export const listUsers = (api: Api, cursor: string | undefined) =>
  api.page("GET", "/users.json", { query: everybody, item: row, cursor });
/** Whose login, names or addresses contain a text; to Redmine an empty one is no condition. */
export const search = async (api: Api, name: string): Promise<Row[]> =>
  name.trim() === "" ? [] : api.all("GET", "/users.json", { query: { ...everybody, name }, item: row });
export const listGroups = async (api: Api) =>
  (await api.get("/groups.json", { returns: z.object({ groups: z.array(group) }) })).groups;
export const listMembers = async (api: Api, id: string) =>
  (await api.get("/groups/{id}.json", { params: { id }, query: { include: "users" }, returns: members })).group.users;
