// Two identities that share one account, such as a guest and a member with one address: what one of them loses must not be
// taken from the other [S57].

import { ScimError } from "../../scim/messages.ts";
import { type Alarm, findAlarm, upsertAlarm } from "../../store/alarms.ts";
import type { LiveLink } from "../../store/links.ts";
import { raiseAlarm } from "../alarms/raise-alarm.ts";
import { wasMatched } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";

const HELD_MS = 86_400_000;
const RETRY_AFTER_SECONDS = 900;

/** Whether a request that has matched an active user gives them another externalId. */
export const isOtherIdentity = (job: Job, { id, isActive, externalId }: LiveLink, next: string | null): boolean =>
  isActive && externalId !== null && next !== null && externalId !== next && wasMatched(job, id);

export function raiseTwoIdentities(job: Job, linkId: string): void {
  raiseAlarm(job, { kind: "two-identities", subject: linkId, ids: [linkId], count: 1, since: job.now() });
}

/** The open alarm of a user who got another externalId within a day; undefined where there is none. */
export function findSharedAccount(
  { connection, now }: Pick<Job, "connection" | "now">,
  { id, isActive }: LiveLink,
): Alarm | undefined {
  const alarm = findAlarm(connection.store, "two-identities", id);
  if (!alarm || !isActive || alarm.acknowledgedAt !== null || now() - alarm.since >= HELD_MS) return undefined;
  return alarm;
}

export const whyShared = ({ since }: Alarm): string =>
  `the externalId of this user was changed at ${new Date(since).toISOString()} after a match by name, so two ` +
  "identities may share one account, and taking it from one takes it from both";

/**
 * Holds what would disable or delete a user who got another externalId lately, until an administrator has looked.
 * @throws ScimError 503 saying why, and how it is let through
 */
export function requireOneIdentity(job: Job, link: LiveLink): void {
  const { store, name, object } = job.connection;
  const alarm = findSharedAccount(job, link);
  if (!alarm) return;
  if (object.isShadow) {
    job.trace.notes.add("held because two identities may share this account, were it not a plan");
    return;
  }
  job.trace.notes.add("held because two identities may share this account");
  upsertAlarm(store, { ...alarm, heldAt: alarm.heldAt ?? job.now() });
  throw new ScimError(
    503,
    `held: ${whyShared(alarm)}. Nothing was changed. If it is ` +
      `intended, an administrator of the gateway lets it through with “portico connection acknowledge ${name} ` +
      `two-identities:${link.id}”; the request is then accepted when it is sent again`,
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
}
