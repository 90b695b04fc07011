// Ledger behind its adapter, for the suite.

import { type NativeView, recordsIn, textOf } from "../../../../adapters/native-view.ts";

const number = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
/** Below the simulator's own first id. */
const freeId = (records: object) =>
  String(1 + Math.max(0, ...Object.keys(records).flatMap((id) => (Number(id) < 10_000 ? Number(id) : []))));

function withRows(memberships: object, groupId: string, userIds: readonly string[]) {
  const rows: { [id: string]: unknown } = { ...memberships };
  for (const userId of userIds) {
    const id = freeId(rows);
    rows[id] = { id, groupId, userId };
  }
  return rows;
}

export const ledgerView: NativeView = {
  unmapped: { shelf: "S-7" },
  unmappedOfGroup: { shelf: "G-7" },
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
      memberIds: Object.values(recordsIn(state, "memberships"))
        .filter((row) => row.groupId === record.id)
        .map((row) => String(row.userId)),
      record,
    })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    for (const { key: email, active, values } of strangers) {
      const id = freeId(users);
      const more = { externalId: values?.externalId ?? null, number: values?.[number] ?? null };
      users[id] = { id, email, active, name: null, ...more, shelf: "S-7" };
    }
    return { users };
  },
  withGroup: (state, name, memberIds) => {
    const groups = recordsIn(state, "groups");
    const id = freeId(groups);
    return {
      groups: { ...groups, [id]: { id, name, shelf: "G-7" } },
      memberships: withRows(recordsIn(state, "memberships"), id, memberIds),
    };
  },
  withMember: (state, groupId, userId) => ({
    memberships: withRows(recordsIn(state, "memberships"), groupId, [userId]),
  }),
  withoutMember: (state, groupId, userId) => {
    const rows = Object.entries(recordsIn(state, "memberships"));
    return {
      memberships: Object.fromEntries(rows.filter(([, row]) => row.groupId !== groupId || row.userId !== userId)),
    };
  },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    const rows = Object.entries(recordsIn(state, "memberships"));
    return { users, memberships: Object.fromEntries(rows.filter(([, row]) => row.userId !== userId)) };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...groups } = recordsIn(state, "groups");
    const rows = Object.entries(recordsIn(state, "memberships"));
    return { groups, memberships: Object.fromEntries(rows.filter(([, row]) => row.groupId !== groupId)) };
  },
  held: (record) => ({
    externalId: textOf(record.externalId),
    [number]: textOf(record.number),
    active: record.active,
    displayName: textOf(record.name),
  }),
  heldByGroup: (record) => ({ displayName: record.name }),
};
