// The vendor's groups that Portico fills by itself, in a Connection object's SQLite: links of the state `own`, which no query
// for clients sees [S52].

import { and, asc, eq, isNotNull, or } from "drizzle-orm";
import { toNameKey } from "./link-names.ts";
import { links, members } from "./link-tables.ts";
import { findLink, type Link, type LiveLink, type Store, updateLink } from "./links.ts";
import { question, slot, wholeRows } from "./prepared.ts";

/** Such a group as what writes memberships takes it. */
const asLive = (link: Link): LiveLink[] =>
  link.nativeId === null ? [] : [{ ...link, nativeId: link.nativeId, state: "live" }];

const isOwn = and(eq(links.type, "Group"), eq(links.state, "own"));
const ofKey = question([links], (store) => wholeRows(store, links, and(isOwn, eq(links.nameKey, slot("key")))));

export const findOwnGroupNamed = (store: Store, name: string): LiveLink | undefined =>
  ofKey(store, { key: toNameKey("Group", name) }).flatMap(asLive)[0];

export function findOwnGroup(store: Store, id: string): LiveLink | undefined {
  const link = findLink(store, "Group", id);
  return link?.state === "own" ? asLive(link)[0] : undefined;
}

/** The groups in which Portico has put a user, oldest first. */
export const listOwnGroupsOf = (store: Store, userId: string): LiveLink[] =>
  store
    .select({ link: links })
    .from(members)
    .innerJoin(links, eq(links.id, members.groupId))
    // Without the type beside it: SQLite would go through all groups.
    .where(and(eq(links.state, "own"), eq(members.userId, userId)))
    .orderBy(asc(links.createdAt), asc(links.id))
    .all()
    .flatMap(({ link }) => asLive(link));

/** From now on Portico fills the group. */
export const takeGroup = (store: Store, id: string): void => updateLink(store, id, { state: "own" });

/** Gives all of them back: clients see them from now on, with the members that they have. */
export function releaseGroups(store: Store): void {
  for (const { id } of store.select({ id: links.id }).from(links).where(isOwn).all()) {
    updateLink(store, id, { state: "live", membersLoaded: false });
  }
}

/** Those whom a client has created or written: an account that only a list has shown is not provisioned. */
export function listProvisionedIds(store: Store): string[] {
  const isWritten = or(eq(links.isAlias, true), isNotNull(links.externalId));
  const rows = store
    .select({ id: links.id })
    .from(links)
    .where(and(eq(links.type, "User"), eq(links.state, "live"), isWritten))
    .orderBy(asc(links.id))
    .all();
  return rows.map(({ id }) => id);
}
