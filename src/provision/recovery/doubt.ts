// Opens the doubt about a record when a write to it ended without an answer [S46].

import { findNextDoubt, openDoubt } from "../../store/doubts.ts";
import type { Intent } from "../../store/journal.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { mayStillAct } from "../resource/doubtful-create.ts";

/** What an open write may still change at the vendor, until its calls can no longer act. */
export function noteDoubt(job: Job, intent: Intent): void {
  const { connection } = job;
  const { store } = connection;
  if (!mayStillAct(job, intent)) return;
  const { joining = [], leaving = [] } = intent.expected ?? {};
  openDoubt(store, {
    linkId: intent.linkId,
    endsAt: intent.actsUntil,
    paths: pathsOf(job, intent),
    joining,
    leaving,
    makes: intent.kind === "user.activate",
  });
  wakeOwed(job, "doubt", findNextDoubt(store));
}

/**
 * The other attempts at a create that has an outcome now: as long as the record has its name, none of them can make it
 * again.
 */
export function noteOtherCreates(job: Job, linkId: string, attempts: readonly Intent[]): void {
  const { store } = job.connection;
  const others = attempts.filter((intent) => intent.state === "open" && mayStillAct(job, intent));
  if (others.length === 0) return;
  const endsAt = Math.max(...others.map(({ actsUntil }) => actsUntil));
  openDoubt(store, { linkId, endsAt, paths: [], makes: true });
  wakeOwed(job, "doubt", findNextDoubt(store));
}

/** null: the call carries the whole record. */
function pathsOf({ connection }: Job, { kind, expected }: Intent): string[] | null {
  const { user } = connection.adapter;
  const paths = expected?.paths ?? Object.keys(expected?.before ?? {});
  switch (kind) {
    case "user.update": {
      const byVerb = user.setActive !== undefined && paths.every((path) => path === "active");
      return user.updateNeeds === "wholeRecord" && !byVerb ? null : paths;
    }
    case "user.activate":
      return null;
    case "user.delete":
      return ["active"];
    default:
      return ["displayName", ...paths];
  }
}
