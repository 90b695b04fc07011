// Notary behind its adapter, for the suite.

import { freeId, type NativeView, noGroups, recordsIn, textOf, usersIn } from "../../../../adapters/native-view.ts";

export const notaryView: NativeView = {
  unmapped: { desk: "D-7" },
  ...noGroups,
  ...usersIn("users", {
    shown: (record) => ({ key: String(record.email), active: record.active === true }),
    made: ({ email, active }, taken) => {
      const id = String(freeId(taken, 10_001));
      return [id, { id, email, newEmail: null, name: null, active, mails: 0, sessions: 2, desk: "D-7" }];
    },
  }),
  confirm: (state) => {
    const users = Object.entries(recordsIn(state, "users")).map(([id, user]) => {
      const email = user.newEmail ?? user.email;
      return [id, { ...user, email, newEmail: null }];
    });
    return { users: Object.fromEntries(users) };
  },
  endsSessions: ({ path }) => path.endsWith("/sign-out"),
  openSessions: (record) => Number(record.sessions),
  held: (record) => ({
    'emails[type eq "work"].value': record.email,
    active: record.active,
    displayName: textOf(record.name),
  }),
};
