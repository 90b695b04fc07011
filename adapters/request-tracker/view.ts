// Request Tracker behind its adapter, for the suite: written from adapters/request-tracker/README.md, never from the adapter.

import { freeId, groupsIn, type NativeView, recordsIn, textOf, usersIn } from "../native-view.ts";

/** The simulator gives out its own ids from here on; users and groups share them. */
const FIRST_ID = 10_001;
const LAST_BORN_ID = 26;
const OWN = ["RT_System", "Nobody", "root"];
const nextId = (users: object, groups: object) => Math.max(LAST_BORN_ID + 1, freeId({ ...users, ...groups }, FIRST_ID));
const unmapped = { Lang: "de", NickName: "ada", Comments: "cost centre 7", Privileged: true };

export const requestTracker: NativeView = {
  unmapped,
  unmappedOfGroup: { Description: "the third floor" },
  residents: 1,
  ...usersIn("users", {
    shown: (record) =>
      OWN.includes(String(record.Name)) ? undefined : { key: String(record.Name), active: record.Disabled !== true },
    made: ({ key, email, givenName, familyName, active }, taken, state) => {
      const id = nextId(taken, recordsIn(state, "groups"));
      const names = { Name: key, EmailAddress: email, RealName: `${givenName} ${familyName}` };
      return [String(id), { id, ...names, ...unmapped, Disabled: !active, Created: "2024-02-29T12:00:00Z" }];
    },
  }),
  ...groupsIn("groups", {
    members: "members",
    toMember: Number,
    made: (name, taken, state) => {
      const id = nextId(recordsIn(state, "users"), taken);
      return [String(id), { id, Name: name, Description: "the third floor" }];
    },
  }),
  groups: (state) =>
    Object.entries(recordsIn(state, "groups"))
      .filter(([, record]) => record.Disabled !== true)
      .map(([id, record]) => ({
        ...{ id, name: String(record.Name), record },
        memberIds: Array.isArray(record.members) ? record.members.map(String) : [],
      })),
  heldByGroup: (record) => ({ displayName: record.Name }),
  // Without it a row has a name for its id.
  showingParameters: ["fields"],
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.EmailAddress),
    active: record.Disabled !== true,
    displayName: textOf(record.RealName),
    'phoneNumbers[type eq "work"].value': textOf(record.WorkPhone),
    'phoneNumbers[type eq "mobile"].value': textOf(record.MobilePhone),
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization": textOf(record.Organization),
  }),
};
