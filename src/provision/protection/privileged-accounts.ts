// Accounts with power over others at the vendor, such as its administrators: protected as soon as a record shows it [S22].

import { deletePrincipal, findPrincipalNames, upsertPrincipal } from "../../store/principals.ts";
import type { Job } from "../jobs/job.ts";

/** Begins the names of principals that nobody has listed; no userName begins with a line break. */
const PRIVILEGED = "\nprivileged ";
export const isPrivilegedName = (name: string): boolean => name.startsWith(PRIVILEGED);

/** Notes what records, or rows of a list, say of users' privileges; where the vendor does not tell, nothing. */
export function notePrivileges({ connection }: Pick<Job, "connection">, records: readonly unknown[]): void {
  const { store, adapter } = connection;
  const { isPrivileged, id } = adapter.user;
  if (!isPrivileged) return;
  const told = new Map(records.map((record) => [`${PRIVILEGED}${id(record)}`, isPrivileged(record)]));
  const known = findPrincipalNames(store, "User", [...told.keys()]);
  for (const [name, isNow] of told) {
    if (isNow === undefined || isNow === known.has(name)) continue;
    if (isNow) upsertPrincipal(store, { type: "User", name, key: null, nativeId: name.slice(PRIVILEGED.length) });
    else deletePrincipal(store, "User", name);
  }
}
