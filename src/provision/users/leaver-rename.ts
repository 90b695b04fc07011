// Renames the vendor's record of a user who has left, when another user needs its name [S45].

import type { Values } from "../../adapter.ts";
import type { ScimError } from "../../scim/messages.ts";
import { isSameText } from "../../scim/text.ts";
import { findLiveLinksByKey, type LiveLink, updateLink } from "../../store/links.ts";
import { upsertOwed } from "../../store/owed.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import type { Claim } from "../locks/name-claims.ts";
import { withIntent } from "../recovery/journal.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { answerWritten, type Hydrated, hydrate } from "../resource/hydrate.ts";
import { keysOf } from "../resource/link-keys.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import { nameOfLeaver, namePaths, userKeyPath } from "../resource/soft-delete-names.ts";
import { toWritten } from "../resource/user-references.ts";
import { resourceOf, shortenUnchanged } from "../resource/wanted-values.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { userNameTaken } from "./name-taken.ts";

/**
 * Finds the users who have left and whose records at the vendor have the name that a change claims; locks each.
 * @throws ScimError 409 where such a record cannot be renamed
 */
export async function claimLeavers(job: Job, claim: Claim, id: string, nameKey: string): Promise<LiveLink[]> {
  const { store } = job.connection;
  const leavers = findLiveLinksByKey(store, "User", "nativeNameKey", nameKey).filter((leaver) => leaver.id !== id);
  for (const leaver of leavers) {
    claim.link(leaver.id);
    const obstacle = findObstacle(job, leaver);
    if (obstacle !== undefined) throw nameHeldByLeaver(leaver, obstacle);
    await requireUnprotected(job, leaver, "the user who has left was not renamed");
  }
  return leavers;
}

const nameHeldByLeaver = ({ id }: LiveLink, obstacle: string): ScimError =>
  userNameTaken("userName", `: the product still holds it for the user ${id}, who has left, and ${obstacle}`);

/** Why the record of a user who has left cannot be renamed. */
function findObstacle(job: Job, { isActive }: LiveLink): string | undefined {
  const { adapter, rules } = job.connection;
  if (isActive) return "that account is active";
  if (rules.parking === "never") return "this connection does not rename such accounts (parking: never)";
  const row = kindOf(job.connection, "User").rows.find(({ path }) => path === userKeyPath(job.connection));
  if (!row || row.immutable) return `${adapter.title} cannot rename an account; delete that account there`;
  return undefined;
}

/**
 * Renames the record of a user who has left, and replaces the e-mail addresses that the newcomer has too. Clients still see
 * the soft-delete name; the activation of the user writes the addresses back.
 */
export async function renameLeaver(job: Job, leaver: LiveLink, newcomer: Held): Promise<void> {
  const present = await hydrate(job, leaver);
  const path = userKeyPath(job.connection);
  const name = present?.held[path];
  if (!present || typeof name !== "string" || name === nameOfLeaver(leaver.id, name)) return;
  const kind = kindOf(job.connection, "User");
  const held = { ...present.held };
  for (const one of namePaths(job.connection)) held[one] = nameOfLeaver(leaver.id, name);
  held[path] = nameOfLeaver(leaver.id, name);
  const changed = new Set([path]);
  for (const address of addressesInCommon(present, newcomer, path)) {
    held[address.path] = nameOfLeaver(leaver.id, address.value);
    changed.add(address.path);
    oweAddress(job, leaver, address);
  }
  const fitting = shortenUnchanged(job, { held, changed: new Set([...changed, "active"]) }, kind);
  const { values } = await toWritten(job, { ...fitting, active: present.held.active }, changed, kind);
  try {
    await writeRename(job, leaver, present, held, values, changed);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw nameHeldByLeaver(leaver, "refuses to rename that account");
  }
}

async function writeRename(
  job: Job,
  leaver: LiveLink,
  present: Hydrated,
  held: Held,
  values: Values,
  changed: ReadonlySet<string>,
): Promise<void> {
  const { store, adapter } = job.connection;
  const kind = kindOf(job.connection, "User");
  const resource = resourceOf(leaver, held, kind);
  const { nativeName, nativeNameKey } = keysOf(job.connection, resource, held, "User", present.softDeleteName);
  const native = await withIntent(
    job,
    { kind: "user.update", linkId: leaver.id, expected: { paths: [...changed] } },
    () =>
      withConfirmedNotFound(job, leaver, () =>
        adapter.user.update(job.api, leaver.nativeId, { values, changed, native: present.native }),
      ),
    () => updateLink(store, leaver.id, { nativeName, nativeNameKey, modifiedAt: job.now() }),
  );
  await answerWritten(job, { ...leaver, nativeName, nativeNameKey }, native, adapter.user.toScim(native));
  job.trace.notes.add(`the account of the user ${leaver.id}, who has left, was renamed, because the name is needed`);
}

/** The e-mail addresses that both users have: a product may refuse the second user of an address. */
function addressesInCommon({ held }: Hydrated, newcomer: Held, namePath: string): { path: string; value: string }[] {
  return Object.entries(held).flatMap(([path, value]) => {
    if (path === namePath || !path.startsWith("emails") || typeof value !== "string") return [];
    const isCommon = Object.entries(newcomer).some(
      ([other, one]) => other.startsWith("emails") && typeof one === "string" && isSameText(one, value),
    );
    return isCommon ? [{ path, value }] : [];
  });
}

function oweAddress(job: Job, leaver: LiveLink, { path, value }: { path: string; value: string }): void {
  upsertOwed(job.connection.store, {
    linkId: leaver.id,
    path,
    kind: "set-aside",
    operation: { op: "replace", value },
    why: "another user has had the address since this user left",
    since: job.now(),
  });
}
