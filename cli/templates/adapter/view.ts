// Template behind its adapter, for the suite: written from adapters/template/README.md, never from the adapter.

import { freeId, groupsIn, type NativeView, textOf, usersIn } from "../../../adapters/native-view.ts";

/** The simulator gives out its own ids from here on. */
const FIRST_ID = 10_001;

export const template: NativeView = {
  unmapped: { costCode: "C-7" },
  unmappedOfGroup: { colour: "green" },
  ...usersIn("users", {
    shown: (record) => ({ key: String(record.email), active: record.active === true }),
    made: ({ email, givenName: firstName, familyName: lastName, active }, taken) => {
      const id = freeId(taken, FIRST_ID);
      return [String(id), { id, email, firstName, lastName, active, costCode: "C-7" }];
    },
  }),
  ...groupsIn("groups", {
    members: "memberIds",
    toMember: Number,
    made: (name, taken) => {
      const id = freeId(taken, FIRST_ID);
      return [String(id), { id, name, colour: "green" }];
    },
  }),
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.active,
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
    title: textOf(record.jobTitle),
  }),
};
