// Users: writes a change that was planned, and stores with the link what it means.

import type { Fault, Values } from "../../adapter.ts";
import { badRequest, MEND_VALUE, NOT_TAKEN, ScimError } from "../../scim/messages.ts";
import type { DigestRow } from "../../store/digests.ts";
import { deleteIntentsOf, deleteOverlay } from "../../store/journal.ts";
import { findLiveLink, type LiveLink, type NativeLink, storeChanges, updateLink } from "../../store/links.ts";
import { isWaiting } from "../../store/waiting.ts";
import { isRecent } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";
import { noteDeed } from "../jobs/trace.ts";
import { followValues, oweUnknownPlace } from "../membership/own-groups.ts";
import { expectedName } from "../recovery/intent-resolution.ts";
import { withIntent } from "../recovery/journal.ts";
import { answerWritten, type Hydrated, overlayLag, toHydrated } from "../resource/hydrate.ts";
import { refreshKeys, remainingSeat, toldLeft } from "../resource/link-keys.ts";
import { withRename } from "../resource/names-in-doubt.ts";
import { oweCopies } from "../resource/owed-copies.ts";
import { forgetPending, overlayPending } from "../resource/pending-addresses.ts";
import { toShownPath } from "../resource/preferred-value.ts";
import { wakeReferences } from "../resource/reference-lookup.ts";
import { namePaths } from "../resource/soft-delete-names.ts";
import { noteTold } from "../resource/told-values.ts";
import { compareRest } from "../resource/unread-record.ts";
import { toOperation, type Wanted, withoutChange } from "../resource/wanted-values.ts";
import { uncountDeactivation, withBrake } from "../safeguards/brake.ts";
import { effectsOfUserChange } from "../safeguards/brake-effects.ts";
import { isOtherIdentity, raiseTwoIdentities } from "../safeguards/two-identities.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { renameLeaver } from "./leaver-rename.ts";
import { writeUserAndSeat } from "./native-user-update.ts";
import { forgetOwed, storeAsOwed, type Unmet } from "./owed-values.ts";
import { keysFor } from "./user-name-claims.ts";

/** A change of a user that has been checked and only needs to be written. */
export interface UserPlan {
  link: LiveLink;
  before: Hydrated;
  pointers: LiveLink["pointers"];
  isAlias: boolean;
  /** The paths that the request is about. */
  asked: readonly string[];
  /** What the request could not have. */
  unmet: readonly Unmet[];
  /** References that it writes, whatever was owed to them. */
  references: readonly string[];
  /** Undefined where nothing changes. */
  change: { wanted: Wanted; values: Values; leavers: readonly NativeLink[] } | undefined;
  /** What was known of the record, where it was not read before. */
  unread?: DigestRow;
  /** The same change as the request alone asks for it, where values that were owed are written with it. */
  withoutOwed?: UserPlan | undefined;
}

/** The paths that a change writes, a preferred value also under the type that clients see. */
const pathsOf = ({ connection }: Job, { changed, kept }: Wanted): string[] =>
  [...changed].flatMap((path) => [path, toShownPath(path, kept, kindOf(connection, "User"))]);

/** How the user left, after a request about these paths. */
function leftAfter(job: Job, link: LiveLink, asked: readonly string[], isActive: boolean): LiveLink["left"] {
  if (isActive) return null;
  return asked.includes("active") && link.left?.isTold !== true ? toldLeft(link, job.now()) : link.left;
}

