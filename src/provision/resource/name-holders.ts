// A name that the vendor refuses as taken, although nobody on this connection has it: who has one that the vendor does not
// tell apart [S7].

import { Fault } from "../../adapter.ts";
import { ScimError } from "../../scim/messages.ts";
import { listLinksLike } from "../../store/link-names.ts";
import { findLinkByNativeId, type Link, type LinkType } from "../../store/links.ts";
import type { Job } from "../jobs/job.ts";
import { naturalKeyPath, operationsOf } from "../vendor/user-or-group.ts";
import { isJoinedByVendor, toVendorKey } from "../vendor/vendor-names.ts";
import { heldInRow } from "./adoption.ts";
import type { Held } from "./attribute-mapping.ts";
import { preferredEmail } from "./link-keys.ts";
import { nativeNameOf } from "./soft-delete-names.ts";
import { findRows } from "./vendor-search.ts";

/**
 * Runs a write that may give a name.
 * @throws ScimError 409 that says by whom a name is held, where only the vendor takes the two names for one
 */
export async function withHolderTold<T>(
  job: Job,
  type: LinkType,
  held: Held | undefined,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const isTaken = error instanceof Fault && error.kind === "conflict" && !error.ambiguous;
    if (!isTaken || !held) throw error;
    const detail = await tellHolder(job, type, held);
    throw detail === undefined ? error : new ScimError(409, detail, { scimType: "uniqueness", cause: error });
  }
}

async function tellHolder(job: Job, type: LinkType, held: Held): Promise<string | undefined> {
  const { title } = job.connection.adapter;
  for (const path of namePathsOf(job, type)) {
    const name = held[path];
    if (typeof name !== "string") continue;
    const holder = findJoinedLink(job, type, name) ?? (await findJoinedRecord(job, type, path, name));
    if (holder === undefined) continue;
    const noun = type === "User" ? "user" : "group";
    return (
      `${path} is taken: ${title} does not tell it apart from another name, although the letters differ, and ` +
      `${toHolder(holder, noun)} has that name. Give one of the two another name in the identity provider or in ${title}.`
    );
  }
  return undefined;
}

/** A link whose record has the name; null: a record that has no link. */
type Holder = Link | null;

function toHolder(holder: Holder, noun: string): string {
  if (holder === null) return `a ${noun} of the product who is not linked on this connection`;
  return holder.state === "live" ? `the ${noun} ${holder.id} on this connection` : `a deleted ${noun}, ${holder.id},`;
}

/** The name by which the vendor finds a record, and the e-mail that may be unique beside it. */
function namePathsOf({ connection }: Job, type: LinkType): string[] {
  const key = naturalKeyPath(connection, type);
  const email = type === "User" ? preferredEmail(connection) : undefined;
  return [...new Set([key, ...(email === undefined ? [] : [email])])];
}

function findJoinedLink({ connection }: Job, type: LinkType, name: string): Link | undefined {
  const { adapter, store } = connection;
  const isJoined = (link: Link) => {
    const own = nativeNameOf(connection, link);
    const isThere = link.state === "live" || link.isHidden;
    return isThere && own !== null && isJoinedByVendor(adapter, type, own, name);
  };
  return listLinksLike(store, type, toVendorKey(adapter, type, name)).find(isJoined);
}

/** By the vendor's own search; its outage changes nothing about the refusal. */
async function findJoinedRecord(job: Job, type: LinkType, path: string, name: string): Promise<Holder | undefined> {
  const { adapter, store } = job.connection;
  const operations = operationsOf(job.connection, type);
  const search = operations.find?.[path];
  if (!search) return undefined;
  const rows = await findRows(job, search, name).catch((error) => {
    if (error instanceof Fault) return [];
    throw error;
  });
  const isJoined = (row: unknown) => {
    const value = heldInRow(job, type, row)[path];
    return typeof value === "string" && isJoinedByVendor(adapter, type, value, name);
  };
  const row = rows.find(isJoined);
  return row === undefined ? undefined : (findLinkByNativeId(store, type, operations.id(row)) ?? null);
}
