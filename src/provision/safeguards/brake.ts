// The brake: too many removals at once are refused until an administrator releases them, because a wrong scope in the
// identity provider must not empty a company [S18] [S20].

import { ScimError } from "../../scim/messages.ts";
import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import { findOverlays } from "../../store/journal.ts";
import { countLiveLinks, type LinkType, type Store } from "../../store/links.ts";
import {
  countRemovals,
  deleteAllRemovals,
  deleteRemoval,
  deleteRemovals,
  deleteRemovalsBefore,
  findFirstRemoval,
  insertRemoval,
  type RemovalKind,
} from "../../store/removals.ts";
import { findSweep } from "../../store/sweeps.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";

const MINUTE_MS = 60_000;
const RETRY_AFTER_SECONDS = 900;
const KINDS: readonly RemovalKind[] = ["deactivation", "removal", "emptied"];
const heldSinceFact = (kind: RemovalKind) => `brake_held_since:${kind}`;
const HELD_BY_HAND_SINCE = "brake_held_by_hand_since";
const RELEASED_UNTIL = "brake_released_until";
/** Live links of one type when the window began. */
const BASE = { User: "brake_base_users", Group: "brake_base_groups" } as const;

const WORDS: Record<RemovalKind, string> = {
  deactivation: "users deactivated",
  removal: "users removed for good",
  emptied: "groups emptied or deleted",
};
const typeOf = (kind: RemovalKind): LinkType => (kind === "emptied" ? "Group" : "User");
const numberIn = (store: Store, fact: string) => Number(readFact(store, fact) ?? 0);

/** How many there were when the window began; undefined where no complete sweep can tell. */
function baseOf(store: Store, type: LinkType): number | undefined {
  if (!findSweep(store, type)?.completedAt) return undefined;
  return numberIn(store, BASE[type]) || undefined;
}

/** A window begins with the first removal after an empty one. */
function openWindow(job: Job): void {
  const { connection } = job;
  deleteRemovalsBefore(connection.store, job.now() - connection.rules.brake.minutes * MINUTE_MS);
  if (findFirstRemoval(connection.store) !== undefined) return;
  for (const type of ["User", "Group"] as const) {
    writeFact(connection.store, BASE[type], String(countLiveLinks(connection.store, type)));
  }
}

/**
 * Refuses a request that would take away too much before its first write, and all further ones of its kind.
 * @throws ScimError 503 saying why, and how it is released
 */
