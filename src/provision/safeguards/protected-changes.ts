// Refuses changes that would take access, name, group or seat from a protected user or group [S22].

import { ScimError } from "../../scim/messages.ts";
import { isSameName } from "../../scim/text.ts";
import { findLinkByNativeId, type LinkType, type LiveLink } from "../../store/links.ts";
import { listPrincipals, OWN_ACCOUNT } from "../../store/principals.ts";
import type { Job } from "../jobs/job.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { lookUpOwnAccount } from "../protection/principal-lookup.ts";
import {
  createProtectionLookup,
  isProtected,
  listProtectedPrincipals,
  listProtectedUsers,
  type ProtectedPrincipal,
} from "../protection/protected-principals.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import type { Wanted } from "../resource/wanted-values.ts";
import { planGroupSeat, planSeats } from "../seats/seat-changes.ts";
import { lowersSeat, type SeatChange } from "../seats/seat-rank.ts";
import type { Row } from "../vendor/resource-types.ts";
import { kindOf } from "../vendor/user-or-group.ts";

const isName = (row: Row) => row.path === "userName" || row.attribute === "emails";
const keepsName = (before: Held[string], after: Held[string]) => isSameName(before?.toString(), after?.toString());

/** @throws ScimError 403 where a protected user would be disabled, renamed, or given another password */
export async function requireUserChangeAllowed(job: Job, before: Hydrated, wanted: Wanted): Promise<void> {
  const refuse = (what: string) => requireUnprotected(job, before.link, `the user was not ${what}`, "fresh");
  if (wanted.changed.has("active") && wanted.held.active !== true) await refuse("disabled");
  const names = kindOf(job.connection, "User").rows.filter(isName);
  if (names.some(({ path }) => !keepsName(before.held[path], wanted.held[path]))) await refuse("renamed");
  // Portico stores no password and drops one; for a protected user it refuses instead of seeming to obey.
  if (job.trace.dropped.has("password")) await refuse("given another password");
}

/**
 * @param next the group as it will be; undefined where it goes
 * @throws ScimError 403 where a protected group would lose its name, or a protected user the group or a higher seat
 */
export async function requireGroupChangeAllowed(
  job: Job,
  group: LiveLink,
  next: LiveLink | undefined,
  isRenamed: boolean,
  members: MemberChange,
): Promise<void> {
  if (!next) await requireUnprotected(job, group, "the group was not deleted");
  else if (isRenamed) await requireUnprotected(job, group, "the group was not renamed", "fresh");
  if (members.remove.length > 0 && isProtected(job, group)) {
    const protectionOf = createProtectionLookup(job, "User");
    for (const user of members.remove)
      if (protectionOf(user)) await requireUnprotected(job, user, "the member was not removed");
  }
  const changesSeat = (next?.seat ?? null) !== group.seat;
  await requireSeatChangesAllowed(job, planSeats(job, next ?? group, members));
  if (!changesSeat) return;
  await requireSeatChangesAllowed(
    job,
    planGroupSeat(job, { ...group, seat: next?.seat ?? null }, listProtectedUsers(job)),
  );
}

/** @throws ScimError 403 where one of the changes lowers the seat of a protected user */
export async function requireSeatChangesAllowed(job: Job, changes: Iterable<SeatChange>): Promise<void> {
  const protectionOf = createProtectionLookup(job, "User");
  for (const change of changes) {
    if (!protectionOf(change.user) || !(await lowersSeat(job, change))) continue;
    await requireUnprotected(job, change.user, "the licence was not lowered", "fresh");
  }
}

// ---- Refusing --------------------------------------------------------------------------------------------------------

/** Finds out which account the connection itself uses, before a request can harm it. */
async function requireOwnAccount(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.account || listPrincipals(store, "User").some(({ name }) => name === OWN_ACCOUNT)) return;
  await lookUpOwnAccount(job);
}

/**
 * @param read whether the record was read just now, or could not be: then what was seen last decides, because a disable must
 * not wait for the vendor
 * @throws ScimError 403 where the user or group is protected
 */
export async function requireUnprotected(
  job: Job,
  link: LiveLink,
  what: string,
  read: "fresh" | "stale" | "failed" = "stale",
): Promise<void> {
  if (link.type === "User") await requireOwnAccount(job);
  // A user whom Portico knows by an old name may have a protected one at the vendor now.
  const mayBePrivileged = link.type === "User" && tellsPrivilege(job);
  if ((read === "stale" && mayBePrivileged) || (read !== "fresh" && hasUnfoundPrincipal(job, link.type)))
    await hydrate(job, link);
  const principal = createProtectionLookup(job, link.type)(link);
  if (principal) throw refused(job, link, what, principal);
}

/** Whether somebody is protected whose record Portico has not met, so that a user may be that one. */
export const hasUnfoundPrincipal = (job: Job, type: LinkType = "User"): boolean =>
  listProtectedPrincipals(job, type).some((one) => isNotYetFound(job, type, one));

/** Whether the vendor's records show who is privileged there, so that they are read before a user is taken away. */
export const tellsPrivilege = ({ connection }: Job): boolean => connection.adapter.user.isPrivileged !== undefined;

function isNotYetFound({ connection }: Job, type: LinkType, { key, nativeId, isOwn }: ProtectedPrincipal): boolean {
  if (nativeId === null) return key !== null;
  return !isOwn && findLinkByNativeId(connection.store, type, nativeId)?.state !== "live";
}

function refused(job: Job, link: LiveLink, what: string, { isOwn, isPrivileged }: ProtectedPrincipal): ScimError {
  const kind = link.type.toLowerCase();
  if (isOwn) {
    job.trace.notes.add("refused: the user is the account whose credential the connection uses");
    return new ScimError(
      403,
      `${what}: the credential that the gateway uses in this product is this account's, so it is always protected. Take it out of the identity provider's scope.`,
    );
  }
  if (isPrivileged) {
    job.trace.notes.add("refused: the user is an administrator of the product");
    return new ScimError(
      403,
      `${what}: this user is an administrator of the product, and those are protected. Take the user out of the identity provider's scope, or have an administrator of the gateway name the user as managed on this connection.`,
    );
  }
  job.trace.notes.add(`refused: the ${kind} is protected on this connection`);
  return new ScimError(
    403,
    `${what}: this ${kind} is protected on this connection. Take it out of the identity provider's scope, or have an administrator of the gateway change the list.`,
  );
}
