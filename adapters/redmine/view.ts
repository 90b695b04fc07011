// Redmine behind its adapter: users and groups ([N6], seen on 5.0.4 on 2026-11-22).

import { freeId, groupsIn, type NativeView, recordsIn, textOf, usersIn } from "../native-view.ts";

const CREATED = "2024-02-29T12:00:00Z";
const ADMINISTRATOR = "admin";
const ACTIVE = 1;
const LOCKED = 3;
const unmapped = { twofa_scheme: "totp", last_login_on: CREATED, created_on: CREATED };
/** A fresh account has records of its own below. */
const FIRST_ID = 11;
/** Users and groups share one sequence. */
const nextId = (users: object, groups: object) => Math.max(FIRST_ID, freeId({ ...users, ...groups }));

export const redmine: NativeView = {
  unmapped,
  unmappedOfGroup: {},
  residents: 1,
  ...usersIn("users", {
    shown: (record) =>
      record.login === ADMINISTRATOR ? undefined : { key: String(record.login), active: record.status === ACTIVE },
    made: (one, taken, state) => {
      const id = nextId(taken, recordsIn(state, "groups"));
      const made = {
        ...unmapped,
        id,
        login: one.key,
        firstname: one.givenName,
        lastname: one.familyName,
        mail: one.email,
        updated_on: CREATED,
        api_key: `fake-seeded-${id}`,
        status: one.active ? ACTIVE : LOCKED,
      };
      return [String(id), made];
    },
  }),
  takesName: (key) => /^[\w@.-]{1,60}$/.test(key),
  ...groupsIn("groups", {
    members: "users",
    toMember: Number,
    made: (name, taken, state) => {
      const id = nextId(recordsIn(state, "users"), taken);
      return [String(id), { id, name }];
    },
  }),
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
};
