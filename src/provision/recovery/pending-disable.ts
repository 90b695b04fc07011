// Disables that the vendor could not do yet: shown as done, and tried again until they are done [S19].

import type { Fault } from "../../adapter.ts";
import { deleteOverlay, findOverlays } from "../../store/journal.ts";
import { findLink, type Link, type NativeLink, updateLink } from "../../store/links.ts";
import { countOwed, type Owed } from "../../store/owed.ts";
import { isNotFound, isOutage, waitsForPerson } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { nextTogether } from "../jobs/owed-schedule.ts";
import { nextAttempt } from "../jobs/retry-delay.ts";
import { isProtected } from "../protection/protected-principals.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { readTogether } from "../resource/batch-read.ts";
import { readHeld } from "../resource/held-values.ts";
import { type Hydrated, overlayLag } from "../resource/hydrate.ts";
import { remainingSeat } from "../resource/link-keys.ts";
import { confirmNotFound } from "../resource/not-found.ts";
import { oweDisable } from "../resource/owed-disables.ts";
import { noteWrite } from "../resource/record-drift.ts";
import { updateRecord } from "../resource/record-update.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { toWritten } from "../resource/user-references.ts";
import { shortenUnchanged } from "../resource/wanted-values.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { endingSessions } from "./open-sessions.ts";

/**
 * How often a vendor is asked again that cannot do it yet or has refused; each time may cost calls of a day's budget.
 */
const PENDING_MS = 3_600_000;

/** Whether a disable that failed so is remembered and tried again. */
export const canDisableLater = (error: unknown): error is Fault => isOutage(error) || waitsForPerson(error);

export const owedDisables: RowKind = {
  name: "disable",
  mode: "lookup",
  says: {
    what: "the product could not take a deactivation that the client was told of, or that an administrator has applied",
    superseded: "a later change of `active`",
    shown: "the user is inactive",
    dropped: "the user is shown as the product has them, active as a rule",
  },
  everyMs: (error) => (isOutage(error) ? undefined : PENDING_MS),
  prepare: readDue,
  async work(job, rows, known) {
    for (const { linkId } of rows) {
      await job.connection.object.locks.withLocks([`link:${linkId}`], job, () =>
        retryDisable(job, linkId, known as ReadonlyMap<string, unknown>),
      );
    }
  },
  writes({ connection: { store, adapter } }) {
    const callsOfOne = adapter.user.endSessions ? 2 : 1;
    return callsOfOne * countOwed(store, { kind: "disable" });
  },
  drop({ connection }, { linkId }) {
    deleteOverlay(connection.store, linkId, "active");
    updateLink(connection.store, linkId, { isActive: true });
  },
};

/** Whether a disable that a client was told of is still to be done at the vendor. */
export const isDisablePending = (job: Job, linkId: string): boolean =>
  findOverlays(job.connection.store, linkId, job.now()).some((overlay) => overlay.reason === "deactivation");

/** Whether a user is inactive without having been disabled, and can become active without Portico. */
export const isDormant = ({ connection }: Job, { native, held }: Pick<Hydrated, "native" | "held">): boolean =>
  native !== undefined && held.active === false && connection.adapter.user.isDormant?.(native) === true;

/** Shows a user as inactive from now on, and goes on trying. */
export function rememberDisable(job: Job, linkId: string, why: Fault): void {
  job.trace.notes.add("the product could not deactivate this user yet; it is shown as inactive and tried again");
  const isWaiting = waitsForPerson(why);
  const next = isWaiting ? { dueAt: nextTogether(job, "disable", PENDING_MS) } : nextAttempt(0, why, job.now());
  oweDisable(job, linkId, {
    why: isWaiting ? "the product waits for the person" : "the product could not do it yet",
    ...next,
  });
}

/** Switches a native account off, by verb or by value, and ends what is open; the record as it stands afterwards. */
export const disableNatively = (
  job: Job,
  link: Pick<NativeLink, "id" | "nativeId">,
  native: unknown,
  held: Held,
): Promise<unknown> => endingSessions(job, link, () => switchOff(job, link, native, held));

async function switchOff(
  job: Job,
  link: Pick<NativeLink, "id" | "nativeId">,
  native: unknown,
  held: Held,
): Promise<unknown> {
  const { user } = job.connection.adapter;
  const { nativeId } = link;
  if (user.setActive) {
    return withPartTold(job, "active", async () => user.setActive?.(job.api, nativeId, false, native));
  }
  const kind = kindOf(job.connection, "User");
  const changed = new Set(["active"]);
  const fitting = shortenUnchanged(job, { held: { ...held, active: false }, changed }, kind);
  const { values } = await toWritten(job, link.id, fitting, changed, kind);
  return withPartTold(job, "active", () => updateRecord(job, nativeId, { values, changed, native }));
}

/**
 * The records of the users that are due, by one read for many where the vendor has one and disables by an operation of
 * its own; where it disables by writing values, each record is read under its lock instead.
 */
async function readDue(job: Job, due: readonly Owed[]): Promise<Map<string, unknown>> {
  const { adapter, store } = job.connection;
  await adapter.user.refresh?.(job.api);
  if (!adapter.user.setActive) return new Map();
  return readTogether(
    job,
    "User",
    due.flatMap(({ linkId }) => findLink(store, "User", linkId)?.nativeId ?? []),
  );
}

async function retryDisable(job: Job, linkId: string, known: ReadonlyMap<string, unknown>): Promise<void> {
  const { connection } = job;
  // A request has taken its place while the lock was waited for.
  if (!isDisablePending(job, linkId)) return;
  const link = findLink(connection.store, "User", linkId);
  // A user who is protected by now stays active, and reads show that.
  const staysActive = link !== undefined && isProtected(job, link);
  const asked = staysActive ? null : link?.nativeId;
  const native = link && asked ? await disableIfActive(job, link, asked, known.get(asked)) : undefined;
  connection.object.atomically(() => {
    deleteOverlay(connection.store, linkId, "active");
    // Reads that lag would show the user as active once more.
    if (native !== undefined) overlayLag(job, linkId, {}, { active: false });
    noteWrite(job, linkId);
    if (!link) return;
    updateLink(
      connection.store,
      linkId,
      staysActive ? { isActive: true } : { seat: remainingSeat(connection, link, native) },
    );
  });
}

/** Disables a user who is still active. @returns the record afterwards; undefined where the user is gone */
async function disableIfActive(job: Job, link: Link, nativeId: string, known: unknown): Promise<unknown> {
  const { connection } = job;
  const { user } = connection.adapter;
  let native = known;
  try {
    native ??= await user.read(job.api, nativeId);
    const held = readHeld(connection.store, link, user.toScim(native), kindOf(connection, "User"));
    if (held.active === false && !isDormant(job, { native, held })) return native;
    return await disableNatively(job, { id: link.id, nativeId }, native, held);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await confirmNotFound(job, link);
    return undefined;
  }
}
