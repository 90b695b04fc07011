// Accounts with power over others at the vendor, such as its administrators: protected as soon as a record shows it [S22].

import { deletePrincipal, upsertPrincipal } from "../../store/principals.ts";
import type { Job } from "../jobs/job.ts";

/** Begins the names of principals that nobody has listed; no userName begins with a line break. */
const PRIVILEGED = "\nprivileged ";
export const isPrivilegedName = (name: string): boolean => name.startsWith(PRIVILEGED);

/** Notes what a record, or a row of a list, says of a user's privilege; where the vendor does not tell, nothing. */
export function notePrivilege({ connection }: Pick<Job, "connection">, record: unknown): void {
  const { user } = connection.adapter;
  const isPrivileged = user.isPrivileged?.(record);
  if (isPrivileged === undefined) return;
  const nativeId = user.id(record);
  const name = `${PRIVILEGED}${nativeId}`;
  if (isPrivileged) upsertPrincipal(connection.store, { type: "User", name, key: null, nativeId });
  else deletePrincipal(connection.store, "User", name);
}
