// Template's users and groups through its REST API (basis: assumed; the contract is in README.md).

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../../src/adapter.ts";

// Loose objects: unmapped fields survive, and a product may add some.
const user = z.looseObject({
  id: z.int(),
  email: z.string(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  jobTitle: z.string().nullish(),
  active: z.boolean(),
});
type User = z.infer<typeof user>;
const group = z.looseObject({ id: z.int(), name: z.string() });
type Group = z.infer<typeof group>;
const member = z.looseObject({ userId: z.int() });

const work = 'emails[type eq "work"].value';

const attributes = {
  User: [
    { path: "userName", required: true, filterable: true, maxLength: 254 },
    { path: work, required: true, filterable: true, maxLength: 254 },
    { path: "active" },
    { path: "name.givenName", maxLength: 100 },
    { path: "name.familyName", maxLength: 100 },
    { path: "title", maxLength: 100 },
  ],
  Group: [{ path: "displayName", required: true, filterable: true, maxLength: 100 }],
} as const;

/** The product's field for each path; the userName is another spelling of the e-mail address. */
const fields = {
  [work]: "email",
  active: "active",
  "name.givenName": "firstName",
  "name.familyName": "lastName",
  title: "jobTitle",
} as const;

export default defineAdapter({
  name: "template",
  title: "Template",
  docs: "https://example.com/developers",
  checked: "2026-01-01",
  basis: "assumed",
  settings: z.object({
    baseUrl: z.url().default("https://api.example.com/v1").describe("where the product's API answers"),
    apiKey: secret().describe("an administrator's API key"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl,
    auth: { kind: "bearer", token: settings.apiKey },
    paging: { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 100, items: "items", total: "total" },
    faults: [
      {
        status: 409,
        body: { at: "field", is: "email" },
        fault: "conflict",
        attribute: work,
      },
      { status: 422, body: { at: "field", is: "email" }, fault: "invalid", attribute: work },
    ],
  }),
  attributes,
  userNameIs: work,
  user: {
    id: (record: User) => String(record.id),
    toScim: (native: User) => ({
      [work]: native.email,
      active: native.active,
      "name.givenName": native.firstName ?? undefined,
      "name.familyName": native.lastName ?? undefined,
      title: native.jobTitle ?? undefined,
    }),
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: {
      [work]: (api, email) => api.all("GET", "/users", { query: { email }, item: user }),
    },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
    disableEnds: "unknown",
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  group: {
    id: (record: Group) => String(record.id),
    toScim: (native: Group) => ({ displayName: native.name }),
    list: (api, cursor) => api.page("GET", "/groups", { item: group, cursor }),
    find: {
      displayName: (api, name) => api.all("GET", "/groups", { query: { name }, item: group }),
    },
    read: (api, id) => api.get("/groups/{id}", { params: { id }, returns: group }),
    create: (api, { displayName }) => api.post("/groups", { json: { name: displayName }, returns: group }),
    update: (api, id, { values }) =>
      api.patch("/groups/{id}", { params: { id }, json: { name: values.displayName }, returns: group }),
    remove: (api, id) => api.delete("/groups/{id}", { params: { id } }),
    members: {
      chunk: 100,
      async list(api, id, cursor) {
        const page = await api.page("GET", "/groups/{id}/members", { params: { id }, item: member, cursor });
        return { ...page, items: page.items.map(({ userId }) => ({ id: String(userId) })) };
      },
      add: (api, id, members) =>
        api.post("/groups/{id}/members", { params: { id }, json: { userIds: members.map((one) => Number(one.id)) } }),
      remove: (api, id, members) =>
        api.delete("/groups/{id}/members", { params: { id }, json: { userIds: members.map((one) => Number(one.id)) } }),
    },
  },
  // Where the product differs from what the core expects; the list of names is DEVIATIONS in src/adapter.ts.
  deviations: {},
});
