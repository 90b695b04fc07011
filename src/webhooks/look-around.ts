// What no connection's object tells: that the break-glass token was used, and that a credential of an identity provider ends soon.

import { GATEWAY_SENTENCES } from "../auth/callers.ts";
import { noticeable, warningOf } from "../auth/expiry.ts";
import { listUntoldAlarms, setAlarmTold } from "../store/api-keys.ts";
import type { Control } from "../store/control.ts";
import { listEndingCredentials } from "../store/entrance.ts";
import type { Notice } from "../store/webhook-events.ts";

/** @param tell hands events over; one that is told again, by its id, is told once */
export async function lookAround(
  control: Control,
  tell: (notices: readonly Notice[]) => Promise<void>,
  now: number,
): Promise<void> {
  const alarms = await listUntoldAlarms(control);
  await tell(
    alarms.map(({ kind, since }) => ({
      id: `${kind}-${since}`,
      type: "deployment.break_glass",
      at: since,
      connection: null,
      data: { says: GATEWAY_SENTENCES[kind] },
    })),
  );
  for (const { kind, since } of alarms) await setAlarmTold(control, kind, since, now);
  await tell(await listExpiring(control, now));
}

async function listExpiring(control: Control, now: number): Promise<Notice[]> {
  const ending = await listEndingCredentials(control, now, noticeable(now).to);
  return ending.flatMap(({ credential, connection }) => {
    const days = warningOf(credential, now);
    if (days === undefined) return [];
    const { id, kind, expiresAt } = credential;
    return {
      // Each step once, whatever happens in between.
      id: `expiring-${id}-${days}`,
      type: "credential.expiring",
      at: now,
      connection,
      data: { credential: id, kind, days, expiresAt: new Date(expiresAt).toISOString() },
    };
  });
}
