// The record that a create made whose answer was lost: found at the vendor by its name [S23].

import { pagesOf } from "../../adapter.ts";
import type { Intent } from "../../store/journal.ts";
import { findLinkByNativeId } from "../../store/links.ts";
import { isWaitingId } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { heldInRow } from "../resource/adoption.ts";
import { findRows } from "../resource/vendor-search.ts";
import { kindOf, naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { isJoinedByVendor, isOneToVendor } from "../vendor/vendor-names.ts";
import { requireVisible } from "./visible-attempt.ts";

/**
 * The native record that the attempt made.
 * @returns undefined where it made none
 * @throws ScimError 503 while the vendor's reads may still lag behind the attempt
 */
export async function findMade(job: Job, type: "User" | "Group", intent: Intent): Promise<unknown> {
  const native = await findRecordByName(job, type, intent.expected?.name ?? intent.key ?? "");
  // Reads of what Portico holds itself lag behind nothing.
  if (native === undefined && !kindOf(job.connection, type).isHeld) requireVisible(job, intent);
  return native;
}

/** A record that was removed, which reads that lag still show. */
function isRemovedButShown(job: Job, type: "User" | "Group", nativeId: string): boolean {
  const link = findLinkByNativeId(job.connection.store, type, nativeId);
  const lagMs = job.connection.readLagMs;
  return link?.state === "tombstone" && !link.isHidden && job.now() < (link.deletedAt ?? 0) + lagMs;
}

/**
 * The native record that a create has made under this name: by search where there is one, else through the whole list. Under
 * a name that only the vendor takes for it, a record that has a link already is another user's or group's.
 */
async function findRecordByName(job: Job, type: "User" | "Group", name: string): Promise<unknown> {
  const { adapter, store } = job.connection;
  const operations = operationsOf(job.connection, type);
  const path = naturalKeyPath(job.connection, type);
  let respelled: unknown;
  const isIt = (row: unknown) => {
    const value = heldInRow(job, type, row)[path];
    const id = operations.id(row);
    const isNamed = typeof value === "string" && isOneToVendor(adapter, type, value, name);
    if (!isNamed || isWaitingId(id) || isRemovedButShown(job, type, id)) return false;
    if (!isJoinedByVendor(adapter, type, value, name)) return true;
    if (!findLinkByNativeId(store, type, id)) respelled ??= row;
    return false;
  };
  const search = operations.find?.[path];
  if (search) return (await findRows(job, search, name)).find(isIt) ?? respelled;
  for await (const page of pagesOf((cursor) => operations.list(job.api, cursor))) {
    const found = page.items.find(isIt);
    if (found !== undefined) return found;
  }
  return respelled;
}
