// Harbour's users and groups through its REST API (basis: published; drafted from harbour.json, and
// compared with no product).

import * as z from "zod";
import { type Api, defineAdapter, fieldsOf, secret } from "../../../../src/adapter.ts";
import {
  type Group,
  group,
  groupFields,
  groupTable,
  manager,
  oneGroup,
  oneUser,
  toGroup,
  toUser,
  toUserBody,
  toWholeUser,
  type User,
  user,
  userTable,
  work,
} from "./records.ts";

const readUser = (api: Pick<Api, "get">, id: string): Promise<User> =>
  api.get("/people/{id}", { params: { id }, returns: oneUser });

const readGroup = (api: Pick<Api, "get">, id: string): Promise<Group> =>
  api.get("/teams/{id}", { params: { id }, returns: oneGroup });

const groupsOf = (record: Pick<User, "teamIds">): string[] => (record.teamIds ?? []).map((one) => String(one));

/** Reads the user once more, so that what another group has written there stays. */
async function changeGroups(
  api: Pick<Api, "get" | "send">,
  id: string,
  change: (ids: readonly string[]) => string[],
): Promise<void> {
  const native = await readUser(api, id);
  const ids = change(groupsOf(native));
  await api.send("PUT", "/people/{id}", {
    params: { id },
    json: toWholeUser(native, { teamIds: ids.map((one) => Number(one)) }),
  });
}

export default defineAdapter({
  name: "harbour",
  title: "Harbour",
  docs: "https://harbour.example.com/developers",
  checked: "2026-11-29",
  basis: "published",
  settings: z.object({
    baseUrl: z.url().default("https://api.harbour.example.com/v2").describe("where Harbour's API answers"),
    apiKey: secret().describe("an administrator's API key"),
  }),
  connect: ({ baseUrl, apiKey }) => ({
    baseUrl,
    auth: { kind: "bearer", token: apiKey },
    paging: {
      kind: "offset",
      in: "query",
      offset: "offset",
      limit: "limit",
      max: 50,
      total: "meta.total",
      items: "data",
    },
    // TODO(4): limits: how many calls does the product allow in a second, a minute, a day?
    faults: [
      { status: 409, body: { at: "error.field", is: "login" }, fault: "conflict", attribute: "userName" },
      { status: 409, body: { at: "error.field", is: "contact.mail" }, fault: "conflict", attribute: work },
      { status: 409, body: { at: "error.field", is: "name" }, fault: "conflict", attribute: "displayName" },
      { status: 422, body: { at: "error.field", is: "login" }, fault: "invalid", attribute: "userName" },
      { status: 422, body: { at: "error.field", is: "contact.mail" }, fault: "invalid", attribute: work },
      { status: 422, body: { at: "error.field", is: "firstName" }, fault: "invalid", attribute: "name.givenName" },
      { status: 422, body: { at: "error.field", is: "lastName" }, fault: "invalid", attribute: "name.familyName" },
      { status: 422, body: { at: "error.field", is: "state" }, fault: "invalid", attribute: "active" },
      { status: 422, body: { at: "error.field", is: "managerId" }, fault: "invalid", attribute: manager },
      { status: 422, body: { at: "error.field", is: "name" }, fault: "invalid", attribute: "displayName" },
    ],
  }),
  attributes: { User: userTable, Group: groupTable },
  user: {
    id: (record: User) => String(record.id),
    toScim: toUser,
    list: (api, cursor) => api.page("GET", "/people", { item: user, cursor }),
    // TODO(1): users.search: does a search find a value in every case of its letters, and does it find more
    //   than equality?
    find: { userName: (api, value) => api.all("GET", "/people", { query: { login: value }, item: user }) },
    read: readUser,
    create: (api, values) => api.post("/people", { json: toUserBody(values), returns: oneUser }),
    // TODO(2): users.update: does PUT lose what is left out of it? "whole" sends the record as read
    updateNeeds: "wholeRecord",
    writesGroups: "always",
    update: (api, id, { values, changed, native }) =>
      api.put("/people/{id}", {
        params: { id },
        json: toWholeUser(native, toUserBody(values, changed, native)),
        returns: oneUser,
      }),
    disableEnds: "unknown",
    remove: (api, id) => api.delete("/people/{id}", { params: { id } }),
  },
  group: {
    id: (record: Group) => String(record.id),
    toScim: toGroup,
    list: (api, cursor) => api.page("GET", "/teams", { item: group, cursor }),
    read: readGroup,
    create: (api, values) => api.post("/teams", { json: fieldsOf(groupFields, values), returns: oneGroup }),
    update: (api, id, { values, changed }) =>
      api.patch("/teams/{id}", { params: { id }, json: fieldsOf(groupFields, values, changed), returns: oneGroup }),
    remove: (api, id) => api.delete("/teams/{id}", { params: { id } }),
    // TODO(3): groups.members: each member costs a read and a write of the user; is there a call that adds one
    //   member?
    members: {
      chunk: 1,
      // Who is in a group stands in the users' records.
      async list(api, id, cursor) {
        const { items, next } = await api.page("GET", "/people", { item: user, cursor });
        const members = items.filter((one) => groupsOf(one).includes(id)).map((one) => ({ id: String(one.id) }));
        return { items: members, ...(next === undefined ? {} : { next }) };
      },
      async add(api, id, members) {
        for (const one of members) await changeGroups(api, one.id, (ids) => [...new Set([...ids, id])]);
      },
      async remove(api, id, members) {
        for (const one of members) await changeGroups(api, one.id, (ids) => ids.filter((each) => each !== id));
      },
    },
  },
  deviations: {},
});
