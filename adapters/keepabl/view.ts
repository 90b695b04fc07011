// Keepabl behind its adapter: users only ([N5.2], stated 2026-11-22).

import { type NativeView, recordsIn, textOf } from "../native-view.ts";

export const keepabl: NativeView = {
  // No field of this contract is left unmapped but the one that the vendor itself sets.
  planted: { createdAt: "2024-02-29T12:00:00.000Z" },
  plantedInGroups: {},
  users: (state) =>
    Object.values(recordsIn(state, "users")).map((record) => ({
      id: String(record.id),
      key: String(record.email),
      active: record.suspended !== true,
      record,
    })),
  groups: () => [],
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    for (const one of strangers) {
      // Below the simulator's own first id.
      const id =
        1 +
        Math.max(
          0,
          ...Object.keys(users)
            .map(Number)
            .filter((taken) => taken < 1000),
        );
      users[String(id)] = {
        id,
        email: one.email,
        firstName: one.givenName,
        lastName: one.familyName,
        suspended: !one.active,
        createdAt: "2024-02-29T12:00:00.000Z",
      };
    }
    return { users };
  },
  withGroup: () => ({}),
  withMember: () => ({}),
  withoutMember: () => ({}),
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    const { [userId]: _seen, ...versions } = recordsIn(state, "versions");
    return { users, versions };
  },
  withoutGroup: () => ({}),
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.suspended !== true,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
  }),
};
