// Two users swap names: the first gets a parking name, the second the first's, the first the second's. The journal has it
// until it is finished or undone, and until then clients see both users under the names that they had [S59].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { isSameText } from "../../scim/text.ts";
import { createId } from "../../store/identifier.ts";
import {
  deleteIntent,
  deleteOverlay,
  findIntentsByKey,
  type Intent,
  insertIntent,
  updateIntent,
  upsertOverlay,
} from "../../store/journal.ts";
import { findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { isNotFound, isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { countEffects } from "../jobs/trace.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { readHeld } from "../resource/held-values.ts";
import { answerWritten, hydrate, overlayLag } from "../resource/hydrate.ts";
import { withRename } from "../resource/names-in-doubt.ts";
import { readRecord, withConfirmedNotFound } from "../resource/not-found.ts";
import { oweCopies } from "../resource/owed-copies.ts";
import { clearDigests } from "../resource/record-drift.ts";
import { updateRecord } from "../resource/record-update.ts";
import { wakeReferences } from "../resource/reference-lookup.ts";
import { parkingName } from "../resource/soft-delete-names.ts";
import { toWritten } from "../resource/user-references.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import { requireVisible } from "./visible-attempt.ts";

/** When a swap that was cut off goes on: its last call may still be on its way. */
const RESUME_MS = 30_000;
const NEVER = Number.MAX_SAFE_INTEGER;
/** A swap has three steps, and undoing one has two; more are taken only while others change the same users. */
const MAX_STEPS = 8;

/** One of the two, as the vendor has them; undefined where they are gone. */
export interface Side {
  link: LiveLink;
  native: unknown;
  held: Held;
}
type Sides = readonly [Side | undefined, Side | undefined];

/** The swap as its intents have it. */
interface Swap {
  key: string;
  /** The names at the vendor as they were: the first user's, then the second's. */
  names: [string, string];
  isUndone: boolean;
}

/** "changed": somebody else renamed or deleted one of them meanwhile, and it stays as they left it. */
type Outcome = "swapped" | "undone" | "changed";
type Step = { at: 0 | 1; to: string };

export const swapKey = (first: string, second: string): string => `${first}:${second}`;
const idsOf = (key: string): [string, string] => {
  const [first = "", second = ""] = key.split(":");
  return [first, second];
};
const rowsOf = (job: Job, key: string): Intent[] => findIntentsByKey(job.connection.store, "user.swap", key);

/** The name by which the vendor knows the first user while the names are swapped. */
export const swapName = (id: string, name: string): string => parkingName("swap", id, name);

interface End {
  outcome: Outcome;
  /** Why it was undone, where the vendor has refused a step. */
  refusal?: Fault | undefined;
}

/** Nobody finishes a swap, or calls members by one of its names, while somebody else is at it. */
const alone = <T>(job: Job, key: string, work: () => Promise<T>): Promise<T> =>
  job.connection.object.locks.withLocks([`swap:${key}`], job, () => withRename(job, idsOf(key), work));

// ---- Beginning and finishing ----------------------------------------------------------------------------------------

/**
 * Swaps the names of two users, under their locks and those of their names.
 * @throws Fault the refusal of the vendor, because of which it was undone; another leaves it to be finished
 * @throws ScimError 409 where one of the two was changed meanwhile
 */
export async function swapNames(job: Job, first: Side, second: Side): Promise<void> {
  const { store, object } = job.connection;
  const path = naturalKeyPath(job.connection, "User");
  const names: Swap["names"] = [String(first.held[path]), String(second.held[path])];
  const swap: Swap = { key: swapKey(first.link.id, second.link.id), names, isUndone: false };
  object.atomically(() => {
    for (const [at, { link }] of [first, second].entries()) {
      const value = names[at] ?? null;
      upsertOverlay(store, { linkId: link.id, path, reason: "swap", value, expiresAt: NEVER });
      insertIntent(store, {
        id: createId(job.now()),
        kind: "user.swap",
        linkId: link.id,
        key: swap.key,
        expected: { swap: { names } },
        externalId: null,
        tickets: [],
        state: "open",
        attemptedAt: job.now(),
        actsUntil: 0,
      });
      clearDigests(job, link.id);
    }
  });
  let end: End;
  try {
    end = await alone(job, swap.key, () => settle(job, swap, [first, second]));
  } catch (error) {
    wakeOwed(job, "write", job.now() + RESUME_MS);
    throw error;
  }
  for (const { id } of rowsOf(job, swap.key)) deleteIntent(store, id);
  if (end.outcome === "swapped") return;
  if (end.refusal) throw end.refusal;
  throw new ScimError(409, "one of the two was changed at the product meanwhile");
}

/**
 * Finishes or undoes a swap that was cut off. One that is finished stays as "found", so that the operator's next try does
 * not swap the names back; one whose every step the vendor refuses stays open.
 * @throws ScimError 503 while the vendor's reads may still lag behind it
 */
export async function resolveSwap(job: Job, { key }: Intent): Promise<void> {
  if (key === null) return;
  await alone(job, key, async () => {
    const rows = rowsOf(job, key).filter(({ state }) => state === "open");
    const [row] = rows;
    const { names, isUndone = false } = row?.expected?.swap ?? {};
    if (!row || !names) return;
    requireVisible(job, row);
    for (const id of idsOf(key)) clearDigests(job, id);
    const sides = await readSides(job, key);
    try {
      const { outcome } = await settle(job, { key, names, isUndone }, sides);
      for (const { id } of rows) {
        if (outcome === "swapped" && id === row.id) {
          updateIntent(job.connection.store, id, { linkId: `swap:${key}`, state: "found", attemptedAt: job.now() });
        } else deleteIntent(job.connection.store, id);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      job.trace.notes.add("a swap of names can be neither finished nor undone yet; it is tried again");
    }
  });
}

const readSides = async (job: Job, key: string): Promise<Sides> => {
  const [first, second] = idsOf(key);
  return [await readSide(job, first), await readSide(job, second)];
};

async function readSide(job: Job, id: string): Promise<Side | undefined> {
  const { store, adapter } = job.connection;
  const link = findLiveLink(store, "User", id);
  const record = link && (await readRecord(job, link));
  if (!link || !record) return undefined;
  const held = readHeld(store, link, adapter.user.toScim(record.native), kindOf(job.connection, "User"));
  return { link, native: record.native, held };
}

// ---- The steps ------------------------------------------------------------------------------------------------------

/**
 * Takes step after step until the names are swapped, or as they were before.
 * @throws Fault where the outcome of a step is unknown, or where going back is refused, too
 */
async function settle(job: Job, begun: Swap, given: Sides): Promise<End> {
  let swap = begun;
  let sides = given;
  let refusal: Fault | undefined;
  for (let count = 0; count < MAX_STEPS; count++) {
    const step = nextStep(job, swap, sides);
    if (typeof step === "string") {
      await conclude(job, swap, sides, step);
      return { outcome: step, refusal };
    }
    note(job, swap);
    const effectsBefore = countEffects(job.trace);
    try {
      sides = await take(job, swap, sides, step);
    } catch (error) {
      if (isNotFound(error)) {
        sides = await readSides(job, swap.key);
        continue;
      }
      if (!isRefusal(error)) throw error;
      // The next attempt goes the other way, if this one cannot.
      const isStuck = swap.isUndone;
      swap = { ...swap, isUndone: !isStuck };
      note(job, swap);
      // Of a step that takes several calls some may have been done; reads that lag tell that later.
      const isHalfDone = countEffects(job.trace) > effectsBefore;
      if (isStuck || (isHalfDone && job.connection.readLagMs > 0)) throw error;
      if (isHalfDone) sides = await readSides(job, swap.key);
      refusal = error;
    }
  }
  throw new Fault("unavailable", { detail: "the product changes the two users at the same time; try again" });
}

/** What is left to do, from the names that the two have at the vendor. */
function nextStep(job: Job, { key, names: [a, b], isUndone }: Swap, [first, second]: Sides): Step | Outcome {
  const path = naturalKeyPath(job.connection, "User");
  const [one, other] = [first?.held[path], second?.held[path]];
  const is = (name: Held[string], text: string) => typeof name === "string" && isSameText(name, text);
  const parked = swapName(idsOf(key)[0], a);
  if (is(one, b) && is(other, a)) return "swapped";
  if (is(one, a) && is(other, b)) return isUndone ? "undone" : { at: 0, to: parked };
  if (!is(one, parked)) return "changed";
  if (is(other, a)) return isUndone ? { at: 1, to: b } : { at: 0, to: b };
  return is(other, b) && !isUndone ? { at: 1, to: a } : { at: 0, to: a };
}

/** Remembers where the swap stands, before each step. */
function note(job: Job, { key, names, isUndone }: Swap): void {
  const swap = isUndone ? { names, isUndone: true as const } : { names };
  for (const { id } of rowsOf(job, key)) {
    updateIntent(job.connection.store, id, { expected: { swap }, attemptedAt: job.now() });
  }
}

async function take(job: Job, { key }: Swap, sides: Sides, { at, to }: Step): Promise<Sides> {
  const side = sides[at];
  if (!side) return sides;
  const { connection } = job;
  const path = naturalKeyPath(connection, "User");
  const changed = new Set([path]);
  const { values } = await toWritten(
    job,
    side.link.id,
    { ...side.held, [path]: to, userName: to },
    changed,
    kindOf(connection, "User"),
  );
  const tickets: string[] = [];
  job.onTicket = (ticket) => {
    tickets.push(ticket);
    for (const { id } of rowsOf(job, key)) updateIntent(connection.store, id, { tickets });
  };
  try {
    const native = await withConfirmedNotFound(job, side.link, () =>
      updateRecord(job, side.link.nativeId, { values, changed, native: side.native }),
    );
    const next: Side = { ...side, native, held: { ...side.held, [path]: to } };
    return at === 0 ? [next, sides[1]] : [sides[0], next];
  } finally {
    job.onTicket = undefined;
  }
}

/** Shows both users under the names that they have at the vendor now. */
async function conclude(job: Job, { key }: Swap, sides: Sides, outcome: Outcome): Promise<void> {
  const { connection } = job;
  const { store } = connection;
  const path = naturalKeyPath(connection, "User");
  const changed = new Set([path]);
  connection.object.atomically(() => {
    for (const id of idsOf(key)) deleteOverlay(store, id, path);
    if (outcome === "swapped") exchangeNames(job, idsOf(key));
    for (const side of sides) {
      // Reads that lag may show any of the names that the swap has given.
      if (side) overlayLag(job, side.link.id, {}, { [path]: side.held[path] }, changed);
    }
  });
  for (const side of sides) {
    const link = side && findLiveLink(store, "User", side.link.id);
    if (!link) continue;
    if (outcome === "changed") await hydrate(job, link);
    else await answerWritten(job, link, side.native, connection.adapter.user.toScim(side.native));
  }
}

/** Gives the links of two users each other's names. */
export function exchangeNames(job: Job, ids: readonly [string, string]): void {
  const { store, adapter } = job.connection;
  const [first, second] = ids.map((id) => findLiveLink(store, "User", id));
  if (!first || !second) return;
  const isEmail = adapter.userNameIs !== undefined && job.connection.rules.coupling !== "separate";
  const namesOf = ({ name, nameKey, emailKey }: LiveLink) => ({ name, nameKey, ...(isEmail ? { emailKey } : {}) });
  // As if a client had set them, where the userName is no other spelling of the e-mail [S51].
  const more = { isAlias: true, modifiedAt: job.now() };
  // Of live users each has another key at any time.
  updateLink(store, first.id, { nameKey: null });
  updateLink(store, second.id, { ...namesOf(first), ...more });
  updateLink(store, first.id, { ...namesOf(second), ...more });
  for (const [link, other] of [
    [first, second],
    [second, first],
  ] as const) {
    wakeReferences(job, { ...link, name: other.name });
    oweCopies(job, link.id);
  }
}
