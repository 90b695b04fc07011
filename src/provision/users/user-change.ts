// Users: change by PUT or PATCH (RFC 7644 section 3.5).

import type { Edit } from "../../scim/edit.ts";
import { notFound, type ScimError } from "../../scim/messages.ts";
import { concernsOneValue } from "../../scim/set-aside.ts";
import { findLinkToWrite } from "../../store/link-to-write.ts";
import { findLiveLink, type LiveLink, type NativeLink, type Store } from "../../store/links.ts";
import { listOwedOf } from "../../store/owed.ts";
import { isWaiting } from "../../store/waiting.ts";
import { isRefusal } from "../../upstream/fault-classes.ts";
import { noteWritten } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";
import { noteRead } from "../jobs/read-notes.ts";
import { type Claim, foreseeNames, lockedNames, withNameLocks } from "../locks/name-claims.ts";
import { pathsInDoubt, resolveIntentsOf } from "../recovery/journal.ts";
import { isDisablePending, isDormant } from "../recovery/pending-disable.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { type Hydrated, hydrate } from "../resource/hydrate.ts";
import { requireNoLateCreate } from "../resource/late-calls.ts";
import { withHolderTold } from "../resource/name-holders.ts";
import { markHeld, toShownPath } from "../resource/preferred-value.ts";
import { withSoftDeleteName } from "../resource/soft-delete-names.ts";
import { listClearedReferences, toShownPointers, toWritten } from "../resource/user-references.ts";
import { shortenUnchanged, toOperation, toWanted, withEmailAsName, withoutChange } from "../resource/wanted-values.ts";
import { forgetHeldDisable } from "../safeguards/brake.ts";
import { requireUserChangeAllowed } from "../safeguards/protected-changes.ts";
import { isOtherIdentity, raiseTwoIdentities, requireOneIdentity } from "../safeguards/two-identities.ts";
import type { Kind } from "../vendor/resource-types.ts";
import { kindOf, naturalKeyPath } from "../vendor/user-or-group.ts";
import { canDisableUnread, readOrDisableLater } from "./disable-in-outage.ts";
import { toUnmetReference, type Unmet, withOwed } from "./owed-values.ts";
import { planUnread } from "./unread-change.ts";
import { claimNames } from "./user-name-claims.ts";
import { type UserPlan, writeUserPlan } from "./user-write.ts";

/** @throws ScimError 404, 412, 409 uniqueness, 400 */
export async function changeUser(job: Job, id: string, ifMatch: string | undefined, edit: Edit): Promise<Hydrated> {
  const { connection } = job;
  const link = findLinkToWrite(connection.store, "User", id);
  if (!link) throw notFound("the user");
  const foreseen = [...foreseeNames(edit, connection.adapter), ...lockedNames(link)];
  const plan = async (claim: Claim) => {
    const unsure = pathsInDoubt(job, id);
    await readOrDisableLater(job, id, canDisableUnread(ifMatch, edit), () => resolveIntentsOf(job, id));
    return planUser(job, id, ifMatch, claim, edit, unsure);
  };
  const changed = await withNameLocks(job, "name", foreseen, [`link:${id}`], plan, async (planned) => {
    const written = await withHolderTold(job, "User", planned.change?.wanted.held, () => writeEither(job, planned));
    if (edit.activates()) forgetHeldDisable(job, id);
    return written;
  });
  noteWritten(job, changed, edit);
  return changed;
}

/** A change that the vendor refuses because of values that were owed from before is written without them. */
async function writeEither(job: Job, { withoutOwed, ...planned }: UserPlan): Promise<Hydrated> {
  try {
    return await writeUserPlan(job, planned);
  } catch (error) {
    if (!withoutOwed || !isRefusal(error)) throw error;
    return writeUserPlan(job, withoutOwed);
  }
}

/** What is owed, at the paths that clients see: a preferred value has the type that was sent. */
const owedAsShown = (store: Store, { id, kept }: LiveLink, kind: Kind) =>
  listOwedOf(store, id, "set-aside").map((owed) => ({ ...owed, key: toShownPath(owed.key, kept, kind) }));

