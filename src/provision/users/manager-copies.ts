// Vendors that copy a manager's name and address into the records of the direct reports: the copies follow later, each
// under the report's own lock.

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { isSameText } from "../../scim/text.ts";
import { findLink, findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { deleteOwed, findOwed, type Owed, upsertOwed } from "../../store/owed.ts";
import { isRefusal } from "../../upstream/refusal.ts";
import type { Job } from "../jobs/job.ts";
import { resolveIntentsOf } from "../recovery/journal.ts";
import { answerWritten, type Hydrated, hydrate } from "../resource/hydrate.ts";
import { toWritten } from "../resource/user-references.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { updateUnderIntent } from "./native-user-update.ts";

/** Writes the manager again into one record that holds a copy. A refusal gives it up, and is listed. */
export async function refreshCopy(job: Job, owed: Owed): Promise<void> {
  const { store, object } = job.connection;
  const { linkId, path } = owed;
  await object.locks.withLocks([`link:${linkId}`], job.deadlineAt, async () => {
    const isOwed = () => {
      const now = findOwed(store, linkId, path);
      return now?.kind === "copy" && now.since === owed.since;
    };
    if (!isOwed()) return;
    try {
      await resolveIntentsOf(job, linkId);
      const link = findLiveLink(store, "User", linkId);
      const before = link && (await hydrate(job, link));
      if (link && before) await writeCopy(job, link, before, path);
      // The manager may have changed again meanwhile.
      if (isOwed()) deleteOwed(store, linkId, [path]);
    } catch (error) {
      if (!(error instanceof ScimError) && !isRefusal(error)) throw error;
      if (isOwed()) upsertOwed(store, { ...owed, kind: "dropped", why: error.message, since: job.now() });
    }
  });
}

async function writeCopy(job: Job, link: LiveLink, before: Hydrated, path: string): Promise<void> {
  const { store, adapter } = job.connection;
  const known = link.pointers?.[path];
  if (before.native === undefined)
    throw new Fault("unavailable", { detail: "the product does not show this user yet" });
  const shown = adapter.user.toScim(before.native)[path];
  // A pointer by the vendor's id copies nothing, and another key was written by somebody else.
  if (!known || typeof shown !== "object" || !("key" in shown) || !isSameText(shown.key, known.key)) return;
  const manager = findLink(store, "User", known.id);
  if (!manager || manager.state === "lost") return;
  const changed = new Set([path]);
  const held = { ...before.held, [path]: manager.state === "live" ? manager.id : undefined };
  const { values, pointers } = await toWritten(job, link.id, held, changed, kindOf(job.connection, "User"));
  const { [path]: _former, ...others } = link.pointers ?? {};
  const next = { ...others, ...pointers };
  const native = await updateUnderIntent(job, link, { values, changed, native: before.native }, () =>
    updateLink(store, link.id, { pointers: next }),
  );
  await answerWritten(job, { ...link, pointers: next }, native, adapter.user.toScim(native));
}
