// Users: create, change and delete (RFC 7644 sections 3.3, 3.5 and 3.6).

import { Fault, type Values } from "../adapter.ts";
import { badRequest, ScimError } from "../scim/messages.ts";
import type { Resource } from "../scim/schema.ts";
import { foldCase } from "../scim/text.ts";
import { createId } from "../store/identifier.ts";
import { deleteIntentsOf, deleteLagOverlays, deleteOverlay, findIntentByKey } from "../store/journal.ts";
import {
  findFormerLinks,
  findLiveLink,
  findLiveLinksByKey,
  insertLink,
  type Link,
  releaseNativeId,
  updateLink,
} from "../store/links.ts";
import { deleteUserMemberships, listGroupsOf } from "../store/members.ts";
import { deactivateNatively, isKept, keepDeactivation } from "./deactivation.ts";
import {
  assemble,
  type Hydrated,
  hydrate,
  hydrated,
  keysOf,
  kindOf,
  overlayLag,
  readHeld,
  toWritten,
} from "./hydrate.ts";
import type { Job } from "./job.ts";
import { entomb, journaled, resolveIntent, settle } from "./journal.ts";
import { changedPaths, type Held } from "./mapping.ts";
import { isRefusal, removeNatively } from "./members.ts";
import { settleSeat } from "./seats.ts";
import { namesIn, resourceOf, settleWanted, shortenUnchanged, type Wanted } from "./values.ts";
import { requireMatch } from "./version.ts";

export const notFound = (what: string) => new ScimError(404, `${what} does not exist on this connection`);

const taken = (attribute: string, why = "") =>
  new ScimError(409, `${attribute} is taken by another resource${why}`, { scimType: "uniqueness" });

/** @throws ScimError 409 uniqueness for a user who exists */
export async function createUser(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const wanted = settleWanted(job, kind, undefined, resource);
  const key = foldCase(String(wanted.held.userName));
  const started = findIntentByKey(connection.store, "user.create", key);
  const locks = [key, ...namesIn(resource, kind, job)].map((name) => `name:${name}`);
  if (started) locks.push(`link:${started.linkId}`);
  return connection.locks.hold(locks, job.deadlineAt, async () => {
    const unfinished = findIntentByKey(connection.store, "user.create", key);
    if (unfinished?.state === "open") await resolveIntent(job, unfinished);
    const mine = findIntentByKey(connection.store, "user.create", key);
    const lost = mine && findLiveLink(connection.store, "User", mine.linkId);
    if (mine && lost && mine.externalId === wanted.externalId) {
      job.trace.notes.add("an earlier attempt had created this user; it was finished");
      return applyWanted(job, lost.id, undefined, () => resource);
    }
    await refuseExisting(job, key);
    return createOrRevive(job, key, wanted);
  });
}

/** A live link that the vendor still has a record for takes the name. */
async function refuseExisting(job: Job, key: string): Promise<void> {
  const { store } = job.connection;
  const holders = new Map(
    [...findLiveLinksByKey(store, "User", "nameKey", key), ...emailHolders(job, key)].map((link) => [link.id, link]),
  );
  for (const link of holders.values()) if (await hydrate(job, link)) throw taken("userName");
}

const emailHolders = (job: Job, key: string) =>
  job.connection.adapter.userNameIs && job.connection.coupling !== "separate"
    ? findLiveLinksByKey(job.connection.store, "User", "emailKey", key)
    : [];

async function createOrRevive(job: Job, key: string, wanted: Wanted): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const former = findFormerLinks(connection.store, "User", key);
  const self = former.find((link) => link.externalId === wanted.externalId);
  const hidden = former.find((link) => link.isHidden);
  const id = self?.id ?? createId(job.now());
  const { values, pointers } = await toWritten(job, wanted.held, wanted.changed, kind);

  const steps = async (): Promise<unknown> => {
    const reused = hidden && (await reuseHidden(job, hidden, wanted.held, values));
    if (reused !== undefined) return reused;
    try {
      const native = await user.create(job.api, values);
      if (wanted.held.active !== false || !user.setActive) return native;
      return await user.setActive(job.api, user.id(native), false, native);
    } catch (error) {
      const isBlocked = error instanceof Fault && error.kind === "conflict" && former.length > 0;
      throw isBlocked ? taken("userName", ": the product still holds the account of a deleted user under it") : error;
    }
  };
  const now = job.now();
  const base: Link = {
    ...(self ?? { id, type: "User", createdAt: now, version: 1, sweep: null, membersLoaded: false }),
    state: "live",
    nativeId: null,
    name: null,
    nameKey: null,
    emailKey: null,
    externalId: wanted.externalId,
    kept: wanted.kept,
    pointers,
    modifiedAt: now,
    deletedAt: null,
    isHidden: false,
    isActive: true,
    seat: null,
    isSeatDue: false,
    seatNote: null,
  };
  let link = base;
  const native = await journaled(
    job,
    { kind: "user.create", linkId: id, key, externalId: wanted.externalId },
    steps,
    (created) => {
      const keys = keysOf(connection, resourceOf(base, wanted.held, kind), wanted.held, "User");
      link = { ...base, ...keys, nativeId: user.id(created) };
      if (hidden && hidden.id !== id) updateLink(connection.store, hidden.id, { nativeId: null, isHidden: false });
      releaseNativeId(connection.store, "User", user.id(created), id, now);
      if (self) updateLink(connection.store, id, link);
      else insertLink(connection.store, link);
      const seen = readHeld(connection, link, user.toScim(created), kind);
      overlayLag(job, id, {}, { ...wanted.held, ...seen });
    },
  );
  return assemble(job, link, native, user.toScim(native));
}

