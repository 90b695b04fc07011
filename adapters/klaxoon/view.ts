// Klaxoon behind its adapter: users, groups and licences ([N3.2], stated 2026-11-22).

import { groupsIn, type NativeView, recordsIn, type State, textOf, usersIn } from "../native-view.ts";

const CREATED = "2024-02-29T12:00:00.000Z";
const FLAG = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group:license";
const idOf = (n: number, kind: number) => `00000000-0000-4000-800${kind}-${String(n).padStart(12, "0")}`;
const usedSeats = (state: State) =>
  Object.values(recordsIn(state, "users")).filter((one) => one.license === "PRO").length;

export const klaxoon: NativeView = {
  // The licence is no attribute, and deactivation frees it [N3.1]; what is left is the date.
  unmapped: { created_at: CREATED },
  unmappedOfGroup: {},
  ...usersIn("users", {
    shown: (record) => ({
      key: String(record.username),
      active: record.status !== "deactivated",
      seat: String(record.license),
    }),
    made: (one, taken) => {
      const id = idOf(Object.keys(taken).length, 0);
      const made = {
        id,
        username: one.key,
        email: one.email,
        external_id: `native-${one.key}`,
        first_name: one.givenName,
        last_name: one.familyName,
        status: one.active ? "active" : "deactivated",
        created_at: CREATED,
        updated_at: CREATED,
      };
      return [id, made];
    },
  }),
  ...groupsIn("groups", {
    members: "members",
    made: (name, taken) => {
      const id = idOf(Object.keys(taken).length, 1);
      return [id, { id, name, external_id: `native-${name}`, license: false }];
    },
  }),
  held: (record) => ({
    userName: textOf(record.username),
    externalId: textOf(record.external_id),
    'emails[type eq "work"].value': textOf(record.email),
    "name.givenName": textOf(record.first_name),
    "name.familyName": textOf(record.last_name),
    active: record.status !== "deactivated",
  }),
  heldByGroup: (record) => ({
    displayName: record.name,
    externalId: textOf(record.external_id),
    [FLAG]: String(record.license),
  }),
  withFreeSeats: (state, free) => ({ proSeats: usedSeats(state) + free }),
  withPendingConsent: (state, key) => {
    const user = Object.values(recordsIn(state, "users")).find((one) => one.username === key);
    return { awaitingConsent: [String(user?.email).toLowerCase()] };
  },
  withConsent: () => ({ awaitingConsent: [] }),
  seatGroups: {
    none: "FREE",
    better: { seat: "PRO", of: (name) => ({ displayName: name, [FLAG]: "true" }) },
    nothing: { of: (name) => ({ displayName: name, [FLAG]: "false" }) },
  },
};
