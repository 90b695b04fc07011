// References to users who are not here yet: owed to the user, set when the other user comes, given up after 30 days [S50].

import type { Edit } from "../../scim/edit.ts";
import { PATCH_OP_URN, ScimError } from "../../scim/messages.ts";
import { readPatch } from "../../scim/patch.ts";
import { findNextOwed, findOwed, listOwedOf, type Owed, upsertOwed } from "../../store/owed.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { REFERENCE_PAUSE_MS } from "../jobs/reference-schedule.ts";
import { workOneByOne } from "../jobs/slices.ts";
import { findReferenced } from "../resource/reference-lookup.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { refreshCopy } from "./manager-copies.ts";
import { changeUser } from "./user-change.ts";

const DAYS = 30;
const MAX_AGE_MS = DAYS * 86_400_000;

/** Sets the references whose user is here now, and renews copies of managers, for one slice. @returns when to go on; undefined where none is owed */
export function setOwedReferences(job: Job): Promise<number | undefined> {
  const { store } = job.connection;
  return workOneByOne(job, {
    place: "references_after",
    next: (after) => findNextOwed(store, ["reference", "copy"], after),
    async work(id) {
      for (const one of listOwedOf(store, id)) {
        if (one.kind === "reference") await setReference(job, one);
        else if (one.kind === "copy") await refreshCopy(job, one);
      }
    },
    againMs: REFERENCE_PAUSE_MS,
  });
}

async function setReference(job: Job, owed: Owed): Promise<void> {
  const { store } = job.connection;
  const { linkId, path, operation, since } = owed;
  const target = findReferenced(store, String(operation.value));
  let { why } = owed;
  try {
    if (target) await changeUser(job, linkId, undefined, toEdit(job, owed, target.id));
  } catch (error) {
    if (!(error instanceof ScimError) && !isRefusal(error)) throw error;
    why = error.message;
  }
  if (!isOwed(job, owed)) return;
  if (job.now() - since <= MAX_AGE_MS) {
    if (why !== owed.why) upsertOwed(store, { ...owed, why });
    return;
  }
  const gaveUp = `given up after ${DAYS} days: ${why}`;
  upsertOwed(store, { linkId, path, operation, kind: "dropped", target: null, why: gaveUp, since: job.now() });
}

/** Whether a reference is still owed as it was, and no request has written its path since. */
function isOwed({ connection }: Job, { linkId, path, operation, since }: Owed): boolean {
  const now = findOwed(connection.store, linkId, path);
  return now?.kind === "reference" && now.since === since && now.operation.value === operation.value;
}

/** The PATCH that sets the reference; it does nothing where a request that came first has written the path. */
function toEdit(job: Job, owed: Owed, id: string): Edit {
  const { type } = kindOf(job.connection, "User");
  const operation = { op: "replace", path: owed.path, value: id };
  const edit = readPatch({ schemas: [PATCH_OP_URN], Operations: [operation] }, type);
  const nothing = { deltas: [], dropped: [], repairs: [], setAside: [] };
  return {
    ...edit,
    touches: (path) => (isOwed(job, owed) ? edit.touches(path) : "no"),
    apply: (resource) => (isOwed(job, owed) ? edit.apply(resource) : { ...nothing, resource }),
  };
}
