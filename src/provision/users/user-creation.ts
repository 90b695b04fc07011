// Users: create, or reuse the hidden account of a deleted user (RFC 7644 section 3.3; [S8]).

import { Fault, type Values } from "../../adapter.ts";
import { replaceBy } from "../../scim/edit.ts";
import type { Resource } from "../../scim/schema.ts";
import { foldName, isSameName } from "../../scim/text.ts";
import { noteDigests } from "../../store/digests.ts";
import { listDoubtsJoining } from "../../store/doubts.ts";
import { deleteOverlay } from "../../store/journal.ts";
import { findFormerLinks, findLiveLinksByKey } from "../../store/link-names.ts";
import {
  findLink,
  findLiveLink,
  insertLink,
  insertNewLink,
  isHiddenAccount,
  type LiveLink,
  type NativeLink,
  NEW_LINK,
  type NewLink,
  releaseNativeId,
  type Store,
  updateLink,
} from "../../store/links.ts";
import { noteNoGroups } from "../../store/members.ts";
import { noteNoSight } from "../../store/sights.ts";
import { noteWritten } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";
import { type Claim, foreseeNames, withNameLocks } from "../locks/name-claims.ts";
import { followValues, oweUnknownPlace } from "../membership/own-groups.ts";
import { locksOfEarlierCreate, orEarlier, promisedId, resolveEarlierCreate } from "../recovery/earlier-create.ts";
import { expectedName } from "../recovery/intent-resolution.ts";
import { withIntent } from "../recovery/journal.ts";
import { rememberDisable } from "../recovery/pending-disable.ts";
import { findAnsweringByEmail, isNameOnLink } from "../resource/email-coupling.ts";
import { readHeld } from "../resource/held-values.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag } from "../resource/hydrate.ts";
import { requireNoLateCall } from "../resource/late-calls.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withHolderTold } from "../resource/name-holders.ts";
import { withoutNotFound } from "../resource/not-found.ts";
import { overlayPending } from "../resource/pending-addresses.ts";
import { wakeReferences } from "../resource/reference-lookup.ts";
import { withPartTold, withRefusalTold } from "../resource/told-refusals.ts";
import { noteToldMembers } from "../resource/told-values.ts";
import { toWritten } from "../resource/user-references.ts";
import { isBlank } from "../resource/value-checks.ts";
import { resourceOf, toWanted, type Wanted } from "../resource/wanted-values.ts";
import { withBrake } from "../safeguards/brake.ts";
import { digestOfName, effectsOfCreation, noteCreation } from "../safeguards/brake-effects.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import { reuseHidden } from "./hidden-account.ts";
import { claimLeavers, renameLeaver } from "./leaver-rename.ts";
import { heldByUser } from "./name-taken.ts";
import { storeAsOwed, toUnmetReference, type Unmet } from "./owed-values.ts";
import { planUser } from "./user-change.ts";
import { linkAccountsOf } from "./user-name-claims.ts";
import { writeUserPlan } from "./user-write.ts";

/** @throws ScimError 409 uniqueness for a user who exists */
export async function createUser(job: Job, resource: Resource): Promise<Hydrated> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const wanted = toWanted(job, kind, undefined, resource);
  const key = foldName(String(wanted.held.userName));
  const edit = replaceBy(resource, kind.type, job.work);
  const others = locksOfEarlierCreate(job, "user.create", key);
  const plan = async (claim: Claim) => {
    const mine = await resolveEarlierCreate(job, "user.create", key);
    const lost = mine && findLiveLink(connection.store, "User", mine.linkId);
    if (mine && lost && mine.externalId === wanted.externalId) {
      job.trace.notes.add("an earlier attempt had created this user; it was finished");
      return { lost: await planUser(job, lost.id, undefined, claim, edit) };
    }
    await refuseExisting(job, key, wanted);
    requireNoLateCall(job, key, {});
    const id = promisedId(job, mine, wanted.externalId);
    return { lost: undefined, leavers: await claimLeavers(job, claim, "", key), id };
  };
  const created = await withNameLocks(
    job,
    "name",
    [key, ...foreseeNames(edit, connection.adapter)],
    others,
    plan,
    async ({ lost, leavers, id }) => {
      if (lost) return writeUserPlan(job, lost);
      const about = await digestOfName(job, key);
      return withBrake(job, { about, effects: effectsOfCreation(job, id) }, async () => {
        for (const leaver of leavers) await renameLeaver(job, leaver, wanted.held);
        const isAlias = !isBlank(resource.userName);
        const create = () => orEarlier(job, "User", wanted.held, () => createOrReuse(job, id, key, wanted, isAlias));
        const made = await withHolderTold(job, "User", wanted.held, create);
        noteCreation(job);
        return made;
      });
    },
  );
  noteWritten(job, created, edit);
  return created;
}