/**
 * Gives the disabled, hidden account of a deleted user to the user who comes now: everything the table maps is
 * overwritten or cleared before the account is enabled. Undefined where the account has gone meanwhile.
 */
async function reuseHidden(job: Job, { nativeId, deletedAt }: Link, held: Held, values: Values): Promise<unknown> {
  const { user, quirks } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  if (nativeId === null) return undefined;
  let native: unknown;
  try {
    native = await user.read(job.api, nativeId);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    const isSettled = job.now() >= (deletedAt ?? 0) + (quirks.readLagMs?.is ?? 0);
    if (isSettled) return undefined;
    throw new Fault("unavailable", {
      detail: "the product does not show this user's account yet; try again",
      retryAfterSeconds: 2,
    });
  }
  const before = readHeld(job.connection, undefined, user.toScim(native), kind);
  const changed = changedPaths(before, held, kind);
  changed.delete("userName");
  if (user.setActive) changed.delete("active");
  for (const row of kind.rows) if (row.reference) changed.add(row.path);
  const updated = await user.update(job.api, nativeId, { values, changed, native });
  return user.setActive ? user.setActive(job.api, nativeId, held.active !== false, updated) : updated;
}

/**
 * Changes a user by a pure function from the present resource to the wanted one.
 * @param names folded names that the change may claim
 * @throws ScimError 404, 412, 409 uniqueness, 400
 */
export async function changeUser(
  job: Job,
  id: string,
  names: readonly string[],
  ifMatch: string | undefined,
  change: (present: Resource) => Resource,
): Promise<Hydrated> {
  const link = findLiveLink(job.connection.store, "User", id);
  if (!link) throw notFound("the user");
  const locks = [`link:${id}`, ...[...names, link.nameKey].flatMap((name) => (name === null ? [] : `name:${name}`))];
  return job.connection.locks.hold(locks, job.deadlineAt, async () => {
    await settle(job, id);
    return applyWanted(job, id, ifMatch, change);
  });
}

/** Under the locks: read, apply, diff, write, commit. */
async function applyWanted(
  job: Job,
  id: string,
  ifMatch: string | undefined,
  change: (present: Resource) => Resource,
): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const link = findLiveLink(connection.store, "User", id);
  const before = link && (await hydrate(job, link));
  if (!link || !before) throw notFound("the user");
  await requireMatch(ifMatch, before);
  const wanted = settleWanted(job, kind, before, change(before.resource));
  if (wanted.changed.size === 0 && !wanted.linkChanged) {
    deleteIntentsOf(connection.store, id);
    return before;
  }
  const keys = keysOf(connection, resourceOf({ ...link, kept: wanted.kept }, wanted.held, kind), wanted.held, "User");
  for (const key of [keys.nameKey, connection.coupling === "separate" ? null : keys.emailKey]) {
    const others = key === null ? [] : findLiveLinksByKey(connection.store, "User", "nameKey", key);
    if (others.some((other) => other.id !== id)) throw taken("userName");
  }
  const { values, pointers } = await toWritten(job, shortenUnchanged(job, wanted, kind), wanted.changed, kind);
  const removed = kind.rows.filter((row) => row.reference && wanted.held[row.path] === undefined);
  const nextPointers = { ...link.pointers, ...pointers };
  for (const row of removed) delete nextPointers[row.path];

  let next = link;
  let isPending = false;
  const native = await journaled(
    job,
    { kind: "user.update", linkId: id },
    async () => {
      const written = await writeSeated(job, link, before, wanted, values);
      isPending = written.isPending;
      return written.native;
    },
    () => {
      next = {
        ...(findLiveLink(connection.store, "User", id) ?? link),
        ...keys,
        externalId: wanted.externalId,
        kept: wanted.kept,
        pointers: nextPointers,
        modifiedAt: job.now(),
      };
      if (wanted.changed.has("active") && !isPending) {
        deleteOverlay(connection.store, id, "active");
        // The vendor frees the seat of whoever is switched off; the groups give it back on restore.
        if (!keys.isActive) next.seat = null;
      }
      updateLink(connection.store, id, next);
      overlayLag(job, id, isPending ? { ...before.held, active: false } : before.held, wanted.held);
    },
  );
  if (native === undefined) return hydrated(connection, next, before.native, wanted.held);
  return assemble(job, next, native, user.toScim(native));
}

