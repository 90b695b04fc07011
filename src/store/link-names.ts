// Links by their names and e-mails in a Connection object's SQLite. Until 2026-11 the keys were names after full case
// folding, which joined people: such a key is found, too, and replaced when it is [S7].

import { and, eq, inArray, isNotNull, ne, or, type SQL, sql } from "drizzle-orm";
import { foldCase, foldName, toGroupKey } from "../scim/text.ts";
import { readFact, writeFact } from "./facts.ts";
import { intents } from "./journal-tables.ts";
import { listLinksAfter } from "./link-lists.ts";
import { links } from "./link-tables.ts";
import { findLink, isLive, type Link, type LinkType, type LiveLink, type Store, updateLink } from "./links.ts";
import { amongSlot, question, slot, toList, wholeRows } from "./prepared.ts";

/** The columns on which a match needs no native call. */
export type LinkKey = "nameKey" | "nativeNameKey" | "emailKey" | "externalId";

/** The key by which the name of a user or group is found and told apart. */
export const toNameKey = (type: LinkType, name: string): string =>
  type === "Group" ? toGroupKey(name) : foldName(name);

/** A key, and what an older version made of the same name. */
const formsOf = (key: string): string[] => [...new Set([key, foldCase(key)])];

/**
 * All links that are or were called so, by name, e-mail or native id, in whatever state. Each of the four has an index of its
 * own; asked for in one condition, SQLite would go through all links of the type.
 */
const calledSo = question([links], (store) => {
  const by = (condition: SQL) =>
    store
      .select({ id: links.id })
      .from(links)
      .where(and(eq(links.type, slot("type")), condition));
  const ids = by(inArray(links.nameKey, amongSlot("forms")))
    .union(by(inArray(links.emailKey, amongSlot("forms"))))
    .union(by(and(isNotNull(links.nativeNameKey), inArray(links.nativeNameKey, amongSlot("forms"))) as SQL))
    .union(by(and(isNotNull(links.nativeId), inArray(links.nativeId, amongSlot("forms"))) as SQL));
  return wholeRows(store, links, inArray(links.id, ids));
});

const byExternalId = question([links], (store) =>
  wholeRows(
    store,
    links,
    // With the state beside it SQLite would go through all live links.
    and(eq(links.type, slot("type")), eq(links.externalId, slot("externalId"))),
  ),
);

const oldestFirst = (found: Link[]): Link[] =>
  found.sort((left, right) => left.createdAt - right.createdAt || (left.id < right.id ? -1 : 1));

function findAllCalled(store: Store, type: LinkType, key: string): Link[] {
  return oldestFirst(calledSo(store, { type, forms: toList(formsOf(key)) }));
}

function findCalled(store: Store, type: LinkType, key: string, column: Exclude<LinkKey, "externalId">): Link[] {
  const forms = formsOf(key);
  return findAllCalled(store, type, key).filter((link) => forms.includes(link[column] ?? ""));
}

/** The link whose native id is this name: for a vendor whose ids are names. */
export const findLinkNamedNatively = (store: Store, type: LinkType, key: string): Link | undefined =>
  findAllCalled(store, type, key).find(({ nativeId }) => nativeId === key);

/**
 * Live links, oldest first; `externalId` need not be unique. The e-mails are only candidates: which address an old key
 * was made of the vendor's record tells; who is surely somebody else comes last.
 */
export function findLiveLinksByKey(store: Store, type: LinkType, key: LinkKey, value: string): LiveLink[] {
  if (key === "externalId") return oldestFirst(byExternalId(store, { type, externalId: value })).filter(isLive);
  const found = findCalled(store, type, value, key).filter(isLive);
  if (key === "emailKey") return found.toSorted((left, right) => unlikeness(left, value) - unlikeness(right, value));
  return found.map((link) => renewNames(store, link)).filter((link) => link[key] === value);
}

/** How sure it is that an e-mail is not a link's: its key is an old one, or its name is spelled otherwise. */
function unlikeness({ name, emailKey }: Link, email: string): number {
  const isOther = name !== null && foldCase(name) === foldCase(email) && foldName(name) !== email;
  return (isOther ? 2 : 0) + (emailKey === email ? 0 : 1);
}

