// kpifire behind its adapter: users, groups and licence types ([N4], stated 2026-11-22).

import { groupsIn, type NativeView, textOf, usersIn } from "../native-view.ts";

const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
/** Below what the simulator gives out while a scenario runs. */
const FIRST_SEEDED_ID = 100_000;

export const kpifire: NativeView = {
  unmapped: { licenseType: 3 },
  unmappedOfGroup: {},
  ...usersIn("users", {
    shown: (record) => ({
      key: String(record.login),
      active: record.isActive === 1,
      seat: String(record.licenseType),
    }),
    made: (one, taken) => {
      const id = FIRST_SEEDED_ID + Object.keys(taken).length;
      const made = {
        id,
        login: one.key,
        firstName: one.givenName,
        lastName: one.familyName,
        isActive: one.active ? 1 : 0,
        licenseType: 3,
      };
      return [String(id), made];
    },
  }),
  ...groupsIn("groups", {
    members: "memberIds",
    toMember: Number,
    made: (name, taken) => {
      const id = FIRST_SEEDED_ID + Object.keys(taken).length;
      return [String(id), { id, name }];
    },
  }),
  held: (record) => ({
    userName: textOf(record.login),
    active: record.isActive === 1,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
    'phoneNumbers[type eq "work"].value': textOf(record.workPhone),
    [DEPARTMENT]: textOf(record.department),
  }),
  seatGroups: {
    // A user in no tier has the connection's licenseDefault, 1 where nothing is set [N4.2].
    none: "1",
    better: { seat: "6", of: (name) => ({ displayName: `EMEA kpifire.EXECUTIVE ${name}` }) },
    lesser: { seat: "2", of: (name) => ({ displayName: `Kpifire.Idea ${name}` }) },
    nothing: { of: (name) => ({ displayName: name }) },
  },
};
