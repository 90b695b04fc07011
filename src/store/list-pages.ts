// Which page of the vendor's list shows which record, in a Connection object's SQLite [S26].

import { and, asc, eq, getTableColumns, inArray, lt, sql } from "drizzle-orm";
import { among } from "./among.ts";
import { listPages } from "./background-tables.ts";
import { links } from "./link-tables.ts";
import type { LinkType, Store } from "./links.ts";
import { insertOf, prepared, rowsOf, slot } from "./prepared.ts";

export type ListPage = typeof listPages.$inferSelect;

const pagesFrom = prepared((store) => {
  const isAsked = sql`${listPages.start} in (select value from json_each(${slot("starts")})
    union select min(start) from list_pages where type = ${slot("type")}
    union select max(start) from list_pages where type = ${slot("type")})`;
  const isOfType = eq(listPages.type, slot("type"));
  const pages = store.select().from(listPages).where(and(isOfType, isAsked)).orderBy(asc(listPages.start));
  return rowsOf<ListPage>(store, pages, getTableColumns(listPages));
});

/** The pages that begin behind so many rows, and the first and the last one, in the order of the list. */
export const findListPages = (store: Store, type: LinkType, starts: readonly number[]): ListPage[] =>
  pagesFrom(store).all({ type, starts: JSON.stringify(starts) });

export const upsertListPage: (store: Store, page: ListPage) => void = insertOf(listPages, [
  listPages.type,
  listPages.start,
]);

const deleteFormer = prepared((store) =>
  store
    .delete(listPages)
    .where(and(eq(listPages.type, slot("type")), lt(listPages.sweep, slot("sweep"))))
    .prepare(),
);

/** Forgets pages that the given sweep has not come across: the list is shorter, or cut otherwise. */
export function deleteFormerPages(store: Store, type: LinkType, sweep: number): void {
  deleteFormer(store).run({ type, sweep });
}

/** Notes on which page these links' records are. */
export function moveLinks(store: Store, ids: readonly string[], page: number): void {
  store
    .update(links)
    .set({ page })
    .where(inArray(links.id, among(ids)))
    .run();
}
