// An administrator lets two users swap their userNames, which no request of a client can do: each is taken [S59].

import { ScimError } from "../../scim/messages.ts";
import { deleteIntent, findIntentsByKey } from "../../store/journal.ts";
import { findLiveLink, type LiveLink } from "../../store/links.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import { type Claim, withNameLocks } from "../locks/name-claims.ts";
import { resolveIntentsOf } from "../recovery/journal.ts";
import { exchangeNames, type Side, swapKey, swapName, swapNames } from "../recovery/name-swap.ts";
import { isNameOnLink } from "../resource/email-coupling.ts";
import { hydrate } from "../resource/hydrate.ts";
import { waitsForPerson } from "../resource/pending-addresses.ts";
import { lengthLimit } from "../resource/value-checks.ts";
import { requireBrakeFree } from "../safeguards/brake.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";

/** "earlier": an earlier call had done it, whose answer was lost. */
export type SwapOutcome = "swapped" | "earlier";

/**
 * Swaps the userNames of two users, and what is one value with them.
 * @throws ScimError 400, 403, 404, 409 before the first call that changes anything; 409 where the product refused and it
 * was undone
 * @throws Fault where its outcome is unknown, so that it is finished or undone later
 */
export async function swapUsers(job: Job, first: string, second: string): Promise<SwapOutcome> {
  if (first === second) throw new ScimError(400, "a user cannot swap names with themselves; name two users");
  const { store } = job.connection;
  const names = [first, second].flatMap((id) => keysOf(findLiveLink(store, "User", id)));
  const links = [`link:${first}`, `link:${second}`];
  return withNameLocks(job, "name", names, links, (claim) => plan(job, first, second, claim), write);

  async function write(planned: readonly [Side, Side] | undefined): Promise<SwapOutcome> {
    if (!planned) return "earlier";
    if (isNameOnLink(job.connection)) job.connection.object.atomically(() => exchangeNames(job, [first, second]));
    else await orTaken(() => swapNames(job, ...planned));
    return "swapped";
  }
}

/** What the product refuses is not the administrator's mistake, and was undone. */
async function orTaken(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw taken(`${error.detail ?? `the product refused a step (${error.kind})`}; every step was taken back`);
  }
}

const keysOf = (link: LiveLink | undefined): string[] =>
  [link?.nameKey, link?.emailKey].filter((key) => typeof key === "string");

/** Undefined where an earlier call has swapped them. */
async function plan(job: Job, first: string, second: string, claim: Claim): Promise<readonly [Side, Side] | undefined> {
  const { store } = job.connection;
  for (const id of [first, second]) await resolveIntentsOf(job, id);
  const keys = [swapKey(first, second), swapKey(second, first)];
  const found = keys
    .flatMap((key) => findIntentsByKey(store, "user.swap", key))
    .filter(({ state }) => state === "found");
  for (const { id } of found) deleteIntent(store, id);
  if (found.length > 0) return undefined;
  requireBrakeFree(job, "the names were not swapped");
  const sides = [await readSide(job, first, claim), await readSide(job, second, claim)] as const;
  requireSwappable(job, sides);
  return sides;
}

async function readSide(job: Job, id: string, claim: Claim): Promise<Side> {
  const link = findLiveLink(job.connection.store, "User", id);
  const present = link && (await hydrate(job, link));
  if (!link || !present) throw new ScimError(404, `the connection has no user ${id}`);
  for (const key of keysOf(link)) claim(key);
  await requireUnprotected(job, link, "the names were not swapped", "fresh");
  if (present.softDeleteName !== undefined) {
    throw taken(`the user ${id} has left, and the product has them under another name than clients see`);
  }
  const name = present.held[naturalKeyPath(job.connection, "User")];
  if (present.native === undefined || typeof name !== "string" || link.nameKey === null) {
    throw taken(`the product does not show the name of the user ${id}`);
  }
  return { link, native: present.native, held: present.held };
}

const taken = (why: string) => new ScimError(409, `the names were not swapped: ${why}`);

/** Whether the product can do it: said before the first call that changes anything. */
function requireSwappable(job: Job, sides: readonly [Side, Side]): void {
  const { connection } = job;
  if (isNameOnLink(connection)) return;
  const { title } = connection.adapter;
  const path = naturalKeyPath(connection, "User");
  const row = kindOf(connection, "User").rows.find((one) => one.path === path);
  if (!row || row.immutable) throw taken(`${title} cannot rename an account`);
  if (waitsForPerson(connection, path)) {
    throw taken(
      `${title} mails a user who gets another address and waits for their confirmation; swap the two in ${title}`,
    );
  }
  const parked = swapName(sides[0].link.id, String(sides[0].held[path]));
  if (parked.length > lengthLimit(row, false)) {
    throw taken(`${title} takes no name that is long enough for the time in between`);
  }
}
