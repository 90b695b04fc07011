// What administrators say to the brake: that something is meant, or that everything must wait [S20].

import {
  type BrakeKind,
  countSince,
  deleteBasesBefore,
  deleteCountsBefore,
  deleteCountsOf,
  deleteGroupSizesBefore,
  releasePattern,
} from "../../store/brake-counts.ts";
import {
  deleteAllReleases,
  deleteHeldBefore,
  deleteReleasesBefore,
  insertRelease,
  type Release,
  useRelease,
} from "../../store/brake-holds.ts";
import { deleteFact, writeFact } from "../../store/facts.ts";
import { createId } from "../../store/identifier.ts";
import { BRAKE_KINDS } from "../../store/safeguard-tables.ts";
import type { Job } from "../jobs/job.ts";
import { HELD_BY_HAND_SINCE, heldSinceFact, type Lined, limitOf, sinceOf, warnedSinceFact } from "./brake-limits.ts";

/** What is meant: so many of one kind, everything about one user, or renames from one domain to another. */
export type Meant = { until: number } & (
  | { kind: BrakeKind; count: number }
  | { userId: string }
  | { pattern: string; count: number | null }
);

/** For so long a request that was held and never came again stays listed. */
const HELD_MS = 30 * 86_400_000;

const toRelease = (meant: Meant, at: number, isExpected: boolean): Release => ({
  id: createId(at),
  kind: "kind" in meant ? meant.kind : null,
  userId: "userId" in meant ? meant.userId : null,
  pattern: "pattern" in meant ? meant.pattern : null,
  count: "count" in meant ? meant.count : null,
  used: 0,
  isExpected,
  at,
  until: meant.until,
});

/** Announces what is meant before it comes: it is not counted, and what is held stays held. */
export function expectChanges({ connection, now }: Lined, meant: Meant): void {
  insertRelease(connection.store, toRelease(meant, now(), true));
}

/** Lets through what is held, and what comes of it until the release ends; the kind is then counted from zero. */
export function releaseBrake(job: Lined, meant: Meant): void {
  const { store } = job.connection;
  const release = toRelease(meant, job.now(), false);
  insertRelease(store, release);
  if (release.kind !== null) countFromZero(job, release.kind);
  if (release.pattern === null) return;
  useRelease(store, release.id, releasePattern(store, release.pattern, release.id));
  if (countSince(store, "rename", sinceOf(job, "rename")) <= limitOf(job, "rename")) countFromZero(job, "rename");
}

/** A kind that was held is counted as if nothing had happened. */
export function countFromZero({ connection }: Lined, kind: BrakeKind): void {
  const { store } = connection;
  deleteFact(store, heldSinceFact(kind));
  deleteFact(store, warnedSinceFact(kind));
  deleteCountsOf(store, kind);
}

/** Refuses every removal from now on, and ends what was let through. */
export function holdBrake({ connection, now }: Lined): void {
  deleteAllReleases(connection.store);
  writeFact(connection.store, HELD_BY_HAND_SINCE, String(now()));
}

/** Removals are refused only beyond the lines again. */
export function endHold({ connection }: Lined): void {
  deleteFact(connection.store, HELD_BY_HAND_SINCE);
}

/** Forgets what the brake needs no more. */
export function forgetBraked(job: Job): void {
  const { store } = job.connection;
  const now = job.now();
  for (const kind of BRAKE_KINDS) deleteCountsBefore(store, kind, sinceOf(job, kind));
  deleteCountsBefore(store, "gained", sinceOf(job, "membership"));
  deleteGroupSizesBefore(store, sinceOf(job, "emptied"));
  deleteBasesBefore(store, Math.min(...BRAKE_KINDS.map((kind) => sinceOf(job, kind))));
  deleteReleasesBefore(store, now);
  deleteHeldBefore(store, now - HELD_MS);
}
