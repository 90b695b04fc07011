// References to users who are not here yet: owed to the user, set when the other user comes, given up after 30 days [S50].

import type { Edit } from "../../scim/edit.ts";
import { PATCH_OP_URN, ScimError } from "../../scim/messages.ts";
import { readPatch } from "../../scim/patch.ts";
import { findOwedById, type Owed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { findReferenced } from "../resource/reference-lookup.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { changeUser } from "./user-change.ts";

const HOUR_MS = 3_600_000;

export const owedReferences: RowKind = {
  name: "reference",
  mode: "replay",
  says: {
    what: "a value names a user who does not exist here yet",
    superseded: "a later write of the same attribute",
    shown: "the attribute as it was",
    dropped: "the attribute stays as it is",
  },
  everyMs: () => HOUR_MS,
  maxDays: 30,
  async work(job, rows) {
    for (const row of rows) await setReference(job, row);
  },
};

async function setReference(job: Job, owed: Owed): Promise<void> {
  const target = findReferenced(job.connection, String(owed.operation.value));
  if (!target) throw new ScimError(400, owed.why, { scimType: "invalidValue" });
  await changeUser(job, owed.linkId, undefined, toEdit(job, owed, target.id));
}

/** Whether a reference is still owed as it was, and no request has written its path since. */
function isOwed({ connection }: Job, { id, operation }: Owed): boolean {
  const now = findOwedById(connection.store, id);
  return now?.kind === "reference" && now.operation.value === operation.value;
}

/** The PATCH that sets the reference; it does nothing where a request that came first has written the path. */
function toEdit(job: Job, owed: Owed, id: string): Edit {
  const { type } = kindOf(job.connection, "User");
  const operation = { op: "replace", path: owed.key, value: id };
  const edit = readPatch({ schemas: [PATCH_OP_URN], Operations: [operation] }, type);
  const nothing = { deltas: [], dropped: [], repairs: [], setAside: [] };
  return {
    ...edit,
    touches: (path) => (isOwed(job, owed) ? edit.touches(path) : "no"),
    apply: (resource) => (isOwed(job, owed) ? edit.apply(resource) : { ...nothing, resource }),
  };
}
