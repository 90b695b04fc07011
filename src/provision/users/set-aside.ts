// What was refused beside a deactivation: owed on the link, and tried again by the request that activates the user [S48].

import type { Edit } from "../../scim/edit.ts";
import { PATCH_OP_URN } from "../../scim/messages.ts";
import { readPatch } from "../../scim/patch.ts";
import type { ResourceType } from "../../scim/schema.ts";
import { concernsOneValue, type SetAside } from "../../scim/set-aside.ts";
import type { Store } from "../../store/links.ts";
import { deleteOwed, listOwedOf, type Owed, upsertOwed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";

/** Notes what a request that disables a user could not have besides. */
export function oweSetAside(job: Job, linkId: string, setAside: readonly SetAside[]): void {
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

/** Forgets what is owed at paths that were written since, at a part of them or at what they are a part of. */
export function settleOwed(store: Store, linkId: string, written: readonly string[]): void {
  const isWritten = ({ path }: Owed) => written.some((one) => one.startsWith(path) || path.startsWith(one));
  const paths = listOwedOf(store, linkId)
    .filter(isWritten)
    .map(({ path }) => path);
  deleteOwed(store, linkId, paths);
}

/** The edit with what is owed done before it; undefined where nothing is owed that can still be read. */
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
  const operations = owed.map(({ path, operation }) => ({ ...operation, path }));
  try {
    return readPatch({ schemas: [PATCH_OP_URN], Operations: operations }, type);
  } catch (error) {
    // Refused as it was before; the request that activates the user is not to fail for it.
    if (!concernsOneValue(error)) throw error;
    return undefined;
  }
}