/**
 * A restored user gets the seat of their groups back, and is not restored if there is none left. A deactivation that the
 * vendor cannot take now is kept; one that it cannot take yet counts as done.
 */
async function writeSeated(
  job: Job,
  link: Link,
  before: Hydrated,
  wanted: Wanted,
  values: Values,
): Promise<{ native: unknown; isPending: boolean }> {
  const { store } = job.connection;
  const turns = wanted.changed.has("active");
  if (turns && wanted.held.active === false) {
    try {
      return { native: await writeNatively(job, link, before, wanted, values), isPending: false };
    } catch (error) {
      if (!isKept(error)) throw error;
      keepDeactivation(job, link.id);
      if (error.kind !== "pending") throw error;
      return { native: undefined, isPending: true };
    }
  }
  const native = await writeNatively(job, link, before, wanted, values);
  if (!turns) return { native, isPending: false };
  updateLink(store, link.id, { isActive: true });
  try {
    await settleSeat(job, link.id);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await deactivateNatively(job, link.nativeId ?? "", native, wanted.held);
    updateLink(store, link.id, { isActive: false });
    throw error;
  }
  return { native, isPending: false };
}

/** The native calls of an update; undefined where the vendor's side does not change. */
async function writeNatively(job: Job, link: Link, before: Hydrated, wanted: Wanted, values: Values): Promise<unknown> {
  const { adapter } = job.connection;
  const { user } = adapter;
  const nativeId = link.nativeId ?? "";
  const byVerb = user.setActive !== undefined && wanted.changed.has("active");
  const changed = new Set(wanted.changed);
  if (byVerb) changed.delete("active");
  if (before.native === undefined && changed.size > 0 && adapter.quirks.fullReplace) {
    throw new Fault("unavailable", {
      detail: "the product does not show this user yet; try again",
      retryAfterSeconds: 2,
    });
  }
  let native: unknown;
  if (changed.size > 0) native = await user.update(job.api, nativeId, { values, changed, native: before.native });
  if (byVerb && user.setActive) {
    const isActive = wanted.held.active === true;
    native = await user.setActive(job.api, nativeId, isActive, native ?? before.native);
  }
  return native;
}

/** Deletes a user as the connection deletes: removed, or disabled and hidden (semantics 8). */
export async function deleteUser(job: Job, id: string, ifMatch: string | undefined): Promise<void> {
  const { connection } = job;
  const { user } = connection.adapter;
  const found = findLiveLink(connection.store, "User", id);
  if (!found) throw notFound("the user");
  const locks = [`link:${id}`, ...(found.nameKey === null ? [] : [`name:${found.nameKey}`])];
  await connection.locks.hold(locks, job.deadlineAt, async () => {
    await settle(job, id);
    const link = findLiveLink(connection.store, "User", id);
    if (!link?.nativeId) throw notFound("the user");
    const removes = connection.onDelete === "remove" && user.remove !== undefined;
    const present = removes && ifMatch === undefined ? undefined : await hydrate(job, link);
    if (!present && (!removes || ifMatch !== undefined)) throw notFound("the user");
    if (present) await requireMatch(ifMatch, present);
    await journaled(
      job,
      { kind: "user.delete", linkId: id },
      () => (removes ? removeUser(job, link) : hideUser(job, link, present)),
      () => {
        entomb(job, id, !removes);
        deleteLagOverlays(connection.store, id);
      },
    );
  });
}

async function removeUser(job: Job, link: Link): Promise<void> {
  try {
    await job.connection.adapter.user.remove?.(job.api, link.nativeId ?? "");
  } catch (error) {
    // Gone already, which is what was asked for.
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
  }
}

async function hideUser(job: Job, link: Link, present: Hydrated | undefined): Promise<void> {
  const { connection } = job;
  if (!present || !link.nativeId) return;
  // The one place where a lock is taken under another: users before groups, and never the other way round.
  for (const group of listGroupsOf(connection.store, link.id)) {
    await connection.locks.hold([`link:${group.id}`], job.deadlineAt, () => removeNatively(job, group, [link]));
  }
  deleteUserMemberships(connection.store, link.id);
  const { seats } = connection.adapter;
  if (link.seat !== null && seats?.none !== undefined) await seats.set(job.api, link.nativeId, seats.none);
  if (present.held.active === false) return;
  if (!("active" in present.held)) throw badRequest("mutability", "this product can neither remove nor disable a user");
  try {
    await deactivateNatively(job, link.nativeId, present.native, present.held);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    keepDeactivation(job, link.id);
  }
}
