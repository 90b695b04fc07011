// Tombstones: what stays of a deleted user or group [S8] [S9].

import { nameBeforeSoftDelete } from "../../scim/soft-delete-name.ts";
import { foldName } from "../../scim/text.ts";
import { deleteDigests } from "../../store/digests.ts";
import { deleteDoubt } from "../../store/doubts.ts";
import { findLink, updateLink } from "../../store/links.ts";
import { deleteGroupMembers, deleteUserMemberships } from "../../store/members.ts";
import { deleteOwedOf } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { isNameOnLink } from "./email-coupling.ts";
import { isAddressedAs } from "./late-calls.ts";

/**
 * Makes a link a tombstone: gone for clients, with its memberships. The native id stays, so that a vendor whose reads
 * lag, or that only hides, cannot bring the deleted one back.
 */
export function makeTombstone(job: Job, linkId: string, isHidden = false): void {
  const { store } = job.connection;
  // An account that stays hidden at the vendor is known by the name that it has there.
  const link = findLink(store, "User", linkId);
  const userName = isNameOnLink(job.connection) && link?.name ? nameBeforeSoftDelete(link.name) : undefined;
  const native = link?.nativeName ? (userName ?? link.nativeName) : null;
  deleteUserMemberships(store, linkId);
  deleteGroupMembers(store, linkId);
  deleteDigests(store, linkId);
  // The account that stays must be disabled, and nothing of it stay open, also after its user was deleted.
  deleteOwedOf(store, linkId, isHidden ? ["disable", "sessions"] : ["disable"]);
  // A late call by the name would hit the next user who has it.
  if (!isHidden && !(link && isAddressedAs(link, link.nameKey))) deleteDoubt(store, linkId);
  updateLink(store, linkId, {
    state: "tombstone",
    deletedAt: job.now(),
    modifiedAt: job.now(),
    kept: null,
    pointers: null,
    membersLoaded: false,
    left: null,
    seat: null,
    isHidden,
    ...(native === null ? {} : { name: native, nameKey: foldName(native), nativeName: null, nativeNameKey: null }),
  });
}
