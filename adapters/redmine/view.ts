// Redmine behind its adapter: users and groups ([N6], seen on 5.0.4 on 2026-11-22).

import { idsIn, type NativeView, recordsIn, textOf } from "../native-view.ts";

const CREATED = "2024-02-29T12:00:00Z";
const ADMINISTRATOR = "admin";
const ACTIVE = 1;
const LOCKED = 3;
const planted = { twofa_scheme: "totp", last_login_on: CREATED, created_on: CREATED };
/** Users and groups share one sequence. */
const nextId = (state: Record<string, unknown>) =>
  Math.max(10, ...Object.keys({ ...recordsIn(state, "users"), ...recordsIn(state, "groups") }).map(Number)) + 1;

export const redmine: NativeView = {
  planted,
  plantedInGroups: {},
  residents: 1,
  users: (state) =>
    Object.values(recordsIn(state, "users"))
      .filter((record) => record.login !== ADMINISTRATOR)
      .map((record) => ({
        id: String(record.id),
        key: String(record.login),
        active: record.status === ACTIVE,
        record,
      })),
  groups: (state) =>
    Object.values(recordsIn(state, "groups")).map((record) => ({
      id: String(record.id),
      name: String(record.name),
      memberIds: idsIn(record.users),
      record,
    })),
  withUsers: (state, strangers) => {
    const users = { ...recordsIn(state, "users") };
    let id = nextId(state);
    for (const one of strangers) {
      users[id] = {
        ...planted,
        id,
        login: one.key,
        firstname: one.givenName,
        lastname: one.familyName,
        mail: one.email,
        updated_on: CREATED,
        api_key: `fake-seeded-${id}`,
        status: one.active ? ACTIVE : LOCKED,
      };
      id += 1;
    }
    return { users };
  },
  takesName: (key) => /^[\w@.-]{1,60}$/.test(key),
  withGroup: (state, name, memberIds) => {
    const id = nextId(state);
    return { groups: { ...recordsIn(state, "groups"), [id]: { id, name, users: memberIds.map(Number) } } };
  },
  withMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    const users = [...idsIn(group?.users), userId].map(Number);
    return { groups: { ...groups, [groupId]: { ...group, users } } };
  },
  withoutMember: (state, groupId, userId) => {
    const groups = recordsIn(state, "groups");
    const group = groups[groupId];
    const users = idsIn(group?.users)
      .filter((id) => id !== userId)
      .map(Number);
    return { groups: { ...groups, [groupId]: { ...group, users } } };
  },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...users } = recordsIn(state, "users");
    return { users };
  },
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...groups } = recordsIn(state, "groups");
    return { groups };
  },
  held: (record) => ({
    userName: textOf(record.login),
    'emails[type eq "work"].value': textOf(record.mail),
    active: record.status === ACTIVE,
    "name.givenName": textOf(record.firstname),
    "name.familyName": textOf(record.lastname),
  }),
  withAccount: (state, userId) => {
    const users = recordsIn(state, "users");
    const [administrator] = Object.entries(users).filter(([, record]) => record.login === ADMINISTRATOR);
    const [id = "", former = {}] = administrator ?? [];
    const owner = { ...users[userId], admin: true, api_key: former.api_key };
    return { users: { ...users, [id]: { ...former, api_key: "renewed" }, [userId]: owner } };
  },
  heldByGroup: (record) => ({ displayName: record.name }),
};
