// Harbour behind its adapter, for the suite: drafted from the document, never from the adapter.

import {
  freeId,
  groupsIn,
  type NativeRecord,
  type NativeView,
  textOf,
  usersIn,
} from "../../../../adapters/native-view.ts";

/** The simulator gives out its own ids from here on. */
const FIRST_ID = 10_001;

/** The object in a field of a record. */
const inside = (record: NativeRecord, name: string): NativeRecord => {
  const value = record[name];
  // A JSON object has fields by name.
  return typeof value === "object" && value !== null ? (value as NativeRecord) : {};
};

export const harbour: NativeView = {
  unmapped: { berth: "C-7" },
  unmappedOfGroup: { colour: "green" },
  ...usersIn("users", {
    shown: (record) => ({ key: String(record.login), active: record.state !== "suspended" }),
    made: ({ key, email, givenName, familyName, active }, taken) => {
      const id = freeId(taken, FIRST_ID);
      return [
        String(id),
        {
          id,
          login: key,
          contact: { mail: email },
          firstName: givenName,
          lastName: familyName,
          state: active ? "active" : "suspended",
          berth: "C-7",
        },
      ];
    },
  }),
  ...groupsIn("groups", {
    members: "memberIds",
    made: (name, taken) => {
      const id = freeId(taken, FIRST_ID);
      return [String(id), { id, name, colour: "green" }];
    },
  }),
  held: (record) => ({
    userName: textOf(record.login),
    'emails[type eq "work"].value': textOf(inside(record, "contact").mail),
    "name.givenName": textOf(record.firstName),
    "name.familyName": textOf(record.lastName),
    active: record.state !== "suspended",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": textOf(record.managerId),
  }),
};
