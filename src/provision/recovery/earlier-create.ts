// An earlier attempt to create the same user or group, whose answer was lost [S23].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { createId } from "../../store/identifier.ts";
import { findIntentByKey, type Intent } from "../../store/journal.ts";
import { findLiveLink, type LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { findOpenCreate } from "../resource/doubtful-create.ts";
import { naturalKeyPath } from "../vendor/user-or-group.ts";
import { resolveIntent } from "./intent-resolution.ts";
import { requireVisible } from "./visible-attempt.ts";

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

/**
 * Runs a create whose name the vendor may refuse because an earlier attempt, which got no answer, has taken effect meanwhile.
 * @throws ScimError 503 where that is so: a repeated request finds the user or group
 */
export async function orEarlier<T>(job: Job, type: LinkType, held: Held, create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "conflict") throw error;
    const { store, readLagMs } = job.connection;
    const path = naturalKeyPath(job.connection, type);
    const earlier = findOpenCreate(job, type, String(held[path]));
    if (!earlier) throw error;
    await resolveIntent(job, earlier);
    if (!findLiveLink(store, type, earlier.linkId)) {
      // Where reads lag, the user who has the name may not be visible yet.
      if (readLagMs > 0 && [undefined, path].includes(error.attribute)) requireVisible(job, { attemptedAt: job.now() });
      throw error;
    }
    throw new ScimError(503, "an earlier attempt has created this by now; try again", { retryAfterSeconds: 1 });
  }
}
