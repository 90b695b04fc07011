// Whether the product accepts Portico's own credential: an alarm from the first call that it refuses until calls are accepted again.

import { findAlarm } from "../../store/alarms.ts";
import type { CredentialVerdict } from "../../upstream/client.ts";
import type { Job } from "../jobs/job.ts";
import { closeAlarm, raiseAlarm } from "./raise-alarm.ts";

const KIND = "credential-refused";
/** Without a refusal for so long a call that is accepted says that it is over: a product may refuse some records only. */
const SETTLED_MS = 10 * 60_000;

/**
 * Judges the calls of one connection, as it was opened: after a change of its settings the first call that is accepted counts. While
 * nothing is refused, a call that is accepted costs nothing. Where the product refuses one operation only (403), the same operation
 * must be accepted.
 */
export function createCredentialWatch(job: Pick<Job, "connection" | "now">): (verdict: CredentialVerdict) => void {
  let open: { endpoint: string | null } | undefined;
  let hasLooked = false;
  let refusedAt = Number.NEGATIVE_INFINITY;
  const look = () => {
    const alarm = findAlarm(job.connection.store, KIND);
    open = alarm && { endpoint: alarm.reason };
    hasLooked = true;
  };
  return ({ isAccepted, status, endpoint }) => {
    if (!hasLooked) look();
    if (!isAccepted) {
      refusedAt = job.now();
      if (open) return;
      open = { endpoint: status === 403 ? endpoint : null };
      raiseAlarm(job, { kind: KIND, count: 1, reason: open.endpoint });
      return;
    }
    const isIt = open !== undefined && (open.endpoint === null || open.endpoint === endpoint);
    if (!isIt || Math.abs(job.now() - refusedAt) < SETTLED_MS) return;
    closeAlarm(job, KIND);
    open = undefined;
  };
}
