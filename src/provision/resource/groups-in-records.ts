// For vendors whose user records carry the user's groups: a write to a user and a change of one of their memberships would each
// undo the other [S24].

import type { Adapter } from "../../adapter.ts";
import type { NativeLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";

/** Taken after the locks of links and names, and before those of seats. */
export const groupsLock = (nativeId: string) => `groups of:${nativeId}`;

/** Whether an update of these paths sends all groups of the user. */
export const carriesGroups = ({ writesGroups }: Adapter["user"], paths: ReadonlySet<string>): boolean =>
  writesGroups === "always" || (writesGroups === "with active" && paths.has("active"));

/** The locks of a call that changes memberships of these users. */
export const groupsLocks = ({ adapter }: Pick<OpenConnection, "adapter">, links: readonly NativeLink[]): string[] =>
  adapter.user.writesGroups ? links.map(({ nativeId }) => groupsLock(nativeId)) : [];
