// An earlier attempt to create the same user or group, whose answer was lost [S23].

import { createId } from "../../store/identifier.ts";
import { findIntentByKey, type Intent } from "../../store/journal.ts";
import type { Job } from "../jobs/job.ts";
import { resolveIntent } from "./intent-resolution.ts";

type Creation = "user.create" | "group.create";

/** The locks of what an earlier attempt may have made. */
export function locksOfEarlierCreate(job: Job, kind: Creation, key: string): string[] {
  const started = findIntentByKey(job.connection.store, kind, key);
  return started ? [`link:${started.linkId}`] : [];
}

/** The earlier attempt, its outcome known by now; undefined where there was none. */
export async function resolveEarlierCreate(job: Job, kind: Creation, key: string): Promise<Intent | undefined> {
  const unfinished = findIntentByKey(job.connection.store, kind, key);
  if (unfinished?.state === "open") await resolveIntent(job, unfinished);
  return findIntentByKey(job.connection.store, kind, key);
}

/** The id that an attempt which created nothing, or nothing yet, has promised to the same user or group; else a new one [S9]. */
export function promisedId(job: Job, earlier: Intent | undefined, externalId: string | null): string {
  const isSame = earlier !== undefined && earlier.state !== "found" && earlier.externalId === externalId;
  return isSame ? earlier.linkId : createId(job.now());
}
