// The invented product of the self-described adapter, behind it (adapters/rest/example.json).

import { idsIn, type NativeView, recordsIn, textOf } from "../native-view.ts";

const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const planted = { badge: "B-7", role: "owner" };
const plantedInGroups = { colour: "red" };
const fieldsOf = (value: unknown) => new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));

export const rest: NativeView = {
  planted,
  plantedInGroups,
  users: (state) =>
    Object.values(recordsIn(state, "people")).map((record) => ({
      id: String(record.id),
      key: String(record.login),
      active: record.status === "active",
      record,
    })),
  groups: (state) =>
    Object.values(recordsIn(state, "teams")).map((record) => ({
      id: String(record.id),
      name: String(record.name),
      memberIds: idsIn(record.memberIds),
      record,
    })),
  withUsers: (state, strangers) => {
    const people = { ...recordsIn(state, "people") };
    for (const one of strangers) {
      const id = 1 + Object.keys(people).length;
      people[id] = {
        ...planted,
        id,
        login: one.key,
        contact: { email: one.email },
        profile: { firstName: one.givenName, lastName: one.familyName },
        status: one.active ? "active" : "suspended",
      };
    }
    return { people };
  },
  withGroup: (state, name, memberIds) => {
    const teams = recordsIn(state, "teams");
    const id = 1 + Object.keys(teams).length;
    return { teams: { ...teams, [id]: { ...plantedInGroups, id, name, memberIds: memberIds.map(Number) } } };
  },
  withMember: (state, groupId, userId) => {
    const teams = recordsIn(state, "teams");
    const team = teams[groupId];
    const memberIds = [...idsIn(team?.memberIds), userId].map(Number);
    return { teams: { ...teams, [groupId]: { ...team, memberIds } } };
  },
  withoutMember: (state, groupId, userId) => {
    const teams = recordsIn(state, "teams");
    const team = teams[groupId];
    const memberIds = idsIn(team?.memberIds)
      .filter((id) => id !== userId)
      .map(Number);
    return { teams: { ...teams, [groupId]: { ...team, memberIds } } };
  },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...people } = recordsIn(state, "people");
    return { people };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...teams } = recordsIn(state, "teams");
    return { teams };
  },
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
  heldByGroup: (record) => ({ displayName: record.name }),
};
