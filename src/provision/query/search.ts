// Lists and searches (RFC 7644 section 3.4.2): by match, by page, or by a bounded scan [S26].

import { equalities, type Filter, simplify } from "../../scim/filter.ts";
import { badRequest, type ScimError } from "../../scim/messages.ts";
import { compareForSort, type ListQuery } from "../../scim/query.ts";
import type { Resource } from "../../scim/schema.ts";
import { countLiveLinks, findLiveLinksByIds, type LinkType, type LiveLink, listLiveLinks } from "../../store/links.ts";
import { noteMet } from "../alarms/sights.ts";
import type { Job } from "../jobs/job.ts";
import { readTogether } from "../resource/batch-read.ts";
import { assemble, type Hydrated, hydrate } from "../resource/hydrate.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";
import { findCandidates, requireSweep } from "./matching.ts";
import { isMatch, render, renderWhole } from "./render.ts";

export interface Found {
  resources: Resource[];
  totalResults: number;
}

/** Links per step of a scan. */
const SLICE = 50;
/** Native reads that one scan may cost. */
const MAX_SCAN_READS = 500;
/** Native reads under way at once for one request; the object has six connections [S33]. */
const PARALLEL_READS = 5;

export async function search(job: Job, type: LinkType, query: ListQuery): Promise<Found> {
  // A product without groups has an empty list of them.
  if (type === "Group" && !job.connection.adapter.group) return { resources: [], totalResults: 0 };
  const filter = query.filter && simplify(query.filter);
  if (filter === false) return { resources: [], totalResults: 0 };
  if (filter === undefined || filter === true) {
    return query.sortBy ? scan(job, type, query, undefined) : listAll(job, type, query);
  }
  const candidates = await findCandidates(job, type, filter, query);
  if (!candidates) return scan(job, type, query, filter);
  const isById = equalities(filter).some(({ path }) => path === "id");
  const met = type === "User" ? candidates.map(({ link }) => link.id) : [];
  noteMet(job, met, !isById);
  const sorted = sortHydrated(await renderCandidates(job, candidates), query);
  const page = query.count === 0 ? [] : sorted.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  const resources = await Promise.all(page.map(({ hydrated }) => render(job, hydrated, query.projection)));
  return { resources, totalResults: sorted.length };
}

interface Rendered {
  hydrated: Hydrated;
  whole: Resource | undefined;
}

async function renderCandidates(job: Job, candidates: readonly Hydrated[]): Promise<Rendered[]> {
  return Promise.all(
    candidates.map(async (hydrated) => ({ hydrated, whole: await renderWhole(job, hydrated, "none") })),
  );
}

function sortHydrated(rendered: Rendered[], { sortBy, descending }: ListQuery): Rendered[] {
  if (!sortBy) return rendered;
  return rendered.sort((left, right) => compareForSort(left.whole ?? {}, right.whole ?? {}, sortBy, descending));
}

// ---- Listing --------------------------------------------------------------------------------------------------------

/** Everything, in the order (created, id), once a sweep has seen everything. */
async function listAll(job: Job, type: LinkType, query: ListQuery): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  if (query.count === 0) return { resources: [], totalResults: countLiveLinks(store, type) };
  const links = listLiveLinks(store, type, query.count, { offset: query.startIndex - 1 });
  const hydrated = await readAll(job, type, links);
  const gone = links.length - findLiveLinksByIds(store, type, idsOf(links)).length;
  const last = links.at(-1);
  // Further users replace those that are gone, so that the next page begins where this one ends.
  if (gone > 0 && last) hydrated.push(...(await readAll(job, type, listLiveLinks(store, type, gone, { after: last }))));
  const resources = await Promise.all(hydrated.map((one) => render(job, one, query.projection)));
  return { resources, totalResults: countLiveLinks(store, type) };
}

const idsOf = (links: readonly LiveLink[]) => links.map((link) => link.id);

/** Native records of links, by batch read where the vendor has one, else by parallel reads. */
async function readAll(job: Job, type: LinkType, links: readonly LiveLink[]): Promise<Hydrated[]> {
  const nativeIds = links.map((link) => link.nativeId);
  const together = await readTogether(job, type, nativeIds);
  const { toScim } = operationsOf(job.connection, type);
  const hydrated: (Hydrated | undefined)[] = [];
  let next = 0;
  const worker = async () => {
    while (next < links.length) {
      const at = next++;
      const link = links[at];
      if (!link) continue;
      const native = together.get(link.nativeId);
      // A record that the batch leaves out need not be gone.
      hydrated[at] = native === undefined ? await hydrate(job, link) : assemble(job, link, native, toScim(native));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return hydrated.filter((one) => one !== undefined);
}

/** Filters or sorts by what only the vendor knows: in slices, keeping at most a page of resources. */
async function scan(job: Job, type: LinkType, query: ListQuery, filter: Filter | undefined): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  // What Portico holds itself costs no native read; only time limits the scan then.
  const maxReads = kindOf(job.connection, type).isHeld ? Number.POSITIVE_INFINITY : MAX_SCAN_READS;
  const matched: { link: LiveLink; key: Resource }[] = [];
  let after: { createdAt: number; id: string } | undefined;
  for (let readCount = 0; ; readCount += SLICE) {
    const links = listLiveLinks(store, type, SLICE, { after });
    const last = links.at(-1);
    if (!last) break;
    if (readCount >= maxReads || job.now() > job.deadlineAt - 5_000) throw tooMany(job, type);
    after = last;
    for (const hydrated of await readAll(job, type, links)) {
      if (!(await isMatch(job, hydrated, filter))) continue;
      matched.push({ link: hydrated.link, key: query.sortBy ? await sortKey(job, hydrated, query) : {} });
    }
  }
  const { sortBy, descending } = query;
  if (sortBy) matched.sort((left, right) => compareForSort(left.key, right.key, sortBy, descending));
  const page = query.count === 0 ? [] : matched.slice(query.startIndex - 1, query.startIndex - 1 + query.count);
  const hydrated = await readAll(
    job,
    type,
    page.map(({ link }) => link),
  );
  const resources = await Promise.all(hydrated.map((one) => render(job, one, query.projection)));
  return { resources, totalResults: matched.length };
}

/** Only the attribute that is sorted by, so that a scan does not store whole users. */
async function sortKey(job: Job, hydrated: Hydrated, { sortBy }: ListQuery): Promise<Resource> {
  const whole = await renderWhole(job, hydrated, "none");
  const name = sortBy?.schema ?? sortBy?.attribute?.name;
  const value = name === undefined ? undefined : whole[name];
  return name === undefined || value === undefined ? {} : { [name]: value };
}

function tooMany(job: Job, type: LinkType): ScimError {
  const rows = kindOf(job.connection, type).rows.filter((row) => row.filterable);
  return badRequest(
    "tooMany",
    `this filter would read too many ${type} records from the product`,
    `filter by one of: id, externalId, ${rows.map((row) => row.path).join(", ")}`,
  );
}
