// Roster behind its adapter, for the suite.

import { idsIn, type NativeRecord, type NativeView, recordsIn, textOf } from "../../../../adapters/native-view.ts";
import { DISABLED } from "./simulator.ts";

type Records = { [id: string]: NativeRecord };

/** Below the simulator's own first id, and above the group of disabled users. */
const freeId = (records: object) =>
  String(1 + Math.max(0, ...Object.keys(records).flatMap((id) => (Number(id) < 10_000 ? Number(id) : []))));

const withMembers = (groups: Records, id: string, change: (memberIds: string[]) => string[]): Records => ({
  ...groups,
  [id]: { ...groups[id], memberIds: change(idsIn(groups[id]?.memberIds)) },
});

export const rosterView: NativeView = {
  unmapped: { desk: "D-7" },
  unmappedOfGroup: { desk: "G-7" },
  users: (state) => {
    const disabled = idsIn(recordsIn(state, "groups")[DISABLED]?.memberIds);
    return Object.values(recordsIn(state, "users")).map((record) => {
      const id = String(record.id);
      const active = !disabled.includes(id);
      // What the suite looks for in a record: the vendor shows it by a membership.
      return { id, key: String(record.login), active, record: { ...record, active } };
    });
  },
  groups: (state) =>
    Object.values(recordsIn(state, "groups"))
      .filter((record) => record.id !== DISABLED)
      .map((record) => ({
        id: String(record.id),
        name: String(record.name),
        memberIds: idsIn(record.memberIds),
        record,
      })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    let groups = recordsIn(state, "groups");
    for (const { key: login, active } of strangers) {
      const id = freeId(users);
      users[id] = { id, login, name: null, desk: "D-7" };
      if (!active) groups = withMembers(groups, DISABLED, (ids) => [...ids, id]);
    }
    return { users, groups };
  },
  withGroup: (state, name, memberIds) => {
    const groups = recordsIn(state, "groups");
    const id = freeId(groups);
    return { groups: { ...groups, [id]: { id, name, desk: "G-7", memberIds } } };
  },
  withMember: (state, groupId, userId) => ({
    groups: withMembers(recordsIn(state, "groups"), groupId, (ids) => [...ids, userId]),
  }),
  withoutMember: (state, groupId, userId) => ({
    groups: withMembers(recordsIn(state, "groups"), groupId, (ids) => ids.filter((id) => id !== userId)),
  }),
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    return { users };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...groups } = recordsIn(state, "groups");
    return { groups };
  },
  held: (record) => ({ active: record.active, displayName: textOf(record.name) }),
  heldByGroup: (record) => ({ displayName: record.name }),
};
