// What waits for a person to look at: raised by sweeps and requests, closed when it is over, acknowledged by an
// administrator [S10] [S57] [S58].

import {
  type Alarm,
  type AlarmKind,
  acknowledgeAlarms,
  countOpenAlarms,
  deleteAlarm,
  findAlarm,
  upsertAlarm,
} from "../../store/alarms.ts";
import { forgetBehind } from "../../store/digests.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import type { WebhookEvent } from "../../store/webhook-events.ts";
import type { Job } from "../jobs/job.ts";
import { sentenceWithoutIds } from "./alarm-sentences.ts";
import { oweNotice } from "./notices.ts";

/** So many of the users or groups that an alarm concerns are listed. */
export const MAX_IDS = 200;

type Work = Pick<Job, "connection" | "now">;

/** Kinds of alarms that have an event of their own; the others are `alarm.raised`. */
const EVENTS: Partial<Record<AlarmKind, WebhookEvent>> = {
  "credential-refused": "credential.refused",
  silent: "connection.silent",
};

/** What is wrong, as the one who finds it says. */
export type Raised = Pick<Alarm, "kind" | "count"> &
  Partial<Pick<Alarm, "subject" | "since" | "ids" | "total" | "reason" | "pass" | "heldAt">>;

/**
 * Raises an alarm, or replaces what an open one concerns. One that was acknowledged stays so unless it concerns more by
 * now.
 */
export function raiseAlarm(job: Work, raised: Raised): void {
  const { store, name, object } = job.connection;
  const { subject = "", ids = [] } = raised;
  const known = findAlarm(store, raised.kind, subject);
  const isSettled = known !== undefined && known.acknowledgedAt !== null && raised.count <= known.count;
  const base = { subject, since: job.now(), total: null, reason: null, pass: null, heldAt: null };
  const open = { acknowledgedAt: null, acknowledgedBy: null };
  if (isSettled) {
    upsertAlarm(store, { ...known, pass: raised.pass ?? null });
    return;
  }
  const isNew = known === undefined || known.acknowledgedAt !== null;
  const since = isNew ? {} : { since: known.since, heldAt: known.heldAt };
  const alarm: Alarm = { ...base, ...raised, subject, ids: ids.slice(0, MAX_IDS), ...since, ...open };
  object.atomically(() => {
    upsertAlarm(store, alarm);
    if (isNew) tellWebhooks(job, alarm);
  });
  if (!isNew) return;
  if (!object.isShadow) console.warn(`connection ${name}: alarm ${raised.kind}, ${raised.count} concerned`);
  tellCount(job);
}

function tellWebhooks(job: Work, alarm: Alarm): void {
  const { kind, count, total } = alarm;
  oweNotice(job, EVENTS[kind] ?? "alarm.raised", { kind, count, total, says: sentenceWithoutIds(alarm) });
}

/** What an alarm was raised for is over. */
export function closeAlarm(job: Work, kind: AlarmKind, subject = ""): void {
  if (deleteAlarm(job.connection.store, kind, subject)) tellCount(job);
}

/** Whether an administrator has accepted what an alarm said of at least so many users or groups. */
export function isAcknowledged({ connection }: Pick<Job, "connection">, kind: AlarmKind, subject: string, count = 0) {
  const alarm = findAlarm(connection.store, kind, subject);
  return alarm !== undefined && alarm.acknowledgedAt !== null && count <= alarm.count;
}

/** Whether an alarm waits for an administrator. */
export function isOpen({ connection }: Pick<Job, "connection">, kind: AlarmKind, subject = ""): boolean {
  return findAlarm(connection.store, kind, subject)?.acknowledgedAt === null;
}

/** Notes that an administrator has seen the open alarms of a kind, or the one about a subject. Gives those that were open. */
export function acknowledge(job: Work, kind: AlarmKind, subject: string | undefined, by: string): Alarm[] {
  const { store } = job.connection;
  const found = acknowledgeAlarms(store, kind, subject, { acknowledgedAt: job.now(), acknowledgedBy: by });
  // What the product shows is what counts from now on.
  if (kind === "product-restored" && found.length > 0) forgetBehind(store);
  if (found.length > 0) tellCount(job);
  return found;
}

/** The list of connections shows how many are open, and D1 may not answer now. */
function tellCount({ connection, now }: Work): void {
  if (connection.object.isShadow) return;
  upsertDueJob(connection.store, { job: "alarms", dueAt: now(), failures: 0 });
  connection.object.setAlarm();
}

/** Tells D1 how many alarms are open. */
export function publishCount({ connection }: Pick<Job, "connection">): Promise<void> {
  return connection.object.tellAlarms(countOpenAlarms(connection.store));
}
