// Compares a record that was in doubt with what clients were told since, and writes what differs again; it never sends the
// doubtful call itself [S46].

import { Fault } from "../../adapter.ts";
import { deleteDoubt, findDoubt, findNextDoubt, listDueDoubts, updateDoubt } from "../../store/doubts.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import { findOverlays } from "../../store/journal.ts";
import {
  findLink,
  isHiddenAccount,
  isLive,
  type Link,
  type LiveLink,
  type NativeLink,
  updateLink,
} from "../../store/links.ts";
import { listMemberIds } from "../../store/members.ts";
import { insertOutbox } from "../../store/outbox.ts";
import { isEverybodys } from "../../upstream/refusal.ts";
import { isProductRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { SLICE_MS } from "../jobs/slices.ts";
import { hidesDisabled, listNatively, resolveMembers } from "../membership/member-rows.ts";
import { isProtected } from "../protection/protected-principals.ts";
import { resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { disableNatively, rememberDisable } from "../recovery/pending-disable.ts";
import { changedPaths, type Held } from "../resource/attribute-mapping.ts";
import { readHeld } from "../resource/hydrate.ts";
import { confirmNotFound, isNotFound } from "../resource/not-found.ts";
import { noteDrift } from "../resource/record-drift.ts";
import { updateRecord } from "../resource/record-update.ts";
import { toldValues } from "../resource/told-values.ts";
import { toWritten } from "../resource/user-references.ts";
import { shortenUnchanged } from "../resource/wanted-values.ts";
import { groupOperationsOf, kindOf } from "../vendor/user-or-group.ts";

const BATCH = 100;
const RETRY_MS = 30_000;
/** So often a record is written again; then an administrator must look. */
const MAX_REPAIRS = 3;

/**
 * Compares the records that are due, for one slice.
 * @returns when the next one is due
 */
export async function settleDoubts(job: Job): Promise<number | undefined> {
  const { store, object } = job.connection;
  if (isProductRestored(job)) return job.now() + RETRY_MS;
  const endsAt = job.now() + SLICE_MS;
  for (const { linkId } of listDueDoubts(store, job.now(), BATCH)) {
    if (job.now() > endsAt) break;
    try {
      await object.locks.withLocks([`link:${linkId}`], job.deadlineAt, () => settleDoubt(job, linkId));
    } catch (error) {
      if (!(error instanceof Fault) || isEverybodys(error)) throw error;
      updateDoubt(store, linkId, { dueAt: job.now() + RETRY_MS });
    }
  }
  return findNextDoubt(store);
}

async function settleDoubt(job: Job, linkId: string): Promise<void> {
  const { store } = job.connection;
  // A write that is open itself widens the doubt.
  await resolveIntentsOf(job, linkId);
  const doubt = findDoubt(store, linkId);
  if (!doubt || doubt.dueAt > job.now()) return;
  const link = findLink(store, "User", linkId) ?? findLink(store, "Group", linkId);
  if (!link || doubt.toldAt === null) return deleteDoubt(store, linkId);
  const isOver = job.now() >= doubt.endsAt;
  const differs = link.type === "User" ? await repairUser(job, link) : isLive(link) && (await repairGroup(job, link));
  if (!differs) return isOver ? deleteDoubt(store, linkId) : updateDoubt(store, linkId, { dueAt: doubt.endsAt });
  job.trace.notes.add(`a late call had changed what was told of ${linkId}; it was written again`);
  const repairs = doubt.repairs + 1;
  if (isOver || repairs >= MAX_REPAIRS) {
    if (repairs >= MAX_REPAIRS) noteDrift(job, "changed", linkId);
    return deleteDoubt(store, linkId);
  }
  updateDoubt(store, linkId, { repairs, dueAt: doubt.endsAt });
}

/** Writes the told values that the vendor's record does not have. @returns whether there were any */
async function repairUser(job: Job, link: Link): Promise<boolean> {
  const { store, adapter } = job.connection;
  if (!isLive(link) && !isHiddenAccount(link)) return false;
  const told = toldValues(findOverlays(store, link.id, job.now()));
  const native = await readIfThere(job, link, () => adapter.user.read(job.api, link.nativeId));
  if (native === undefined) return false;
  const kind = kindOf(job.connection, "User");
  const held = readHeld(store, link, adapter.user.toScim(native), kind);
  const wanted = { ...held, ...told };
  const changed = changedPaths(held, wanted, kind);
  // Whom an administrator has protected since then stays as the vendor has them.
  if (changed.size === 0 || isProtected(job, link)) return false;
  const disables = changed.has("active") && wanted.active === false;
  try {
    await withIntent(
      job,
      { kind: "user.update", linkId: link.id, expected: { paths: [...changed] } },
      () => writeAgain(job, link, native, held, wanted, changed),
      () => {},
    );
  } catch (error) {
    if (!(error instanceof Fault) || !disables) throw error;
    rememberDisable(job, link.id, error);
  }
  return true;
}

async function writeAgain(
  job: Job,
  link: NativeLink,
  native: unknown,
  held: Held,
  wanted: Held,
  paths: ReadonlySet<string>,
): Promise<void> {
  const { user } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  const changed = new Set(paths);
  const byVerb = user.setActive !== undefined && changed.delete("active");
  let record = native;
  if (byVerb && wanted.active === false) record = await disableNatively(job, link, record, held);
  if (changed.size > 0) {
    const { values } = await toWritten(
      job,
      link.id,
      shortenUnchanged(job, { held: wanted, changed }, kind),
      changed,
      kind,
    );
    record = await updateRecord(job, link.nativeId, { values, changed, native: record });
  }
  if (byVerb && wanted.active !== false) await user.setActive?.(job.api, link.nativeId, true, record);
}

/** The same for a group's name and members; who is in the group without Portico stays. */
async function repairGroup(job: Job, link: LiveLink): Promise<boolean> {
  const { store } = job.connection;
  const group = groupOperationsOf(job.connection);
  const native = await readIfThere(job, link, () => group.read(job.api, link.nativeId));
  if (native === undefined) return false;
  const kind = kindOf(job.connection, "Group");
  const held = readHeld(store, link, group.toScim(native), kind);
  const wanted = { ...held, ...toldValues(findOverlays(store, link.id, job.now())) };
  const changed = changedPaths(held, wanted, kind);
  if (changed.size > 0 && group.update) {
    const { values } = await toWritten(job, link.id, wanted, changed, kind);
    await group.update(job.api, link.nativeId, { values, changed, native });
  }
  return (await repairMembers(job, link)) || changed.size > 0;
}

async function repairMembers(job: Job, link: LiveLink): Promise<boolean> {
  const { store, object } = job.connection;
  const doubt = findDoubt(store, link.id);
  if (!doubt || !link.membersLoaded) return false;
  const inGroup = new Set(await resolveMembers(job, await listNatively(job, link)));
  const told = new Set(listMemberIds(store, link.id));
  const isHidden = (id: string) => hidesDisabled(job) && findLink(store, "User", id)?.isActive === false;
  const missing = [...told].filter((id) => !inGroup.has(id) && !isHidden(id));
  const surplus = doubt.joining.filter((id) => inGroup.has(id) && !told.has(id));
  if (missing.length + surplus.length === 0) return false;
  object.atomically(() => {
    insertOutbox(store, link.id, "add", missing, job.now());
    insertOutbox(store, link.id, "remove", surplus, job.now());
    upsertDueJob(store, { job: "outbox", dueAt: job.now(), failures: 0 });
    updateLink(store, link.id, { version: link.version + 1 });
  });
  object.setAlarm();
  return true;
}

async function readIfThere(job: Job, link: Link, read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await confirmNotFound(job, link);
    return undefined;
  }
}
