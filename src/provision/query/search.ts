// Lists and searches (RFC 7644 section 3.4.2): by match, by page, or by a bounded scan [S26].

import { equalities, type Filter, type Path, simplify } from "../../scim/filter.ts";
import { compareSortKeys, type ListQuery, type SortKey, toSortKey } from "../../scim/query.ts";
import { countLiveLinks, listLinksWithin, listLiveLinks, type Position } from "../../store/link-lists.ts";
import type { LinkType, LiveLink } from "../../store/links.ts";
import { noteMet } from "../alarms/sights.ts";
import { breathe, type Job } from "../jobs/job.ts";
import { noteDeed } from "../jobs/trace.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import { kindOf } from "../vendor/user-or-group.ts";
import { findCandidates, requireSweep } from "./matching.ts";
import { createPage, fillPage, MAX_PAGE_BYTES, type Page } from "./page.ts";
import { requireReads, tooMany } from "./read-limits.ts";
import { readLinks } from "./read-links.ts";
import { isMatch, renderWhole } from "./render.ts";

export interface Found {
  /** As JSON; fewer than were asked for where the page is full. */
  resources: readonly string[];
  totalResults: number;
}

const TEST_CONNECTION = "a test connection: a userName was looked for that is a UUID, as Entra does";
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether somebody is looked for who cannot exist ([E1]). */
const isTest = (filter: Filter): boolean =>
  equalities(filter).some(({ path, value }) => path === "userName" && UUID.test(value));

/** Links per step of a scan. */
const SLICE = 50;

/** @param page where the resources go: one page may hold those of several types */
export async function search(job: Job, type: LinkType, query: ListQuery, page = createPage()): Promise<Found> {
  // A product without groups has an empty list of them.
  if (type === "Group" && !job.connection.adapter.group) return { resources: page.resources, totalResults: 0 };
  const filter = query.filter && simplify(query.filter);
  if (filter === false) return { resources: page.resources, totalResults: 0 };
  if (filter === undefined || filter === true) {
    return query.sortBy ? scan(job, type, query, undefined, page) : listAll(job, type, query, page);
  }
  const candidates = await findCandidates(job, type, filter, query);
  if (!candidates) return scan(job, type, query, filter, page);
  const isById = equalities(filter).some(({ path }) => path === "id");
  if (candidates.length === 0 && isTest(filter)) job.trace.notes.add(TEST_CONNECTION);
  if (type === "User") noteMet(job, candidates, !isById);
  const sorted = query.sortBy ? await sortHydrated(job, candidates, query.sortBy, query.descending) : candidates;
  const [only] = candidates;
  if (only && candidates.length === 1) noteDeed(job.trace, only.link.id, { what: "found" });
  const asked = sorted.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  await fillPage(job, page, asked, query.projection);
  return { resources: page.resources, totalResults: sorted.length };
}

async function sortHydrated(
  job: Job,
  found: readonly Hydrated[],
  sortBy: Path,
  descending: boolean,
): Promise<readonly Hydrated[]> {
  const toKeyed = async (one: Hydrated) => ({
    one,
    key: toSortKey(await renderWhole(job, one, "none"), sortBy, job.work),
  });
  const keyed = await Promise.all(found.map(toKeyed));
  return keyed.sort((left, right) => compareSortKeys(left.key, right.key, descending)).map(({ one }) => one);
}

// ---- Listing --------------------------------------------------------------------------------------------------------

/** Everything, in the order (created, id), once a sweep has seen everything. */
async function listAll(job: Job, type: LinkType, query: ListQuery, page: Page): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  const answer = () => ({ resources: page.resources, totalResults: countLiveLinks(store, type) });
  if (query.count === 0) return answer();
  // What only the links hold may fill the page already: then no more of them is read.
  const links = listLinksWithin(store, type, query.count, query.startIndex - 1, MAX_PAGE_BYTES);
  const { hydrated, read } = await readLinks(job, type, links);
  await fillPage(job, page, hydrated, query.projection);
  page.isFull ||= read < links.length;
  const gone = read - hydrated.length;
  const last = links.at(-1);
  // Further users replace those that are gone, so that the next page begins where this one ends.
  if (gone > 0 && last && !page.isFull) {
    const further = await readLinks(job, type, listLiveLinks(store, type, gone, last));
    await fillPage(job, page, further.hydrated, query.projection);
  }
  return answer();
}

/** The records of links that a scan goes through: it was admitted as a whole. */
const readSlice = async (job: Job, type: LinkType, links: readonly LiveLink[]): Promise<Hydrated[]> =>
  (await readLinks(job, type, links, links.length)).hydrated;

/** Filters or sorts by what only the vendor knows: in slices, keeping at most a page of resources. */
async function scan(
  job: Job,
  type: LinkType,
  query: ListQuery,
  filter: Filter | undefined,
  page: Page,
): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  // What Portico holds itself costs no native read; only time limits the scan then.
  if (!kindOf(job.connection, type).isHeld) requireReads(job, type, countLiveLinks(store, type), SLICE);
  const { sortBy, descending, startIndex, count, projection } = query;
  const matched: { link: LiveLink; key: SortKey }[] = [];
  const isAsked = (at: number) => at >= startIndex - 1 && at < startIndex - 1 + count;
  let after: Position | undefined;
  for (;;) {
    const links = listLiveLinks(store, type, SLICE, after);
    const last = links.at(-1);
    if (!last) break;
    if (job.now() > job.deadlineAt - 5_000) throw tooMany(job, type);
    after = last;
    const shown: Hydrated[] = [];
    for (const hydrated of await readSlice(job, type, links)) {
      await breathe(job);
      if (!(await isMatch(job, hydrated, filter))) continue;
      const { link } = hydrated;
      if (!sortBy && isAsked(matched.length)) shown.push(hydrated);
      const key = sortBy && toSortKey(await renderWhole(job, hydrated, "none"), sortBy, job.work);
      matched.push({ link, key });
    }
    await fillPage(job, page, shown, projection);
  }
  if (sortBy) {
    matched.sort((left, right) => compareSortKeys(left.key, right.key, descending));
    const asked = matched.filter((_, at) => isAsked(at)).map(({ link }) => link);
    for (let at = 0; at < asked.length && !page.isFull; at += SLICE) {
      await fillPage(job, page, await readSlice(job, type, asked.slice(at, at + SLICE)), projection);
    }
  }
  return { resources: page.resources, totalResults: matched.length };
}
