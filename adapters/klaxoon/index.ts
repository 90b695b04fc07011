// Klaxoon's users, groups and licences (basis: assumed; the contract is in [N3.2], stated 2026-11-22).

import * as z from "zod";
import { defineAdapter, Fault, fieldsOf, secret } from "../../src/adapter.ts";
import { faults } from "./faults.ts";
import {
  flag,
  type Group,
  givesLicence,
  group,
  groupFields,
  groupTable,
  licenses,
  member,
  toGroup,
  toUser,
  type User,
  user,
  userFields,
  userTable,
  work,
} from "./records.ts";

export default defineAdapter({
  name: "klaxoon",
  title: "Klaxoon",
  docs: "https://klaxoon.com",
  checked: "2026-11-22",
  basis: "assumed",
  settings: z.object({
    baseUrl: z.url().default("https://api.klaxoon.com/v1").describe("where Klaxoon's API answers"),
    clientId: z.string().min(1).describe("of the API client"),
    clientSecret: secret().describe("of the API client"),
    licenseDefault: z
      .boolean()
      .default(true)
      .describe("whether a group whose flag is not set gives the PRO licence, which costs a seat for each member"),
  }),
  connect: ({ baseUrl, clientId, clientSecret }) => ({
    baseUrl,
    auth: { kind: "clientCredentials", tokenUrl: "/auth/oauth2/token", clientId, clientSecret },
    paging: {
      kind: "cursor",
      in: "query",
      cursor: "cursor",
      limit: "limit",
      max: 100,
      items: "data",
      next: "next_cursor",
    },
    // 16 requests per second on average, then 429 ([N3.1], stated 2026-11-22).
    limits: { perSecond: 16 },
    faults,
  }),
  attributes: { User: userTable, Group: groupTable },
  user: {
    id: (record: User) => record.id,
    toScim: toUser,
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    find: {
      userName: (api, username) => api.all("GET", "/users", { query: { username }, item: user }),
      [work]: (api, email) => api.all("GET", "/users", { query: { email }, item: user }),
    },
    read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
    create: (api, values) => api.post("/users", { json: fieldsOf(userFields, values), returns: user }),
    updateNeeds: "changes",
    update: (api, id, { values, changed }) =>
      api.patch("/users/{id}", { params: { id }, json: fieldsOf(userFields, values, changed), returns: user }),
    disableEnds: "unknown",
    setActive: (api, id, active) =>
      api.post(active ? "/users/{id}/reactivate" : "/users/{id}/deactivate", { params: { id }, returns: user }),
    // No removal: there is no permanent deletion ([N3.1], stated 2026-11-22).
  },
  group: {
    id: (record: Group) => record.id,
    toScim: toGroup,
    list: (api, cursor) => api.page("GET", "/groups", { item: group, cursor }),
    read: (api, id) => api.get("/groups/{id}", { params: { id }, returns: group }),
    create(api, values) {
      const license = givesLicence(values[flag], api.settings.licenseDefault);
      return api.post("/groups", { json: { ...fieldsOf(groupFields, values), license }, returns: group });
    },
    update(api, id, { values, changed }) {
      const json = {
        ...fieldsOf(groupFields, values, changed),
        ...(changed.has(flag) ? { license: givesLicence(values[flag], api.settings.licenseDefault) } : {}),
      };
      return api.patch("/groups/{id}", { params: { id }, json, returns: group });
    },
    remove: (api, id) => api.delete("/groups/{id}", { params: { id } }),
    members: {
      chunk: 100,
      list: (api, id, cursor) => api.page("GET", "/groups/{id}/members", { params: { id }, item: member, cursor }),
      add: (api, id, members) =>
        api.post("/groups/{id}/members", { params: { id }, json: { user_ids: members.map((one) => one.id) } }),
      async remove(api, id, members) {
        for (const { id: userId } of members) {
          try {
            await api.delete("/groups/{id}/members/{userId}", { params: { id, userId } });
          } catch (error) {
            if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
            // A user who is no member any more counts as removed.
            const present = await api.all("GET", "/groups/{id}/members", { params: { id }, item: member });
            if (present.some((one) => one.id === userId)) throw error;
          }
        }
      },
    },
  },
  seats: {
    order: ["PRO"],
    none: () => "FREE",
    of: (values, settings) => (givesLicence(values[flag], settings.licenseDefault) ? "PRO" : undefined),
    set: (api, id, license) => api.put("/users/{id}/license", { params: { id }, json: { license } }),
    held: (record) => user.parse(record).license,
    async free(api) {
      const { pro } = await api.get("/licenses", { returns: licenses });
      return pro.total - pro.used;
    },
  },
  deviations: {},
});
