// kpifire's users, groups and licence types (basis: assumed; the contract is in [N4.2], stated 2026-11-22).

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../src/adapter.ts";
import { faults } from "./faults.ts";
import {
  done,
  enveloped,
  type Group,
  group,
  groupTable,
  order,
  tierIn,
  tierOf,
  tierOfNamed,
  toLicenseType,
  toUser,
  type User,
  user,
  userFields,
  userTable,
  wholeGroup,
} from "./records.ts";

export default defineAdapter({
  name: "kpifire",
  title: "kpifire",
  docs: "https://www.kpifire.com",
  checked: "2026-11-22",
  basis: "assumed",
  settings: z.object({
    baseUrl: z.url().describe("https://<subdomain>.kpifire.com/api"),
    apiToken: secret().describe("of kpifire's API"),
    licenseDefault: z
      .int()
      .min(1)
      .max(7)
      .default(1)
      .describe("the licence type of a new user whose groups name no tier, 1 (Viewer) to 7 (Admin)"),
    groupLicences: z
      .record(z.string().min(1), z.enum(order))
      .optional()
      .describe("the licence type of each group that gives one, by the group's whole name; other names then give none"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl,
    auth: { kind: "header", name: "X-API-Token", value: settings.apiToken },
    paging: {
      kind: "offset",
      in: "query",
      offset: "offset",
      limit: "limit",
      max: 50,
      items: "result.rows",
      total: "result.total",
    },
    // Unstated; over 10 arrivals per second get 503 without a header ([N4.2], stated 2026-11-22): 8 begun in any
    // second and 2 still on their way from before.
    limits: { perSecond: 8, concurrency: 2 },
    faults,
  }),
  attributes: { User: userTable, Group: groupTable },
  user: {
    id: (record: User) => String(record.id),
    toScim: toUser,
    // No search of any kind ([N4.2], stated 2026-11-22).
    list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
    read: async (api, id) => (await api.get("/users/{id}", { params: { id }, returns: enveloped(user) })).result,
    async create(api, values) {
      const form = { ...fieldsOf(userFields, values, undefined, ""), licenseType: api.settings.licenseDefault };
      return (await api.post("/users", { form, returns: enveloped(user) })).result;
    },
    disableEnds: "unknown",
    updateNeeds: "changes",
    async update(api, id, { values, changed }) {
      const form = fieldsOf(userFields, values, changed, "");
      return (await api.post("/users/{id}", { params: { id }, form, returns: enveloped(user) })).result;
    },
    async remove(api, id) {
      await api.post("/users/{id}/delete", { params: { id }, form: {}, returns: done });
    },
  },
  group: {
    id: (record: Group) => String(record.id),
    toScim: (native: Group) => ({ displayName: native.name }),
    list: async (api) => ({ items: (await api.get("/groups", { returns: enveloped(z.array(group)) })).result }),
    read: async (api, id) => (await api.get("/groups/{id}", { params: { id }, returns: enveloped(group) })).result,
    create: async (api, { displayName: name }) =>
      (await api.post("/groups", { form: { name }, returns: enveloped(group) })).result,
    update: async (api, id, { values: { displayName: name } }) =>
      (await api.post("/groups/{id}", { params: { id }, form: { name }, returns: enveloped(group) })).result,
    async remove(api, id) {
      await api.post("/groups/{id}/delete", { params: { id }, form: {}, returns: done });
    },
    members: {
      chunk: 10_000,
      async list(api, id) {
        const { result } = await api.get("/groups/{id}", { params: { id }, returns: enveloped(wholeGroup) });
        return { items: result.memberIds.map((memberId) => ({ id: String(memberId) })) };
      },
      // The only way to write members is the whole list ([N4.2], stated 2026-11-22).
      async replace(api, id, members) {
        const form = { memberIds: members.map((one) => one.id).join(",") };
        await api.post("/groups/{id}", { params: { id }, form, returns: done });
      },
    },
  },
  seats: {
    order,
    none: ({ licenseDefault }) => tierOf({ licenseType: licenseDefault }) ?? "Viewer",
    held: tierOf,
    of({ displayName }, { groupLicences }) {
      const name = String(displayName ?? "");
      return groupLicences ? tierOfNamed(name, groupLicences) : tierIn(name);
    },
    async set(api, id, tier) {
      await api.post("/users/{id}", { params: { id }, form: { licenseType: toLicenseType(tier) }, returns: done });
    },
  },
  deviations: {
    errorsInSuccess: {
      sentence: "Every answer has status 200, and an error shows only in its envelope.",
      source: "[N4.2] (assumed): the envelope",
      checked: "2026-11-22",
    },
  },
});
