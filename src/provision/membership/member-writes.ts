// Writing memberships natively: in the vendor's chunks or as a whole list, with the rest owed [S13].

import { Fault, type Member } from "../../adapter.ts";
import { findLiveLinksByIds, type LiveLink, type NativeLink } from "../../store/links.ts";
import { deleteMembers, insertMembers } from "../../store/members.ts";
import { countOwed, deleteOwed, oweMemberships } from "../../store/owed.ts";
import { isNotFound, isRefusal, isThrottled } from "../../upstream/fault-classes.ts";
import { Fenced } from "../../upstream/fence.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { hydrate } from "../resource/hydrate.ts";
import { withCurrentNames } from "../resource/names-in-doubt.ts";
import { contradictory, withConfirmedNotFound } from "../resource/not-found.ts";
import { withPartTold } from "../resource/told-refusals.ts";
import { holdsGroups } from "../vendor/user-or-group.ts";
import { linksOf, listNatively, type MemberChange, memberOperations, toMember } from "./member-rows.ts";

/** A request sends members until this long before its deadline; the alarm sends the rest. */
const RESERVE_MS = 20_000;
const isLate = (job: Job) => job.now() > job.deadlineAt - RESERVE_MS;

interface Step {
  op: "add" | "remove";
  links: LiveLink[];
}

/** Removals come first, because they can free places. */
function toSteps({ add, remove }: MemberChange, chunk: number): Step[] {
  const inChunks = (op: Step["op"], links: readonly LiveLink[]): Step[] =>
    Array.from({ length: Math.ceil(links.length / chunk) }, (_, at) => ({
      op,
      links: links.slice(at * chunk, (at + 1) * chunk),
    }));
  return [...inChunks("remove", remove), ...inChunks("add", add)];
}

/**
 * Writes a change natively and changes the rows with every chunk; a refusal undoes the chunks that were written. Chunks
 * for which the vendor's limits or the request's time are not enough are owed; a single chunk is for the client
 * to repeat.
 * @returns the users who could not be added because they are gone at the vendor
 */
export async function writeMembers(job: Job, group: LiveLink, change: MemberChange): Promise<LiveLink[]> {
  const operations = memberOperations(job);
  const gone: LiveLink[] = [];
  if (change.add.length === 0 && change.remove.length === 0) return gone;
  if (!operations.add || !operations.remove) {
    const { add, remove } = change;
    await withCurrentNames(job, [...add, ...remove], (links) => {
      const current = { add: links.slice(0, add.length), remove: links.slice(add.length) };
      return withConfirmedNotFound(job, group, () => replaceNatively(job, group, current));
    });
    return gone;
  }
  const steps = toSteps(change, operations.chunk);
  const done: Step[] = [];
  const sendLater = (at: number) => {
    owe(job, group, steps.slice(at));
    return gone;
  };
  for (const [at, step] of steps.entries()) {
    // What Portico holds itself waits for nobody.
    if (isLate(job) && !holdsGroups(job.connection)) return sendLater(at);
    try {
      const missing = await sendStep(job, group, step);
      gone.push(...missing);
      done.push({ ...step, links: step.links.filter((link) => !missing.includes(link)) });
    } catch (error) {
      if (steps.length > 1 && canWait(job, error)) return sendLater(at);
      if (isRefusal(error)) for (const one of done.reverse()) await sendStep(job, group, opposite(one));
      throw error;
    }
  }
  return gone;
}

const opposite = ({ op, links }: Step): Step => ({ op: op === "add" ? "remove" : "add", links });

async function sendStep(job: Job, group: LiveLink, { op, links }: Step): Promise<LiveLink[]> {
  if (op === "add") return addNatively(job, group, links);
  await removeNatively(job, group, links);
  return [];
}

/** Sending a chunk twice does no harm, so it may be owed where one of its calls was not sent. */
const canWait = (job: Job, error: unknown) =>
  isThrottled(error) ||
  (error instanceof Fault &&
    !(error instanceof Fenced) &&
    error.kind === "unavailable" &&
    !error.ambiguous &&
    isLate(job));

/** Owes membership changes; reads show them as done. */
function owe(job: Job, group: LiveLink, steps: readonly Step[]): void {
  const { connection } = job;
  const { store } = connection;
  const now = job.now();
  connection.object.atomically(() => {
    for (const { op, links } of steps) {
      const ids = idsOf(op === "add" ? withoutDeleted(job, links).staying : links);
      oweMemberships(store, group.id, op, ids, { why: "the request had no time left for it", now });
      if (op === "add") insertMembers(store, group.id, ids);
      else deleteMembers(store, group.id, ids);
    }
  });
  const later = steps.reduce((sum, { links }) => sum + links.length, 0);
  const waiting = countOwed(store, { kind: "membership", isParked: false });
  job.trace.notes.add(`${later} membership changes are sent to the product later; ${waiting} are waiting in all`);
  wakeOwed(job, "membership");
}

/**
 * Adds users to a group natively and in rows. Where the vendor refuses a call because one of them is gone, it adds the
 * others.
 * @returns the users who are gone
 */
