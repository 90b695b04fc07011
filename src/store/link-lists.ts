// Links in their order, a part at a time, in a Connection object's SQLite.

import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import { links } from "./link-tables.ts";
import { isLive, type Link, type LinkType, type LiveLink, type Store } from "./links.ts";
import { prepared, rowsOf, slot } from "./prepared.ts";
import { readCount } from "./row-counts.ts";

export const countLiveLinks = (store: Store, type: LinkType): number => readCount(store, type);

const isLiveOfType = and(eq(links.type, slot("type")), eq(links.state, "live"));
const inOrder = [asc(links.createdAt), asc(links.id)];
const SLICE = { limit: slot("limit"), offset: slot("offset") };

const liveFrom = prepared((store) => {
  const live = store.select().from(links).where(isLiveOfType);
  return rowsOf<Link>(
    store,
    live
      .orderBy(...inOrder)
      .limit(SLICE.limit)
      .offset(SLICE.offset),
    getTableColumns(links),
  );
});

const liveAfter = prepared((store) => {
  const { createdAt, id } = links;
  const isAfter = sql`(${createdAt} > ${slot("createdAt")} or (${createdAt} = ${slot("createdAt")} and ${id} > ${slot("id")}))`;
  const live = store.select().from(links).where(and(isLiveOfType, isAfter));
  return rowsOf<Link>(store, live.orderBy(...inOrder).limit(SLICE.limit), getTableColumns(links));
});

/** Live links in their stable order (created, id), after the given one. */
export function listLiveLinks(
  store: Store,
  type: LinkType,
  limit: number,
  from: { offset: number } | { after: { createdAt: number; id: string } | undefined },
): LiveLink[] {
  const after = "after" in from ? from.after : undefined;
  const rows = after
    ? liveAfter(store).all({ type, limit, createdAt: after.createdAt, id: after.id })
    : liveFrom(store).all({ type, limit, offset: "offset" in from ? from.offset : 0 });
  return rows.filter(isLive);
}

const keptSizes = prepared((store) => {
  const live = store
    .select({ size: sql`coalesce(length(${links.kept}), 0)` })
    .from(links)
    .where(isLiveOfType);
  return rowsOf<{ size: number }>(
    store,
    live
      .orderBy(...inOrder)
      .limit(SLICE.limit)
      .offset(SLICE.offset),
    {
      size: undefined,
    },
  );
});

/** In the same order, so many links as keep no more than so many characters in all; at least one, where there is one. */
export function listLinksWithin(
  store: Store,
  type: LinkType,
  limit: number,
  offset: number,
  maxKept: number,
): LiveLink[] {
  const sizes = keptSizes(store).all({ type, limit, offset });
  let kept = 0;
  const beyond = sizes.findIndex(({ size }) => {
    kept += size;
    return kept > maxKept;
  });
  return listLiveLinks(store, type, beyond < 0 ? limit : Math.max(1, beyond), { offset });
}

const linksAfter = prepared((store) => {
  const after = store
    .select()
    .from(links)
    .where(sql`${links.id} > ${slot("after")}`);
  return rowsOf<Link>(store, after.orderBy(asc(links.id)).limit(slot("limit")), getTableColumns(links));
});

/** Links of every state and type, in the order of their ids, for copying. */
export const listLinksAfter = (store: Store, after: string, limit: number): Link[] =>
  linksAfter(store).all({ after, limit });
