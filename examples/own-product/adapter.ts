// The users of Own Product, an invented product with an ordinary REST API.

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../src/adapter.ts";

const user = z.looseObject({ id: z.int(), email: z.string(), jobTitle: z.string().nullish(), active: z.boolean() });
type User = z.infer<typeof user>;
const work = 'emails[type eq "work"].value';
const table = [
  { path: "userName", required: true, filterable: true },
  { path: work, required: true, filterable: true },
  { path: "active" },
  { path: "title" },
] as const;
const fields = { [work]: "email", title: "jobTitle", active: "active" } as const;
const paging = { kind: "offset", in: "query", offset: "offset", limit: "limit", max: 100, items: "items" } as const;
export default defineAdapter({
  name: "own-product",
  title: "Own Product",
  docs: "https://developers.example.com",
  checked: "2026-11-22",
  basis: "published",
  settings: z.object({ baseUrl: z.url(), apiKey: secret() }),
  connect: ({ baseUrl, apiKey }) => ({ baseUrl, auth: { kind: "bearer", token: apiKey }, paging }),
  attributes: { User: table },
  userNameIs: work,
  user: {
    id: ({ id }: User) => String(id),
    toScim: ({ email, jobTitle, active }: User) => ({ [work]: email, title: jobTitle ?? undefined, active }),
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: { [work]: (api, email) => api.all("GET", "/users", { query: { email }, item: user }) },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
    disableEnds: "unknown",
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  deviations: {},
});