/** @throws ScimError 409 where a live link has the name and the vendor still has its record */
async function refuseExisting(job: Job, key: string, { held }: Wanted): Promise<void> {
  const { connection } = job;
  const isEmail = isSameName(String(held[naturalKeyPath(connection, "User")] ?? ""), String(held.userName));
  if (isNameOnLink(connection) && !isEmail) await linkAccountsOf(job, String(held.userName));
  const named = findLiveLinksByKey(connection.store, "User", "nameKey", key);
  for (const link of named) if (await hydrate(job, link)) throw heldByUser(link.id);
  const addressed = findAnsweringByEmail(connection, key).filter(({ id }) => !named.some((link) => link.id === id));
  for (const link of addressed) {
    const present = await hydrate(job, link);
    if (present && hasAddress(job, present, key)) throw heldByUser(link.id);
  }
}

/** Whether the record read has the address: an old key may be another one's. */
const hasAddress = ({ connection }: Job, { held }: Hydrated, key: string) =>
  foldName(String(held[naturalKeyPath(connection, "User")] ?? "")) === key;

interface Made {
  native: unknown;
  /** Why the vendor cannot disable the new account yet, where the client asked for a disabled one. */
  pending?: Fault;
}

/** The account at the vendor: the hidden one of a deleted user of this name, or a new one. */
async function makeNative(
  job: Job,
  id: string,
  wanted: Wanted,
  values: Values,
  hidden: NativeLink | undefined,
): Promise<Made> {
  const { user } = job.connection.adapter;
  const written = { type: "User", id, held: wanted.held, paths: wanted.changed } as const;
  const reused =
    hidden &&
    (await withoutNotFound(() => withRefusalTold(job, written, () => reuseHidden(job, hidden, wanted.held, values))));
  if (reused !== undefined) return { native: reused };
  const native = await withRefusalTold(job, written, () => user.create(job.api, values));
  return wanted.held.active === false ? withoutNotFound(() => disableNew(job, native)) : { native };
}

async function disableNew(job: Job, native: unknown): Promise<Made> {
  const { user } = job.connection.adapter;
  if (!user.setActive) return { native };
  try {
    return {
      native: await withPartTold(job, "active", async () => user.setActive?.(job.api, user.id(native), false, native)),
    };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "pending") throw error;
    return { native, pending: error };
  }
}

/** What nobody can have stored of a link that was not there is not asked for. */
function noteNothingKnown(store: Store, id: string): void {
  noteDigests(store, id, undefined);
  noteNoSight(store, id);
  noteNoGroups(store, id);
}

function storeNew(store: Store, link: LiveLink, now: number): void {
  if (insertNewLink(store, link)) {
    noteNothingKnown(store, link.id);
    return;
  }
  releaseNativeId(store, link.type, link.nativeId, link.id, now);
  // A sweep may have seen the account first.
  if (findLink(store, link.type, link.id)) updateLink(store, link.id, link);
  else insertLink(store, link);
}

/** A deleted user who is created again is a new user to clients, also where the vendor's account is the former one [S9]. */
async function createOrReuse(job: Job, id: string, key: string, asked: Wanted, isAlias: boolean): Promise<Hydrated> {
  const { connection } = job;
  const unmet: Unmet[] = [];
  let wanted = asked;
  const { user } = connection.adapter;
  const kind = kindOf(connection, "User");
  const former = findFormerLinks(connection.store, "User", key);
  const hidden = former.find(isHiddenAccount);
  const { values, pointers } = await toWritten(job, id, wanted.held, wanted.changed, kind, (path, why) => {
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
    isAlias,
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
      oweUnknownPlace(job, id);
      const made = await makeNative(job, id, wanted, values, hidden);
      return { ...made, link: { ...base, ...keys, nativeId: user.id(made.native) } satisfies LiveLink };
    },
    ({ native, link, pending }) => {
      for (const one of former.filter(({ id, state }) => id === hidden?.id || state === "lost")) {
        updateLink(connection.store, one.id, { nativeId: null, isHidden: false });
        // What was owed was owed to the user who left.
        deleteOverlay(connection.store, one.id, "active");
        // A late call that names the account means the new user from now on.
        for (const groupId of listDoubtsJoining(connection.store, one.id)) noteToldMembers(job, groupId, [{ id }]);
      }
      storeNew(connection.store, link, now);
      storeAsOwed(job, id, unmet);
      wakeReferences(job, link);
      followValues(job, id, wanted.held);
      const seen = readHeld(connection.store, link, user.toScim(native), kind);
      overlayLag(job, id, {}, { ...wanted.held, ...seen });
      // The account of a deleted user may have another address, whose change waits.
      overlayPending(job, link, native, wanted.held, wanted.changed);
      if (pending) rememberDisable(job, id, pending);
    },
  );
  return answerWritten(job, link, native, user.toScim(native));
}
