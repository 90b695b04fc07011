// Keeper behind its adapter: the users and teams of an enterprise ([N2.2] [N2.3], read 2026-11-22).

import { idsIn, type NativeView, recordsIn, type State, textOf } from "../native-view.ts";

/** User ids are the enterprise's, shifted by 32 bits, plus a number. */
const idOf = (state: State, n: number) => String((BigInt(Number(state.enterpriseId)) << 32n) + BigInt(500_000 + n));
const planted = { roles: ["Auditor"], tfaEnabled: true, node: "Staff" };
const plantedInGroups = { restricts: "R", node: "Staff", roles: ["Auditor"] };

export const keeper: NativeView = {
  planted,
  plantedInGroups,
  users: (state) =>
    Object.entries(recordsIn(state, "users")).map(([id, record]) => ({
      id,
      key: String(record.email),
      active: record.status === "Active" || record.status === "Invited",
      record,
    })),
  groups: (state) =>
    Object.entries(recordsIn(state, "teams")).map(([id, record]) => ({
      id,
      name: String(record.name),
      memberIds: [...idsIn(record.users), ...idsIn(record.queuedUsers)],
      record,
    })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    for (const one of strangers) {
      users[idOf(state, Object.keys(users).length)] = {
        ...planted,
        email: one.email.toLowerCase(),
        name: `${one.givenName} ${one.familyName}`,
        status: one.active ? "Active" : "Locked",
      };
    }
    return { users };
  },
  withGroup: (state, name, memberIds) => {
    const teams = recordsIn(state, "teams");
    const uid = `seeded-team-uid-${Object.keys(teams).length}`;
    return { teams: { ...teams, [uid]: { ...plantedInGroups, name, users: [...memberIds] } } };
  },
  withMember: (state, groupId, userId) => {
    const teams = recordsIn(state, "teams");
    const team = teams[groupId];
    return { teams: { ...teams, [groupId]: { ...team, users: [...idsIn(team?.users), userId] } } };
  },
  withoutMember: (state, groupId, userId) => {
    const teams = recordsIn(state, "teams");
    const team = teams[groupId];
    const users = idsIn(team?.users).filter((id) => id !== userId);
    return { teams: { ...teams, [groupId]: { ...team, users } } };
  },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    return { users };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...teams } = recordsIn(state, "teams");
    return { teams };
  },
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.status === "Active" || record.status === "Invited",
    displayName: textOf(String(record.name).trim()),
    title: textOf(String(record.jobTitle).trim()),
  }),
  heldByGroup: (record) => ({ displayName: record.name }),
  // The person accepts the invitation; nobody can be locked before [N2.3].
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
