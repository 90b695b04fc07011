// Users: create, change and delete (RFC 7644 sections 3.3, 3.5 and 3.6).

import { Fault, type Values } from "../../adapter.ts";
import { notFound, ScimError } from "../../scim/messages.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldCase } from "../../scim/text.ts";
import { createId } from "../../store/identifier.ts";
import { deleteIntentsOf, deleteOverlay, findIntentByKey } from "../../store/journal.ts";
import {
  findFormerLinks,
  findLiveLink,
  findLiveLinksByKey,
  insertLink,
  type Link,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import { type Claim, holdNames } from "../connection/claims.ts";
import type { Bound, Job } from "../connection/job.ts";
import { braked, uncountRemoval } from "../guard/brake.ts";
import { requireUserKept } from "../guard/keeping.ts";
import { renaming } from "../resource/addresses.ts";
import {
  answerWritten,
  confirmAbsence,
  type Hydrated,
  hydrate,
  hydrated,
  kindOf,
  overlayLag,
  readHeld,
  toWritten,
} from "../resource/hydrate.ts";
import { keysOf, remainingSeat } from "../resource/link-keys.ts";
import { changedPaths, type Held } from "../resource/mapping.ts";
import { making } from "../resource/presence.ts";
import { namesIn, resourceOf, settleWanted, shortenUnchanged, type Wanted } from "../resource/values.ts";
import { requireMatch } from "../resource/version.ts";
import { isDormant, isOwed, keepDeactivation } from "../settlement/deactivation.ts";
import { journaled, pathsInDoubt, settle } from "../settlement/journal.ts";
import { promisedName, resolveIntent } from "../settlement/resolution.ts";
import { writeSeated } from "./user-writes.ts";

const taken = (attribute: string, why = "") =>
  new ScimError(409, `${attribute} is taken by another resource${why}`, { scimType: "uniqueness" });

/** @throws ScimError 409 uniqueness for a user who exists */
export async function createUser(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const wanted = settleWanted(job, kind, undefined, resource);
  const key = foldCase(String(wanted.held.userName));
  const started = findIntentByKey(connection.store, "user.create", key);
  const others = started ? [`link:${started.linkId}`] : [];
  return holdNames(job, "name", [key, ...namesIn(resource, kind, job)], others, async (claim) => {
    const unfinished = findIntentByKey(connection.store, "user.create", key);
    if (unfinished?.state === "open") await resolveIntent(job, unfinished);
    const mine = findIntentByKey(connection.store, "user.create", key);
    const lost = mine && findLiveLink(connection.store, "User", mine.linkId);
    if (mine && lost && mine.externalId === wanted.externalId) {
      job.trace.notes.add("an earlier attempt had created this user; it was finished");
      return applyWanted(job, lost.id, undefined, claim, () => resource);
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

/** Whether userName and e-mail are one value, so that either takes the other's place among the names. */
const isEmailName = ({ adapter, coupling }: Bound) => adapter.userNameIs !== undefined && coupling !== "separate";

const emailHolders = ({ connection }: Job, key: string) =>
  isEmailName(connection) ? findLiveLinksByKey(connection.store, "User", "emailKey", key) : [];

async function createOrRevive(job: Job, key: string, wanted: Wanted): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const former = findFormerLinks(connection.store, "User", key);
  const self = former.find((link) => link.externalId === wanted.externalId);
  const hidden = former.find((link) => link.isHidden);
  const id = self?.id ?? createId(job.now());
  const { values, pointers } = await toWritten(job, wanted.held, wanted.changed, kind);

  let pending: Fault | undefined;
  const switchOff = async (native: unknown): Promise<unknown> => {
    try {
      return await user.setActive?.(job.api, user.id(native), false, native);
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "pending") throw error;
      pending = error;
      return native;
    }
  };
  const steps = async (): Promise<unknown> => {
    const reused = hidden && (await making(() => reuseHidden(job, hidden, wanted.held, values)));
    if (reused !== undefined) return reused;
    try {
      const native = await user.create(job.api, values);
      if (wanted.held.active !== false || !user.setActive) return native;
      return await making(() => switchOff(native));
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
    {
      kind: "user.create",
      linkId: id,
      key,
      externalId: wanted.externalId,
      expected: promisedName(job, "User", wanted.held),
    },
    steps,
    (created) => {
      const keys = keysOf(connection, resourceOf(base, wanted.held, kind), wanted.held, "User");
      link = { ...base, ...keys, nativeId: user.id(created) };
      if (hidden && hidden.id !== id) updateLink(connection.store, hidden.id, { nativeId: null, isHidden: false });
      releaseNativeId(connection.store, "User", user.id(created), id, now);
      if (self) updateLink(connection.store, id, link);
      else insertLink(connection.store, link);
      const seen = readHeld(connection, link, user.toScim(created), kind);
      // What was owed was owed to the user who left.
      deleteOverlay(connection.store, id, "active");
      overlayLag(job, id, {}, { ...wanted.held, ...seen });
      if (pending) keepDeactivation(job, id, pending);
    },
  );
  return answerWritten(job, link, native, user.toScim(native));
}

/**
 * Gives the disabled, hidden account of a deleted user to the user who comes now: everything the table maps is
 * overwritten or cleared before the account is enabled. Undefined where the account has gone meanwhile.
 */
async function reuseHidden(job: Job, link: Link, held: Held, values: Values): Promise<unknown> {
  const { nativeId, deletedAt } = link;
  const { user, quirks } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  if (nativeId === null) return undefined;
  let native: unknown;
  try {
    native = await user.read(job.api, nativeId);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    const isSettled = job.now() >= (deletedAt ?? 0) + (quirks.readLagMs?.is ?? 0);
    if (isSettled) {
      await confirmAbsence(job, link);
      return undefined;
    }
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
 * @param names folded names that the change is foreseen to claim
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
  const foreseen = [...names, ...(link.nameKey === null ? [] : [link.nameKey])];
  return holdNames(job, "name", foreseen, [`link:${id}`], async (claim) => {
    const unsure = pathsInDoubt(job, id);
    await settle(job, id);
    return applyWanted(job, id, ifMatch, claim, change, unsure);
  });
}

/** Under the locks: read, apply, diff, write, commit. */
async function applyWanted(
  job: Job,
  id: string,
  ifMatch: string | undefined,
  claim: Claim,
  change: (present: Resource) => Resource,
  unsure: readonly string[] = [],
): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const link = findLiveLink(connection.store, "User", id);
  const before = link && (await hydrate(job, link));
  if (!link || !before) throw notFound("the user");
  await requireMatch(ifMatch, before);
  const wanted = settleWanted(job, kind, before, change(before.resource));
  // Whoever is inactive without having been disabled is disabled by a request that says so, and by no other.
  const isNamed = () => change({ ...before.resource, active: true }).active === false;
  if (wanted.held.active === false && isDormant(job, before) && isNamed()) wanted.changed.add("active");
  // Reads may still show what was before a write whose answer was lost.
  for (const path of unsure) wanted.changed.add(path);
  // A deactivation that the vendor still owes is tried again with whatever write comes next.
  if (wanted.held.active === false && isOwed(job, id)) wanted.changed.add("active");
  await requireUserKept(job, before, wanted);
  if (wanted.changed.size === 0 && !wanted.linkChanged) {
    deleteIntentsOf(connection.store, id);
    return before;
  }
  const keys = keysOf(connection, resourceOf({ ...link, kept: wanted.kept }, wanted.held, kind), wanted.held, "User");
  for (const key of [keys.nameKey, isEmailName(connection) ? keys.emailKey : null]) {
    if (key === null || key === link.nameKey) continue;
    claim(key);
    const others = findLiveLinksByKey(connection.store, "User", "nameKey", key);
    if (others.some((other) => other.id !== id)) throw taken("userName");
  }
  const isDisabled = wanted.changed.has("active") && wanted.held.active === false;
  const isRestored = wanted.changed.has("active") && !isDisabled;
  const isRenamed = keys.nameKey !== link.nameKey || keys.emailKey !== link.emailKey;
  const { values, pointers } = await toWritten(job, shortenUnchanged(job, wanted, kind), wanted.changed, kind);
  const removed = kind.rows.filter((row) => row.reference && wanted.held[row.path] === undefined);
  const nextPointers = { ...link.pointers, ...pointers };
  for (const row of removed) delete nextPointers[row.path];

  let next = link;
  let isPending = false;
  const write = () =>
    braked(job, isDisabled ? "deactivation" : undefined, id, () =>
      journaled(
        job,
        {
          kind: "user.update",
          linkId: id,
          expected: { paths: [...wanted.changed], ...(isRestored ? { activates: true } : {}) },
        },
        async () => {
          const written = await writeSeated(job, link, before, wanted, values);
          isPending = written.isPending;
          return written.native;
        },
        (native) => {
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
            if (!keys.isActive) next.seat = remainingSeat(connection, next, native);
          }
          updateLink(connection.store, id, next);
          // What an overlay showed, or a lost write has changed, the vendor's reads may not show yet.
          const written = new Set(wanted.changed);
          if (isPending) written.delete("active");
          overlayLag(job, id, isPending ? { ...before.held, active: false } : before.held, wanted.held, written);
        },
      ),
    );
  const native = await (isRenamed ? renaming(job, id, write) : write());
  if (isRestored) uncountRemoval(job, id);
  if (native === undefined) return hydrated(connection, next, before.native, wanted.held);
  return answerWritten(job, next, native, user.toScim(native));
}
