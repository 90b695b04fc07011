// Request Tracker's users and groups through its REST 2 API (basis: verified on 5.0.3 from Debian's packages, 2026-11-29).

import * as z from "zod";
import { defineAdapter, secret } from "../../src/adapter.ts";
import { attributes, toNames, work } from "./mapping.ts";
import {
  created,
  createUser,
  findGroups,
  findUsers,
  type Group,
  idIn,
  listGroups,
  listMembers,
  listUsers,
  type Row,
  readGroup,
  readUser,
  type User,
  updateUser,
} from "./records.ts";
import { added, faults, removed, renamed } from "./refusals.ts";

const checked = "2026-11-29";
const source = "adapters/request-tracker/README.md; seen on 5.0.3 (npm run test:real)";

export default defineAdapter({
  name: "request-tracker",
  title: "Request Tracker",
  docs: "https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html",
  checked,
  basis: "verified",
  settings: z.object({
    baseUrl: z.url().describe("where REST 2 answers, such as https://rt.example.com/REST/2.0"),
    newUsers: z
      .enum(["unprivileged", "privileged"])
      .default("unprivileged")
      .describe("privileged ones can be granted rights, such as to work on tickets; the others ask only"),
    token: secret().describe("an authentication token of a user who may administer users and groups"),
  }),
  connect: (settings) => ({
    baseUrl: settings.baseUrl.replace(/\/+$/, ""),
    auth: { kind: "header", name: "Authorization", value: `token ${settings.token}` },
    headers: { "Accept-Language": "en" },
    paging: { kind: "page", in: "query", page: "page", size: "per_page", max: 100, items: "items", total: "total" },
    limits: { concurrency: 4 },
    faults,
  }),
  attributes,
  // SQLite's comparison (seen on 5.0.3, 2026-11-29).
  names: "ascii",
  user: {
    id: (record: User | Row) => String(record.id),
    toScim: (native: User) => ({
      ...toNames(native),
      active: native.Disabled === false,
      'phoneNumbers[type eq "work"].value': native.WorkPhone || undefined,
      'phoneNumbers[type eq "mobile"].value': native.MobilePhone || undefined,
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization": native.Organization || undefined,
    }),
    // Rows tell neither who is disabled nor who is privileged, also where they are asked for it (seen on 5.0.3, 2026-11-29).
    rowToScim: toNames,
    list: listUsers,
    find: {
      userName: (api, value) => findUsers(api, "Name", value),
      [work]: (api, value) => findUsers(api, "EmailAddress", value),
    },
    read: readUser,
    create: (api, values) => createUser(api, values, api.settings.newUsers === "privileged"),
    update: updateUser,
    disableEnds: "unknown",
  },
  group: {
    id: (record: Group) => String(record.id),
    toScim: (native: Group) => ({ displayName: native.Name }),
    list: listGroups,
    find: { displayName: (api, name) => findGroups(api, name) },
    read: readGroup,
    async create(api, { displayName = "" }) {
      const { location } = await api.send("POST", "/group", { json: { Name: displayName.trim() }, returns: created });
      return readGroup(api, idIn(location));
    },
    update: (api, id, { values: { displayName = "" } }) => renamed(api, id, displayName.trim()),
    remove: removed,
    members: {
      chunk: 100,
      list: listMembers,
      add: added,
      async remove(api, id, members) {
        for (const { id: user } of members) await api.delete("/group/{id}/member/{user}", { params: { id, user } });
      },
    },
  },
  deviations: {
    createAnswersIdOnly: {
      sentence: "A creation answers the name and a type; the id is in Location.",
      source,
      checked,
    },
    updateAnswersNoRecord: { sentence: "A change answers a list of messages and no record.", source, checked },
    createAnswersNoId: {
      sentence: "The answer to a creation names the user by the name alone; the id is in Location.",
      source,
      checked,
    },
    listsHideDisabled: { sentence: "Lists leave disabled users out, unless they are asked for.", source, checked },
  },
});
