// Keepnet behind its adapter: target users and groups ([N1.1], read 2026-11-22).

import { groupsIn, type NativeView, recordsIn, textOf, usersIn } from "../native-view.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CREATED = "2026-01-01T00:00:00.000Z";

const unmapped = {
  priority: "High",
  timeZoneId: "simTimeZon01",
  preferredLanguageId: "simLanguag01",
  customFieldValues: [{ resourceId: "cf1", name: "Badge", dataType: "String", value: "B-7", timestampValue: null }],
};
const unmappedOfGroup = { priority: "VeryHigh" };

export const keepnet: NativeView = {
  unmapped,
  unmappedOfGroup,
  ...usersIn("users", {
    shown: (record) =>
      record.isDeleted === true ? undefined : { key: String(record.email), active: record.isActive === true },
    made: (one, taken) => {
      const count = Object.keys(taken).length;
      const resourceId = `seeded${String(count).padStart(6, "0")}`;
      const made = {
        ...unmapped,
        resourceId,
        id: 100_000 + count,
        email: one.email,
        firstName: one.givenName,
        lastName: one.familyName,
        isActive: one.active,
        createTime: new Date(Date.parse(CREATED) + count * 1000).toISOString(),
      };
      return [resourceId, made];
    },
  }),
  ...groupsIn("groups", {
    members: "members",
    made: (name, taken) => {
      const resourceId = `seededGroup${Object.keys(taken).length}`;
      return [resourceId, { ...unmappedOfGroup, resourceId, name, createTime: CREATED }];
    },
  }),
  withoutUser: (state, userId) => {
    const users = recordsIn(state, "users");
    return { users: { ...users, [userId]: { ...users[userId], isDeleted: true } } };
  },
  withoutConditions: (body) => ({
    ...Object(body),
    filter: { condition: "AND", searchInputTextValue: "", filterGroups: [] },
  }),
  held: (record, state) => {
    const managerKey = textOf(record.managerEmail);
    const manager = Object.values(recordsIn(state, "users")).find((one) => one.email === managerKey);
    return {
      'emails[type eq "work"].value': textOf(record.email),
      active: record.isActive,
      "name.givenName": textOf(record.firstName),
      "name.familyName": textOf(record.lastName),
      'phoneNumbers[type eq "work"].value': textOf(record.phoneNumber),
      [`${ENTERPRISE}:department`]: textOf(record.department),
      [`${ENTERPRISE}:manager`]: managerKey === undefined ? undefined : textOf(manager?.resourceId),
    };
  },
  isRead: ({ method, path }) => method === "POST" && /\/search(-\w+)?$|\/users$/.test(path),
};
