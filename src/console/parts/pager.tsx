// Long lists page by page: links, which need no script.

import { TEXTS } from "../texts.ts";

export interface PageOf<Row> {
  rows: readonly Row[];
  page: number;
  pages: number;
  from: number;
  total: number;
}

/** @param wanted the number of a page as the address has it, from 1; what is none is the nearest that there is */
export function toPage<Row>(all: readonly Row[], wanted: string | undefined, most: number): PageOf<Row> {
  const pages = Math.max(1, Math.ceil(all.length / most));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(wanted ?? 1)) || 1));
  const first = (page - 1) * most;
  return { rows: all.slice(first, first + most), page, pages, from: first + 1, total: all.length };
}

/** @param path of the list; it may have a question mark already */
export const Pager = ({ rows, page, pages, from, total, path }: PageOf<unknown> & { path: string }) =>
  pages > 1 && (
    <nav class="pager" aria-label={TEXTS.pager.label}>
      {page > 1 && (
        <a rel="prev" href={`${path}${path.includes("?") ? "&" : "?"}page=${page - 1}`}>
          {TEXTS.pager.previous}
        </a>
      )}
      <span>{TEXTS.pager.range(from, from + rows.length - 1, total)}</span>
      {page < pages && (
        <a rel="next" href={`${path}${path.includes("?") ? "&" : "?"}page=${page + 1}`}>
          {TEXTS.pager.next}
        </a>
      )}
    </nav>
  );
