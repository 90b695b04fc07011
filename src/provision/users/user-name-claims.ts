// The names that a change gives to a user: claimed before the change is written, and stored with the link after it [S24].

import { findLiveLinksByKey } from "../../store/link-names.ts";
import type { LiveLink, NativeLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import type { Claim } from "../locks/name-claims.ts";
import { findNatively } from "../query/matching.ts";
import { findAnsweringByEmail, isEmailName, isNameOnLink } from "../resource/email-coupling.ts";
import { hydrate } from "../resource/hydrate.ts";
import { requireNoLateCall } from "../resource/late-calls.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withSoftDeleteName } from "../resource/soft-delete-names.ts";
import { resourceOf, type Wanted } from "../resource/wanted-values.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { claimLeaversAndHidden } from "./leaver-rename.ts";
import { heldByOther } from "./name-taken.ts";

/** The columns of the link once a wanted state is written. */
export function keysFor({ connection }: Job, link: LiveLink, wanted: Wanted) {
  const kind = kindOf(connection, "User");
  const shown = withSoftDeleteName(connection, wanted.held, wanted.softDeleteName);
  const resource = resourceOf({ ...link, externalId: wanted.externalId, kept: wanted.kept }, shown, kind);
  return keysOf(connection, resource, wanted.held, "User", wanted.softDeleteName);
}

/**
 * Links the accounts whose e-mail is a name that a client gives to another user: no client has set their userName, so they
 * answer to it already [S51].
 */
export async function linkAccountsOf(job: Job, name: string): Promise<void> {
  await findNatively(job, "User", "userName", name);
}

/** Who answers to a name by their e-mail; whose key may be another address's is read. */
async function findAddressed(job: Job, key: string): Promise<LiveLink[]> {
  const found: LiveLink[] = [];
  for (const link of findAnsweringByEmail(job.connection, key)) {
    if (link.emailKey !== key) await hydrate(job, link);
    if (link.emailKey === key) found.push(link);
  }
  return found;
}

/**
 * Claims the names that a change gives to a user.
 * @returns users who have left and whose records have one of the names; they must be renamed first
 * @throws ScimError 409 where another user has one of the names
 */
export async function claimNames(
  job: Job,
  link: LiveLink,
  wanted: Wanted,
  claim: Claim,
): Promise<readonly NativeLink[]> {
  const { connection } = job;
  const keys = keysFor(job, link, wanted);
  const own = [link.nameKey, link.nativeNameKey];
  const leavers: NativeLink[] = [];
  for (const key of [keys.nameKey, isEmailName(connection) ? keys.emailKey : null]) {
    if (key === null || own.includes(key)) continue;
    claim(key);
    if (isNameOnLink(connection) && key !== keys.emailKey) await linkAccountsOf(job, key);
    const others = [
      ...findLiveLinksByKey(connection.store, "User", "nameKey", key),
      ...(isNameOnLink(connection) ? await findAddressed(job, key) : []),
    ];
    const other = others.find(({ id }) => id !== link.id);
    if (other) throw heldByOther(other.id, link.id, connection.name);
    requireNoLateCall(job, key, { id: link.id });
    // The vendor never gets a soft-delete name, so no record there can have it.
    if (wanted.softDeleteName === undefined) leavers.push(...(await claimLeaversAndHidden(job, claim, link.id, key)));
  }
  return leavers;
}
