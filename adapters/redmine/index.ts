// Redmine's users and groups through its REST API (basis: verified on 5.0.4 from Debian's packages, 2026-11-22).

import * as z from "zod";
import { defineAdapter, Fault, fieldsOf, secret } from "../../src/adapter.ts";
import { toLogin } from "./login.ts";
import { ACTIVE, attributes, fields, REGISTERED, toNames, work } from "./mapping.ts";
import {
  type Group,
  groupIn,
  listGroups,
  listMembers,
  listUsers,
  type Row,
  search,
  type User,
  userIn,
} from "./records.ts";
import { faults, isSameIgnoringCase, named, written } from "./refusals.ts";

const checked = "2026-11-22";
const source = "[N6]; seen on 5.0.4 (npm run test:real)";

export default defineAdapter({
  name: "redmine",
  title: "Redmine",
  docs: "https://www.redmine.org/projects/redmine/wiki/Rest_api",
  checked,
  basis: "verified",
  settings: z.object({
    baseUrl: z.url().describe("where Redmine answers"),
    apiKey: secret().describe("of an administrator, from the page My account"),
    onDelete: z
      .enum(["lock", "remove"])
      .default("lock")
      .describe("what a deletion does: remove gives what the person wrote to Anonymous, and cannot be undone"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl.replace(/\/+$/, ""),
    auth: { kind: "header", name: "X-Redmine-API-Key", value: settings.apiKey },
    // Redmine answers in the language of the key's owner, or in this one where none is set.
    headers: { "Accept-Language": "en" },
    paging: {
      kind: "offset",
      in: "query",
      offset: "offset",
      limit: "limit",
      max: 100,
      items: "users",
      total: "total_count",
    },
    limits: { concurrency: 4 },
    faults,
    onDelete: settings.onDelete === "remove" ? "remove" : "disable",
  }),
  attributes,
  // SQLite's comparison, and logins are written in ASCII in any case (verified on 5.0.4, 2026-11-22).
  names: "ascii",
  user: {
    id: (record: User | Row) => String(record.id),
    toScim: (native: User) => ({ ...toNames(native), active: native.status === ACTIVE }),
    // Rows have no status (seen on 5.0.4, 2026-11-22).
    rowToScim: toNames,
    list: (api, cursor) => listUsers(api, cursor),
    find: { userName: (api, value) => search(api, toLogin(value)), [work]: search },
    read: (api, id) => api.get("/users/{id}.json", { params: { id }, returns: userIn }),
    async create(api, values) {
      const given = fieldsOf(fields, values, undefined, "");
      const json = { user: { ...given, generate_password: true } };
      return written(api, given, undefined, () => api.post("/users.json", { json, returns: userIn }));
    },
    async update(api, id, { values, changed, native }) {
      const given = fieldsOf(fields, values, changed, "");
      await written(api, given, id, () => api.put("/users/{id}.json", { params: { id }, json: { user: given } }));
      return { ...native, ...given };
    },
    disableEnds: "unknown",
    isPrivileged: ({ admin }) => admin,
    isDormant: (native: User) => native.status === REGISTERED,
    remove: (api, id) => api.delete("/users/{id}.json", { params: { id } }),
  },
  group: {
    id: (record: Group) => String(record.id),
    toScim: (native: Group) => ({ displayName: native.name }),
    list: async (api) => ({ items: await listGroups(api) }),
    find: {
      displayName: async (api, value) => (await listGroups(api)).filter(({ name }) => isSameIgnoringCase(name, value)),
    },
    read: (api, id) => api.get("/groups/{id}.json", { params: { id }, returns: groupIn }),
    async create(api, { displayName: name }) {
      const json = { group: { name } };
      return named(api, name, undefined, () => api.post("/groups.json", { json, returns: groupIn }));
    },
    async update(api, id, { values: { displayName: name = "" }, native }) {
      const json = { group: { name } };
      await named(api, name, id, () => api.put("/groups/{id}.json", { params: { id }, json }));
      return { ...native, name };
    },
    remove: (api, id) => api.delete("/groups/{id}.json", { params: { id } }),
    members: {
      chunk: 100,
      list: async (api, id) => ({ items: (await listMembers(api, id)).map((one) => ({ id: String(one.id) })) }),
      async add(api, id, members) {
        const json = { user_ids: members.map((member) => Number(member.id)) };
        try {
          await api.post("/groups/{id}/users.json", { params: { id }, json });
        } catch (error) {
          if (!(error instanceof Fault) || error.kind !== "invalid") throw error;
          // Refused only where no user is left to add: all are members already, or unknown to Redmine.
          const present = new Set((await listMembers(api, id)).map((one) => one.id));
          if (!json.user_ids.every((user) => present.has(user))) throw error;
        }
      },
      async remove(api, id, members) {
        for (const { id: user } of members) {
          try {
            await api.delete("/groups/{id}/users/{user}.json", { params: { id, user } });
          } catch (error) {
            if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
            // A user who is gone is no member; a group that is gone throws here.
            if ((await listMembers(api, id)).some((one) => String(one.id) === user)) throw error;
          }
        }
      },
    },
  },
  // Redmine lets an administrator lock himself, and with that the key with which he could be unlocked (verified).
  account: async (api) => {
    const self = await api.get("/users/{id}.json", { params: { id: "current" }, returns: userIn });
    return { id: String(self.id) };
  },
  deviations: {
    fuzzySearch: {
      sentence: "A search matches a part of login, names or e-mail address.",
      source,
      checked,
    },
    listsHideDisabled: { sentence: "Lists show active users only, unless every status is asked for.", source, checked },
    addMemberNotIdempotent: {
      sentence: "Adding only users who are members already is refused with 422.",
      source,
      checked,
    },
  },
});
