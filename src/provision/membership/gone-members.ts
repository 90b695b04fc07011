// A whole member list that names users who are gone: they are left out, so that those who leave do leave [S14].

import type { Delta } from "../../scim/members.ts";
import { findLink, isLive } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";

/** How many ids one note names. */
const MAX_NAMED = 10;

/** The deltas without the users of a `replace` who were known here and are gone; an id that nobody had stays in them. */
export function withoutGone(job: Job, deltas: readonly Delta[]): readonly Delta[] {
  const { store } = job.connection;
  const gone = new Set<string>();
  const isGone = (id: string) => {
    const link = findLink(store, "User", id);
    if (!link || isLive(link)) return false;
    gone.add(id);
    return true;
  };
  const present = deltas.map((delta) =>
    delta.op === "replace" ? { ...delta, values: delta.values.filter((id) => !isGone(id)) } : delta,
  );
  if (gone.size > 0) {
    const named = [...gone].slice(0, MAX_NAMED).join(", ");
    job.trace.notes.add(`members: ${gone.size} users who are gone were left out: ${named}`);
  }
  return present;
}
