// Ends what disabled users still have open, where the disable itself could not do it [S59].

import { findLink, isLive } from "../../store/links.ts";
import { findOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { resolveIntentsOf } from "./journal.ts";
import { endSessions, forgetSessions, SESSIONS, SESSIONS_PAUSE_MS } from "./open-sessions.ts";
import { isDisablePending } from "./pending-disable.ts";

export const owedSessions: RowKind = {
  name: "sessions",
  mode: "replay",
  says: {
    what: "what a disabled user has open at the product is to be ended",
    superseded: "the user's activation",
    shown: "nothing: the user is inactive already",
    dropped: "what the user has open stays open until it ends by itself",
  },
  everyMs: () => SESSIONS_PAUSE_MS,
  maxDays: 7,
  async work(job, rows) {
    for (const { linkId } of rows) {
      await job.connection.object.locks.withLocks([`link:${linkId}`], job, () => endOwed(job, linkId));
    }
  },
};

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
  await endSessions(job, link);
}
