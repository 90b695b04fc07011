// Users: create, or reuse the hidden account of a deleted user (RFC 7644 section 3.3; [S8]).

import { Fault, type Values } from "../../adapter.ts";
import { replaceBy } from "../../scim/edit.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldCase, isSameText } from "../../scim/text.ts";
import { createId } from "../../store/identifier.ts";
import { deleteOverlay } from "../../store/journal.ts";
import {
  findFormerLinks,
  findLiveLink,
  findLiveLinksByKey,
  insertLink,
  isHiddenAccount,
  type Link,
  type LiveLink,
  type NativeLink,
  NEW_LINK,
  type NewLink,
  releaseNativeId,
  updateLink,
} from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { type Claim, foreseeNames, withNameLocks } from "../locks/name-claims.ts";
import { locksOfEarlierCreate, resolveEarlierCreate } from "../recovery/earlier-create.ts";
import { expectedName } from "../recovery/intent-resolution.ts";
import { withIntent } from "../recovery/journal.ts";
import { rememberDisable } from "../recovery/pending-disable.ts";
import { findAnsweringByEmail, isNameOnLink } from "../resource/email-coupling.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag, readHeld } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withoutNotFound } from "../resource/not-found.ts";
import { overlayPending } from "../resource/pending-addresses.ts";
import { wakeReferences } from "../resource/reference-lookup.ts";
import { toWritten } from "../resource/user-references.ts";
import { resourceOf, toWanted, type Wanted } from "../resource/wanted-values.ts";
import { withRefusalTold } from "../vendor/refused-values.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import { reuseHidden } from "./hidden-account.ts";
import { claimLeavers, renameLeaver } from "./leaver-rename.ts";
import { heldByDeleted, heldByUser } from "./name-taken.ts";
import { storeAsOwed, toUnmetReference, type Unmet } from "./owed-values.ts";
import { planUser, writeUserPlan } from "./user-change.ts";
import { linkAccountsOf } from "./user-name-claims.ts";

/** @throws ScimError 409 uniqueness for a user who exists */
export async function createUser(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const wanted = toWanted(job, kind, undefined, resource);
  const key = foldCase(String(wanted.held.userName));
  const edit = replaceBy(resource, kind.type);
  const others = locksOfEarlierCreate(job, "user.create", key);
  const plan = async (claim: Claim) => {
    const mine = await resolveEarlierCreate(job, "user.create", key);
    const lost = mine && findLiveLink(connection.store, "User", mine.linkId);
    if (mine && lost && mine.externalId === wanted.externalId) {
      job.trace.notes.add("an earlier attempt had created this user; it was finished");
      return { lost: await planUser(job, lost.id, undefined, claim, edit), leavers: [] };
    }
    await refuseExisting(job, key, wanted);
    return { lost: undefined, leavers: await claimLeavers(job, claim, "", key) };
  };
  return withNameLocks(
    job,
    "name",
    [key, ...foreseeNames(edit, connection.adapter)],
    others,
    plan,
    async ({ lost, leavers }) => {
      if (lost) return writeUserPlan(job, lost);
      for (const leaver of leavers) await renameLeaver(job, leaver, wanted.held);
      return createOrReuse(job, key, wanted);
    },
  );
}

/** @throws ScimError 409 where a live link has the name and the vendor still has its record */
async function refuseExisting(job: Job, key: string, { held }: Wanted): Promise<void> {
  const { connection } = job;
  const isEmail = isSameText(String(held[naturalKeyPath(connection, "User")] ?? ""), String(held.userName));
  if (isNameOnLink(connection) && !isEmail) await linkAccountsOf(job, String(held.userName));
  const named = findLiveLinksByKey(connection.store, "User", "nameKey", key);
  const holders = new Map([...named, ...findAnsweringByEmail(connection, key)].map((link) => [link.id, link]));
  for (const link of holders.values()) if (await hydrate(job, link)) throw heldByUser(link.id);
}

interface Made {
  native: unknown;
  /** Why the vendor cannot disable the new account yet, where the client asked for a disabled one. */
  pending?: Fault;
}

/** The account at the vendor: the hidden one of a deleted user of this name, or a new one. */
async function makeNative(
  job: Job,
  wanted: Wanted,
  values: Values,
  former: readonly Link[],
  hidden: NativeLink | undefined,
): Promise<Made> {
  const { user } = job.connection.adapter;
  const reused = hidden && (await withoutNotFound(() => reuseHidden(job, hidden, wanted.held, values)));
  if (reused !== undefined) return { native: reused };
  try {
    const native = await withRefusalTold("User", wanted.changed, () => user.create(job.api, values));
    return wanted.held.active === false ? await withoutNotFound(() => disableNew(job, native)) : { native };
  } catch (error) {
    const isBlocked = error instanceof Fault && error.kind === "conflict" && former.length > 0;
    throw isBlocked ? heldByDeleted(error) : error;
  }
}

async function disableNew(job: Job, native: unknown): Promise<Made> {
  const { user } = job.connection.adapter;
  if (!user.setActive) return { native };
  try {
    return { native: await user.setActive(job.api, user.id(native), false, native) };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    return { native, pending: error };
  }
}

/** A deleted user who is created again is a new user to clients, also where the vendor's account is the former one [S9]. */
async function createOrReuse(job: Job, key: string, asked: Wanted): Promise<Hydrated> {
  const { connection } = job;
  const unmet: Unmet[] = [];
  let wanted = asked;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const former = findFormerLinks(connection.store, "User", key);
  const hidden = former.find(isHiddenAccount);
  const id = createId(job.now());
  const { values, pointers } = await toWritten(job, wanted.held, wanted.changed, kind, (path, why) => {
    unmet.push(toUnmetReference(job, path, asked.held, why, false));
    wanted = { ...wanted, held: { ...wanted.held, [path]: undefined } };
  });
  const now = job.now();
  const base: NewLink = {
    ...NEW_LINK,
    id,
    type: "User",
    createdAt: now,
    version: 1,
    sweep: null,
    membersLoaded: false,
    isAlias: true,
    externalId: wanted.externalId,
    kept: wanted.kept,
    pointers,
    modifiedAt: now,
  };
  const keys = keysOf(connection, resourceOf(base, wanted.held, kind), wanted.held, "User");
  const { native, link } = await withIntent(
    job,
    {
      kind: "user.create",
      linkId: id,
      key,
      externalId: wanted.externalId,
      expected: expectedName(job, "User", wanted.held),
    },
    async () => {
      const made = await makeNative(job, wanted, values, former, hidden);
      return { ...made, link: { ...base, ...keys, nativeId: user.id(made.native) } satisfies LiveLink };
    },
    ({ native, link, pending }) => {
      for (const one of former.filter(({ id, state }) => id === hidden?.id || state === "lost")) {
        updateLink(connection.store, one.id, { nativeId: null, isHidden: false });
        // What was owed was owed to the user who left.
        deleteOverlay(connection.store, one.id, "active");
      }
      releaseNativeId(connection.store, "User", link.nativeId, id, now);
      insertLink(connection.store, link);
      storeAsOwed(job, id, unmet);
      wakeReferences(job, link);
      const seen = readHeld(connection.store, link, user.toScim(native), kind);
      overlayLag(job, id, {}, { ...wanted.held, ...seen });
      // The account of a deleted user may have another address, whose change waits.
      overlayPending(job, link, native, wanted.held, wanted.changed);
      if (pending) rememberDisable(job, id, pending);
    },
  );
  return answerWritten(job, link, native, user.toScim(native));
}
