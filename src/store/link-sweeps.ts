// Which links' records the last sweep of the vendor's list has seen.

import { and, count, eq, getTableColumns, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import { links } from "./link-tables.ts";
import { isLive, type Link, type LinkType, type LiveLink, type Store } from "./links.ts";
import { amongSlot, prepared, rowsOf, slot, toList } from "./prepared.ts";

const mark = prepared((store) =>
  store
    .update(links)
    .set({ sweep: sql`${slot("sweep")}`, page: sql`${slot("page")}` })
    .where(inArray(links.id, amongSlot("ids")))
    .prepare(),
);

/** Notes which sweep has last seen these links' records, and on which page of the list. */
export function markLinksSeen(store: Store, ids: readonly string[], sweep: number, page: number): void {
  mark(store).run({ ids: toList(ids), sweep, page });
}

/** Live links with a native record that the given sweep did not see. */
const isUnseen = and(
  eq(links.type, slot("type")),
  eq(links.state, "live"),
  isNotNull(links.nativeId),
  or(sql`${links.sweep} is null`, lt(links.sweep, slot("sweep"))),
  // A record that was made or changed during the sweep may be on a page that was read before.
  lt(links.modifiedAt, slot("before")),
);

const unseen = prepared((store) =>
  rowsOf<Link>(store, store.select().from(links).where(isUnseen).limit(slot("limit")), getTableColumns(links)),
);

export const listUnseenLinks = (
  store: Store,
  type: LinkType,
  sweep: number,
  before: number,
  limit: number,
): LiveLink[] => unseen(store).all({ type, sweep, before, limit }).filter(isLive);

const unseenCount = prepared((store) => store.select({ unseen: count() }).from(links).where(isUnseen).prepare());

export const countUnseenLinks = (store: Store, type: LinkType, sweep: number, before: number): number =>
  unseenCount(store).get({ type, sweep, before })?.unseen ?? 0;
