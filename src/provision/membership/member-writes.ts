// Writing memberships natively: in the vendor's chunks or as a whole list, with the rest left to the outbox [S13].

import { Fault, type Member } from "../../adapter.ts";
import { upsertDueJob } from "../../store/later.ts";
import { findLiveLinksByIds, type LiveLink } from "../../store/links.ts";
import { deleteMembers, insertMembers } from "../../store/members.ts";
import { countOutbox, deleteOutboxPairs, insertOutbox } from "../../store/outbox.ts";
import { isRefusal, isThrottled } from "../../upstream/refusal.ts";
import type { Job } from "../connection/job.ts";
import { named } from "../resource/addresses.ts";
import { contradictory } from "../resource/existence.ts";
import { hydrate } from "../resource/hydrate.ts";
import { confirmed, isNotFound } from "../resource/presence.ts";
import { linkOf, listNatively, type MemberChange, memberOperations, toMember } from "./members.ts";

/** A request sends members until this long before its deadline; the alarm sends the rest. */
const RESERVE_MS = 20_000;
const isLate = (job: Job) => job.now() > job.deadlineAt - RESERVE_MS;

interface Step {
  op: "add" | "remove";
  links: LiveLink[];
}

/** Removals first, so that who leaves makes room. */
function toSteps({ add, remove }: MemberChange, chunk: number): Step[] {
  const inChunks = (op: Step["op"], links: readonly LiveLink[]): Step[] =>
    Array.from({ length: Math.ceil(links.length / chunk) }, (_, at) => ({
      op,
      links: links.slice(at * chunk, (at + 1) * chunk),
    }));
  return [...inChunks("remove", remove), ...inChunks("add", add)];
}

/**
 * Writes a change natively and keeps the rows in step with every chunk; a refusal midway takes the chunks back. What the
 * vendor's limits or the request's time leave no room for goes to the outbox; a single chunk is for the client to repeat.
 */
export async function writeMembers(job: Job, group: LiveLink, change: MemberChange): Promise<void> {
  const operations = memberOperations(job);
  if (change.add.length === 0 && change.remove.length === 0) return;
  if (!operations.add || !operations.remove) return confirmed(job, group, () => replaceNatively(job, group, change));
  const steps = toSteps(change, operations.chunk);
  const done: Step[] = [];
  for (const [at, step] of steps.entries()) {
    if (isLate(job)) return enqueue(job, group, steps.slice(at));
    try {
      await sendStep(job, group, step);
      done.push(step);
    } catch (error) {
      if (steps.length > 1 && hasNoRoom(job, error)) return enqueue(job, group, steps.slice(at));
      if (isRefusal(error)) for (const one of done.reverse()) await sendStep(job, group, opposite(one));
      throw error;
    }
  }
}

const opposite = ({ op, links }: Step): Step => ({ op: op === "add" ? "remove" : "add", links });

const sendStep = (job: Job, group: LiveLink, { op, links }: Step) =>
  op === "add" ? addNatively(job, group, links) : removeNatively(job, group, links);

/** Sending a chunk again does no harm, so it may wait where a call of it was not sent for want of room. */
const hasNoRoom = (job: Job, error: unknown) =>
  isThrottled(error) || (error instanceof Fault && error.kind === "unavailable" && !error.ambiguous && isLate(job));

/** Leaves membership changes to the outbox; reads show them as done. */
function enqueue(job: Job, group: LiveLink, steps: readonly Step[]): void {
  const { connection } = job;
  const { store } = connection;
  const now = job.now();
  connection.atomically(() => {
    for (const { op, links } of steps) {
      const ids = links.map((link) => link.id);
      insertOutbox(store, group.id, op, ids, now);
      if (op === "add") insertMembers(store, group.id, ids);
      else deleteMembers(store, group.id, ids);
    }
    upsertDueJob(store, { job: "outbox", dueAt: now, failures: 0 });
  });
  const later = steps.reduce((sum, { links }) => sum + links.length, 0);
  const waiting = countOutbox(store, false);
  job.trace.notes.add(`${later} membership changes are sent to the product later; ${waiting} are waiting in all`);
  connection.schedule();
}

