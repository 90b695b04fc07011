// A played vendor: a changed address waits until the person confirms it, and a call of its own ends what a user has open.

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../../../src/adapter.ts";

const user = z.looseObject({
  id: z.string(),
  email: z.string(),
  newEmail: z.string().nullable(),
  name: z.string().nullish(),
  active: z.boolean(),
});
type User = z.infer<typeof user>;

const work = 'emails[type eq "work"].value';
const fields = { [work]: "email", displayName: "name", active: "active" } as const;

export const notary = defineAdapter({
  name: "notary",
  title: "Notary",
  docs: "https://example.com",
  checked: "2026-11-28",
  basis: "assumed",
  settings: z.object({ baseUrl: z.url(), apiKey: secret() }),
  connect: ({ baseUrl, apiKey }) => ({
    baseUrl,
    auth: { kind: "bearer", token: apiKey },
    paging: { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 50, items: "items", total: "total" },
    faults: [{ status: 409, body: { at: "field", is: "email" }, fault: "conflict", attribute: work }],
  }),
  attributes: {
    User: [
      { path: "userName", required: true, filterable: true },
      { path: work, required: true, filterable: true },
      { path: "active" },
      { path: "displayName" },
    ],
  },
  userNameIs: work,
  user: {
    id: (record: User) => record.id,
    toScim: (native: User) => ({
      [work]: native.email,
      active: native.active,
      displayName: native.name ?? undefined,
    }),
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: { [work]: (api, email) => api.all("GET", "/users", { query: { email }, item: user }) },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
    confirms: { paths: [work], waiting: ({ newEmail }) => ({ [work]: newEmail ?? undefined }) },
    disableEnds: "login",
    endSessions: (api, id) => api.post("/users/{id}/sign-out", { params: { id } }),
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  deviations: {},
});
