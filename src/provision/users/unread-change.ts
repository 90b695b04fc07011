// A change of plain values without a read before it, where the vendor's answer to the write shows what a read would [S54].

import type { Values } from "../../adapter.ts";
import type { Edit } from "../../scim/edit.ts";
import type { DigestRow } from "../../store/digests.ts";
import { findDoubt } from "../../store/doubts.ts";
import { findIntentsOf } from "../../store/journal.ts";
import type { LiveLink } from "../../store/links.ts";
import { membersAge } from "../../store/members.ts";
import { listOwedAbout } from "../../store/owed.ts";
import { isWaiting } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import { noteRead } from "../jobs/read-notes.ts";
import { fillsGroups } from "../membership/own-groups.ts";
import { type Held, toHeld } from "../resource/attribute-mapping.ts";
import { isEmailName } from "../resource/email-coupling.ts";
import { type Hydrated, toHydrated } from "../resource/hydrate.ts";
import { findKnownRecords } from "../resource/record-drift.ts";
import { namePaths } from "../resource/soft-delete-names.ts";
import { isBlank } from "../resource/value-checks.ts";
import { digestValues } from "../resource/value-digests.ts";
import { checkValues } from "../resource/wanted-values.ts";
import { hasUnfoundPrincipal } from "../safeguards/protected-changes.ts";
import type { Kind, Row } from "../vendor/resource-types.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import type { UserPlan } from "./user-write.ts";

/**
 * Under the locks.
 * @returns undefined where the record must be read first: for all that depends on more than the new values, and where nothing
 * would change
 * @throws ScimError 400 where a value does not fit
 */
export async function planUnread(job: Job, link: LiveLink, edit: Edit): Promise<UserPlan | undefined> {
  const { connection } = job;
  const kind = kindOf(connection, "User");
  const paths = edit.sets();
  if (!paths || !mayStayUnread(job, link) || !paths.every((path) => isPlain(job, kind, path))) return undefined;
  const groupsAt = membersAge(connection.store);
  const record = findKnownRecords(job, [link.id], job.now())(link.id);
  const { digests: known, groups, sight = null } = record;
  if (!known || record.isBusy || record.overlays.length > 0) return undefined;
  const before = { ...presume(job, link), groups, groupsAt, sight };
  const edited = edit.apply(before.resource);
  if (edited.dropped.length > 0) return undefined;
  const after = toHeld(edited.resource, kind);
  const values: Values = Object.fromEntries(paths.map((path) => [path, after[path]]));
  if (paths.some((path) => isBlank(values[path])) || (await isKnown(job, link, kind, values, known))) return undefined;
  noteRead(job, edited);
  const held: Held = { ...before.held, ...Object.fromEntries(paths.map((path) => [path, after[path]])) };
  const changed = new Set(paths);
  checkValues(job, kind, { held, changed, before });
  const { kept, externalId, pointers, isAlias } = link;
  const wanted = { held, kept, externalId, changed, softDeleteName: undefined, linkChanged: false };
  return {
    link,
    before,
    pointers,
    isAlias,
    asked: paths,
    unmet: [],
    references: [],
    change: { wanted, values, leavers: [] },
    unread: known,
  };
}

/** Whether nothing but the new values matters to the change: nobody is owed anything, and no earlier write is in doubt. */
function mayStayUnread(job: Job, link: LiveLink): boolean {
  const { connection, trace } = job;
  const { adapter, store, object } = connection;
  return (
    adapter.user.updateNeeds === "changes" &&
    !object.isShadow &&
    !fillsGroups(connection) &&
    link.isActive &&
    link.left === null &&
    link.name !== null &&
    !isWaiting(link) &&
    // For a protected user the request is refused, which a read decides.
    !trace.dropped.has("password") &&
    !hasUnfoundPrincipal(job) &&
    findIntentsOf(store, link.id).length === 0 &&
    findDoubt(store, link.id) === undefined &&
    listOwedAbout(store, link.id, 1).length === 0
  );
}

/** One value of a row that is no name, no reference, and nothing that Portico chooses, makes or keeps for good. */
function isPlain({ connection }: Job, kind: Kind, path: string): boolean {
  const isPlainRow = (row: Row) =>
    !row.immutable &&
    !row.reference &&
    !row.isAddress &&
    !row.isPreferred &&
    !row.element &&
    row.otherwise === undefined;
  const row = kind.rows.find((one) => one.path === path);
  const isSpecial = ["userName", "active", "externalId"].includes(path) || namePaths(connection).includes(path);
  return row !== undefined && row.attribute !== "emails" && !isSpecial && isPlainRow(row);
}

/** The user as far as the link knows them. */
function presume({ connection }: Job, link: LiveLink): Hydrated {
  const twin = isEmailName(connection) ? connection.adapter.userNameIs : undefined;
  const name = link.name ?? undefined;
  return toHydrated(connection, link, undefined, { active: true, userName: name, ...(twin ? { [twin]: name } : {}) });
}

/** Whether the record has these values already, as far as is known. */
async function isKnown(job: Job, link: LiveLink, kind: Kind, values: Values, known: DigestRow): Promise<boolean> {
  const digests = await digestValues(job.connection, "User", kind, link.nativeId, values, true);
  return Object.entries(digests).every(([path, digest]) => known.paths[path] === digest);
}
