// The link that a request is about to change, and whether a write to it is unfinished, in one statement.

import { eq, getTableColumns, sql } from "drizzle-orm";
import { noteNoIntents } from "./journal.ts";
import { links } from "./link-tables.ts";
import { isLive, type Link, type LinkType, type LiveLink, noteLink } from "./links.ts";
import { prepared, rowsOf, type Store, slot } from "./prepared.ts";

const isBusy = sql<number>`exists (select 1 from intents where link_id in (links.id, 'seat:' || links.id))`;

const withIntents = prepared((store) => {
  const columns = getTableColumns(links);
  const query = store
    .select({ ...columns, isBusy })
    .from(links)
    .where(eq(links.id, slot("id")));
  return rowsOf<Link & { isBusy: number }>(store, query, { ...columns, isBusy: undefined });
});

export function findLinkToWrite(store: Store, type: LinkType, id: string): LiveLink | undefined {
  const [found] = withIntents(store).all({ id });
  if (!found) return undefined;
  const { isBusy, ...link } = found;
  noteLink(store, id, link);
  if (isBusy === 0) noteNoIntents(store, id);
  return link.type === type && isLive(link) ? link : undefined;
}