/** Under the locks: read, apply, diff, claim. */
export async function planUser(
  job: Job,
  id: string,
  ifMatch: string | undefined,
  claim: Claim,
  edit: Edit,
  unsure: readonly string[] = [],
): Promise<UserPlan> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const link = findLiveLink(connection.store, "User", id);
  const unread = link && ifMatch === undefined && unsure.length === 0 ? await planUnread(job, link, edit) : undefined;
  if (unread) return unread;
  const before = link && (await readOrDisableLater(job, id, canDisableUnread(ifMatch, edit), () => hydrate(job, link)));
  if (!link || !before) throw notFound("the user");
  requireMatch(ifMatch, before);
  const own = await planChange(job, link, before, claim, edit, unsure);
  const activates = before.held.active === false && own.change?.wanted.held.active === true;
  const full = activates ? withOwed(edit, owedAsShown(connection.store, link, kind), kind.type) : undefined;
  if (!full) return own;
  try {
    return { ...(await planChange(job, link, before, claim, full, unsure)), withoutOwed: own };
  } catch (error) {
    if (!concernsOneValue(error)) throw error;
    return own;
  }
}

async function planChange(
  job: Job,
  link: LiveLink,
  before: Hydrated,
  claim: Claim,
  edit: Edit,
  unsure: readonly string[],
): Promise<UserPlan> {
  const { connection } = job;
  const { id } = link;
  const kind = kindOf(connection, "User");
  const shownValues = {
    ...withSoftDeleteName(connection, before.held, before.softDeleteName),
    ...before.shownInstead,
  };
  const edited = noteRead(job, edit.apply(markHeld(before.resource, link.kept, shownValues, kind)));
  const unmet: Unmet[] = [...edited.setAside];
  const refused = edit.disables() ? unmet : undefined;
  const isAlias = link.isAlias || edit.touches("userName") !== "no";
  let wanted = toWanted(job, kind, before, edited.resource, edit.ranks, refused);
  if (!isAlias) wanted = withEmailAsName(connection, wanted);
  // A user who is inactive without having been disabled is disabled by a request that says so, and by no other: its last
  // word on `active` must be false, while null, "" and remove leave the user as before [S5].
  if (wanted.held.active === false && isDormant(job, before) && edit.disables()) wanted.changed.add("active");
  for (const path of listClearedReferences(connection, before, kind, edit)) wanted.changed.add(path);
  if (isWaiting(link) && wanted.held.active !== false) {
    for (const path of referencesOf(kind)) if (path in wanted.held) wanted.changed.add(path);
  }
  // Reads may still show what was before a write whose answer was lost.
  for (const path of unsure) wanted.changed.add(path);
  // A deactivation that the vendor still owes is tried again with the next write.
  if (wanted.held.active === false && isDisablePending(job, id)) wanted.changed.add("active");
  if (wanted.changed.has(naturalKeyPath(connection, "User"))) requireNoLateCreate(job, id);
  await requireUserChangeAllowed(job, before, wanted);
  if (wanted.changed.has("active") && wanted.held.active === false) {
    if (isOtherIdentity(job, link, wanted.externalId)) raiseTwoIdentities(job, id);
    requireOneIdentity(job, link);
  }
  const keep = (path: string, why: ScimError) => {
    if (!refused) throw why;
    refused.push({ operation: toOperation(path, wanted.held[path]), why });
    wanted = withoutChange(connection, wanted, before, [path]);
  };
  const orOwed = (path: string, why: ScimError) => {
    if (refused) return keep(path, why);
    unmet.push(toUnmetReference(job, path, wanted.held, why, edit.touches(path) === "only"));
    wanted = withoutChange(connection, wanted, before, [path]);
  };
  const asked = kind.rows.map(({ path }) => path).filter((path) => edit.touches(path) !== "no");
  const references = referencesOf(kind).filter((path) => asked.includes(path));
  let leavers: readonly NativeLink[] = [];
  try {
    leavers = await claimNames(job, link, wanted, claim);
  } catch (error) {
    if (!concernsOneValue(error)) throw error;
    keep("userName", error);
  }
  const shown = toShownPointers(connection, before, kind);
  if (wanted.changed.size === 0 && !wanted.linkChanged) {
    return { link, before, pointers: shown, isAlias, asked, unmet, references, change: undefined };
  }
  const { values, pointers } = await toWritten(
    job,
    id,
    shortenUnchanged(job, wanted, kind),
    wanted.changed,
    kind,
    orOwed,
  );
  const nextPointers = { ...shown, ...pointers };
  for (const { path } of kind.rows) if (wanted.changed.has(path) && !(path in pointers)) delete nextPointers[path];
  return {
    link,
    before,
    pointers: nextPointers,
    isAlias,
    asked,
    unmet,
    references,
    change: { wanted, values, leavers },
  };
}

const referencesOf = (kind: Kind): string[] => kind.rows.flatMap(({ path, reference }) => (reference ? [path] : []));
