// Keepabl behind its adapter: users only ([N5.2], stated 2026-11-22).

import { freeId, type NativeView, noGroups, recordsIn, textOf, usersIn } from "../native-view.ts";

const CREATED = "2024-02-29T12:00:00.000Z";
/** The simulator gives out its own ids from here on. */
const FIRST_ID = 1000;

export const keepabl: NativeView = {
  // No field of this contract is left unmapped but the one that the vendor itself sets.
  unmapped: { createdAt: CREATED },
  ...noGroups,
  ...usersIn("users", {
    shown: (record) => ({ key: String(record.email), active: record.suspended !== true }),
    made: ({ email, givenName: firstName, familyName: lastName, active }, taken) => {
      const id = freeId(taken, FIRST_ID);
      return [String(id), { id, email, firstName, lastName, suspended: !active, createdAt: CREATED }];
    },
  }),
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    const { [userId]: _seen, ...versions } = recordsIn(state, "versions");
    return { users, versions };
  },
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.suspended !== true,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
  }),
};
