// A played vendor: memberships are rows that double, 403 means "not there" too, and users are found by three attributes.

import * as z from "zod";
import { defineAdapter, type FieldMap, fieldsOf, secret, type Written } from "../../../../src/adapter.ts";

const user = z.looseObject({
  id: z.string(),
  email: z.string(),
  externalId: z.string().nullish(),
  number: z.string().nullish(),
  name: z.string().nullish(),
  active: z.boolean(),
});
type User = z.infer<typeof user>;
const group = z.looseObject({ id: z.string(), name: z.string() });
type Group = z.infer<typeof group>;
const membership = z.looseObject({ id: z.string(), userId: z.string() });

const number = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
const attributes = {
  User: [
    { path: "userName", required: true, filterable: true },
    { path: "externalId", filterable: true },
    { path: number, filterable: true },
    { path: "active" },
    { path: "displayName" },
  ],
  Group: [{ path: "displayName", required: true, filterable: true }],
} as const;
const fields = {
  userName: "email",
  externalId: "externalId",
  [number]: "number",
  active: ["active", (active) => active ?? true],
  displayName: "name",
} as const satisfies FieldMap<Written<typeof attributes.User>>;

const played = (sentence: string) => ({ sentence, source: "played by the suite", checked: "2026-11-28" });

export const ledger = defineAdapter({
  name: "ledger",
  title: "Ledger",
  docs: "https://example.com",
  checked: "2026-11-28",
  basis: "assumed",
  settings: z.object({ baseUrl: z.url(), apiKey: secret() }),
  connect: ({ baseUrl, apiKey }) => ({
    baseUrl,
    auth: { kind: "bearer", token: apiKey },
    paging: { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 50, items: "items", total: "total" },
    faults: [
      // Not there, or forbidden: the status does not tell.
      { status: 403, path: "/users/{id}", fault: "notFound" },
      { status: 403, path: "/groups/{id}", fault: "notFound" },
      { status: 409, body: { at: "field", is: "email" }, fault: "conflict", attribute: "userName" },
    ],
  }),
  attributes,
  user: {
    id: (record: User) => record.id,
    toScim: (native: User) => ({
      userName: native.email,
      externalId: native.externalId ?? undefined,
      [number]: native.number ?? undefined,
      active: native.active,
      displayName: native.name ?? undefined,
    }),
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: {
      userName: (api, email) => api.all("GET", "/users", { query: { email }, item: user }),
      externalId: (api, externalId) => api.all("GET", "/users", { query: { externalId }, item: user }),
      [number]: (api, value) => api.all("GET", "/users", { query: { number: value }, item: user }),
    },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
    disableEnds: "unknown",
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  group: {
    id: (record: Group) => record.id,
    toScim: (native: Group) => ({ displayName: native.name }),
    list: (api, cursor) => api.page("GET", "/groups", { item: group, cursor }),
    find: { displayName: (api, name) => api.all("GET", "/groups", { query: { name }, item: group }) },
    read: (api, id) => api.get("/groups/{id}", { params: { id }, returns: group }),
    readMany: {
      max: 50,
      read: (api, ids) => api.all("GET", "/groups", { query: { ids: ids.join(",") }, item: group }),
    },
    create: (api, { displayName: name }) => api.post("/groups", { json: { name }, returns: group }),
    update: (api, id, { values: { displayName: name } }) =>
      api.patch("/groups/{id}", { params: { id }, json: { name }, returns: group }),
    remove: (api, id) => api.delete("/groups/{id}", { params: { id } }),
    members: {
      chunk: 20,
      addingAgain: "duplicates",
      async list(api, id, cursor) {
        const page = await api.page("GET", "/memberships", { query: { groupId: id }, item: membership, cursor });
        return { ...page, items: page.items.map(({ userId }) => ({ id: userId })) };
      },
      add: (api, id, members) =>
        api.post("/memberships", { json: { groupId: id, userIds: members.map((one) => one.id) } }),
      async remove(api, id, members) {
        const leaving = new Set(members.map((one) => one.id));
        const rows = await api.all("GET", "/memberships", { query: { groupId: id }, item: membership });
        for (const row of rows) {
          if (leaving.has(row.userId)) await api.delete("/memberships/{row}", { params: { row: row.id } });
        }
      },
    },
  },
  deviations: { removeMemberLooksUp: played("A membership is a row with an id of its own.") },
});
