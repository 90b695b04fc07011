// Renames the vendor's record of a user who has left, when another user needs its name [S45].

import type { Values } from "../../adapter.ts";
import { foldName, isSameName } from "../../scim/text.ts";
import { findFormerLinks, findLiveLinksByKey } from "../../store/link-names.ts";
import { isHiddenAccount, isLive, type Link, type NativeLink, updateLink } from "../../store/links.ts";
import { upsertOwed } from "../../store/owed.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import type { Job } from "../jobs/job.ts";
import type { Claim } from "../locks/name-claims.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { answerWritten, hydrate, overlayLag } from "../resource/hydrate.ts";
import { oweCopies } from "../resource/owed-copies.ts";
import { isNamePending, waitsForPerson } from "../resource/pending-addresses.ts";
import { nameOfLeaver, namePaths } from "../resource/soft-delete-names.ts";
import { toWritten } from "../resource/user-references.ts";
import { shortenUnchanged } from "../resource/wanted-values.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import { type HiddenAccount, readHidden } from "./hidden-account.ts";
import { heldByLeaver, heldByMailing, heldByPending } from "./name-taken.ts";
import { updateUnderIntent } from "./native-user-update.ts";

/**
 * Finds the users who have left or were deleted and whose accounts at the vendor have the name that a change claims; locks
 * each.
 * @throws ScimError 409 where such an account cannot be renamed
 */
export async function claimLeavers(job: Job, claim: Claim, id: string, nameKey: string): Promise<NativeLink[]> {
  const { store } = job.connection;
  const leavers = findLiveLinksByKey(store, "User", "nativeNameKey", nameKey).filter((leaver) => leaver.id !== id);
  for (const leaver of leavers) {
    claim.link(leaver.id);
    if (isNamePending(job, leaver.id)) throw heldByPending(leaver.id);
    if (leaver.isActive)
      throw heldByLeaver(
        leaver.id,
        `that account is active in ${job.connection.adapter.title}; rename or disable it there, then provision the user again`,
      );
    requireRenamable(job, leaver);
    await requireUnprotected(job, leaver, "the user who has left was not renamed");
  }
  return leavers;
}

/** The same, with the hidden accounts of deleted users, which a rename cannot take over as a create does [S9]. */
export async function claimLeaversAndHidden(
  job: Job,
  claim: Claim,
  id: string,
  nameKey: string,
): Promise<NativeLink[]> {
  const hidden = findFormerLinks(job.connection.store, "User", nameKey).filter(isHiddenAccount);
  for (const link of hidden) requireRenamable(job, link);
  return [...(await claimLeavers(job, claim, id, nameKey)), ...hidden];
}

const makeRoom = (title: string) => `rename or delete it in ${title}, then provision the user again`;

/** @throws ScimError 409 where the account of a user who has left must keep its name */
function requireRenamable(job: Job, { id }: Link): void {
  const { adapter, rules } = job.connection;
  if (rules.parking === "never") {
    throw heldByLeaver(
      id,
      `this connection does not rename such accounts (parking: never); ${makeRoom(adapter.title)}`,
    );
  }
  const path = naturalKeyPath(job.connection, "User");
  const row = kindOf(job.connection, "User").rows.find((one) => one.path === path);
  if (!row || row.immutable) {
    throw heldByLeaver(
      id,
      `${adapter.title} cannot rename an account; delete that account there, then provision the user again`,
    );
  }
  if (waitsForPerson(job.connection, path)) throw heldByMailing(id, adapter.title);
}

/**
 * Renames the account of a user who has left, and replaces the e-mail addresses that the newcomer has too. Clients still see
 * the soft-delete name and the addresses of then; the activation of the user writes them back.
 */
export async function renameLeaver(job: Job, leaver: NativeLink, newcomer: Held): Promise<void> {
  const present = await (isLive(leaver) ? hydrate(job, leaver) : readHidden(job, leaver));
  const path = naturalKeyPath(job.connection, "User");
  const name = present?.held[path];
  if (!present || typeof name !== "string" || name === nameOfLeaver(leaver.id, name)) return;
  const kind = kindOf(job.connection, "User");
  const held = { ...present.held };
  for (const one of namePaths(job.connection)) held[one] = nameOfLeaver(leaver.id, name);
  held[path] = nameOfLeaver(leaver.id, name);
  const addresses = addressesInCommon(present.held, newcomer, path);
  for (const address of addresses) held[address] = nameOfLeaver(leaver.id, String(present.held[address]));
  if (addresses.some((address) => waitsForPerson(job.connection, address))) {
    throw heldByMailing(leaver.id, job.connection.adapter.title);
  }
  const changed = new Set([path, ...addresses]);
  const fitting = shortenUnchanged(job, { held, changed: new Set([...changed, "active"]) }, kind);
  const { values } = await toWritten(job, leaver.id, { ...fitting, active: present.held.active }, changed, kind);
  try {
    await writeRename(job, leaver, present, held, values, changed);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw heldByLeaver(
      leaver.id,
      `${job.connection.adapter.title} refuses to rename that account; ${makeRoom(job.connection.adapter.title)}`,
    );
  }
}

async function writeRename(
  job: Job,
  leaver: NativeLink,
  { native, held: before }: HiddenAccount,
  held: Held,
  values: Values,
  changed: ReadonlySet<string>,
): Promise<void> {
  const { store, adapter } = job.connection;
  const name = String(held[naturalKeyPath(job.connection, "User")]);
  const named = { nativeName: name, nativeNameKey: foldName(name) };
  const written = await updateUnderIntent(job, leaver, { values, changed, native }, () => {
    if (!isLive(leaver)) return updateLink(store, leaver.id, { name, nameKey: foldName(name) });
    updateLink(store, leaver.id, { ...named, modifiedAt: job.now() });
    for (const path of changed) oweShown(job, leaver, path, before[path]);
    oweCopies(job, leaver.id);
    overlayLag(job, leaver.id, before, held, changed);
  });
  if (isLive(leaver)) await answerWritten(job, { ...leaver, ...named }, written, adapter.user.toScim(written));
  job.trace.notes.add(`the account of the user ${leaver.id}, who has left, was renamed, because the name is needed`);
}

/** The paths of e-mail addresses that both users have: a product may refuse the second user of an address. */
function addressesInCommon(held: Held, newcomer: Held, namePath: string): string[] {
  const isAddress = (path: string) => path.startsWith("emails");
  const addresses = Object.entries(newcomer).flatMap(([path, value]) => (isAddress(path) ? [String(value)] : []));
  return Object.entries(held).flatMap(([path, value]) => {
    if (path === namePath || !isAddress(path) || typeof value !== "string") return [];
    return addresses.some((one) => isSameName(one, value)) ? [path] : [];
  });
}

/** What clients go on seeing at a path that is no spelling of the userName. */
function oweShown(job: Job, leaver: NativeLink, path: string, value: Held[string]): void {
  if (namePaths(job.connection).includes(path) || value === undefined) return;
  upsertOwed(job.connection.store, {
    linkId: leaver.id,
    key: path,
    kind: "renamed",
    operation: { op: "replace", value },
    why: "another user has had the address since this user left",
    since: job.now(),
    dueAt: null,
  });
}
