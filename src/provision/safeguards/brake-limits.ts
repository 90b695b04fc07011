// Where the lines of the brake are, and whether a request would cross one [S20].

import { type BrakeKind, countSince, findLargestBase, findLatestBase, upsertBase } from "../../store/brake-counts.ts";
import { deleteFact, readFact, writeFact } from "../../store/facts.ts";
import type { Store } from "../../store/links.ts";
import { findSweep } from "../../store/sweeps.ts";
import { oweNotice } from "../alarms/notices.ts";
import { BRAKE } from "../connection/brake-lines.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";

const MINUTE_MS = 60_000;
/** How often it is written down how many there are; at least six times in a window. */
const BASE_MS = 600_000;
/** A warning need not know what was created in the last moments. */
const FRESH_MS = MINUTE_MS;

/** What one request does of one kind. */
export interface Effect {
  kind: BrakeKind;
  /** Links of users or groups. */
  subjects: readonly string[];
  /** Of a rename that moves a user from one domain to another: both. */
  pattern?: string | undefined;
  /** Of memberships: the group that the users lose. */
  groupId?: string;
}

export const heldSinceFact = (kind: BrakeKind) => `brake_held_since:${kind}`;
export const warnedSinceFact = (kind: BrakeKind) => `brake_warned_since:${kind}`;
export const HELD_BY_HAND_SINCE = "brake_held_by_hand_since";
export const timeIn = (store: Store, fact: string) => Number(readFact(store, fact) ?? 0);
const toTime = (at: number) => new Date(at).toISOString();

export type Lined = Pick<Job, "now"> & { connection: Pick<OpenConnection, "store" | "rules" | "name"> };

/** What happened earlier counts no more. */
export const sinceOf = ({ connection, now }: Lined, kind: BrakeKind): number =>
  now() - connection.rules.brake[kind].minutes * MINUTE_MS;

/** Writes down from time to time how many there are, so that a share is taken of those who were there before. */
export function noteBase(job: Lined, kind: BrakeKind): void {
  const { store, rules } = job.connection;
  const { base } = BRAKE[kind];
  const every = Math.min(BASE_MS, (rules.brake[kind].minutes * MINUTE_MS) / 6);
  if ((findLatestBase(store, base) ?? Number.NEGATIVE_INFINITY) <= job.now() - every)
    upsertBase(store, base, job.now());
}

/** The most there were in the window; undefined where no complete sweep can tell. */
export function baseOf(job: Lined, kind: BrakeKind): number | undefined {
  const { store } = job.connection;
  const { base } = BRAKE[kind];
  const sweep = base === "Membership" ? "Members" : base === "Licence" ? "User" : base;
  if (!findSweep(store, sweep)?.completedAt) return undefined;
  return findLargestBase(store, base, sinceOf(job, kind)) || undefined;
}

/** Whether so many are beyond the line. How many there are now is counted only where it decides. */
function isBeyond(job: Lined, kind: BrakeKind, amount: number, freshMs = 0): boolean {
  const { store, rules } = job.connection;
  const { share, count } = rules.brake[kind];
  if (amount < count) return false;
  const isMore = () => {
    const base = baseOf(job, kind);
    return base === undefined || amount > base * share;
  };
  if (!isMore()) return false;
  const { base } = BRAKE[kind];
  if ((findLatestBase(store, base) ?? 0) > job.now() - freshMs) return true;
  upsertBase(store, base, job.now());
  return isMore();
}

/** So many may be there before a further one is held. */
export function limitOf(job: Lined, kind: BrakeKind): number {
  const { share, count } = job.connection.rules.brake[kind];
  return Math.max(count - 1, Math.floor((baseOf(job, kind) ?? 0) * share));
}

/** Since when a kind is held; 0: it is not, as where its line has come to warn only. */
export const heldSinceOf = ({ connection }: Lined, kind: BrakeKind): number =>
  connection.rules.brake[kind].action === "hold" ? timeIn(connection.store, heldSinceFact(kind)) : 0;

export interface Reason {
  why: string;
  /** No line is crossed: an administrator holds everything. */
  isByHand: boolean;
}

/**
 * Why a request that was counted already is held; undefined where it is not.
 * @param counted how many of its objects were not counted before
 */
export function whyBraked(job: Job, { kind, groupId }: Effect, counted: number): Reason | undefined {
  const { store } = job.connection;
  const { what, takesAway } = BRAKE[kind];
  const byHand = timeIn(store, HELD_BY_HAND_SINCE);
  // Memberships that make up for gained ones are no loss.
  if (byHand > 0 && takesAway && (counted > 0 || groupId === undefined)) {
    return { why: `an administrator has held all removals since ${toTime(byHand)}`, isByHand: true };
  }
  if (counted === 0) return undefined;
  const { minutes, action } = job.connection.rules.brake[kind];
  const amount = countSince(store, kind, sinceOf(job, kind));
  const isOver = isBeyond(job, kind, amount);
  warnAtHalf(job, kind, amount);
  if (action === "warn") return undefined;
  if (isOver) {
    return { why: `with this request ${among(job, kind, amount)} within ${toSpan(minutes)}`, isByHand: false };
  }
  const since = timeIn(store, heldSinceFact(kind));
  if (since === 0) return undefined;
  return { why: `too many ${what} at ${toTime(since)}, and not released since`, isByHand: false };
}

function among(job: Lined, kind: BrakeKind, amount: number): string {
  const base = baseOf(job, kind);
  return `${amount}${base === undefined || kind === "creation" ? "" : ` of ${base}`} ${BRAKE[kind].what}`;
}

const toSpan = (minutes: number) =>
  minutes % 60 === 0 && minutes > 60 ? `${minutes / 60} hours` : `${minutes} minutes`;

/** Tells once that half of a line is reached; operators see it as long as it is so. */
function warnAtHalf(job: Job, kind: BrakeKind, amount: number): void {
  const { store, object, name } = job.connection;
  if (object.isShadow) return;
  const fact = warnedSinceFact(kind);
  const isWarned = readFact(store, fact) !== undefined;
  if (!isBeyond(job, kind, amount * 2, FRESH_MS)) {
    if (isWarned) deleteFact(store, fact);
    return;
  }
  job.trace.notes.add(`the brake warns: many ${BRAKE[kind].what}`);
  if (isWarned) return;
  object.atomically(() => {
    writeFact(store, fact, String(job.now()));
    oweNotice(job, "brake.near", { kind, counted: amount, limit: limitOf(job, kind) });
  });
  const { minutes, action } = job.connection.rules.brake[kind];
  const then = action === "hold" ? "are held" : "are only warned of";
  console.warn(
    `the brake of ${name} warns: ${amount} ${BRAKE[kind].what} within ${toSpan(minutes)}, and more than ${limitOf(job, kind)} ${then}`,
  );
}
