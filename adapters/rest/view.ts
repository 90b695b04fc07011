// The invented product of the self-described adapter, behind it (adapters/rest/example.json).

import { groupsIn, type NativeView, textOf, usersIn } from "../native-view.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const unmapped = { badge: "B-7", role: "owner" };
const unmappedOfGroup = { colour: "red" };
const fieldsOf = (value: unknown) => new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));

export const rest: NativeView = {
  unmapped,
  unmappedOfGroup,
  ...usersIn("people", {
    shown: (record) => ({ key: String(record.login), active: record.status === "active" }),
    made: (one, taken) => {
      const id = 1 + Object.keys(taken).length;
      const made = {
        ...unmapped,
        id,
        login: one.key,
        contact: { email: one.email },
        profile: { firstName: one.givenName, lastName: one.familyName },
        status: one.active ? "active" : "suspended",
      };
      return [String(id), made];
    },
  }),
  ...groupsIn("teams", {
    members: "memberIds",
    toMember: Number,
    made: (name, taken) => {
      const id = 1 + Object.keys(taken).length;
      return [String(id), { ...unmappedOfGroup, id, name }];
    },
  }),
  held: (record) => {
    const profile = fieldsOf(record.profile);
    const contact = fieldsOf(record.contact);
    return {
      userName: textOf(record.login),
      'emails[type eq "work"].value': textOf(contact.get("email")),
      active: record.status === "active",
      "name.givenName": textOf(profile.get("firstName")),
      "name.familyName": textOf(profile.get("lastName")),
      title: textOf(profile.get("title")),
      'phoneNumbers[type eq "work"].value': textOf(contact.get("phone")),
      [`${ENTERPRISE}:department`]: textOf(profile.get("department")),
      [`${ENTERPRISE}:manager`]: textOf(record.managerId),
    };
  },
  withAccount: (_, userId) => ({ ownerId: Number(userId) }),
};
