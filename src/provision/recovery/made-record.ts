// The record that a create made whose answer was lost: found at the vendor by its name [S23].

import { pagesOf } from "../../adapter.ts";
import type { Intent } from "../../store/journal.ts";
import { findLinkByNativeId } from "../../store/links.ts";
import { isWaitingId } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { heldInRow } from "../resource/adoption.ts";
import { toNameKey } from "../resource/link-keys.ts";
import { findRows } from "../resource/vendor-search.ts";
import { naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { requireVisible } from "./visible-attempt.ts";

/**
 * The native record that the attempt made.
 * @returns undefined where it made none
 * @throws ScimError 503 while the vendor's reads may still lag behind the attempt
 */
export async function findMade(job: Job, type: "User" | "Group", intent: Intent): Promise<unknown> {
  const native = await findRecordByName(job, type, intent.expected?.name ?? intent.key ?? "");
  if (native === undefined) requireVisible(job, intent);
  return native;
}

/** A record that was removed, which reads that lag still show. */
function isRemovedButShown(job: Job, type: "User" | "Group", nativeId: string): boolean {
  const link = findLinkByNativeId(job.connection.store, type, nativeId);
  const lagMs = job.connection.readLagMs;
  return link?.state === "tombstone" && !link.isHidden && job.now() < (link.deletedAt ?? 0) + lagMs;
}

/** The native record of this name: by search where there is one, else through the whole list. */
async function findRecordByName(job: Job, type: "User" | "Group", name: string): Promise<unknown> {
  const operations = operationsOf(job.connection, type);
  const path = naturalKeyPath(job.connection, type);
  const isIt = (row: unknown) => {
    const value = heldInRow(job, type, row)[path];
    const isNamed = typeof value === "string" && toNameKey(type, value) === toNameKey(type, name);
    const id = operations.id(row);
    return isNamed && !isWaitingId(id) && !isRemovedButShown(job, type, id);
  };
  const search = operations.find?.[path];
  if (search) return (await findRows(job, search, name)).find(isIt);
  for await (const page of pagesOf((cursor) => operations.list(job.api, cursor))) {
    const found = page.items.find(isIt);
    if (found !== undefined) return found;
  }
  return undefined;
}
