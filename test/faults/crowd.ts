// People whom the vendor's own administrator has made, as what an account has before.

import type { State } from "../../adapters/native-view.ts";
import { simulators } from "../../adapters/simulators.ts";
import { personOf, type Subject } from "../suite/subject.ts";
import type { Account, Portico } from "./harness.ts";

/** What an account has from the beginning: so many people, and where there are members a group "Crowd" of the first. */
export function crowdOf({ native, ...subject }: Subject, count: number, members = 0): object {
  // A simulator's state is JSON that its own schema has checked.
  const initial = simulators[subject.vendor]?.create().state as State;
  const strangers = Array.from({ length: count }, (_, n) => {
    const { key } = personOf({ native, ...subject }, n);
    return { key, email: key, givenName: `Given ${n}`, familyName: `Family ${n}`, active: true };
  });
  const withUsers = { ...initial, ...native.withUsers(initial, strangers) };
  if (members === 0) return withUsers;
  const ids = native.users(withUsers).map((user) => user.id);
  return { ...withUsers, ...native.withGroup(withUsers, "Crowd", ids.slice(0, members)) };
}

/** SCIM ids by native id. */
export function linkIds(portico: Portico, account: Account, type: "User" | "Group"): Map<string, string> {
  const rows = portico.query(
    account,
    `select id, native_id as native from links where state = 'live' and type = '${type}'`,
  );
  return new Map(rows.map(({ id, native }) => [String(native), String(id)]));
}
