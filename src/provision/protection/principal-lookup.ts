// Finding out who a connection's protected names are, and whose credential it uses [S22].

import { foldName } from "../../scim/text.ts";
import { upsertDueJob } from "../../store/due-jobs.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import { toNameKey } from "../../store/link-names.ts";
import { findLinkByNativeId, type LinkType, type Store } from "../../store/links.ts";
import { deletePrincipal, listPrincipals, OWN_ACCOUNT, upsertPrincipal } from "../../store/principals.ts";
import type { Job } from "../jobs/job.ts";
import { isPrivilegedName } from "./privileged-accounts.ts";
import { findLinksNamed, listProtectedPrincipals, namesOf } from "./protected-principals.ts";

/** The version of the connection whose protected names were looked for. */
const LOOKED_UP_FOR = "principals_of";

/** Has the names looked up again after a change of the connection; its credential may be another account's now. */
export function schedulePrincipalLookup(store: Store, version: number, now: number): void {
  if (readFact(store, LOOKED_UP_FOR) === String(version)) return;
  writeFact(store, LOOKED_UP_FOR, String(version));
  deletePrincipal(store, "User", OWN_ACCOUNT);
  upsertDueJob(store, { job: "principals", dueAt: now, failures: 0 });
}

/** Finds out who the protected names of one type are, as far as the index knows them. */
export function lookUpPrincipals(job: Pick<Job, "connection">, type: LinkType): void {
  const { store } = job.connection;
  const wanted = new Set(namesOf(job, type).map((name) => toNameKey(type, name)));
  const principals = listProtectedPrincipals(job, type);
  for (const { name } of listPrincipals(store, type)) {
    if (name !== OWN_ACCOUNT && !isPrivilegedName(name) && !wanted.has(name)) deletePrincipal(store, type, name);
  }
  for (const { key, literal, nativeId, isOwn } of principals) {
    if (isOwn || key === null) continue;
    // Also what an older version had remembered under another key.
    if (nativeId !== null) upsertPrincipal(store, { type, name: key, key: null, nativeId });
    if (nativeId !== null && findLinkByNativeId(store, type, nativeId)?.state === "live") continue;
    const [link] = findLinksNamed(store, type, { key, literal });
    if (link) upsertPrincipal(store, { type, name: key, key: null, nativeId: link.nativeId });
  }
}

/** Asks the vendor whose credential the connection uses. */
export async function lookUpOwnAccount(job: Job): Promise<void> {
  const { adapter, store } = job.connection;
  if (!adapter.account) return;
  const pointer = await adapter.account(job.api);
  const key = pointer && "key" in pointer ? foldName(pointer.key) : null;
  const [link] = findLinksNamed(store, "User", { key, literal: null });
  const nativeId = pointer && "id" in pointer ? pointer.id : (link?.nativeId ?? null);
  upsertPrincipal(store, { type: "User", name: OWN_ACCOUNT, key, nativeId });
}