/** Under the locks: write, commit. */
export async function writeUserPlan(
  job: Job,
  { link, before, pointers, isAlias, asked, unmet, references, change, unread }: UserPlan,
): Promise<Hydrated> {
  const { connection } = job;
  const { user } = connection.adapter;
  const { id } = link;
  if (!change) {
    const left = leftAfter(job, link, asked, link.isActive);
    if (pointers !== link.pointers || isAlias !== link.isAlias || left !== link.left)
      updateLink(connection.store, id, { pointers, isAlias, left });
    forgetOwed(connection.store, id, [], references);
    storeAsOwed(job, id, unmet);
    deleteIntentsOf(connection.store, id);
    noteTold(job, link, before.held, asked);
    followValues(job, id, before.held);
    noteDeed(job.trace, id, { what: "unchanged" });
    return before;
  }
  const { values, leavers } = change;
  let { wanted } = change;
  const isDisabled = wanted.changed.has("active") && wanted.held.active === false;
  const isRestored = wanted.changed.has("active") && !isDisabled;
  const isRenamed = namePaths(connection).some((path) => wanted.changed.has(path));
  const isOther = isOtherIdentity(job, link, wanted.externalId);
  let next = link;
  let isPending = false;
  let known = before;
  const refused = [...unmet];
  // Values are set aside for a request that disables; one that only ended a disable that was owed is told of the refusal.
  const disables = asked.includes("active");
  let refusal: ScimError | undefined;
  const effects = effectsOfUserChange(job, before, wanted);
  const write = () =>
    withIntent(
      job,
      {
        ...(isWaiting(link) && isRestored ? { kind: "user.activate", key: link.nameKey } : { kind: "user.update" }),
        linkId: id,
        expected: {
          paths: [...wanted.changed],
          ...(isRestored ? { activates: true, ...expectedName(job, "User", wanted.held) } : {}),
        },
      },
      async () => {
        oweUnknownPlace(job, id);
        const written = await writeUserAndSeat(job, link, before, wanted, values);
        isPending = written.isPending;
        for (const path of written.refusal?.paths ?? []) {
          const why = toRefusal(path, written.refusal?.fault);
          if (disables) refused.push({ operation: toOperation(path, wanted.held[path]), why });
          else refusal ??= why;
        }
        wanted = withoutChange(connection, wanted, before, written.refusal?.paths ?? []);
        if (unread) known = { ...before, seen: await compareRest(job, link, written.native, unread, wanted.changed) };
        return written.native;
      },
      (native) => {
        // Of a record that was not read only the link knows the names, which stay.
        const keys = unread ? { isActive: link.isActive } : keysFor(job, link, wanted);
        const stored = findLiveLink(connection.store, "User", id) ?? link;
        next = {
          ...stored,
          ...keys,
          left: leftAfter(job, link, [...asked, ...wanted.changed], keys.isActive),
          externalId: wanted.externalId,
          kept: wanted.kept,
          pointers,
          isAlias,
          modifiedAt: job.now(),
        };
        if (wanted.changed.has("active") && !isPending) {
          deleteOverlay(connection.store, id, "active");
          if (!keys.isActive) next.seat = remainingSeat(connection, next, native);
        }
        storeChanges(connection.store, stored, next);
        if (isOther) raiseTwoIdentities(job, id);
        forgetOwed(connection.store, id, pathsOf(job, wanted), references);
        storeAsOwed(job, id, refused);
        wakeReferences(job, next);
        followValues(job, id, wanted.held);
        oweCopies(job, id, wanted.changed);
        // What an overlay showed, or a lost write has changed, the vendor's reads may not show yet.
        const written = new Set(wanted.changed);
        if (isPending) written.delete("active");
        forgetPending(job, id, wanted.changed);
        overlayLag(job, id, isPending ? { ...before.held, active: false } : before.held, wanted.held, written);
        noteTold(job, next, wanted.held, [...asked, ...wanted.changed]);
        overlayPending(job, next, native ?? before.native, wanted.held, wanted.changed);
      },
    );
  const native = await withBrake(job, { about: id, effects }, async () => {
    for (const leaver of leavers) await renameLeaver(job, leaver, wanted.held);
    return isRenamed ? withRename(job, [id], write) : write();
  });
  if (refusal) throw refusal;
  if (isRestored) uncountDeactivation(job, id);
  noteDeed(job.trace, id, {
    what: isDisabled ? "disabled" : isRestored ? "enabled" : isRenamed ? "renamed" : "changed",
    paths: [...wanted.changed],
    ...(isPending ? { isOwed: true } : {}),
  });
  if (native === undefined) return toHydrated(connection, next, before.native, wanted.held);
  const answer = await answerWritten(job, next, native, user.toScim(native), known);
  if (unread) refreshKeys(job, answer);
  return isRecent(job, before.sight) ? { ...answer, sight: before.sight } : answer;
}

function toRefusal(path: string, fault: Fault | undefined): ScimError {
  const why = { paths: [path], says: NOT_TAKEN };
  return fault?.detail
    ? new ScimError(400, fault.detail, { scimType: "invalidValue", why })
    : badRequest("invalidValue", `the product refused the value of ${path}`, MEND_VALUE, why);
}
