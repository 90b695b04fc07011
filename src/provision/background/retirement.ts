// Retires users who have been inactive for as long as the operator of the connection says: takes back the licence that
// Portico gave, or deletes the user as the connection deletes; never unless it was chosen [S58].

import { ScimError } from "../../scim/messages.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import { deleteFact } from "../../store/facts.ts";
import { findLiveLink, findNextInactive, type LiveLink } from "../../store/links.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { workOneByOne } from "../jobs/slices.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { isDisablePending } from "../recovery/pending-disable.ts";
import { withBrake } from "../safeguards/brake.ts";
import { takeSeatBack } from "../seats/seat-grant.ts";
import { deleteUser } from "../users/user-deletion.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LAST_RETIRED = "last_retired";

/** After each change of the connection: retirement begins as soon as it is chosen. */
export function scheduleRetirement({ store, rules }: OpenConnection, now: number): void {
  if (rules.retireAfterDays !== null) upsertDueJob(store, { job: "retirement", dueAt: now, failures: 0 });
}

/** Retires, for one slice, the users whose time has come. @returns when to go on; undefined where nobody is retired */
export async function retireInactive(job: Job): Promise<number | undefined> {
  const { store, rules } = job.connection;
  const { retireAfterDays, retire } = rules;
  if (retireAfterDays === null) return undefined;
  if (isProductRestored(job)) return job.now() + HOUR_MS;
  const before = job.now() - retireAfterDays * DAY_MS;
  const withSeat = retire === "release";
  try {
    const next = await workOneByOne(job, {
      place: LAST_RETIRED,
      next: (after) => findNextInactive(store, after, { before, withSeat })?.id,
      work: (id) => retireUser(job, id),
      againMs: DAY_MS,
    });
    return next ?? job.now() + DAY_MS;
  } catch (error) {
    // The brake holds, and an administrator has to look; protection was changed meanwhile.
    if (!(error instanceof ScimError)) throw error;
    deleteFact(store, LAST_RETIRED);
    return job.now() + HOUR_MS;
  }
}

async function retireUser(job: Job, id: string): Promise<void> {
  const { store, object, rules } = job.connection;
  const isDue = (link: LiveLink | undefined): link is LiveLink =>
    link !== undefined && !link.isActive && !isProtected(job, link) && !isDisablePending(job, id);
  const link = findLiveLink(store, "User", id);
  if (!isDue(link)) return;
  if (rules.retire === "delete") return deleteUser(job, id, undefined);
  await object.locks.withLocks([`link:${id}`], job, async () => {
    // The user may have come back while the lock was waited for.
    if (isDue(findLiveLink(store, "User", id)))
      await withBrake(job, { about: id, effects: [{ kind: "licence", subjects: [id] }] }, () => takeSeatBack(job, id));
  });
}