/** The links that once had this name and are not live, newest first. */
export function findFormerLinks(
  store: Store,
  type: LinkType,
  key: string,
  column: "nameKey" | "emailKey" = "nameKey",
): Link[] {
  return findCalled(store, type, key, column)
    .filter(({ state }) => state !== "live")
    .toSorted((left, right) => (right.deletedAt ?? 0) - (left.deletedAt ?? 0))
    .map((link) => renewNames(store, link))
    .filter((link) => link[column] === key);
}

/** Links in any state whose name or e-mail may be one to the vendor with the given one, although the keys differ. */
export function listLinksLike(store: Store, type: LinkType, vendorKey: string): Link[] {
  const isLike = [links.nameKey, links.nativeNameKey, links.emailKey].map(
    (key) => sql`(${key} = ${vendorKey} or ${key} glob '*[^ -~]*')`,
  );
  return store
    .select()
    .from(links)
    .where(and(eq(links.type, type), or(...isLike)))
    .all();
}

// ---- Renewal of old keys --------------------------------------------------------------------------------------------

/** Replaces the keys of a link's names where an older version made them. */
function renewNames<T extends Link>(store: Store, link: T): T {
  const { type, name, nativeName } = link;
  const nameKey = name === null || link.nameKey === null ? link.nameKey : toNameKey(type, name);
  const nativeNameKey = nativeName === null ? null : foldName(nativeName);
  if (nameKey === link.nameKey && nativeNameKey === link.nativeNameKey) return link;
  const keys = { nameKey: nameKey !== null && isTaken(store, link, nameKey) ? null : nameKey, nativeNameKey };
  updateLink(store, link.id, keys);
  return { ...link, ...keys };
}

/**
 * Gives a live link its name's key where full folding had left it to somebody else, and its e-mail's as far as that can be
 * told without the record: an e-mail that is the name but for folding is taken to be spelled alike, until it is read.
 */
function renewRest(store: Store, { id, type, state, name, nameKey, emailKey }: Link): void {
  if (state !== "live" || name === null) return;
  const key = toNameKey(type, name);
  if (emailKey !== null && emailKey !== key && emailKey === foldCase(name)) updateLink(store, id, { emailKey: key });
  if (nameKey !== null || findLiveLinksByKey(store, type, "nameKey", key).length > 0) return;
  updateLink(store, id, { nameKey: key });
}

function isTaken(store: Store, { id, type, state }: Link, nameKey: string): boolean {
  if (state !== "live") return false;
  const found = store
    .select({ id: links.id })
    .from(links)
    .where(and(eq(links.type, type), eq(links.state, "live"), eq(links.nameKey, nameKey), ne(links.id, id)))
    .limit(1);
  return found.get() !== undefined;
}

/** The fact that says up to which link the keys are renewed. */
const RENEWED = "names_renewed";
/** After every id. */
const ALL = "~";
/** Links that one slice renews; requests run in between. */
const SLICE = 2_000;

/** Renews the keys of some links that an older version may have made. @returns whether there are more */
export function renewSomeNames(store: Store): boolean {
  const after = readFact(store, RENEWED);
  if (after === ALL) return false;
  if (after === undefined) renewIntents(store);
  const page = listLinksAfter(store, after ?? "", SLICE);
  for (const link of page) renewRest(store, renewNames(store, link));
  const last = page.length < SLICE ? undefined : page.at(-1);
  writeFact(store, RENEWED, last?.id ?? ALL);
  return last !== undefined;
}

/**
 * Renews the keys of creates whose answers were lost: few at any time. Where neither the intent nor its link has the name
 * that the key was made of, the key stays.
 */
function renewIntents(store: Store): void {
  const creates = inArray(intents.kind, ["user.create", "group.create"]);
  for (const { id, kind, key, linkId, expected } of store.select().from(intents).where(creates).all()) {
    const type = kind === "user.create" ? "User" : "Group";
    const names = [expected?.name, findLink(store, type, linkId)?.name].filter((name) => typeof name === "string");
    const name = names.find((one) => foldCase(type === "Group" ? one.trim() : one) === key);
    if (name === undefined || toNameKey(type, name) === key) continue;
    store
      .update(intents)
      .set({ key: toNameKey(type, name) })
      .where(eq(intents.id, id))
      .run();
  }
}
