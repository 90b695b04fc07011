// Whether a record that a read does not find is gone: another look-up must agree [S10].

import { Fault } from "../../adapter.ts";
import type { Link } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { type Operations, operationsOf } from "../connection/kinds.ts";
import { naturalKeyPath } from "./link-keys.ts";
import { nativeNameOf } from "./native-names.ts";
import { findRows } from "./native-search.ts";

/**
 * A not-found by id counts only if a look-up by natural key misses too [S10]. Where even a search or list is
 * "not found", it is the vendor's API that is gone, not a person.
 */
export async function confirmAbsence(job: Job, link: Link): Promise<void> {
  const operations = operationsOf(job.connection, link.type);
  const key = nativeNameOf(job.connection, link);
  const search = operations.find?.[naturalKeyPath(job.connection, link.type)];
  try {
    const isIt = (row: unknown) => operations.id(row) === link.nativeId;
    if (search && key !== null) {
      if (!(await findRows(job, search, key)).some(isIt)) return;
    } else {
      // A list may be long, so its first page and a second read must do.
      const { items } = await operations.list(job.api, undefined);
      if (!items.some(isIt) && !(await isReadable(job, operations, link.nativeId))) return;
    }
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
  }
  throw contradictory();
}

async function isReadable(job: Job, operations: Operations, nativeId: string | null): Promise<boolean> {
  if (nativeId === null) return false;
  try {
    await operations.read(job.api, nativeId);
    return true;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    return false;
  }
}

/** Nothing is concluded from a "not found" that another answer belies. */
export const contradictory = (cause?: Fault): Fault =>
  new Fault("unavailable", {
    detail: "the product answers contradictory things about this record; try again later",
    ambiguous: cause?.ambiguous ?? false,
    cause,
  });
