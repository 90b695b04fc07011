// When the vendor's "not found" is believed: a record counts as gone only after a second look-up misses it too [S10].

import { type Adapter, Fault } from "../../adapter.ts";
import { findOverlays } from "../../store/journal.ts";
import { type Link, type LiveLink, type Store, updateLink } from "../../store/links.ts";
import { deleteUserMemberships, listGroupsOf } from "../../store/members.ts";
import { isNotFound } from "../../upstream/fault-classes.ts";
import { refuseLossIfRestored } from "../alarms/product-restored.ts";
import type { Job } from "../jobs/job.ts";
import { holdsGroups, naturalKeyPath, type Operations, operationsOf } from "../vendor/user-or-group.ts";
import { noteLoss } from "./record-drift.ts";
import { nativeNameOf } from "./soft-delete-names.ts";
import { findRows } from "./vendor-search.ts";

/** Nothing is concluded from a "not found" that another answer contradicts. */
export const contradictory = (cause?: Fault): Fault =>
  new Fault("unavailable", {
    detail: "the product answers contradictory things about this record; try again later",
    ambiguous: cause?.ambiguous ?? false,
    cause,
  });

// ---- Calls that name no record --------------------------------------------------------------------------------------

/**
 * Searches, lists, creates, the count of free seats and the question whose credential it is name no record: "not found"
 * there means that the vendor's API is not where it should be.
 */
function withNotFoundRefused<Arguments extends unknown[], T>(call: (...given: Arguments) => Promise<T>) {
  return async (...given: Arguments): Promise<T> => {
    try {
      return await call(...given);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new Fault("unavailable", {
        detail:
          "The product answers “not found” to a question that names no record. Check its address, or try again later.",
        ambiguous: error.ambiguous,
        cause: error,
      });
    }
  };
}

function refuseIn<T extends Pick<Adapter["user"], "list" | "create" | "find">>(operations: T): T {
  const find = Object.entries(operations.find ?? {}).map(([path, search]) => [path, withNotFoundRefused(search)]);
  return {
    ...operations,
    list: withNotFoundRefused(operations.list),
    create: withNotFoundRefused(operations.create),
    ...(operations.find ? { find: Object.fromEntries(find) } : {}),
  };
}

/** The adapter, of which only calls that name a record can say "not found". */
export function refuseUnnamedNotFound(adapter: Adapter): Adapter {
  const { user, group, seats, account } = adapter;
  return {
    ...adapter,
    user: refuseIn(user),
    ...(group ? { group: refuseIn(group) } : {}),
    ...(seats?.free ? { seats: { ...seats, free: withNotFoundRefused(seats.free) } } : {}),
    ...(account ? { account: withNotFoundRefused(account) } : {}),
  };
}

// ---- Reading a record -----------------------------------------------------------------------------------------------

/**
 * Looks a record up in another way after the vendor did not find it by its id: by name, or where that is not possible in
 * the list and by another read.
 * @throws Fault unavailable where the look-up finds the record, or finds even the API missing
 */
export async function confirmNotFound(job: Job, link: Link): Promise<void> {
  const operations = operationsOf(job.connection, link.type);
  const key = nativeNameOf(job.connection, link);
  const search = operations.find?.[naturalKeyPath(job.connection, link.type)];
  try {
    const isIt = (row: unknown) => operations.id(row) === link.nativeId;
    if (search && key !== null) {
      if (!(await findRows(job, search, key)).some(isIt)) return;
    } else {
      // A list may be long, so its first page and a second read must do.
      const { items } = await operations.list(job.api, undefined);
      if (!items.some(isIt) && !(await isReadable(job, operations, link.nativeId))) return;
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  throw contradictory();
}

async function isReadable(job: Job, operations: Operations, nativeId: string | null): Promise<boolean> {
  if (nativeId === null) return false;
  try {
    await operations.read(job.api, nativeId);
    return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return false;
  }
}

/** The vendor's record of a link. */
export interface FoundRecord {
  native: unknown;
  /** The vendor does not show it yet; the overlay has all its values. */
  isInvisible: boolean;
}

/**
 * Reads the vendor's record of a link by its id.
 * @returns undefined where the record is gone; the link is then lost
 * @throws Fault where the vendor cannot tell
 */
export async function readRecord(job: Job, link: LiveLink): Promise<FoundRecord | undefined> {
  const { store } = job.connection;
  try {
    const native = await operationsOf(job.connection, link.type).read(job.api, link.nativeId);
    return { native, isInvisible: false };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // A record that was just created is whole in the overlay; one that was changed is not.
    const name = naturalKeyPath(job.connection, link.type);
    const overlays = findOverlays(store, link.id, job.startedAt);
    if (overlays.some(({ path, reason }) => path === name && reason === "lag"))
      return { native: undefined, isInvisible: true };
    await confirmNotFound(job, link);
    refuseLossIfRestored(job);
    noteLoss(job, link.id);
    updateLink(store, link.id, { state: "lost", deletedAt: job.now() });
    // Memberships that only Portico has wait for the user's return.
    if (!holdsGroups(job.connection)) forgetMemberships(store, link.id);
    job.trace.notes.add("the vendor no longer has this record; its link is lost");
    return undefined;
  }
}

/** No group shows a user who is gone; if the user returns, the vendor's member lists say which groups have them. */
function forgetMemberships(store: Store, userId: string): void {
  for (const group of listGroupsOf(store, userId)) updateLink(store, group.id, { membersLoaded: false });
  deleteUserMemberships(store, userId);
}

// ---- Writing --------------------------------------------------------------------------------------------------------

/**
 * Runs a write to a record or to what belongs to it.
 * @throws Fault notFound where the record is gone, its link lost; unavailable where it is still there
 */
export async function withConfirmedNotFound<T>(job: Job, link: LiveLink, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isNotFound(error) && (await readRecord(job, link))) throw contradictory(error);
    throw error;
  }
}

/** Runs a write to a record, or nothing where the record turns out to be gone. */
export async function writeIfPresent(job: Job, link: LiveLink, write: () => Promise<unknown>): Promise<void> {
  try {
    await withConfirmedNotFound(job, link, write);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** Runs the removal of a record; one that is gone already is what was asked for. */
export async function removeIfPresent(job: Job, link: LiveLink, remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await confirmNotFound(job, link);
  }
}

/**
 * Runs the steps that create a record: what is not found meanwhile is not the record that the client asked for.
 * @throws Fault, never notFound
 */
export async function withoutNotFound<T>(create: () => Promise<T>): Promise<T> {
  try {
    return await create();
  } catch (error) {
    throw isNotFound(error) ? contradictory(error) : error;
  }
}
