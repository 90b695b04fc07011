// Directus behind its adapter, for the suite: written from adapters/directus/README.md, never from the adapter.

import { type NativeRecord, type NativeView, recordsIn, type State, textOf, usersIn } from "../native-view.ts";

const ADMIN_ID = "90000000-0000-4000-8000-000000000001";
const ADMIN_POLICY_ID = "90000000-0000-4000-8000-000000000003";
const unmapped = { location: "the third floor", description: "cost centre 7", tags: ["night shift"] };
const unmappedOfGroup = { description: "what editors may do", app_access: true };

/** An id of the product's form that no record has; the simulator's own are random or begin with 9. */
function nextId(taken: object, kind: number): string {
  const numbers = Object.keys(taken).flatMap((id) => (id.startsWith("1") ? [Number(id.slice(-12))] : []));
  const last = String(Math.max(0, ...numbers) + 1).padStart(12, "0");
  return `1000000${kind}-0000-4000-8000-${last}`;
}

const rowsIn = (state: State) => Object.values(recordsIn(state, "access"));
const withRows = (state: State, policy: string, users: readonly string[]): NativeRecord => {
  const access = { ...recordsIn(state, "access") };
  for (const user of users) {
    const id = nextId(access, 3);
    access[id] = { id, user, role: null, policy };
  }
  return access;
};
const withoutRows = (state: State, isGone: (row: NativeRecord) => boolean): NativeRecord =>
  Object.fromEntries(Object.entries(recordsIn(state, "access")).filter(([, row]) => !isGone(row)));

const { users, withUsers } = usersIn("users", {
  shown: (record) =>
    record.id === ADMIN_ID ? undefined : { key: String(record.email), active: record.status === "active" },
  made: ({ email, givenName, familyName, active }, taken) => {
    const id = nextId(taken, 1);
    const names = { email, first_name: givenName, last_name: familyName };
    return [id, { id, ...names, ...unmapped, status: active ? "active" : "suspended" }];
  },
});

export const directus: NativeView = {
  ...{ unmapped, unmappedOfGroup, residents: 1, users, withUsers },
  withoutUser: (state, userId) => {
    const { [userId]: _gone, ...left } = recordsIn(state, "users");
    return { users: left, access: withoutRows(state, (row) => row.user === userId) };
  },
  groups: (state) =>
    Object.entries(recordsIn(state, "policies")).flatMap(([id, record]) => {
      const rows = rowsIn(state).filter((row) => row.policy === id);
      if (record.admin_access === true || rows.some((row) => row.user === null)) return [];
      return [{ id, name: String(record.name), memberIds: rows.map((row) => String(row.user)), record }];
    }),
  withGroup: (state, name, memberIds) => {
    const policies = recordsIn(state, "policies");
    const id = nextId(policies, 2);
    const made = { id, name, ...unmappedOfGroup };
    return { policies: { ...policies, [id]: made }, access: withRows(state, id, memberIds) };
  },
  withMember: (state, groupId, userId) => ({ access: withRows(state, groupId, [userId]) }),
  withoutMember: (state, groupId, userId) => ({
    access: withoutRows(state, (row) => row.policy === groupId && row.user === userId),
  }),
  withoutGroup: (state, groupId) => {
    const { [groupId]: _gone, ...left } = recordsIn(state, "policies");
    return { policies: left, access: withoutRows(state, (row) => row.policy === groupId) };
  },
  heldByGroup: (record) => ({ displayName: record.name }),
  held: (record) => ({
    'emails[type eq "work"].value': textOf(record.email),
    active: record.status === "active",
    "name.givenName": textOf(record.first_name),
    "name.familyName": textOf(record.last_name),
    title: textOf(record.title),
    preferredLanguage: textOf(record.language),
  }),
  samples: { preferredLanguage: ["en-GB", "nl-NL"] },
  // Without them a row shows other fields.
  showingParameters: ["fields", "deep", "sort", "meta"],
  withAccount: (state, userId) => {
    const all = recordsIn(state, "users");
    const { [ADMIN_ID]: former = {}, [userId]: owner = {} } = all;
    return {
      users: { ...all, [ADMIN_ID]: { ...former, token: null }, [userId]: { ...owner, token: former.token } },
      access: withRows(state, ADMIN_POLICY_ID, [userId]),
    };
  },
};