function refuseIfBraked(job: Job, kind: RemovalKind, linkId: string): void {
  const { connection } = job;
  const why = whyBraked(job, kind, linkId);
  if (why === undefined) return;
  if (connection.object.isShadow) {
    job.trace.notes.add("the brake would hold this");
    return;
  }
  job.trace.notes.add("held by the brake");
  const fact = heldSinceFact(kind);
  if (numberIn(connection.store, fact) === 0) writeFact(connection.store, fact, String(job.now()));
  throw new ScimError(
    503,
    `held by the brake: ${why}. Nothing was changed. If it is intended, an administrator of the gateway lets it through ` +
      `with “portico brake release ${connection.name}” (POST /api/connections/${connection.name}/brake/release); ` +
      "the request is then accepted when it is sent again",
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

function whyBraked(job: Job, kind: RemovalKind, linkId: string): string | undefined {
  const { connection } = job;
  const byHand = numberIn(connection.store, HELD_BY_HAND_SINCE);
  if (byHand > 0) return `an administrator has held all removals since ${toTime(byHand)}`;
  openWindow(job);
  const { share, count, minutes } = connection.rules.brake;
  const gone = countRemovals(connection.store, kind, job.now() - minutes * MINUTE_MS, linkId) + 1;
  const base = baseOf(connection.store, typeOf(kind));
  const among = base === undefined ? "" : ` of ${base}`;
  const isBeyond = gone >= count && (base === undefined || gone > base * share);
  if (isBeyond) return `with this request ${gone}${among} ${WORDS[kind]} within ${minutes} minutes`;
  const since = numberIn(connection.store, heldSinceFact(kind));
  return since > 0 ? `too many ${WORDS[kind]} at ${toTime(since)}, and not released since` : undefined;
}

const toTime = (at: number) => new Date(at).toISOString();

/** A user or group that came back is counted no more. */
export function uncountRemoval(job: Job, linkId: string): void {
  deleteRemovals(job.connection.store, linkId);
}

/**
 * Runs work that takes something away. It counts from before its first write, so that parallel requests see each other,
 * and no longer if it fails.
 */
export async function withBrake<T>(
  job: Job,
  kind: RemovalKind | undefined,
  linkId: string,
  work: () => Promise<T>,
): Promise<T> {
  const { store } = job.connection;
  // Removals while the brake is released are intended, so they are not counted.
  if (kind === undefined || numberIn(store, RELEASED_UNTIL) > job.now()) return work();
  refuseIfBraked(job, kind, linkId);
  const isNew = insertRemoval(store, kind, linkId, job.now());
  try {
    return await work();
  } catch (error) {
    const isKept = findOverlays(store, linkId, job.now()).some((overlay) => overlay.reason === "deactivation");
    if (isNew && !isKept) deleteRemoval(store, kind, linkId);
    throw error;
  }
}

/** @throws ScimError 409 while an administrator holds the brake by hand, for a change that it does not count */
export function requireBrakeFree({ connection }: Pick<Job, "connection">, what: string): void {
  if (numberIn(connection.store, HELD_BY_HAND_SINCE) === 0) return;
  throw new ScimError(409, `${what}: the brake is held by hand; release it first`);
}

export interface BrakeStatus {
  limits: { share: number; count: number; minutes: number };
  deactivations: number;
  removals: number;
  emptiedGroups: number;
  users: number | null;
  /** The kinds that are refused until an administrator releases the brake. */
  held: RemovalKind[];
  heldSince: number | null;
  isHeldByHand: boolean;
  releasedUntil: number | null;
}

export function brakeStatus({ store, rules }: Pick<OpenConnection, "store" | "rules">, now: number): BrakeStatus {
  const since = now - rules.brake.minutes * MINUTE_MS;
  const released = numberIn(store, RELEASED_UNTIL);
  const byHand = numberIn(store, HELD_BY_HAND_SINCE);
  const held = KINDS.filter((kind) => byHand > 0 || numberIn(store, heldSinceFact(kind)) > 0);
  const times = [byHand, ...KINDS.map((kind) => numberIn(store, heldSinceFact(kind)))].filter((at) => at > 0);
  return {
    limits: rules.brake,
    deactivations: countRemovals(store, "deactivation", since),
    removals: countRemovals(store, "removal", since),
    emptiedGroups: countRemovals(store, "emptied", since),
    users: baseOf(store, "User") ?? null,
    held,
    heldSince: times.length > 0 ? Math.min(...times) : null,
    isHeldByHand: byHand > 0,
    releasedUntil: released > now ? released : null,
  };
}

/** Lets all removals through for a while and counts from zero; the identity provider sends the refused ones again. */
export function releaseBrake(store: Store, now: number, minutes: number): void {
  writeFact(store, RELEASED_UNTIL, String(now + minutes * MINUTE_MS));
  for (const fact of [HELD_BY_HAND_SINCE, ...KINDS.map(heldSinceFact)]) deleteFact(store, fact);
  deleteAllRemovals(store);
}

/** From now on removals are counted again. */
export function endRelease(store: Store): void {
  deleteFact(store, RELEASED_UNTIL);
}

/** Refuses every removal from now on, and ends a release. */
export function holdBrake(store: Store, now: number): void {
  endRelease(store);
  writeFact(store, HELD_BY_HAND_SINCE, String(now));
}
