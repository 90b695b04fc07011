// Template behind its adapter, for the suite: written from adapters/template/README.md, never from the adapter.

import { idsIn, type NativeView, recordsIn, textOf } from "../../../adapters/native-view.ts";

/** Below the simulator's own first id. */
const nextId = (records: object) =>
  1 + Math.max(0, ...Object.keys(records).flatMap((id) => (Number(id) < 10_000 ? Number(id) : [])));

export const template: NativeView = {
  planted: { costCode: "C-7" },
  plantedInGroups: { colour: "green" },
  users: (state) =>
    Object.values(recordsIn(state, "users")).map((record) => ({
      id: String(record.id),
      key: String(record.email),
      active: record.active === true,
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
      const id = nextId(users);
      const { email, givenName: firstName, familyName: lastName, active } = one;
      users[String(id)] = { id, email, firstName, lastName, active, costCode: "C-7" };
    }
    return { users };
  },
  withGroup: (state, name, memberIds) => {
    const groups = recordsIn(state, "groups");
    const id = nextId(groups);
    return { groups: { ...groups, [String(id)]: { id, name, colour: "green", memberIds: memberIds.map(Number) } } };
  },
  withMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const memberIds = [...idsIn(groups[groupId]?.memberIds), userId].map(Number);
    return { groups: { ...groups, [groupId]: { ...groups[groupId], memberIds } } };
  },
  withoutMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const memberIds = idsIn(groups[groupId]?.memberIds)
      .filter((id) => id !== userId)
      .map(Number);
    return { groups: { ...groups, [groupId]: { ...groups[groupId], memberIds } } };
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
    'emails[type eq "work"].value': textOf(record.email),
    active: record.active,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
    title: textOf(record.jobTitle),
  }),
  heldByGroup: (record) => ({ displayName: record.name }),
};
