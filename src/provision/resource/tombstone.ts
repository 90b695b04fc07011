// Tombstones: what stays of a deleted user or group [S8] [S9].

import { deleteDigests } from "../../store/digests.ts";
import { updateLink } from "../../store/links.ts";
import { deleteGroupMembers, deleteUserMemberships } from "../../store/members.ts";
import { deleteOutboxOf } from "../../store/outbox.ts";
import type { Job } from "../jobs/job.ts";

/**
 * Makes a link a tombstone: gone for clients, with its memberships. The native id stays, so that a vendor whose reads
 * lag, or that only hides, cannot bring the deleted one back.
 */
export function makeTombstone(job: Job, linkId: string, isHidden = false): void {
  const { store } = job.connection;
  deleteUserMemberships(store, linkId);
  deleteGroupMembers(store, linkId);
  deleteOutboxOf(store, linkId);
  deleteDigests(store, linkId);
  updateLink(store, linkId, {
    state: "tombstone",
    deletedAt: job.now(),
    modifiedAt: job.now(),
    kept: null,
    pointers: null,
    membersLoaded: false,
    seat: null,
    isSeatDue: false,
    isHidden,
  });
}
