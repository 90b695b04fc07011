// The brake: too many changes of one kind at once are refused until an administrator says that they are meant, because a
// wrong scope or a wrong rule in the identity provider must not empty a company [S18] [S20].

import { ScimError } from "../../scim/messages.ts";
import {
  type Counted,
  deleteCounts,
  deleteMembershipCounts,
  insertCounts,
  insertGainedMemberships,
  insertLostMemberships,
  restoreCounts,
} from "../../store/brake-counts.ts";
import { deleteHeld, deleteHeldDisable, findRelease, isHeld, upsertHeld, useRelease } from "../../store/brake-holds.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import { findOverlays } from "../../store/journal.ts";
import type { LiveLink } from "../../store/links.ts";
import { oweNotice } from "../alarms/notices.ts";
import { breatheAfter, type Job } from "../jobs/job.ts";
import {
  type Effect,
  HELD_BY_HAND_SINCE,
  heldSinceFact,
  noteBase,
  type Reason,
  sinceOf,
  whyBraked,
} from "./brake-limits.ts";

const RETRY_AFTER_SECONDS = 900;

/** What a request is about to do. */
export interface BrakedChange {
  /** The link of the user or group that the request is about; of a creation a digest of the name. */
  about: string;
  effects: readonly Effect[];
}

/** What was counted of a request, so that it can be taken back. */
interface Taken {
  effect: Effect;
  releaseId: string | null;
  counted: string[];
  /** Memberships gained before that the lost ones took away. */
  outweighed: Counted[];
}

/**
 * Runs work that does something that the brake counts. It counts from before its first write, so that parallel requests see
 * each other, and no longer if it fails.
 * @throws ScimError 503 saying why it is held and how it is released; nothing was written then
 */
export async function withBrake<T>(job: Job, change: BrakedChange, work: () => Promise<T>): Promise<T> {
  const effects = change.effects.filter(({ subjects }) => subjects.length > 0);
  if (effects.length === 0) return work();
  const taken = admit(job, { ...change, effects });
  try {
    await breatheAfter(taken.reduce((sum, { counted }) => sum + counted.length, 0));
    const result = await work();
    settle(job, change.about, effects);
    return result;
  } catch (error) {
    const isKept = findOverlays(job.connection.store, change.about, job.now()).some(
      ({ reason }) => reason === "deactivation",
    );
    const isDone = ({ kind }: Effect) => isKept && kind === "deactivation";
    giveBack(
      job,
      taken.filter(({ effect }) => !isDone(effect)),
    );
    if (isKept) settle(job, change.about, effects.filter(isDone));
    throw error;
  }
}

/** Counts what a request does; where a line would be crossed, nothing of it is counted and the request is listed. */
function admit(job: Job, change: BrakedChange): Taken[] {
  const { connection } = job;
  const taken: Taken[] = [];
  for (const effect of change.effects) {
    noteBase(job, effect.kind);
    const one = take(job, change.about, effect);
    taken.push(one);
    const reason = one.releaseId === null ? whyBraked(job, effect, one.counted.length) : undefined;
    if (reason === undefined) continue;
    if (connection.object.isShadow) {
      job.trace.notes.add("the brake would hold this");
      continue;
    }
    giveBack(job, taken);
    throw hold(job, change, effect, reason);
  }
  return taken;
}

function take(job: Job, about: string, effect: Effect): Taken {
  const { store } = job.connection;
  const { kind, subjects, pattern = null, groupId } = effect;
  const asked = { kind, user: about, pattern, objects: subjects.length };
  const releaseId = findRelease(store, asked, job.now())?.id ?? null;
  const counting = { releaseId, at: job.now(), since: sinceOf(job, kind) };
  const { inserted: counted, outweighed } =
    groupId === undefined
      ? { inserted: insertCounts(store, { kind, subjects, pattern, ...counting }), outweighed: [] }
      : insertLostMemberships(store, { groupId, userIds: subjects, ...counting });
  if (releaseId !== null) useRelease(store, releaseId, counted.length);
  return { effect, releaseId, counted, outweighed };
}

function giveBack(job: Job, taken: readonly Taken[]): void {
  const { store } = job.connection;
  for (const { effect, releaseId, counted, outweighed } of taken) {
    deleteCounts(store, effect.kind, counted);
    restoreCounts(store, outweighed);
    if (releaseId !== null) useRelease(store, releaseId, -counted.length);
  }
}

/** Lists a request that is refused; a disable stays asked for, because clients do not all send it again [S18]. */
function hold(
  job: Job,
  { about, effects }: BrakedChange,
  { kind, subjects, pattern }: Effect,
  reason: Reason,
): ScimError {
  const { store, name, object } = job.connection;
  const now = job.now();
  job.trace.notes.add("held by the brake");
  const isNew = !reason.isByHand && readFact(store, heldSinceFact(kind)) === undefined;
  const isDisable = effects.some((effect) => effect.kind === "deactivation");
  object.atomically(() => {
    if (isNew || !isHeld(store, kind)) oweNotice(job, "brake.holding", { kind, says: reason.why });
    if (isNew) writeFact(store, heldSinceFact(kind), String(now));
    upsertHeld(store, {
      subject: about,
      kind,
      objects: subjects.length,
      isDisable,
      pattern: pattern ?? null,
      lastAt: now,
      requestId: job.trace.requestId,
    });
  });
  const kept = isDisable ? " That the user is to be disabled is noted, and an administrator can have it done." : "";
  return new ScimError(
    503,
    `held by the brake: ${reason.why}. Nothing was changed.${kept} If it is intended, an administrator of the gateway lets it ` +
      `through with “portico brake release ${name} --kind ${kind} --count ${subjects.length}”, with the number that is ` +
      `meant (POST /api/connections/${name}/brake/release); the request is then accepted when it is sent again`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}

/** A request was accepted: it is held no more, and what a user lost before they left is no loss. */
function settle({ connection }: Job, about: string, effects: readonly Effect[]): void {
  const { store } = connection;
  const kinds = effects.map(({ kind }) => kind);
  const leaves = kinds.includes("deactivation") || kinds.includes("removal");
  deleteHeld(store, about, kinds, leaves);
  if (leaves) deleteMembershipCounts(store, about);
}

/** @throws ScimError 409 while an administrator holds the brake by hand, for a change that it does not count */
export function requireBrakeFree({ connection }: Pick<Job, "connection">, what: string): void {
  if (readFact(connection.store, HELD_BY_HAND_SINCE) === undefined) return;
  throw new ScimError(409, `${what}: the brake is held by hand; end that first (portico brake hold --end)`);
}

// ---- What takes counts away -----------------------------------------------------------------------------------------

/** A user who is active again is counted no more, and a disable that was held is asked for no more. */
export function uncountDeactivation(job: Job, userId: string): void {
  deleteCounts(job.connection.store, "deactivation", [userId]);
  deleteHeldDisable(job.connection.store, userId);
}

/** A request says that a user is to be active: a disable that was held is asked for no more. */
export function forgetHeldDisable(job: Job, userId: string): void {
  deleteHeldDisable(job.connection.store, userId);
}

/** Users have joined a group: memberships that they lost lately weigh no more, and a group that has members again is not empty. */
export function noteJoined(job: Job, groupId: string, users: readonly LiveLink[], isEmptied: boolean): void {
  if (users.length === 0) return;
  const { store } = job.connection;
  insertGainedMemberships(store, {
    groupId,
    userIds: users.map(({ id }) => id),
    releaseId: null,
    at: job.now(),
    since: sinceOf(job, "membership"),
  });
  if (!isEmptied) deleteCounts(store, "emptied", [groupId]);
}
