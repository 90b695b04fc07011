// Directus's users and policies through its REST API (basis: verified on 11.17.4 from the npm registry, 2026-11-29).

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../src/adapter.ts";
import { attributes, fields, isDormant, toScim, work } from "./mapping.ts";
import {
  addMembers,
  createPolicy,
  findPolicies,
  listMembers,
  listPolicies,
  type Policy,
  readPolicy,
  removeMembers,
  removePolicy,
  renamePolicy,
} from "./policies.ts";
import {
  createUser,
  findUsers,
  isAdministrator,
  listUsers,
  readOwn,
  readUser,
  type User,
  updateUser,
} from "./records.ts";
import { faults } from "./refusals.ts";
import { requireAdministrator } from "./rights.ts";

export default defineAdapter({
  name: "directus",
  title: "Directus",
  docs: "https://docs.directus.io/reference/system/users",
  checked: "2026-11-29",
  basis: "verified",
  settings: z.object({
    baseUrl: z.url().describe("where Directus answers, with its path if it has one"),
    token: secret().describe("the static token of a user of Portico's own with administrator access"),
    role: z
      .uuid()
      .optional()
      .describe(
        "the id of the role that new users get; one that gives no administrator access; without it they get none",
      ),
    onDelete: z
      .enum(["suspend", "remove"])
      .default("suspend")
      .describe("what a deletion does: remove cannot be undone"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl.replace(/\/+$/, ""),
    auth: { kind: "bearer", token: settings.token },
    paging: {
      ...{ kind: "offset", in: "query", offset: "offset", limit: "limit", max: 100 },
      ...{ items: "data", total: "meta.filter_count" },
    },
    limits: { concurrency: 4 },
    faults,
    onDelete: settings.onDelete === "remove" ? "remove" : "disable",
  }),
  attributes,
  userNameIs: work,
  // SQLite's comparison (seen on 11.17.4, 2026-11-29).
  names: "ascii",
  user: {
    id: (record: User) => record.id,
    toScim,
    list: listUsers,
    find: { [work]: findUsers },
    read: readUser,
    create: (api, values) => createUser(api, fieldsOf(fields, values), api.settings.role),
    updateNeeds: "changes",
    update: (api, id, { values, changed }) => updateUser(api, id, fieldsOf(fields, values, changed)),
    disableEnds: "sessions",
    isPrivileged: isAdministrator,
    isDormant,
    remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
  },
  group: {
    id: (record: Policy) => record.id,
    toScim: (native: Policy) => ({ displayName: native.name }),
    list: listPolicies,
    find: { displayName: findPolicies },
    read: readPolicy,
    create: (api, { displayName = "" }) => createPolicy(api, displayName),
    namesRepeat: true,
    update: (api, id, { values: { displayName = "" } }) => renamePolicy(api, id, displayName),
    remove: removePolicy,
    members: {
      chunk: 100,
      addingAgain: "duplicates",
      list: listMembers,
      add: addMembers,
      remove: removeMembers,
    },
  },
  // Directus lets an administrator suspend the user of the token, which it then refuses.
  async account(api) {
    await requireAdministrator(api);
    return readOwn(api);
  },
  deviations: {
    removeMemberLooksUp: {
      sentence:
        "A policy is given to a user by a row with an id of its own, and one user may have several for one policy.",
      source: "https://docs.directus.io/reference/system/policies; seen on 11.17.4 (npm run test:real)",
      checked: "2026-11-29",
    },
  },
});
