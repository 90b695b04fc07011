// Keeper's users and teams through Commander's Service Mode (basis: published, read 2026-11-22).

import * as z from "zod";
import { defineAdapter, fieldsOf, secret } from "../../src/adapter.ts";
import { faults, finish, refresh, whoAmI } from "./commander.ts";
import {
  changeMembers,
  createTeam,
  deleteTeam,
  findTeams,
  listTeams,
  membersOf,
  readTeam,
  readTeams,
  renameTeam,
  type Team,
} from "./teams.ts";
import {
  amendUser,
  inviteUser,
  isSameIgnoringCase,
  listUsers,
  readUser,
  readUsers,
  renameUser,
  searchUsers,
  setActive,
  settings,
  type User,
  userTable,
  work,
} from "./users.ts";

const rate = (calls: number) => z.int().min(1).default(calls);
const documented = (sentence: string, source: string) => ({ sentence, source, checked: "2026-11-22" });

export default defineAdapter({
  name: "keeper",
  title: "Keeper",
  docs: "https://docs.keeper.io/keeperpam/commander-cli/service-mode-rest-api",
  checked: "2026-11-22",
  basis: "published",
  settings: settings.extend({
    apiKey: secret().describe("the API key of Commander's Service Mode"),
    // Service Mode's own defaults [N2.2].
    perMinute: rate(60).describe("calls in a minute that Service Mode allows, polls among them"),
    perHour: rate(600).describe("the same in an hour"),
    perDay: rate(6_000).describe("the same in a day"),
  }),
  connect: ({ baseUrl, apiKey, perMinute, perHour, perDay }) => ({
    baseUrl,
    auth: { kind: "header", name: "api-key", value: apiKey },
    // A command may wait in Service Mode's queue for 300 s [N2.2]; then Commander, throttled, sleeps 300 s up to three times
    // while it runs [N2.3]. Of one whose request id is known the end is asked for instead.
    lateMs: 1_200_000,
    limits: { perMinute, perHour, perDay, concurrency: 1 },
    faults,
  }),
  attributes: {
    User: userTable,
    Group: [{ path: "displayName", required: true, filterable: true }],
  },
  userNameIs: work,
  user: {
    id: (record: User) => record.user_id,
    toScim: (native: User) => ({
      [work]: native.email,
      active: native.isActive,
      displayName: native.name?.trim(),
      title: native.job_title?.trim(),
    }),
    async list(api) {
      await refresh(api);
      return { items: await listUsers(api, "always") };
    },
    find: { [work]: searchUsers },
    read: readUser,
    readMany: { max: 10_000, read: readUsers },
    refresh,
    disableEnds: "unknown",
    isPrivileged: ({ isAdministrator }) => isAdministrator,
    isDormant: (native: User) => native.status === "Invited" && !native.isActive,
    invites: true,
    create: (api, values) => inviteUser(api, values[work] ?? "", { name: values.displayName, jobTitle: values.title }),
    async update(api, _id, { values, changed, native }) {
      let user = native;
      const email = values[work] ?? "";
      // Commander writes every address in lower case.
      if (changed.has(work) && !isSameIgnoringCase(email, native.email)) user = await renameUser(api, native, email);
      if (!changed.has("displayName") && !changed.has("title")) return user;
      return amendUser(api, user, fieldsOf({ displayName: "name", title: "jobTitle" }, values, changed, ""));
    },
    setActive,
    // No removal: Microsoft's Entra tutorial for Keeper knows only the lock ([N2.5], 2026-11-22).
  },
  group: {
    namesRepeat: true,
    id: (record: Team) => record.team_uid,
    toScim: (native: Team) => ({ displayName: native.name }),
    async list(api) {
      await refresh(api);
      return { items: await listTeams(api) };
    },
    find: { displayName: findTeams },
    read: readTeam,
    readMany: { max: 10_000, read: readTeams },
    create: (api, values) => createTeam(api, values.displayName ?? ""),
    update: (api, id, { values }) => renameTeam(api, id, values.displayName ?? ""),
    remove: deleteTeam,
    members: {
      // [N2.3]: enterprise-info --teams, users (2026-11-22).
      by: "email",
      // Commands are cut to their greatest length; each chunk is read back once.
      chunk: 50,
      async list(api, id) {
        return { items: membersOf(await readTeam(api, id)).map((key) => ({ key })) };
      },
      add: (api, id, members) => changeMembers(api, id, "--add-user", members),
      remove: (api, id, members) => changeMembers(api, id, "--remove-user", members),
    },
  },
  async account(api) {
    const key = await whoAmI(api);
    return key === undefined ? undefined : { key };
  },
  // Service Mode README (2026-11-22): POST executecommand-async, GET result.
  finish,
  deviations: {
    verifiesWrites: documented("The outcome of a command shows only in the text of its log.", "[N2.2]"),
    fuzzySearch: documented("A search matches a part of any column that is shown.", "[N2.3]"),
    invitedCannotBeDisabled: documented("A lock skips users who have not accepted their invitation.", "[N2.3]"),
    splitUpdates: {
      calls: 3,
      ...documented(
        "A new address is added, the old one deleted, and name and title follow, each in a command.",
        "[N2.3]",
      ),
    },
    addMemberNotIdempotent: documented("Adding a user to a team twice is refused with 409.", "[N2.2]"),
  },
});
