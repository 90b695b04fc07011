// Whether the product accepts Portico's own credential: an alarm from the first call that it refuses to the next that it accepts.

import { findAlarm } from "../../store/alarms.ts";
import type { CredentialVerdict } from "../../upstream/client.ts";
import type { Job } from "../jobs/job.ts";
import { closeAlarm, raiseAlarm } from "./raise-alarm.ts";

const KIND = "credential-refused";

/**
 * Judges the calls of one connection. While nothing is refused, a call that is accepted costs nothing.
 * Where the product refuses one operation only (403), the same operation must be accepted before it counts as over.
 */
export function createCredentialWatch(job: Pick<Job, "connection" | "now">): (verdict: CredentialVerdict) => void {
  let known: { endpoint: string | null } | null | undefined;
  const look = () => {
    const alarm = findAlarm(job.connection.store, KIND);
    return alarm ? { endpoint: alarm.reason } : null;
  };
  return ({ isAccepted, status, endpoint }) => {
    if (known === undefined) known = look();
    if (!isAccepted) {
      if (known) return;
      const only = status === 403 ? endpoint : null;
      raiseAlarm(job, { kind: KIND, count: 1, reason: only });
      known = { endpoint: only };
    } else if (known && (known.endpoint === null || known.endpoint === endpoint)) {
      closeAlarm(job, KIND);
      known = null;
    }
  };
}
