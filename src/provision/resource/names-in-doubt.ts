// For vendors whose groups name members by e-mail: a membership call never uses a name that is being changed or that is in
// doubt, because the answer to a rename was lost [S23] [S24].

import type { Adapter } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { findIntentsOf, type Intent, listOpenIntents } from "../../store/journal.ts";
import { findLiveLink, isLive, type LiveLink, type NativeLink } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { groupsLocks } from "./groups-in-records.ts";
import { hydrate } from "./hydrate.ts";

/** Taken after the locks of links and names, and before those of seats. */
const nameLock = (userId: string) => `name of:${userId}`;

const namesByEmail = ({ group }: Adapter): boolean => group?.members.by === "email";

/** Runs a write that renames users while no membership call uses their names. */
export function withRename<T>(job: Job, userIds: readonly string[], work: () => Promise<T>): Promise<T> {
  const { adapter, object } = job.connection;
  return namesByEmail(adapter) ? object.locks.withLocks(userIds.map(nameLock), job, work) : work();
}

/** Runs a membership call with the users' present names at the vendor; nobody is renamed, and no record with their groups written, meanwhile. */
export async function withCurrentNames<T, L extends NativeLink>(
  job: Job,
  links: readonly L[],
  call: (links: readonly (L | LiveLink)[]) => Promise<T>,
): Promise<T> {
  const { adapter, store, object } = job.connection;
  const byEmail = namesByEmail(adapter);
  const keys = [...(byEmail ? links.map((link) => nameLock(link.id)) : []), ...groupsLocks(job.connection, links)];
  if (keys.length === 0) return call(links);
  return object.locks.withLocks(keys, job, async () => {
    if (!byEmail) return call(links);
    for (const link of links) {
      requireNoSwap(job, link.id);
      if (isLive(link) && isNameInDoubt(job, link.id)) await hydrate(job, link);
    }
    return call(links.map((link) => findLiveLink(store, "User", link.id) ?? link));
  });
}

/** What the vendor calls a user is not known while a swap of names that was cut off is not finished. */
function requireNoSwap({ connection }: Job, userId: string): void {
  const isOpen = ({ kind, state }: Intent) => kind === "user.swap" && state === "open";
  if (!findIntentsOf(connection.store, userId).some(isOpen)) return;
  throw new ScimError(503, "the names of two users are being swapped; try again", { retryAfterSeconds: 10 });
}

/** Whether an earlier write may have renamed the user although its answer was lost. */
const isNameInDoubt = ({ connection }: Job, userId: string): boolean =>
  findIntentsOf(connection.store, userId).some(({ kind, state }) => kind === "user.update" && state === "open");

/** Reads the users whose name is in doubt, so that a name in a member list is found. */
export async function readNamesInDoubt(job: Job): Promise<void> {
  const { store } = job.connection;
  for (const { kind, linkId } of listOpenIntents(store, Number.MAX_SAFE_INTEGER)) {
    const link = kind === "user.update" ? findLiveLink(store, "User", linkId) : undefined;
    if (link) await hydrate(job, link);
  }
}
