// The invented product's older API behind the self-described adapter (adapters/rest/example-legacy.json).

import { type NativeView, recordsIn, textOf } from "../native-view.ts";
import { rest } from "./view.ts";

const fieldsOf = (value: unknown) => new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));

export const restLegacy: NativeView = {
  ...rest,
  // The badge is shown by the present API only.
  unmapped: { role: "owner" },
  users: (state) =>
    Object.values(recordsIn(state, "people")).map((record) => ({
      id: String(record.id),
      key: String(fieldsOf(record.contact).get("email")),
      active: record.status === "active",
      record,
    })),
  // Addresses are kept in lower case.
  withUsers: (state, strangers) =>
    rest.withUsers(
      state,
      strangers.map((one) => ({ ...one, email: one.email.toLowerCase() })),
    ),
  held: (record) => {
    const profile = fieldsOf(record.profile);
    return {
      'emails[type eq "work"].value': textOf(fieldsOf(record.contact).get("email")),
      active: record.status === "active",
      "name.givenName": textOf(profile.get("firstName")),
      "name.familyName": textOf(profile.get("lastName")),
    };
  },
};
