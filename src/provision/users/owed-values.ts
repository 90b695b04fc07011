// Values that were refused beside a deactivation: stored as owed, and tried again by the request that activates the user [S48].

import type { Edit } from "../../scim/edit.ts";
import { PATCH_OP_URN } from "../../scim/messages.ts";
import { readPatch } from "../../scim/patch.ts";
import type { ResourceType } from "../../scim/schema.ts";
import { concernsOneValue, type SetAside } from "../../scim/set-aside.ts";
import type { Store } from "../../store/links.ts";
import { deleteOwed, listOwedOf, type Owed, upsertOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";

/** Stores the values that a request asked for and that were refused while it disabled the user. */
export function storeAsOwed(job: Job, linkId: string, setAside: readonly SetAside[]): void {
  for (const { operation, why } of setAside) {
    const { path, ...rest } = operation;
    upsertOwed(job.connection.store, {
      linkId,
      path,
      kind: "set-aside",
      operation: rest,
      why: why.message,
      since: job.now(),
    });
    job.trace.notes.add(`${path} was set aside, so that the user could be disabled: ${why.message}`);
  }
}

/** Deletes what is owed at the written paths, at a part of them, or at the attribute that they are a part of. */
export function forgetOwed(store: Store, linkId: string, written: readonly string[]): void {
  const isWritten = ({ path }: Owed) => written.some((one) => one.startsWith(path) || path.startsWith(one));
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
