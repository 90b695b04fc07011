// Drift: what changed at the vendor behind Portico's back; reported, and repaired where the connection says so.

import { Fault } from "../adapter.ts";
import { type Drift, deleteDrifts, upsertDrift } from "../store/drift.ts";
import { upsertDueJob } from "../store/later.ts";
import { findLiveLink, type Link, listLinksAfter, updateLink } from "../store/links.ts";
import { listMemberIds } from "../store/members.ts";
import { listOutbox } from "../store/outbox.ts";
import { assemble } from "./hydrate.ts";
import type { Job } from "./job.ts";
import type { Held } from "./mapping.ts";
import { addNatively, isRefusal, listNativeMembers, removeNatively } from "./members.ts";

const PEOPLE = ["removed", "renamed", "activated", "deactivated", "seat"] as const;
const MEMBERSHIPS = ["memberMissing", "memberExtra"] as const;
/** More than any group can have waiting. */
const MAX_WAITING = 100_000;

export function beginDrift(job: Pick<Job, "connection">, type: "User" | "Group" | "Members"): void {
  if (type === "User") deleteDrifts(job.connection.store, PEOPLE);
  if (type === "Members") deleteDrifts(job.connection.store, MEMBERSHIPS);
}

export function noteDrift(job: Job, kind: Drift["kind"], linkId: string, otherId = "", isRepaired = false): void {
  upsertDrift(job.connection.store, { kind, linkId, otherId, at: job.now(), isRepaired });
}

interface Difference {
  active: boolean;
  seat: boolean;
}

/** What a record or row shows otherwise than the link remembers; what it does not show, it says nothing about. */
function findDifference({ connection }: Job, link: Link, shown: unknown, held: Held): Difference {
  const seat = connection.adapter.seats?.held?.(shown);
  return {
    active: held.active !== undefined && held.active !== link.isActive,
    seat: seat !== undefined && link.seat !== null && seat !== link.seat && link.isActive,
  };
}

/** Whether a row of the vendor's list may have drifted; it may also be older than the last write. */
export function isSuspect(job: Job, link: Link, row: unknown, held: Held): boolean {
  if (link.type !== "User") return false;
  const { active, seat } = findDifference(job, link, row, held);
  return active || seat;
}

/** Looks at a suspect again, under its locks, and notes what has drifted. */
export async function confirmDrift(job: Job, linkId: string): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  await connection.locks.hold([`link:${linkId}`, `seat:${linkId}`], job.deadlineAt, async () => {
    const link = findLiveLink(connection.store, "User", linkId);
    const native = link?.nativeId ? await user.read(job.api, link.nativeId).catch(unlessGone) : undefined;
    if (!link || native === undefined) return;
    const { held } = assemble(job, link, native, user.toScim(native));
    const difference = findDifference(job, link, native, held);
    if (difference.active) {
      noteDrift(job, held.active ? "activated" : "deactivated", link.id);
      updateLink(connection.store, link.id, { isActive: held.active === true });
    }
    if (difference.seat) noteSeat(job, link);
  });
}

/** Who is gone is for the conclusion of the pass to find. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
}

function noteSeat(job: Job, link: Link): void {
  const repairs = job.connection.drift === "repair";
  noteDrift(job, "seat", link.id, "", repairs);
  if (!repairs) return;
  // Without its mark the seat is worked out and given again.
  updateLink(job.connection.store, link.id, { seat: null, isSeatDue: true });
  upsertDueJob(job.connection.store, { job: "seats", dueAt: job.now(), failures: 0 });
}

/** Compares the member list of the next group. The id to go on after; undefined after the last group. */
export async function compareNextGroup(job: Job, after: string): Promise<string | undefined> {
  const { connection } = job;
  for (let from = after; ; ) {
    const links = listLinksAfter(connection.store, from, 100);
    const group = links.find((link) => link.type === "Group" && link.state === "live" && link.membersLoaded);
    if (group) {
      await connection.locks.hold([`link:${group.id}`], job.deadlineAt, () => compareMembers(job, group.id));
      return group.id;
    }
    const last = links.at(-1);
    if (!last) return undefined;
    from = last.id;
  }
}

async function compareMembers(job: Job, groupId: string): Promise<void> {
  const { store, drift } = job.connection;
  const group = findLiveLink(store, "Group", groupId);
  if (!group?.nativeId || !group.membersLoaded) return;
  const native = await listNativeMembers(job, group);
  const waiting = new Set(listOutbox(store, MAX_WAITING, groupId).map((row) => row.userId));
  const wanted = new Set(listMemberIds(store, groupId));
  const held = new Set(native.map((link) => link.id));
  const missing = [...wanted].filter((id) => !held.has(id) && !waiting.has(id));
  const extra = native.filter((link) => !wanted.has(link.id) && !waiting.has(link.id));
  const repairs = drift === "repair";
  for (const id of missing) {
    const user = findLiveLink(store, "User", id);
    const done = repairs && user ? await attempt(() => addNatively(job, group, [user])) : false;
    noteDrift(job, "memberMissing", groupId, id, done);
  }
  for (const user of extra) {
    const done = repairs ? await attempt(() => removeNatively(job, group, [user])) : false;
    noteDrift(job, "memberExtra", groupId, user.id, done);
  }
}

/** A repair that the vendor refuses stays a finding. */
async function attempt(repair: () => Promise<void>): Promise<boolean> {
  try {
    await repair();
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}
