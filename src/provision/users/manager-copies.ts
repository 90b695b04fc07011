// Vendors that copy a manager's name and address into the records of the direct reports: the copies follow later, each
// under the report's own lock.

import { Fault } from "../../adapter.ts";
import { isSameText } from "../../scim/text.ts";
import { findLink, findLiveLink, type LiveLink, updateLink } from "../../store/links.ts";
import { deleteOwedById, findOwedById, type Owed } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import type { RowKind } from "../jobs/owed-kind.ts";
import { resolveIntentsOf } from "../recovery/journal.ts";
import { answerWritten, type Hydrated, hydrate } from "../resource/hydrate.ts";
import { toWritten } from "../resource/user-references.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { updateUnderIntent } from "./native-user-update.ts";

export const owedCopies: RowKind = {
  name: "copy",
  mode: "replay",
  says: {
    what: "the product has copied a manager's name or address into a user's record, and they have changed",
    superseded: "a later write of the same attribute",
    shown: "the manager by their id, as always",
    dropped: "the product's own pages go on showing the old copy",
  },
  isParkedByRefusal: true,
  maxDays: 30,
  async work(job, rows) {
    for (const row of rows) await refreshCopy(job, row);
  },
};

/** Writes the manager again into one record that holds a copy. */
async function refreshCopy(job: Job, { id, linkId, key }: Owed): Promise<void> {
  const { store, object } = job.connection;
  await object.locks.withLocks([`link:${linkId}`], job, async () => {
    // A request has taken its place, or the manager has changed again meanwhile.
    const isOwed = () => findOwedById(store, id) !== undefined;
    if (!isOwed()) return;
    await resolveIntentsOf(job, linkId);
    const link = findLiveLink(store, "User", linkId);
    const before = link && (await hydrate(job, link));
    if (link && before) await writeCopy(job, link, before, key);
    deleteOwedById(store, id);
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
