// Zabbix's users and user groups through its JSON-RPC API (basis: verified on 6.0.14 from Debian's packages, 2026-11-29).

import * as z from "zod";
import { defineAdapter } from "../../src/adapter.ts";
import {
  createGroup,
  findGroups,
  type Group,
  listGroups,
  listMembers,
  readGroup,
  readGroups,
  removeGroup,
  renameGroup,
  replaceMembers,
} from "./groups.ts";
import { attributes, work } from "./mapping.ts";
import { isActive, type User } from "./records.ts";
import { faults } from "./refusals.ts";
import { ask, resultOf, toBaseUrl } from "./rpc.ts";
import { settings } from "./settings.ts";
import { createUser, findUsers, listUsers, readUser, readUsers, removeUser, updateUser } from "./users.ts";

const checked = "2026-11-29";
const source = "adapters/zabbix/README.md; seen on 6.0.14 (npm run test:real)";

/** The role type that has power over users. */
const SUPER_ADMIN = "3";
const tokens = resultOf(z.array(z.looseObject({ userid: z.string() })));

export default defineAdapter({
  name: "zabbix",
  title: "Zabbix",
  docs: "https://www.zabbix.com/documentation/6.0/en/manual/api",
  checked,
  basis: "verified",
  settings,
  connect: ({ baseUrl }) => ({
    baseUrl: toBaseUrl(baseUrl),
    // 6.0 takes the token in the body of each call.
    auth: { kind: "none" },
    limits: { concurrency: 4 },
    faults,
  }),
  attributes,
  // Names that differ in case are two to Zabbix; this joins the fewest.
  names: "ascii",
  user: {
    id: (record: User) => record.userid,
    toScim: (native: User) => ({
      userName: native.username,
      [work]: native.mail,
      active: isActive(native),
      "name.givenName": native.name || undefined,
      "name.familyName": native.surname || undefined,
    }),
    list: listUsers,
    find: { userName: findUsers },
    read: readUser,
    readMany: { max: 100, read: readUsers },
    create: createUser,
    update: updateUser,
    writesGroups: "with active",
    disableEnds: "tokens",
    isPrivileged: ({ role }) => role.type === SUPER_ADMIN,
    remove: removeUser,
  },
  group: {
    id: (record: Group) => record.usrgrpid,
    toScim: (native: Group) => ({ displayName: native.name }),
    list: listGroups,
    find: { displayName: findGroups },
    read: readGroup,
    readMany: { max: 100, read: readGroups },
    create: (api, { displayName = "" }) => createGroup(api, displayName),
    update: (api, id, { values: { displayName = "" } }) => renameGroup(api, id, displayName),
    remove: removeGroup,
    members: {
      chunk: 10_000,
      list: async (api, id) => ({ items: await listMembers(api, id) }),
      replace: replaceMembers,
    },
  },
  async account(api) {
    const [found] = await ask(api, "token.get", { token: api.settings.token, output: ["userid"] }, tokens);
    return found && { id: found.userid };
  },
  deviations: {
    createAnswersIdOnly: { sentence: "A creation answers the new id.", source, checked },
    updateAnswersNoRecord: { sentence: "A change answers the id.", source, checked },
  },
});
