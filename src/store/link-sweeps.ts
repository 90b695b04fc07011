// Which links' records the last sweep of the vendor's list has seen.

import { and, count, eq, inArray, isNotNull, lt, or, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { links } from "./link-tables.ts";
import { isLive, type LinkType, type LiveLink, type Store } from "./links.ts";

/** Notes which sweep has last seen these links' records, and on which page of the list. */
export function markLinksSeen(store: Store, ids: readonly string[], sweep: number, page: number): void {
  store
    .update(links)
    .set({ sweep, page })
    .where(inArray(links.id, among(ids)))
    .run();
}

/** Live links with a native record that the given sweep did not see. */
const isUnseen = (type: LinkType, sweep: number, before: number) =>
  and(
    eq(links.type, type),
    eq(links.state, "live"),
    isNotNull(links.nativeId),
    or(sql`${links.sweep} is null`, lt(links.sweep, sweep)),
    // A record that was made or changed during the sweep may be on a page that was read before.
    lt(links.modifiedAt, before),
  );

export function listUnseenLinks(
  store: Store,
  type: LinkType,
  sweep: number,
  before: number,
  limit: number,
): LiveLink[] {
  return store
    .select()
    .from(links)
    .where(isUnseen(type, sweep, before))
    .limit(limit)
    .all()
    .filter(isLive);
}

export function countUnseenLinks(store: Store, type: LinkType, sweep: number, before: number): number {
  return (
    store
      .select({ unseen: count() })
      .from(links)
      .where(isUnseen(type, sweep, before))
      .get()?.unseen ?? 0
  );
}