export async function addNatively(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<LiveLink[]> {
  try {
    await addUnexplained(job, group, links);
    return [];
  } catch (error) {
    if (!isNotFound(error) && !isInvalid(error)) throw error;
    const gone = await findGone(job, group, links, error);
    const others = links.filter((link) => !gone.includes(link));
    return others.length === 0 ? gone : [...gone, ...(await addNatively(job, group, others))];
  }
}

/** As `addNatively`, but its "not found" does not say whether the group or a user is gone. */
export const addUnexplained = (job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> =>
  withCurrentNames(job, links, (users) => add(job, group, users));

async function add(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> {
  const { store } = job.connection;
  const operations = memberOperations(job);
  if (!operations.add) return replaceNatively(job, group, { add: links, remove: [] });
  const { nativeId } = group;
  const toMembers = (some: readonly LiveLink[]) => some.map((link) => toMember(job, link));
  const missing = operations.addingAgain === "duplicates" ? await missingFrom(job, group, links) : links;
  if (missing.length > 0) await told(job, operations.add(job.api, nativeId, toMembers(missing)));
  const { staying, deleted } = withoutDeleted(job, links);
  insertMembers(store, group.id, idsOf(staying));
  deleteOwed(store, group.id, idsOf(links));
  if (deleted.length > 0) await operations.remove?.(job.api, nativeId, toMembers(deleted)).catch(ignoreNotFound);
}

const idsOf = (links: readonly NativeLink[]): string[] => links.map((link) => link.id);

/** Tells users apart who were deleted while they were added: the deletion could not see the memberships. */
function withoutDeleted({ connection }: Job, links: readonly LiveLink[]): Record<"staying" | "deleted", LiveLink[]> {
  const live = new Set(findLiveLinksByIds(connection.store, "User", idsOf(links)).map(({ id }) => id));
  return {
    staying: links.filter(({ id }) => live.has(id)),
    deleted: links.filter(({ id }) => !live.has(id)),
  };
}

/** A call that changes members, whose refusal says so. */
const told = (job: Job, call: Promise<unknown> | undefined) => withPartTold(job, "members", async () => call);

/** The users whom the vendor's own list does not show; one whom it shows would be in the group twice. */
async function missingFrom(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<readonly LiveLink[]> {
  const present = new Set(linksOf(job, await listNatively(job, group)).map((link) => link?.id));
  return links.filter((link) => !present.has(link.id));
}

/** A user who does not exist any more is no member either. */
function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

const isInvalid = (error: unknown): error is Fault => error instanceof Fault && error.kind === "invalid";

/** The refusal that names users whom the vendor no longer has. */
export const goneAtVendor = (gone: readonly LiveLink[]): Fault =>
  new Fault("invalid", {
    attribute: "members",
    detail: `the product no longer has ${gone.length > 1 ? "the users" : "the user"} ${gone.map(({ id }) => id).join(", ")}; provision them again, or take them out of the group`,
  });

/** Reads that it may cost to find out why a call was refused. */
const MAX_ASKED = 100;

/**
 * The users for whom the vendor refused a call, because it no longer has them; their links are lost.
 * @throws Fault the refusal where the group is gone, or none of the users
 */
async function findGone(job: Job, group: LiveLink, links: readonly LiveLink[], refusal: Fault): Promise<LiveLink[]> {
  const gone: LiveLink[] = [];
  if (isNotFound(refusal)) {
    if (!(await hydrate(job, group))) throw refusal;
  } else if (links.length > MAX_ASKED) throw refusal;
  for (const link of links) {
    try {
      if (!(await hydrate(job, link))) gone.push(link);
    } catch (error) {
      // The refusal itself says more than a look-up that fails.
      throw isInvalid(refusal) ? refusal : error;
    }
  }
  if (gone.length > 0) return gone;
  throw isNotFound(refusal) ? contradictory(refusal) : refusal;
}

/** Removes users from a group natively and in rows. */
export const removeNatively = (job: Job, group: LiveLink, links: readonly NativeLink[]): Promise<void> =>
  withCurrentNames(job, links, (users) => withConfirmedNotFound(job, group, () => remove(job, group, users)));

async function remove(job: Job, group: LiveLink, links: readonly NativeLink[]): Promise<void> {
  const operations = memberOperations(job);
  if (!operations.remove) return replaceNatively(job, group, { add: [], remove: [...links] });
  const members = links.map((link) => toMember(job, link));
  await told(job, operations.remove(job.api, group.nativeId, members));
  const ids = links.map((link) => link.id);
  deleteMembers(job.connection.store, group.id, ids);
  deleteOwed(job.connection.store, group.id, ids);
}

/** Reads the native list, applies the change and writes it back: a list is never built from rows alone. */
async function replaceNatively(
  job: Job,
  group: LiveLink,
  change: { add: readonly LiveLink[]; remove: readonly NativeLink[] },
): Promise<void> {
  const { store } = job.connection;
  const removed = new Set(change.remove.map((link) => link.nativeId));
  const members = new Map<string, Member>();
  const pointers = await listNatively(job, group);
  const found = linksOf(job, pointers);
  for (const [at, pointer] of pointers.entries()) {
    const link = found[at];
    // A user whom Portico does not know stays as the list names them.
    const asListed = "id" in pointer ? { id: pointer.id, userName: "" } : { id: "", userName: pointer.key };
    const id = link?.nativeId ?? (asListed.id || asListed.userName);
    if (!removed.has(id)) members.set(id, link ? toMember(job, link) : asListed);
  }
  for (const link of change.add) members.set(link.nativeId, toMember(job, link));
  await told(job, memberOperations(job).replace?.(job.api, group.nativeId, [...members.values()]));
  const { staying, deleted } = withoutDeleted(job, change.add);
  deleteMembers(store, group.id, idsOf(change.remove));
  insertMembers(store, group.id, idsOf(staying));
  deleteOwed(store, group.id, idsOf([...change.add, ...change.remove]));
  if (deleted.length > 0) await replaceNatively(job, group, { add: [], remove: deleted });
}
