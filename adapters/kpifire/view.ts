// kpifire behind its adapter: users, groups and licence types ([N4], stated 2026-11-22).

import { idsIn, type NativeView, recordsIn, textOf } from "../native-view.ts";

const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
/** Below what the simulator gives out while a scenario runs. */
const FIRST_SEEDED_ID = 100_000;

export const kpifire: NativeView = {
  planted: { licenseType: 3 },
  plantedInGroups: {},
  users: (state) =>
    Object.values(recordsIn(state, "users")).map((record) => ({
      id: String(record.id),
      key: String(record.login),
      active: record.isActive === 1,
      seat: String(record.licenseType),
      record,
    })),
  groups: (state) =>
    Object.values(recordsIn(state, "groups")).map((record) => ({
      id: String(record.id),
      name: String(record.name),
      memberIds: idsIn(record.memberIds),
      record,
    })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    for (const one of strangers) {
      const id = FIRST_SEEDED_ID + Object.keys(users).length;
      users[id] = {
        id,
        login: one.key,
        firstName: one.givenName,
        lastName: one.familyName,
        isActive: one.active ? 1 : 0,
        licenseType: 3,
      };
    }
    return { users };
  },
  withGroup: (state, name, memberIds) => {
    const groups = recordsIn(state, "groups");
    const id = FIRST_SEEDED_ID + Object.keys(groups).length;
    return { groups: { ...groups, [id]: { id, name, memberIds: memberIds.map(Number) } } };
  },
  withMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    const memberIds = [...idsIn(group?.memberIds), userId].map(Number);
    return { groups: { ...groups, [groupId]: { ...group, memberIds } } };
  },
  withoutMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    const memberIds = idsIn(group?.memberIds)
      .filter((id) => id !== userId)
      .map(Number);
    return { groups: { ...groups, [groupId]: { ...group, memberIds } } };
  },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    return { users };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...groups } = recordsIn(state, "groups");
    return { groups };
  },
  held: (record) => ({
    userName: textOf(record.login),
    active: record.isActive === 1,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
    'phoneNumbers[type eq "work"].value': textOf(record.workPhone),
    [DEPARTMENT]: textOf(record.department),
  }),
  heldByGroup: (record) => ({ displayName: record.name }),
  seatGroups: {
    // Whoever is in no tier has the connection's licenseDefault, 1 where nothing is set [N4.2].
    none: "1",
    better: { seat: "6", of: (name) => ({ displayName: `EMEA kpifire.EXECUTIVE ${name}` }) },
    lesser: { seat: "2", of: (name) => ({ displayName: `Kpifire.Idea ${name}` }) },
    nothing: { of: (name) => ({ displayName: name }) },
  },
};
