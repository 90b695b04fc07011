// Users: create, or give somebody the account that a deleted user has left (RFC 7644 section 3.3; [S8]).

import { Fault, type Values } from "../../adapter.ts";
import { replaceBy } from "../../scim/edit.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldCase } from "../../scim/text.ts";
import { createId } from "../../store/identifier.ts";
import { deleteOverlay } from "../../store/journal.ts";
import {
  findFormerLinks,
  findLiveLink,
  findLiveLinksByKey,
  insertLink,
  type Link,
  type LiveLink,
  NEW_LINK,
  type NewLink,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import { type Claim, foresee, holdNames } from "../connection/claims.ts";
import type { Job } from "../connection/job.ts";
import { kindOf } from "../connection/kinds.ts";
import { confirmAbsence } from "../resource/existence.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag, readHeld } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { changedPaths, type Held } from "../resource/mapping.ts";
import { making } from "../resource/presence.ts";
import { toWritten } from "../resource/references.ts";
import { resourceOf, settleWanted, type Wanted } from "../resource/values.ts";
import { locksOfAttempt, settleAttempt } from "../settlement/attempts.ts";
import { keepDeactivation } from "../settlement/deactivation.ts";
import { journaled } from "../settlement/journal.ts";
import { promisedName } from "../settlement/resolution.ts";
import { isEmailName, planUser, taken, writeUser } from "./users.ts";

/** @throws ScimError 409 uniqueness for a user who exists */
export async function createUser(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const wanted = settleWanted(job, kind, undefined, resource);
  const key = foldCase(String(wanted.held.userName));
  const edit = replaceBy(resource, kind.type);
  const others = locksOfAttempt(job, "user.create", key);
  const plan = async (claim: Claim) => {
    const mine = await settleAttempt(job, "user.create", key);
    const lost = mine && findLiveLink(connection.store, "User", mine.linkId);
    if (mine && lost && mine.externalId === wanted.externalId) {
      job.trace.notes.add("an earlier attempt had created this user; it was finished");
      return planUser(job, lost.id, undefined, claim, edit);
    }
    await refuseExisting(job, key);
    return undefined;
  };
  return holdNames(job, "name", [key, ...foresee(edit, job)], others, plan, (planned) =>
    planned ? writeUser(job, planned) : createOrRevive(job, key, wanted),
  );
}

/** A live link that the vendor still has a record for takes the name. */
async function refuseExisting(job: Job, key: string): Promise<void> {
  const { store } = job.connection;
  const holders = new Map(
    [...findLiveLinksByKey(store, "User", "nameKey", key), ...emailHolders(job, key)].map((link) => [link.id, link]),
  );
  for (const link of holders.values()) if (await hydrate(job, link)) throw taken("userName");
}

const emailHolders = ({ connection }: Job, key: string) =>
  isEmailName(connection) ? findLiveLinksByKey(connection.store, "User", "emailKey", key) : [];

interface Made {
  native: unknown;
  /** Why the vendor cannot disable the new account yet, where it shall be disabled. */
  pending?: Fault;
}

/** The vendor's account: the hidden one of somebody who has left under this name, or a new one. */
async function makeNative(
  job: Job,
  wanted: Wanted,
  values: Values,
  former: readonly Link[],
  hidden: Link | undefined,
): Promise<Made> {
  const { user } = job.connection.adapter;
  const reused = hidden && (await making(() => reuseHidden(job, hidden, wanted.held, values)));
  if (reused !== undefined) return { native: reused };
  try {
    const native = await user.create(job.api, values);
    return wanted.held.active === false ? await making(() => switchOff(job, native)) : { native };
  } catch (error) {
    const isBlocked = error instanceof Fault && error.kind === "conflict" && former.length > 0;
    throw isBlocked ? taken("userName", ": the product still holds the account of a deleted user under it") : error;
  }
}

async function switchOff(job: Job, native: unknown): Promise<Made> {
  const { user } = job.connection.adapter;
  if (!user.setActive) return { native };
  try {
    return { native: await user.setActive(job.api, user.id(native), false, native) };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    return { native, pending: error };
  }
}

async function createOrRevive(job: Job, key: string, wanted: Wanted): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const former = findFormerLinks(connection.store, "User", key);
  const self = former.find((link) => link.externalId === wanted.externalId);
  const hidden = former.find((link) => link.isHidden);
  const id = self?.id ?? createId(job.now());
  const { values, pointers } = await toWritten(job, wanted.held, wanted.changed, kind);
  const now = job.now();
  const base: NewLink = {
    ...(self ?? { id, type: "User", createdAt: now, version: 1, sweep: null, membersLoaded: false }),
    ...NEW_LINK,
    externalId: wanted.externalId,
    kept: wanted.kept,
    pointers,
    modifiedAt: now,
  };
  const keys = keysOf(connection, resourceOf(base, wanted.held, kind), wanted.held, "User");
  const { native, link } = await journaled(
    job,
    {
      kind: "user.create",
      linkId: id,
      key,
      externalId: wanted.externalId,
      expected: promisedName(job, "User", wanted.held),
    },
    async () => {
      const made = await makeNative(job, wanted, values, former, hidden);
      return { ...made, link: { ...base, ...keys, nativeId: user.id(made.native) } satisfies LiveLink };
    },
    ({ native, link, pending }) => {
      if (hidden && hidden.id !== id) updateLink(connection.store, hidden.id, { nativeId: null, isHidden: false });
      releaseNativeId(connection.store, "User", link.nativeId, id, now);
      if (self) updateLink(connection.store, id, link);
      else insertLink(connection.store, link);
      const seen = readHeld(connection, link, user.toScim(native), kind);
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
  const { readLagMs } = job.connection;
  const { user } = job.connection.adapter;
  const kind = kindOf(job.connection, "User");
  if (nativeId === null) return undefined;
  let native: unknown;
  try {
    native = await user.read(job.api, nativeId);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
    const isSettled = job.now() >= (deletedAt ?? 0) + readLagMs;
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
