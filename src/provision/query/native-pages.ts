// Records out of the pages of the vendor's own list: one call shows many, where sweeps and requests have noted which page
// shows whom [S26].

import { Fault } from "../../adapter.ts";
import type { LinkType, LiveLink } from "../../store/links.ts";
import { findListPages, type ListPage, moveLinks, upsertListPage } from "../../store/list-pages.ts";
import type { Job } from "../jobs/job.ts";
import { operationsOf } from "../vendor/user-or-group.ts";

/** A call for one record costs less than a page with so many rows for each that is wanted of it. */
const MAX_ROWS_FOR_ONE = 200;
/** So many pages that show nobody who is looked for end the search for those on no noted page. */
const MAX_FRUITLESS = 2;

/** Whether rows of the vendor's list are whole records. */
const hasWholeRows = ({ connection }: Job, type: LinkType): boolean =>
  type === "Group" || connection.adapter.user.rowToScim === undefined;

export interface PagePlan {
  /** Pages that show several of the wanted records each. */
  noted: ListPage[];
  first: ListPage | undefined;
  last: ListPage | undefined;
  /** Links on none of these pages. */
  others: number;
}

const isWorthwhile = (page: ListPage, wanted: number): boolean => wanted > 1 && page.rows <= wanted * MAX_ROWS_FOR_ONE;

/** Which pages to ask for; undefined where none would show these records. */
export function planPages(job: Job, type: LinkType, links: readonly LiveLink[]): PagePlan | undefined {
  if (links.length < 2 || !hasWholeRows(job, type)) return undefined;
  const wanted = Map.groupBy(links, ({ page }) => page ?? -1);
  const known = findListPages(job.connection.store, type, [...wanted.keys()]);
  if (known.length === 0) return undefined;
  const noted = known.filter((page) => isWorthwhile(page, wanted.get(page.start)?.length ?? 0));
  const covered = noted.reduce((sum, { start }) => sum + (wanted.get(start)?.length ?? 0), 0);
  return { noted, first: known[0], last: known.at(-1), others: links.length - covered };
}

/** The calls that a plan costs where the list is as it was noted; those on no page may be on one. */
export const callsOf = ({ noted, others }: PagePlan): number => noted.length + Math.min(others, MAX_FRUITLESS);

/** @param spend called before each call; returns the records by native id */
export async function readPages(
  job: Job,
  type: LinkType,
  links: readonly LiveLink[],
  { noted, first, last }: PagePlan,
  spend: () => void,
): Promise<Map<string, unknown>> {
  const { store } = job.connection;
  const operations = operationsOf(job.connection, type);
  const missing = new Map(links.map((link) => [link.nativeId, link]));
  const found = new Map<string, unknown>();
  const read = new Map<number, ListPage | undefined>();
  let fruitless = 0;

  /** Reads a page. @returns the one behind it, where there is one */
  async function turn(page: ListPage): Promise<ListPage | undefined> {
    spend();
    const rows = await listPage(page);
    if (!rows) {
      fruitless++;
      read.set(page.start, undefined);
      return undefined;
    }
    const moved: string[] = [];
    const before = found.size;
    for (const row of rows.items) {
      const id = operations.id(row);
      const link = missing.get(id);
      if (!link) continue;
      missing.delete(id);
      found.set(id, row);
      if (link.page !== page.start) moved.push(link.id);
    }
    if (found.size === before) fruitless++;
    if (moved.length > 0) moveLinks(store, moved, page.start);
    const present = { ...page, rows: rows.items.length };
    if (moved.length > 0 || present.rows !== page.rows) upsertListPage(store, present);
    const { next } = rows;
    const behind =
      next === undefined ? undefined : { ...page, start: page.start + present.rows, cursor: next, rows: 0 };
    read.set(page.start, behind);
    return behind;
  }

  /** Undefined where the vendor refuses the page, such as by a cursor that has expired. */
  async function listPage({ cursor }: ListPage) {
    try {
      return await operations.list(job.api, cursor ?? undefined);
    } catch (error) {
      if (error instanceof Fault && (error.kind === "invalid" || error.kind === "protocol")) return undefined;
      throw error;
    }
  }

  const goesOn = (page: ListPage | undefined): page is ListPage =>
    page !== undefined && fruitless < MAX_FRUITLESS && isWorthwhile(page, missing.size);

  for (const page of noted) await turn(page);
  // Who was made since the sweep is at the end of most lists, and at the beginning of some.
  let page = last && read.has(last.start) ? read.get(last.start) : last;
  while (goesOn(page)) page = await turn(page);
  page = first && !read.has(first.start) ? first : undefined;
  if (goesOn(page)) await turn(page);
  return found;
}
