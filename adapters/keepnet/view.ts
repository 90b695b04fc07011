// Keepnet behind its adapter: target users and groups ([N1.1], read 2026-11-22).

import { idsIn, type NativeView, recordsIn, textOf } from "../native-view.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CREATED = "2026-01-01T00:00:00.000Z";

const planted = {
  priority: "High",
  timeZoneId: "simTimeZon01",
  preferredLanguageId: "simLanguag01",
  customFieldValues: [{ resourceId: "cf1", name: "Badge", dataType: "String", value: "B-7", timestampValue: null }],
};
const plantedInGroups = { priority: "VeryHigh" };

export const keepnet: NativeView = {
  planted,
  plantedInGroups,
  users: (state) =>
    Object.values(recordsIn(state, "users"))
      .filter((record) => record.isDeleted !== true)
      .map((record) => ({
        id: String(record.resourceId),
        key: String(record.email),
        active: record.isActive === true,
        record,
      })),
  groups: (state) =>
    Object.values(recordsIn(state, "groups")).map((record) => ({
      id: String(record.resourceId),
      name: String(record.name),
      memberIds: idsIn(record.members),
      record,
    })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    for (const [index, one] of strangers.entries()) {
      const count = Object.keys(users).length;
      const resourceId = `seeded${String(count).padStart(6, "0")}`;
      users[resourceId] = {
        ...planted,
        resourceId,
        id: 100_000 + count,
        email: one.email,
        firstName: one.givenName,
        lastName: one.familyName,
        isActive: one.active,
        createTime: new Date(Date.parse(CREATED) + index * 1000).toISOString(),
      };
    }
    return { users };
  },
  withGroup: (state, name, memberIds) => {
    const groups = recordsIn(state, "groups");
    const resourceId = `seededGroup${Object.keys(groups).length}`;
    const made = { ...plantedInGroups, resourceId, name, createTime: CREATED, members: [...memberIds] };
    return { groups: { ...groups, [resourceId]: made } };
  },
  withMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    return { groups: { ...groups, [groupId]: { ...group, members: [...idsIn(group?.members), userId] } } };
  },
  withoutMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    const members = idsIn(group?.members).filter((id) => id !== userId);
    return { groups: { ...groups, [groupId]: { ...group, members } } };
  },
  withoutUser: (state, userId) => {
    const users = recordsIn(state, "users");
    return { users: { ...users, [userId]: { ...users[userId], isDeleted: true } } };
  },
  withoutConditions: (body) => ({
    ...Object(body),
    filter: { condition: "AND", searchInputTextValue: "", filterGroups: [] },
  }),
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...groups } = recordsIn(state, "groups");
    return { groups };
  },
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
  heldByGroup: (record) => ({ displayName: record.name }),
};
