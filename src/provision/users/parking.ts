// A name that somebody needs and that the record of a user who has left still holds: that record is renamed first [S45].

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
import { namePaths, parkedName, userKeyPath } from "../resource/native-names.ts";
import { withConfirmedNotFound } from "../resource/not-found.ts";
import { toWritten } from "../resource/user-references.ts";
import { resourceOf, shortenUnchanged } from "../resource/wanted-values.ts";
import { requireUnprotected } from "../safeguards/protected-changes.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { oweCopies } from "./manager-copies.ts";
import { userNameTaken } from "./name-taken.ts";

/**
 * The users who have left and whose records hold a name that is claimed now, each with its lock.
 * @throws ScimError 409 where their records cannot be renamed
 */
export async function claimFromLeavers(job: Job, claim: Claim, id: string, nameKey: string): Promise<LiveLink[]> {
  const { store } = job.connection;
  const holders = findLiveLinksByKey(store, "User", "nativeNameKey", nameKey).filter((holder) => holder.id !== id);
  for (const holder of holders) {
    claim.link(holder.id);
    const obstacle = findObstacle(job, holder);
    if (obstacle !== undefined) throw heldByLeaver(holder, obstacle);
    await requireUnprotected(job, holder, "the user who has left was not renamed");
  }
  return holders;
}

const heldByLeaver = ({ id }: LiveLink, obstacle: string): ScimError =>
  userNameTaken("userName", `: the product still holds it for the user ${id}, who has left, and ${obstacle}`);

/** Why the record of a user who has left keeps its name. */
function findObstacle(job: Job, { isActive }: LiveLink): string | undefined {
  const { adapter, rules } = job.connection;
  if (isActive) return "that account is active";
  if (rules.parking === "never") return "this connection does not rename such accounts (parking: never)";
  const row = kindOf(job.connection, "User").rows.find(({ path }) => path === userKeyPath(job.connection));
  if (!row || row.immutable) return `${adapter.title} cannot rename an account; delete that account there`;
  return undefined;
}

/**
 * Renames the record of a user who has left, with the addresses that the newcomer brings too. Clients go on seeing the
 * soft-delete name; the addresses come back when the user is activated.
 */
export async function park(job: Job, holder: LiveLink, newcomer: Held): Promise<void> {
  const present = await hydrate(job, holder);
  const path = userKeyPath(job.connection);
  const name = present?.held[path];
  if (!present || typeof name !== "string" || name === parkedName(holder.id, name)) return;
  const kind = kindOf(job.connection, "User");
  const held = { ...present.held };
  for (const one of namePaths(job.connection)) held[one] = parkedName(holder.id, name);
  held[path] = parkedName(holder.id, name);
  const changed = new Set([path]);
  for (const address of addressesInCommon(present, newcomer, path)) {
    held[address.path] = parkedName(holder.id, address.value);
    changed.add(address.path);
    oweAddress(job, holder, address);
  }
  const fitting = shortenUnchanged(job, { held, changed: new Set([...changed, "active"]) }, kind);
  const { values } = await toWritten(job, { ...fitting, active: present.held.active }, changed, kind);
  try {
    await writeParked(job, holder, present, held, values, changed);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw heldByLeaver(holder, "refuses to rename that account");
  }
}

async function writeParked(
  job: Job,
  holder: LiveLink,
  present: Hydrated,
  held: Held,
  values: Values,
  changed: ReadonlySet<string>,
): Promise<void> {
  const { store, adapter } = job.connection;
  const kind = kindOf(job.connection, "User");
  const resource = resourceOf(holder, held, kind);
  const { nativeName, nativeNameKey } = keysOf(job.connection, resource, held, "User", present.softDeleteName);
  const native = await withIntent(
    job,
    { kind: "user.update", linkId: holder.id, expected: { paths: [...changed] } },
    () =>
      withConfirmedNotFound(job, holder, () =>
        adapter.user.update(job.api, holder.nativeId, { values, changed, native: present.native }),
      ),
    () => {
      updateLink(store, holder.id, { nativeName, nativeNameKey, modifiedAt: job.now() });
      oweCopies(job, holder.id);
    },
  );
  await answerWritten(job, { ...holder, nativeName, nativeNameKey }, native, adapter.user.toScim(native));
  job.trace.notes.add(`the account of the user ${holder.id}, who has left, was renamed, because the name is needed`);
}

/** The e-mail addresses that both have: a product may let nobody else use them. */
function addressesInCommon({ held }: Hydrated, newcomer: Held, namePath: string): { path: string; value: string }[] {
  return Object.entries(held).flatMap(([path, value]) => {
    if (path === namePath || !path.startsWith("emails") || typeof value !== "string") return [];
    const isCommon = Object.entries(newcomer).some(
      ([other, one]) => other.startsWith("emails") && typeof one === "string" && isSameText(one, value),
    );
    return isCommon ? [{ path, value }] : [];
  });
}

function oweAddress(job: Job, holder: LiveLink, { path, value }: { path: string; value: string }): void {
  upsertOwed(job.connection.store, {
    linkId: holder.id,
    path,
    kind: "set-aside",
    target: null,
    operation: { op: "replace", value },
    why: "somebody else uses the address since this user has left",
    since: job.now(),
  });
}
