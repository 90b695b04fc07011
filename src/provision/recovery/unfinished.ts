// What is not finished on a connection: what a pause leaves open, which disables are owed, and who is in doubt [S46] [S47].

import { findNextDoubt, listDueDoubts } from "../../store/doubts.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import { type Intent, listOpenIntents } from "../../store/journal.ts";
import type { Store } from "../../store/links.ts";
import { findNextOwed, listOwed } from "../../store/owed.ts";
import { heldStatus } from "../safeguards/brake-status.ts";

/** So many of each are listed. */
const MAX_LISTED = 100;
const EVER = Number.MAX_SAFE_INTEGER;

export interface Unfinished {
  /** Pieces of work that may still send a call, or wait for the answer to one. */
  underWay: number;
  /** Writes whose outcome is unknown; `tickets`: requests that the product has taken and may still carry out. */
  openWrites: { id: string; kind: Intent["kind"]; since: number; tickets: number }[];
  /** Users who are shown as inactive, and whom the product has still to disable. */
  owedDisables: string[];
  /** Disables that the brake holds. */
  heldDisables: number;
  /** Users and groups whom a call without an answer may still change, and until when. */
  inDoubt: { id: string; until: number }[];
}

/** Of an object that is empty already. */
export const NOTHING_UNFINISHED: Unfinished = {
  underWay: 0,
  openWrites: [],
  owedDisables: [],
  heldDisables: 0,
  inDoubt: [],
};

export function listUnfinished(store: Store, underWay: number): Unfinished {
  return {
    underWay,
    openWrites: listOpenIntents(store, EVER).map(({ linkId, kind, attemptedAt, tickets }) => ({
      id: linkId.replace(/^seat:/, ""),
      kind,
      since: attemptedAt,
      tickets: tickets.length,
    })),
    owedDisables: listOwed(store, { kind: "disable", isParked: false }, MAX_LISTED).map(({ linkId }) => linkId),
    heldDisables: heldStatus(store, MAX_LISTED).requests.filter(({ isDisable }) => isDisable).length,
    inDoubt: listDueDoubts(store, EVER, MAX_LISTED).map(({ linkId, endsAt }) => ({ id: linkId, until: endsAt })),
  };
}

/** When the connection goes on: who is in doubt comes first, then the disables that are owed. */
export function wakeAfterPause(store: Store, now: number): void {
  if (findNextDoubt(store) !== undefined) upsertDueJob(store, { job: "doubt", dueAt: now - 1, failures: 0 });
  if (findNextOwed(store, "disable") !== undefined) upsertDueJob(store, { job: "disable", dueAt: now, failures: 0 });
}
