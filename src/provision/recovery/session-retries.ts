// Ends what disabled users still have open, where the disable itself could not do it [S59].

import { Fault } from "../../adapter.ts";
import { findLink, isLive } from "../../store/links.ts";
import { findNextOwed, findOwed, type Owed, upsertOwed } from "../../store/owed.ts";
import { isEverybodys } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { workOneByOne } from "../jobs/slices.ts";
import { resolveIntentsOf } from "./journal.ts";
import { endSessions, forgetSessions, SESSIONS, SESSIONS_PAUSE_MS } from "./open-sessions.ts";
import { isDisablePending } from "./pending-disable.ts";

const DAYS = 7;
const MAX_AGE_MS = DAYS * 86_400_000;

/** Does one slice. @returns when to go on; undefined where nothing is owed */
export function endOwedSessions(job: Job): Promise<number | undefined> {
  const { store, object } = job.connection;
  return workOneByOne(job, {
    place: "sessions_after",
    next: (after) => findNextOwed(store, ["sessions"], after),
    work: (id) => object.locks.withLocks([`link:${id}`], job.deadlineAt, () => endOwed(job, id)),
    againMs: SESSIONS_PAUSE_MS,
  });
}

async function endOwed(job: Job, id: string): Promise<void> {
  const { store } = job.connection;
  // A disable that was cut off may have happened or not.
  await resolveIntentsOf(job, id);
  const owed = findOwed(store, id, SESSIONS);
  if (owed?.kind !== "sessions") return;
  const link = findLink(store, "User", id);
  if (!link || (isLive(link) && link.isActive)) return forgetSessions(job, id);
  // Ended before the account is disabled, they would be opened again.
  if (isDisablePending(job, id)) return;
  try {
    await endSessions(job, link);
  } catch (error) {
    if (!(error instanceof Fault) || isEverybodys(error) || job.now() - owed.since < MAX_AGE_MS) throw error;
    giveUp(job, owed, error);
  }
}

function giveUp({ connection, now }: Job, owed: Owed, { kind }: Fault): void {
  const why = `given up after ${DAYS} days: what the disabled user has open could not be ended (${kind})`;
  upsertOwed(connection.store, { ...owed, kind: "dropped", why, since: now() });
}
