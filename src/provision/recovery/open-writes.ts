// Writes whose end is unknown and that no client has sent again: looked up by the alarm [S23].

import { Fault } from "../../adapter.ts";
import {
  countOpenIntents,
  deleteIntent,
  findIntentsOf,
  findLastAttempt,
  type Intent,
  listOpenIntents,
  updateIntent,
} from "../../store/journal.ts";
import { isEverybodys } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { OwedStatus, OwnKind } from "../jobs/owed-kind.ts";
import { resolveIntent } from "./intent-resolution.ts";
import { IN_FLIGHT_MS } from "./journal.ts";

export const openWrites: OwnKind = {
  name: "write",
  mode: "lookup",
  says: {
    what: "a write to the product ended without an answer: it may have happened or not",
    superseded: "the client's own retry, or the next write to the same user or group, which look it up first",
    shown: "what the product has",
    dropped: "it is not looked up any more: what a create may have made is found by the next sweep",
  },
  nextDue(store) {
    const last = findLastAttempt(store);
    return last === undefined ? undefined : last + IN_FLIGHT_MS;
  },
  run: resolveAbandoned,
  list: ({ connection }) => listOpenIntents(connection.store, Number.MAX_SAFE_INTEGER).map(toStatus),
  count: ({ connection }) => countOpenIntents(connection.store),
  countFailing: ({ connection }) => countOpenIntents(connection.store),
  retry: ({ connection }, id) => updateIntent(connection.store, id, { attemptedAt: 0 }),
  drop({ connection }, id) {
    const open = listOpenIntents(connection.store, Number.MAX_SAFE_INTEGER).find((one) => one.id === id);
    if (open?.kind === "user.swap")
      return "half a swap of two names cannot be given up; it is finished or undone by itself";
    deleteIntent(connection.store, id);
    return undefined;
  },
};

/** One that cannot be resolved yet goes behind the others. */
async function resolveAbandoned(job: Job, endsAt: number): Promise<void> {
  const { store, object } = job.connection;
  for (const intent of listOpenIntents(store, job.now() - IN_FLIGHT_MS + 1)) {
    if (job.now() > endsAt) return;
    const names = intent.kind === "group.create" ? "group" : "name";
    const keys = [`link:${intent.linkId}`, ...(intent.key ? [`${names}:${intent.key}`] : [])];
    try {
      await object.locks.withLocks(keys, job, async () => {
        const [still] = findIntentsOf(store, intent.linkId).filter((one) => one.id === intent.id);
        if (still?.state === "open") await resolveIntent(job, still);
      });
    } catch (error) {
      if (error instanceof Fault && isEverybodys(error)) throw error;
      updateIntent(store, intent.id, { attemptedAt: job.now() });
    }
  }
}

function toStatus({ id, kind, linkId, attemptedAt }: Intent): OwedStatus {
  const [type = "", what = ""] = kind.split(".");
  return {
    id,
    kind: "write",
    user: type === "user" ? linkId.replace(/^seat:/, "") : null,
    group: type === "group" ? linkId : null,
    what,
    why: "the product did not answer, or the gateway was stopped",
    since: attemptedAt,
    nextAttemptAt: attemptedAt + IN_FLIGHT_MS,
    failures: 0,
    isParked: false,
  };
}
