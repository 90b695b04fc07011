// Calls without an answer that name a user by userName or record: the vendor may still apply one to the user who has that
// name by then. As long as it may, the name is given to nobody else [S46].

import { ScimError } from "../../scim/messages.ts";
import { findDoubt } from "../../store/doubts.ts";
import { findWithSeat } from "../../store/journal.ts";
import { findFormerLinks, findLinkNamedNatively, findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import { isHiddenAccount, type Link } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { mayStillAct } from "./doubtful-create.ts";

/** Whether the vendor's calls name the user by this name, because its ids are names. */
export const isAddressedAs = ({ nativeId }: Pick<Link, "nativeId">, key: string | null): boolean =>
  nativeId !== null && toNameKey("User", nativeId) === key;

/**
 * @param claim whose name it becomes; of a new user, which may get the hidden account of a deleted one, `id` is absent
 * @throws ScimError 503 as long as a deletion or renaming of the user who had the name may still act
 */
export function requireNoLateCall(job: Job, key: string, { id }: { id?: string }): void {
  const { store } = job.connection;
  const byNativeId = findLinkNamedNatively(store, "User", key);
  const others = [
    ...findFormerLinks(store, "User", key),
    ...findLiveLinksByKey(store, "User", "nameKey", key),
    ...(byNativeId ? [byNativeId] : []),
  ].filter((link) => link.id !== id && (isAddressedAs(link, key) || (id === undefined && isHiddenAccount(link))));
  const endsAt = Math.max(0, ...others.map((link) => endOfLateCalls(job, link.id)));
  if (endsAt <= job.now()) return;
  throw new ScimError(
    503,
    "an earlier request about the user who had this name got no answer from the product and may still take effect; try again",
    { retryAfterSeconds: secondsUntil(job, endsAt) },
  );
}

/**
 * For a write after which the record's name is free at the vendor.
 * @throws ScimError 503 as long as another attempt to create the record may still act, which would make it again
 */
export function requireNoLateCreate(job: Job, id: string): void {
  const doubt = findDoubt(job.connection.store, id);
  if (!doubt?.makes || doubt.endsAt <= job.now()) return;
  throw new ScimError(
    503,
    "an earlier attempt to create this got no answer from the product and may still take effect as soon as the name is free; try again",
    { retryAfterSeconds: secondsUntil(job, doubt.endsAt) },
  );
}

const secondsUntil = (job: Job, at: number) => Math.max(1, Math.ceil((at - job.now()) / 1_000));

function endOfLateCalls(job: Job, linkId: string): number {
  const { store } = job.connection;
  const open = findWithSeat(store, linkId).filter((intent) => intent.state === "open" && mayStillAct(job, intent));
  return Math.max(findDoubt(store, linkId)?.endsAt ?? 0, ...open.map(({ actsUntil }) => actsUntil));
}
