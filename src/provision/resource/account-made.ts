// The vendor has an account now for a user who waited for one [S56].

import { deleteDigests } from "../../store/digests.ts";
import { findLiveLink, type LiveLink, releaseNativeId, updateLink } from "../../store/links.ts";
import { listGroupsOf } from "../../store/members.ts";
import { oweMemberships } from "../../store/owed.ts";
import { deleteWaiting, isWaiting } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { wakeReferences } from "./reference-lookup.ts";

/** Stores the native id of the account, and owes the memberships that the vendor was never told. */
export function storeAccount(job: Job, { id }: LiveLink, nativeId: string): void {
  const { store, object } = job.connection;
  const link = findLiveLink(store, "User", id);
  // A sweep may have seen the account first.
  if (!link || !isWaiting(link)) return;
  object.atomically(() => {
    releaseNativeId(store, "User", nativeId, id, job.now());
    updateLink(store, id, { nativeId });
    deleteWaiting(store, link.nativeId);
    deleteDigests(store, id);
    const groups = listGroupsOf(store, id);
    const because = { why: "the user had no account before", now: job.now() };
    for (const group of groups) oweMemberships(store, group.id, "add", [id], because);
    if (groups.length > 0) wakeOwed(job, "membership");
  });
  wakeReferences(job, link);
}
