// The user whom a reference names: by id, or by the externalId or userName of exactly one user [S50].

import { strictRefusal } from "../../scim/strict.ts";
import { foldCase, foldName } from "../../scim/text.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import { findLiveLink, type Link, type LiveLink, type Store } from "../../store/links.ts";
import { wakeReferencesTo } from "../../store/owed.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { wakeOwed } from "../jobs/owed-schedule.ts";
import { isStrict } from "../jobs/read-notes.ts";
import type { Kind } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";

/**
 * The live user whom a text names; undefined where nobody has it, or more than one. On a strict connection it names by id
 * only.
 */
export function findReferenced({ store, rules }: Pick<OpenConnection, "store" | "rules">, text: string) {
  const byId = findLiveLink(store, "User", text);
  return byId || rules.profile === "strict" ? byId : findNamed(store, text);
}

function findNamed(store: Store, text: string): LiveLink | undefined {
  const named = [
    ...findLiveLinksByKey(store, "User", "externalId", text),
    ...findLiveLinksByKey(store, "User", "nameKey", foldName(text)),
  ];
  const [first] = named;
  return named.every(({ id }) => id === first?.id) ? first : undefined;
}

/** Puts the id in the place of an externalId or userName by which a client names another user. */
export function resolveNames(job: Job, held: Held, kind: Kind): void {
  const { store } = job.connection;
  for (const { path, reference } of kind.rows) {
    const text = held[path];
    if (!reference || typeof text !== "string") continue;
    if (findLiveLink(store, "User", text)) continue;
    const id = findNamed(store, text)?.id;
    if (id === undefined) continue;
    if (isStrict(job)) throw strictRefusal("manager-by-name", path);
    held[path] = id;
    job.trace.repairs.add("manager-by-name");
  }
}

/** Tells the references that wait for a user that the user is here now, or has another name. */
export function wakeReferences(
  job: Pick<Job, "connection" | "now">,
  { type, id, name, externalId }: Pick<Link, "type" | "id" | "name" | "externalId">,
): void {
  if (type !== "User") return;
  const targets = [id, name, externalId].flatMap((text) => (text === null ? [] : [foldCase(text)]));
  if (wakeReferencesTo(job.connection.store, targets, job.now())) wakeOwed(job, "reference");
}
