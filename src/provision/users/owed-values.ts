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
import type { RowKind } from "../jobs/owed-kind.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import { findReferenced } from "../resource/reference-lookup.ts";
import { toOperation } from "../resource/wanted-values.ts";

/** A reference for which nobody is here yet is tried so often; at once when the user comes. */
const REFERENCE_PAUSE_MS = 3_600_000;

export const owedSetAside: RowKind = {
  name: "set-aside",
  mode: "request",
  says: {
    what: "the product refused a value, or it could not apply, beside a deactivation that was done",
    superseded: "a later write of the same attribute",
    shown: "the attribute as the product has it",
    dropped: "the attribute stays as it is",
  },
};

export const owedRenamed: RowKind = {
  name: "renamed",
  mode: "request",
  says: {
    what: "a newcomer needs the address of a user who has left, so the product has another one there",
    superseded: "the user's activation, which writes the address back",
    shown: "the address as it was",
    dropped: "reads show the address that the product has",
  },
};

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
    const base = { linkId, key: path, operation: rest, why: why.message, since: job.now() };
    if (!isReference) {
      upsertOwed(store, { ...base, kind: "set-aside", dueAt: null });
      job.trace.notes.add(`${path} was set aside, so that the user could be disabled: ${why.message}`);
      continue;
    }
    const text = String(rest.value);
    // Another request may have created the user meanwhile.
    const dueAt = job.now() + (findReferenced(job.connection, text) ? 0 : REFERENCE_PAUSE_MS);
    upsertOwed(store, { ...base, kind: "reference", target: foldCase(text), dueAt });
    wakeOwed(job, "reference", dueAt);
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
  const isWritten = ({ key, kind }: Owed) =>
    [...changed, ...(kind === "copy" ? [] : references)].some((one) => one.startsWith(key) || key.startsWith(one));
  const written = listOwedOf(store, linkId, "set-aside", "renamed", "reference", "copy").filter(isWritten);
  deleteOwed(
    store,
    linkId,
    written.map(({ key }) => key),
  );
}

/** The edit with the owed values applied before it; undefined where nothing is owed, or where it cannot be read any more. */
export function withOwed(edit: Edit, owed: readonly Owed[], type: ResourceType): Edit | undefined {
  const before = owed.length === 0 ? undefined : readOwed(owed, type);
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
  const operations = owed.map(({ key, operation }) => ({ ...operation, path: key }));
  try {
    return readPatch({ schemas: [PATCH_OP_URN], Operations: operations }, type);
  } catch (error) {
    // An owed value that is refused again must not fail the request that activates the user.
    if (!concernsOneValue(error)) throw error;
    return undefined;
  }
}
