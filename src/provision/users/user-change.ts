// Users: change by PUT or PATCH (RFC 7644 section 3.5).

import type { Values } from "../../adapter.ts";
import type { Edit } from "../../scim/edit.ts";
import { notFound, ScimError } from "../../scim/messages.ts";
import { deleteIntentsOf, deleteOverlay } from "../../store/journal.ts";
import { findLiveLink, findLiveLinksByKey, type LiveLink, updateLink } from "../../store/links.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { noteRead } from "../jobs/trace.ts";
import { type Claim, foreseeNames, withNameLocks } from "../locks/name-claims.ts";
import { pathsInDoubt, resolveIntentsOf, withIntent } from "../recovery/journal.ts";
import { isDisablePending, isDormant } from "../recovery/pending-disable.ts";
import { withRename } from "../resource/current-names.ts";
import { requireMatch } from "../resource/entity-tag.ts";
import { answerWritten, type Hydrated, hydrate, overlayLag, toHydrated } from "../resource/hydrate.ts";
import { keysOf, remainingSeat } from "../resource/link-keys.ts";
import { listClearedReferences, toShownPointers, toWritten } from "../resource/user-references.ts";
import { resourceOf, shortenUnchanged, toWanted, type Wanted } from "../resource/wanted-values.ts";
import { uncountRemoval, withBrake } from "../safeguards/brake.ts";
import { requireUserChangeAllowed } from "../safeguards/protected-changes.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { canDisableUnread, readOrDisableLater } from "./disable-in-outage.ts";
import { writeUserAndSeat } from "./user-writes.ts";

export const userNameTaken = (attribute: string, why = "") =>
  new ScimError(409, `${attribute} is taken by another resource${why}`, { scimType: "uniqueness" });

/** Whether userName and e-mail are one value, so that an e-mail also takes a name. */
export const isEmailName = ({ adapter, rules }: Pick<OpenConnection, "adapter" | "rules">) =>
  adapter.userNameIs !== undefined && rules.coupling !== "separate";

/** @throws ScimError 404, 412, 409 uniqueness, 400 */
export async function changeUser(job: Job, id: string, ifMatch: string | undefined, edit: Edit): Promise<Hydrated> {
  const { connection } = job;
  const link = findLiveLink(connection.store, "User", id);
  if (!link) throw notFound("the user");
  const foreseen = [...foreseeNames(edit, connection.adapter), ...(link.nameKey === null ? [] : [link.nameKey])];
  const plan = async (claim: Claim) => {
    const unsure = pathsInDoubt(job, id);
    await readOrDisableLater(job, id, canDisableUnread(ifMatch, edit), () => resolveIntentsOf(job, id));
    return planUser(job, id, ifMatch, claim, edit, unsure);
  };
  return withNameLocks(job, "name", foreseen, [`link:${id}`], plan, (planned) => writeUserPlan(job, planned));
}

/** A change of a user that has been checked and only needs to be written. */
export interface UserPlan {
  link: LiveLink;
  before: Hydrated;
  pointers: LiveLink["pointers"];
  /** Undefined where nothing changes. */
  change: { wanted: Wanted; keys: ReturnType<typeof keysOf>; values: Values } | undefined;
}

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
  const before = link && (await readOrDisableLater(job, id, canDisableUnread(ifMatch, edit), () => hydrate(job, link)));
  if (!link || !before) throw notFound("the user");
  await requireMatch(ifMatch, before);
  const wanted = toWanted(job, kind, before, noteRead(job.trace, edit.apply(before.resource)).resource);
  // A user who is inactive without having been disabled is disabled only by a request that says so: its last value for
  // `active` must be false, while null, "" and remove leave the user as they are [S5].
  if (wanted.held.active === false && isDormant(job, before) && edit.disables()) wanted.changed.add("active");
  for (const path of listClearedReferences(connection, before, kind, edit)) wanted.changed.add(path);
  // Reads may still show what was before a write whose answer was lost.
  for (const path of unsure) wanted.changed.add(path);
  // A pending disable is tried again with the next write.
  if (wanted.held.active === false && isDisablePending(job, id)) wanted.changed.add("active");
  await requireUserChangeAllowed(job, before, wanted);
  const shown = toShownPointers(connection, before, kind);
  if (wanted.changed.size === 0 && !wanted.linkChanged) return { link, before, pointers: shown, change: undefined };
  const keys = keysOf(connection, resourceOf({ ...link, kept: wanted.kept }, wanted.held, kind), wanted.held, "User");
  for (const key of [keys.nameKey, isEmailName(connection) ? keys.emailKey : null]) {
    if (key === null || key === link.nameKey) continue;
    claim(key);
    const others = findLiveLinksByKey(connection.store, "User", "nameKey", key);
    if (others.some((other) => other.id !== id)) throw userNameTaken("userName");
  }
  const { values, pointers } = await toWritten(job, shortenUnchanged(job, wanted, kind), wanted.changed, kind);
  const nextPointers = { ...shown, ...pointers };
  for (const { path } of kind.rows) if (wanted.changed.has(path) && !(path in pointers)) delete nextPointers[path];
  return { link, before, pointers: nextPointers, change: { wanted, keys, values } };
}

/** Under the locks: write, commit. */
export async function writeUserPlan(job: Job, { link, before, pointers, change }: UserPlan): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const { id } = link;
  if (!change) {
    if (pointers !== link.pointers) updateLink(connection.store, id, { pointers });
    deleteIntentsOf(connection.store, id);
    return before;
  }
  const { wanted, keys, values } = change;
  const isDisabled = wanted.changed.has("active") && wanted.held.active === false;
  const isRestored = wanted.changed.has("active") && !isDisabled;
  const isRenamed = keys.nameKey !== link.nameKey || keys.emailKey !== link.emailKey;
  let next = link;
  let isPending = false;
  const write = () =>
    withBrake(job, isDisabled ? "deactivation" : undefined, id, () =>
      withIntent(
        job,
        {
          kind: "user.update",
          linkId: id,
          expected: { paths: [...wanted.changed], ...(isRestored ? { activates: true } : {}) },
        },
        async () => {
          const written = await writeUserAndSeat(job, link, before, wanted, values);
          isPending = written.isPending;
          return written.native;
        },
        (native) => {
          next = {
            ...(findLiveLink(connection.store, "User", id) ?? link),
            ...keys,
            externalId: wanted.externalId,
            kept: wanted.kept,
            pointers,
            modifiedAt: job.now(),
          };
          if (wanted.changed.has("active") && !isPending) {
            deleteOverlay(connection.store, id, "active");
            if (!keys.isActive) next.seat = remainingSeat(connection, next, native);
          }
          updateLink(connection.store, id, next);
          // The vendor's reads may not show yet what an overlay showed or a write without an answer has changed.
          const written = new Set(wanted.changed);
          if (isPending) written.delete("active");
          overlayLag(job, id, isPending ? { ...before.held, active: false } : before.held, wanted.held, written);
        },
      ),
    );
  const native = await (isRenamed ? withRename(job, id, write) : write());
  if (isRestored) uncountRemoval(job, id);
  if (native === undefined) return toHydrated(connection, next, before.native, wanted.held);
  return answerWritten(job, next, native, user.toScim(native));
}
