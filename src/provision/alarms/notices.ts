// What webhooks are told of a connection: written into the register of what is owed beside its cause, so that no kill loses it, and
// from there handed to the deployment's object [S63].

import { ScimError } from "../../scim/messages.ts";
import { createId } from "../../store/identifier.ts";
import { deleteOwedById, listDueOwed, type Owed, upsertOwed } from "../../store/owed.ts";
import type { Notice, NoticeData, WebhookEvent } from "../../store/webhook-events.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";

/** Events that are handed over in one call. */
const TOGETHER = 100;

/** Call it in the transaction of the cause. @param data no value of a person or record, no SCIM id */
export function oweNotice(job: Pick<Job, "connection" | "now">, type: WebhookEvent, data: NoticeData): void {
  const { store, object } = job.connection;
  // What only plan mode's copy has met has not happened.
  if (object.isShadow) return;
  const now = job.now();
  const operation = { op: type, value: data };
  const why = "the deployment's object takes it over at once";
  upsertOwed(store, { kind: "notice", linkId: createId(now), key: "notice", operation, why, since: now, dueAt: now });
  wakeOwed(job, "notice");
}

export const owedNotices: RowKind = {
  name: "notice",
  mode: "replay",
  says: {
    what: "webhooks are to be told of an event; nothing is sent to the product",
    superseded: "nothing",
    shown: "nothing: it is about no user or group",
    dropped: "no webhook is told of it",
  },
  together: ({ connection, now }) => listDueOwed(connection.store, "notice", now(), TOGETHER),
  async work({ connection }, rows) {
    const { id, name, object, store } = connection;
    try {
      await object.tellNotices(rows.map((row) => toNotice(row, { id, name })));
    } catch (cause) {
      throw new ScimError(503, "the deployment's object could not be reached", { cause });
    }
    object.atomically(() => {
      for (const row of rows) deleteOwedById(store, row.id);
    });
  },
};

const toNotice = ({ linkId, operation, since }: Owed, connection: { id: string; name: string }): Notice => ({
  id: linkId,
  // Both were written as such.
  type: operation.op as WebhookEvent,
  data: operation.value as NoticeData,
  at: since,
  connection,
});
