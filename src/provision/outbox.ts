// The outbox: membership changes that a request left over are sent in order, within the vendor's limits.

import { Fault } from "../adapter.ts";
import { findLiveLink, type Link } from "../store/links.ts";
import { deleteMembers, insertMembers } from "../store/members.ts";
import {
  countOutbox,
  deleteOutbox,
  findOutbox,
  listOutbox,
  listParked,
  type OutboxRow,
  parkOutbox,
} from "../store/outbox.ts";
import type { Job } from "./job.ts";
import { addNatively, isRefusal, removeNatively } from "./members.ts";
import { createGuard, isProtected } from "./principals.ts";

const SLICE_MS = 25_000;
const MAX_PARKED_SHOWN = 200;

/** Sends what waits, for one slice. True when nothing is left. */
export async function sendOutbox(job: Job): Promise<boolean> {
  const { connection } = job;
  const endsAt = job.now() + SLICE_MS;
  while (job.now() < endsAt) {
    const [first] = listOutbox(connection.store, 1);
    if (!first) return true;
    await connection.locks.hold([`link:${first.groupId}`], job.deadlineAt, () => sendRun(job, first.groupId));
  }
  return countOutbox(connection.store, false) === 0;
}

/** Sends the oldest run of equal operations of one group. */
async function sendRun(job: Job, groupId: string): Promise<void> {
  const { connection } = job;
  const chunk = connection.adapter.group?.members.chunk ?? 1;
  const waiting = listOutbox(connection.store, chunk, groupId);
  const op = waiting[0]?.op;
  const differs = waiting.findIndex((row) => row.op !== op);
  const run = differs < 0 ? waiting : waiting.slice(0, differs);
  const group = findLiveLink(connection.store, "Group", groupId);
  try {
    if (group) await send(job, group, run);
    else for (const row of run) deleteOutbox(connection.store, row.id);
  } catch (error) {
    if (!isRefusal(error) && !isGone(error)) throw error;
    await sendOneByOne(job, group, run);
  }
}

const isGone = (error: unknown) => error instanceof Fault && error.kind === "notFound";

async function send(job: Job, group: Link, rows: readonly OutboxRow[]): Promise<void> {
  const { store } = job.connection;
  const users = rows.map((row) => findLiveLink(store, "User", row.userId));
  const links = users.filter((user) => user !== undefined);
  // Whoever was deleted meanwhile has left every group.
  for (const [at, row] of rows.entries()) if (!users[at]) deleteOutbox(store, row.id);
  if (links.length === 0) return;
  if (rows[0]?.op === "add") await addNatively(job, group, links);
  else await removeNatively(job, group, parkProtected(job, group, rows, links));
}

/** Whoever was protected after the request was accepted stays in a protected group; gives the others. */
function parkProtected(job: Job, group: Link, rows: readonly OutboxRow[], links: readonly Link[]): Link[] {
  if (!isProtected(job, group)) return [...links];
  const guard = createGuard(job, "User");
  return links.filter((user) => {
    const row = guard(user) && rows.find((one) => one.userId === user.id);
    if (row) parkOutbox(job.connection.store, row.id, "group and user are protected on this connection");
    return !row;
  });
}

/** Finds out which of a refused run is to blame, parks it and lets the others go on. */
async function sendOneByOne(job: Job, group: Link | undefined, rows: readonly OutboxRow[]): Promise<void> {
  for (const row of rows) {
    try {
      if (group) await send(job, group, [row]);
    } catch (error) {
      if (!isRefusal(error) && !isGone(error)) throw error;
      const reason = error instanceof Fault ? (error.detail ?? error.kind) : "refused";
      parkOutbox(job.connection.store, row.id, reason);
    }
  }
}

export interface OutboxStatus {
  pending: number;
  parked: { id: string; group: string; user: string; op: "add" | "remove"; reason: string }[];
}

export function outboxStatus({ connection }: Pick<Job, "connection">): OutboxStatus {
  const { store } = connection;
  return {
    pending: countOutbox(store, false),
    parked: listParked(store, MAX_PARKED_SHOWN).map(({ id, groupId, userId, op, parked }) => ({
      id,
      group: groupId,
      user: userId,
      op,
      reason: parked ?? "",
    })),
  };
}

/** Lets a parked change be sent again. True where there was one. */
export function retryParked({ connection }: Pick<Job, "connection">, id: string): boolean {
  const row = findOutbox(connection.store, id);
  if (row?.parked == null) return false;
  parkOutbox(connection.store, id, null);
  return true;
}

/** Gives a parked change up; reads show again what the vendor has. True where there was one. */
export function dropParked({ connection }: Pick<Job, "connection">, id: string): boolean {
  const { store } = connection;
  const row = findOutbox(store, id);
  if (row?.parked == null) return false;
  connection.atomically(() => {
    if (row.op === "add") deleteMembers(store, row.groupId, [row.userId]);
    else insertMembers(store, row.groupId, [row.userId]);
    deleteOutbox(store, id);
  });
  return true;
}