/** Adds users to a group natively and in rows; where one is gone, the fault is a refusal that names them. */
export async function addNatively(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> {
  try {
    await addBlindly(job, group, links);
  } catch (error) {
    if (isNotFound(error)) throw await toBlame(job, group, links, error);
    throw isInvalid(error) ? await refusalOf(job, links, error) : error;
  }
}

/** As `addNatively`, but a "not found" may mean the group or any of the users. */
export const addBlindly = (job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> =>
  named(job, links, (users) => add(job, group, users));

async function add(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> {
  const { store } = job.connection;
  const operations = memberOperations(job);
  if (!operations.add) return replaceNatively(job, group, { add: [...links], remove: [] });
  const { nativeId } = group;
  const toMembers = (some: readonly LiveLink[]) => some.map((link) => toMember(job, link));
  const missing = operations.addingAgain === "duplicates" ? await missingFrom(job, group, links) : links;
  if (missing.length > 0) await operations.add(job.api, nativeId, toMembers(missing));
  const ids = links.map((link) => link.id);
  const staying = new Set(findLiveLinksByIds(store, "User", ids).map((link) => link.id));
  insertMembers(store, group.id, [...staying]);
  deleteOutboxPairs(store, group.id, ids);
  const gone = links.filter((link) => !staying.has(link.id));
  // Deleted while they were being added: the deletion could not see these memberships.
  if (gone.length > 0) await operations.remove?.(job.api, nativeId, toMembers(gone)).catch(unlessGone);
}

/** Those whom the vendor's own list does not show: whoever it shows would be in the group twice. */
async function missingFrom(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<readonly LiveLink[]> {
  const present = new Set((await listNatively(job, group)).map((pointer) => linkOf(job, pointer)?.id));
  return links.filter((link) => !present.has(link.id));
}

/** Who is not there any more is no member either. */
function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

const isInvalid = (error: unknown): error is Fault => error instanceof Fault && error.kind === "invalid";

/** Reads that it may cost to find out who is to blame for a refusal. */
const MAX_ASKED = 100;

/** The refusal of a whole call: where one of those who were to be added is gone, it names them. */
async function refusalOf(job: Job, links: readonly LiveLink[], error: Fault): Promise<Fault> {
  if (links.length > MAX_ASKED) return error;
  try {
    return (await whoIsGone(job, links)) ?? error;
  } catch {
    // The refusal itself says more than a look-up that fails.
    return error;
  }
}

async function whoIsGone(job: Job, links: readonly LiveLink[]): Promise<Fault | undefined> {
  for (const link of links) {
    if (await hydrate(job, link)) continue;
    return new Fault("invalid", { attribute: "members", detail: `the product no longer has the user ${link.id}` });
  }
  return undefined;
}

/** A "not found" on adding means the group or a user: one who is gone is named, so that the group is not taken for it. */
async function toBlame(job: Job, group: LiveLink, links: readonly LiveLink[], error: Fault): Promise<Fault> {
  if (!(await hydrate(job, group))) return error;
  return (await whoIsGone(job, links)) ?? contradictory(error);
}

/** Removes users from a group natively and in rows. */
export const removeNatively = (job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> =>
  named(job, links, (users) => confirmed(job, group, () => remove(job, group, users)));

async function remove(job: Job, group: LiveLink, links: readonly LiveLink[]): Promise<void> {
  const operations = memberOperations(job);
  if (!operations.remove) return replaceNatively(job, group, { add: [], remove: [...links] });
  await operations.remove(
    job.api,
    group.nativeId,
    links.map((link) => toMember(job, link)),
  );
  const ids = links.map((link) => link.id);
  deleteMembers(job.connection.store, group.id, ids);
  deleteOutboxPairs(job.connection.store, group.id, ids);
}

/** Reads the native list, applies the change and writes it back: a list is never built from rows alone. */
async function replaceNatively(job: Job, group: LiveLink, change: MemberChange): Promise<void> {
  const { store } = job.connection;
  const removed = new Set(change.remove.map((link) => link.nativeId));
  const members = new Map<string, Member>();
  for (const pointer of await listNatively(job, group)) {
    const link = linkOf(job, pointer);
    const id = "id" in pointer ? pointer.id : (link?.nativeId ?? "");
    if (!removed.has(id)) members.set(id, link ? toMember(job, link) : { id, userName: "" });
  }
  for (const link of change.add) members.set(link.nativeId, toMember(job, link));
  await memberOperations(job).replace?.(job.api, group.nativeId, [...members.values()]);
  const idsOf = (links: readonly LiveLink[]) => links.map((link) => link.id);
  deleteMembers(store, group.id, idsOf(change.remove));
  insertMembers(store, group.id, idsOf(change.add));
  deleteOutboxPairs(store, group.id, idsOf([...change.add, ...change.remove]));
}
