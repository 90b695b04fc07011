// Links in their order, a part at a time, in a Connection object's SQLite.

import { and, asc, eq, getTableColumns, sql } from "drizzle-orm";
import { links } from "./link-tables.ts";
import { isLive, type Link, type LinkType, type LiveLink, type Store } from "./links.ts";
import { prepared, question, rowsOf, slot } from "./prepared.ts";
import { readCount } from "./row-counts.ts";

export const countLiveLinks = (store: Store, type: LinkType): number => readCount(store, type);

const inOrder = [asc(links.createdAt), asc(links.id)];
const isLiveOfType = and(eq(links.type, slot("type")), eq(links.state, "live"));
const isLiveAfter = and(isLiveOfType, sql`(${links.createdAt}, ${links.id}) > (${slot("createdAt")}, ${slot("id")})`);

/** A place in the order: that of a link. */
export type Position = Pick<Link, "createdAt" | "id">;

/** Before every link. */
const BEGINNING: Position = { createdAt: -1, id: "" };

/**
 * The link before which so many live ones are. It is looked for by going through all of these, so where a part of the list ends is
 * remembered until a link changes: who goes through the list a page after the other begins the next page there.
 */
const linkAt = question(
  [links],
  (store) => {
    const position = { createdAt: links.createdAt, id: links.id };
    const live = store
      .select(position)
      .from(links)
      .where(isLiveOfType)
      .orderBy(...inOrder);
    return rowsOf<Position>(store, live.limit(1).offset(slot("before")), position);
  },
  true,
);

/** Behind so many live links; undefined: there are fewer. */
function behind(store: Store, type: LinkType, count: number): Position | undefined {
  return count === 0 ? BEGINNING : linkAt(store, { type, before: count - 1 })[0];
}

const liveAfter = prepared((store) => {
  const live = store.select().from(links).where(isLiveAfter);
  return rowsOf<Link>(store, live.orderBy(...inOrder).limit(slot("limit")), getTableColumns(links));
});

/** Live links in their stable order (created, id), after the given one. */
export const listLiveLinks = (
  store: Store,
  type: LinkType,
  limit: number,
  { createdAt, id }: Position = BEGINNING,
): LiveLink[] => liveAfter(store).all({ type, limit, createdAt, id }).filter(isLive);

const keptSizes = prepared((store) => {
  const live = store
    .select({ size: sql`coalesce(length(${links.kept}), 0)` })
    .from(links)
    .where(isLiveAfter);
  return rowsOf<{ size: number }>(store, live.orderBy(...inOrder).limit(slot("limit")), { size: undefined });
});

/** In the same order, so many links as keep no more than so many characters in all; at least one, where there is one. */
export function listLinksWithin(
  store: Store,
  type: LinkType,
  limit: number,
  offset: number,
  maxKept: number,
): LiveLink[] {
  const after = behind(store, type, offset);
  if (!after) return [];
  const sizes = keptSizes(store).all({ type, limit, ...after });
  let kept = 0;
  const beyond = sizes.findIndex(({ size }) => {
    kept += size;
    return kept > maxKept;
  });
  const found = listLiveLinks(store, type, beyond < 0 ? limit : Math.max(1, beyond), after);
  const last = found.at(-1);
  if (last)
    linkAt.note(store, { type, before: offset + found.length - 1 }, [{ createdAt: last.createdAt, id: last.id }]);
  return found;
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
