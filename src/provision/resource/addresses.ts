// Vendors whose groups name their members by e-mail: a name that is changing, or in doubt, names nobody [S23] [S24].

import type { Adapter } from "../../adapter.ts";
import { findIntentsOf, listOpenIntents } from "../../store/journal.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { hydrate } from "./hydrate.ts";

/** Taken after the locks of links and names, and before those of seats. */
const addressKey = (userId: string) => `name of:${userId}`;

const isByEmail = ({ group }: Adapter): boolean => group?.members.by === "email";

/** Runs a write that renames a user while no membership call uses the name. */
export function renaming<T>(job: Job, userId: string, work: () => Promise<T>): Promise<T> {
  const { adapter, locks } = job.connection;
  return isByEmail(adapter) ? locks.hold([addressKey(userId)], job.deadlineAt, work) : work();
}

/** Runs a membership call with users as the vendor calls them now; nobody is renamed meanwhile. */
export async function named<T>(
  job: Job,
  links: readonly LiveLink[],
  call: (links: readonly LiveLink[]) => Promise<T>,
): Promise<T> {
  const { adapter, locks, store } = job.connection;
  if (!isByEmail(adapter)) return call(links);
  const keys = links.map((link) => addressKey(link.id));
  return locks.hold(keys, job.deadlineAt, async () => {
    for (const link of links) if (isInDoubt(job, link.id)) await hydrate(job, link);
    return call(links.map((link) => findLiveLink(store, "User", link.id) ?? link));
  });
}

/** Whether an earlier write may have renamed the user although its answer was lost. */
const isInDoubt = ({ connection }: Job, userId: string): boolean =>
  findIntentsOf(connection.store, userId).some(({ kind, state }) => kind === "user.update" && state === "open");

/** Reads everybody anew whose name is in doubt, so that a name which a list shows is found. */
export async function refreshNames(job: Job): Promise<void> {
  const { store } = job.connection;
  for (const { kind, linkId } of listOpenIntents(store, Number.MAX_SAFE_INTEGER)) {
    const link = kind === "user.update" ? findLiveLink(store, "User", linkId) : undefined;
    if (link) await hydrate(job, link);
  }
}
