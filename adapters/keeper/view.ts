// Keeper behind its adapter: the users and teams of an enterprise ([N2.2] [N2.3], read 2026-11-22).

import { groupsIn, idsIn, type NativeView, recordsIn, type State, textOf, usersIn } from "../native-view.ts";

/** User ids are the enterprise's, shifted by 32 bits, plus a number. */
const idOf = (state: State, n: number) => String((BigInt(Number(state.enterpriseId)) << 32n) + BigInt(500_000 + n));
const unmapped = { roles: ["Auditor"], tfaEnabled: true, node: "Staff" };
const unmappedOfGroup = { restricts: "R", node: "Staff", roles: ["Auditor"] };

const teams = groupsIn("teams", {
  members: "users",
  made: (name, taken) => [`seeded-team-uid-${Object.keys(taken).length}`, { ...unmappedOfGroup, name }],
});

export const keeper: NativeView = {
  unmapped,
  unmappedOfGroup,
  ...usersIn("users", {
    shown: (record) => ({
      key: String(record.email),
      active: record.status === "Active" || record.status === "Invited",
    }),
    made: (one, taken, state) => [
      idOf(state, Object.keys(taken).length),
      {
        ...unmapped,
        email: one.email.toLowerCase(),
        name: `${one.givenName} ${one.familyName}`,
        status: one.active ? "Active" : "Locked",
      },
    ],
  }),
  ...teams,
  groups: (state) =>
    teams.groups(state).map((team) => ({ ...team, memberIds: [...team.memberIds, ...idsIn(team.record.queuedUsers)] })),
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.status === "Active" || record.status === "Invited",
    displayName: textOf(String(record.name).trim()),
    title: textOf(String(record.jobTitle).trim()),
  }),
  // The person accepts the invitation; no user can be locked before [N2.3].
  accept: (state, key) => ({
    users: Object.fromEntries(
      Object.entries(recordsIn(state, "users")).map(([id, record]) => {
        const accepts = String(record.email).toLowerCase() === key.toLowerCase() && record.status === "Invited";
        return [id, accepts ? { ...record, status: "Active" } : record];
      }),
    ),
  }),
  withAccount: (state, userId) => ({ loggedInAs: recordsIn(state, "users")[userId]?.email }),
  isRead: ({ request }) => /^(enterprise-(info|down)|whoami)\b/.test(String(Reflect.get(Object(request), "command"))),
  isPoll: ({ path }) => /\/(result|status)\//.test(path),
};
