// What a request could not have and the rest was done without: owed on the link, and done later [S48] [S50].

import type { Edit } from "../../scim/edit.ts";
import { PATCH_OP_URN, type ScimError } from "../../scim/messages.ts";
import { readPatch } from "../../scim/patch.ts";
import type { ResourceType } from "../../scim/schema.ts";
import { concernsOneValue, type SetAside } from "../../scim/set-aside.ts";
import { foldCase } from "../../scim/text.ts";
import type { Store } from "../../store/links.ts";
import { deleteOwed, listOwedOf, type Owed, upsertOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import { REFERENCE_PAUSE_MS, scheduleReferences } from "../jobs/reference-schedule.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { findReferenced } from "../resource/reference-lookup.ts";
import { toOperation } from "../resource/wanted-values.ts";

/** What a request could not have: beside a deactivation, or because it names a user who is not here yet. */
export interface Unmet extends SetAside {
  isReference?: true;
}

/**
 * A reference to a user who is not here, as what is owed.
 * @throws ScimError where the connection or the request forbids that
 */
export function toUnmetReference(job: Job, path: string, held: Held, why: ScimError, isAlone: boolean): Unmet {
  if (isAlone || job.connection.rules.references === "reject") throw why;
  return { operation: toOperation(path, held[path]), why, isReference: true };
}

/** Stores what a request could not have, so that it is done later. */
export function storeAsOwed(job: Job, linkId: string, unmet: readonly Unmet[]): void {
  const { store } = job.connection;
  for (const { operation, why, isReference } of unmet) {
    const { path, ...rest } = operation;
    const base = { linkId, path, operation: rest, why: why.message, since: job.now() };
    if (!isReference) {
      upsertOwed(store, { ...base, kind: "set-aside", target: null });
      job.trace.notes.add(`${path} was set aside, so that the user could be disabled: ${why.message}`);
      continue;
    }
    const text = String(rest.value);
    upsertOwed(store, { ...base, kind: "reference", target: foldCase(text) });
    // Another request may have created the user meanwhile.
    const pause = findReferenced(store, text) ? 0 : REFERENCE_PAUSE_MS;
    scheduleReferences(job.connection, job.now() + pause);
    job.trace.notes.add(`${path} names nobody here yet; it is set once that user exists`);
  }
}

/**
 * Forgets what is owed at paths that have changed since, at a part of them or at what they are a part of.
 * @param references paths of references that a request has written, also where they stay as they are
 */
export function forgetOwed(
  store: Store,
  linkId: string,
  changed: readonly string[],
  references: readonly string[],
): void {
  if (changed.length + references.length === 0) return;
  // A manager who is written once more and stays the same leaves an old copy at the vendor.
  const isWritten = ({ path, kind }: Owed) =>
    [...changed, ...(kind === "copy" ? [] : references)].some((one) => one.startsWith(path) || path.startsWith(one));
  const paths = listOwedOf(store, linkId)
    .filter(isWritten)
    .map(({ path }) => path);
  deleteOwed(store, linkId, paths);
}

/** The edit with the owed values applied before it; undefined where nothing is owed, or where it cannot be read any more. */
export function withOwed(edit: Edit, owed: readonly Owed[], type: ResourceType): Edit | undefined {
  const setAside = owed.filter(({ kind }) => kind === "set-aside");
  const before = setAside.length === 0 ? undefined : readOwed(setAside, type);
  if (!before) return undefined;
  return {
    ...edit,
    ranks: (path, isAssigned) => edit.ranks(path, isAssigned) ?? before.ranks(path, isAssigned),
    apply(resource) {
      const first = before.apply(resource);
      const second = edit.apply(first.resource);
      return {
        ...second,
        repairs: [...first.repairs, ...second.repairs],
        dropped: [...first.dropped, ...second.dropped],
      };
    },
  };
}

function readOwed(owed: readonly Owed[], type: ResourceType): Edit | undefined {
  const operations = owed.map(({ path, operation }) => ({ ...operation, path }));
  try {
    return readPatch({ schemas: [PATCH_OP_URN], Operations: operations }, type);
  } catch (error) {
    // An owed value that is refused again must not fail the request that activates the user.
    if (!concernsOneValue(error)) throw error;
    return undefined;
  }
}
