// Refusing what would take something from a protected user or group [S22].

import { ScimError } from "../../scim/messages.ts";
import { findLinkByNativeId, type LinkType, type LiveLink } from "../../store/links.ts";
import { listPrincipals, OWN_ACCOUNT } from "../../store/principals.ts";
import type { Job } from "../connection/job.ts";
import { createGuard, findOwnAccount, type Guarded, listGuarded } from "../connection/principals.ts";
import { hydrate } from "../resource/hydrate.ts";

/** A request that could harm the account waits until it is known. */
async function requireOwnAccount(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.account || listPrincipals(store, "User").some(({ name }) => name === OWN_ACCOUNT)) return;
  await findOwnAccount(job);
}

/**
 * @param isFresh whether the link's keys were read from the vendor just now
 * @throws ScimError 403 where the user or group is protected
 */
export async function requireUnprotected(job: Job, link: LiveLink, what: string, isFresh = false): Promise<void> {
  if (link.type === "User") await requireOwnAccount(job);
  // Somebody who is known by an old name may bear a protected one by now.
  if (!isFresh && listGuarded(job, link.type).some((one) => isUnfound(job, link.type, one))) await hydrate(job, link);
  const guarded = createGuard(job, link.type)(link);
  if (guarded) throw refused(job, link, what, guarded.isOwn);
}

function isUnfound({ connection }: Job, type: LinkType, { key, nativeId, isOwn }: Guarded): boolean {
  if (nativeId === null) return key !== null;
  return !isOwn && findLinkByNativeId(connection.store, type, nativeId)?.state !== "live";
}

function refused(job: Job, link: LiveLink, what: string, isOwn: boolean): ScimError {
  const kind = link.type.toLowerCase();
  if (isOwn) {
    job.trace.notes.add("refused: the user is the account whose credential the connection uses");
    return new ScimError(
      403,
      `${what}: the credential that the gateway uses in this product is this account's, so it is always protected. Take it out of the identity provider's scope.`,
    );
  }
  job.trace.notes.add(`refused: the ${kind} is protected on this connection`);
  return new ScimError(
    403,
    `${what}: this ${kind} is protected on this connection. Take it out of the identity provider's scope, or have an administrator of the gateway change the list.`,
  );
}
