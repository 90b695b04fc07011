// Lists and searches (RFC 7644 section 3.4.2): by link index, by native search, or by a bounded scan (semantics 26, 27).

import { equalities, type Filter, simplify } from "../scim/filter.ts";
import { badRequest, ScimError } from "../scim/messages.ts";
import { wants } from "../scim/projection.ts";
import { compareForSort, type ListQuery } from "../scim/query.ts";
import type { Resource } from "../scim/schema.ts";
import { foldCase } from "../scim/text.ts";
import { findSweep } from "../store/later.ts";
import {
  countLiveLinks,
  findLiveLink,
  findLiveLinksByKey,
  type Link,
  type LinkKey,
  type LinkType,
  listLiveLinks,
} from "../store/links.ts";
import { assemble, type Hydrated, hydrate, kindOf, operationsOf } from "./hydrate.ts";
import type { Job } from "./job.ts";
import { rowHeld } from "./journal.ts";
import { findRows } from "./native-search.ts";
import { holdsExternalId } from "./profile.ts";
import { isMatch, membersIn, render, renderWhole } from "./render.ts";
import { sightNative } from "./sight.ts";

export interface Found {
  resources: Resource[];
  totalResults: number;
}

/** Links per step of a scan. */
const SLICE = 50;
/** Native reads that one scan may cost. */
const MAX_SCAN_READS = 500;
/** Native reads under way at once for one request; the object has six connections (semantics 33). */
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

// ---- Matching -------------------------------------------------------------------------------------------------------

/** The matches of a filter with an equation that an index or the vendor can answer; undefined where it has none. */
async function findCandidates(
  job: Job,
  type: LinkType,
  filter: Filter,
  query: ListQuery,
): Promise<Hydrated[] | undefined> {
  const { store } = job.connection;
  const terms = equalities(filter);
  const byId = terms.find((term) => term.path === "id");
  if (byId) {
    const link = findLiveLink(store, type, byId.value);
    return link ? keepMatches(job, [{ link }], filter, query) : [];
  }
  for (const { path, value } of terms) {
    const key = indexFor(type, path);
    if (!key) continue;
    const folded = key === "externalId" ? value : foldCase(value);
    const indexed = findLiveLinksByKey(store, type, key, folded).map((link) => ({ link }));
    const known = await keepMatches(job, indexed, filter, query);
    // Mostly nobody but Portico knows an externalId; whatever else is unknown here may exist at the vendor.
    if (known.length > 0 || (key === "externalId" && !holdsExternalId(kindOf(job.connection, type)))) return known;
    const fresh = await findNatively(job, type, path, value);
    if (fresh) return keepMatches(job, fresh, filter, query);
    // Neither search nor an old index can say that nobody matches.
    requireSweep(job, type, job.connection.freshnessMs);
    return [];
  }
  return undefined;
}

/** The column of the link index that answers for a path. */
function indexFor(type: LinkType, path: string): LinkKey | undefined {
  if (path === "externalId") return "externalId";
  if (path === (type === "User" ? "userName" : "displayName")) return "nameKey";
  return type === "User" && path === 'emails[type eq "work"].value' ? "emailKey" : undefined;
}

/** A link that may match, with its record where a search has just shown it whole. */
interface Candidate {
  link: Link;
  native?: unknown;
}

/** Links of what the vendor's own search finds; undefined where it cannot search by this path. */
async function findNatively(job: Job, type: LinkType, path: string, value: string): Promise<Candidate[] | undefined> {
  const operations = operationsOf(job.connection, type);
  const native = path === "userName" ? (job.connection.adapter.userNameIs ?? path) : path;
  const find = operations.find?.[native];
  if (!find) return undefined;
  const isWhole = type === "Group" || !job.connection.adapter.user.rowToScim;
  return (await findRows(job, find, value)).flatMap((row) => {
    const held = rowHeld(job, type, row);
    // Only exact hits get links: a fuzzy search shows people whom nobody asked for.
    if (typeof held[native] !== "string" || foldCase(held[native]) !== foldCase(value)) return [];
    const link = sightNative(job, type, operations.id(row), held);
    if (!link) return [];
    return [isWhole ? { link, native: row } : { link }];
  });
}

async function read(job: Job, { link, native }: Candidate): Promise<Hydrated | undefined> {
  if (native === undefined) return hydrate(job, link);
  return assemble(job, link, native, operationsOf(job.connection, link.type).toScim(native));
}

/** @throws ScimError 503 where no complete sweep of that age can answer for the vendor */
function requireSweep(job: Job, type: LinkType, maxAgeMs = Number.POSITIVE_INFINITY): void {
  const sweep = findSweep(job.connection.store, type);
  if (sweep?.completedAt && job.now() - sweep.completedAt <= maxAgeMs) return;
  const progress = `indexing ${sweep?.seen ?? 0} of ${sweep?.total ?? "an unknown number"}`;
  throw new ScimError(503, `the product's ${type} list is still being read: ${progress}; try again`, {
    retryAfterSeconds: 15,
  });
}

/** Reads links, as far as the filter and projection need the vendor for it, and keeps what matches. */
async function keepMatches(
  job: Job,
  candidates: readonly Candidate[],
  filter: Filter,
  query: ListQuery,
): Promise<Hydrated[]> {
  const kept: Hydrated[] = [];
  for (const candidate of candidates) {
    const hydrated = needsNative(filter, query) ? await read(job, candidate) : linkOnly(candidate.link);
    if (hydrated && (await isMatch(job, hydrated, filter))) kept.push(hydrated);
  }
  return kept;
}

/** Whether a link alone can answer: `id eq … and members eq …` with `attributes=id` reads no native record (E17). */
function needsNative(filter: Filter, query: ListQuery): boolean {
  const isLinkHeld = (name: string | undefined) => name === "id" || name === "members";
  const visit = (node: Filter): boolean => {
    switch (node.kind) {
      case "and":
      case "or":
        return node.terms.every(visit);
      case "not":
        return visit(node.term);
      default:
        return isLinkHeld(node.path.attribute?.name);
    }
  };
  const projected = ["displayName", "userName", "meta", "externalId", "members", "active"];
  return !visit(filter) || membersIn(filter) === "all" || projected.some((path) => wants(query.projection, path));
}

const linkOnly = (link: Link): Hydrated => ({ link, native: undefined, held: {}, resource: {} });

// ---- Listing --------------------------------------------------------------------------------------------------------

/** Everything, in the order (created, id), once a sweep has seen everything. */
async function listAll(job: Job, type: LinkType, query: ListQuery): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  const totalResults = countLiveLinks(store, type);
  if (query.count === 0) return { resources: [], totalResults };
  const links = listLiveLinks(store, type, query.count, { offset: query.startIndex - 1 });
  const hydrated = await readAll(job, type, links);
  const resources = await Promise.all(hydrated.map((one) => render(job, one, query.projection)));
  return { resources, totalResults };
}

/** Native records of links, by batch read where the vendor has one, else by parallel reads. */
async function readAll(job: Job, type: LinkType, links: readonly Link[]): Promise<Hydrated[]> {
  const { user } = job.connection.adapter;
  if (type === "User" && user.readMany) {
    const natives = new Map<string, unknown>();
    for (let at = 0; at < links.length; at += user.readMany.max) {
      const ids = links.slice(at, at + user.readMany.max).flatMap((link) => link.nativeId ?? []);
      for (const native of await user.readMany.read(job.api, ids)) natives.set(user.id(native), native);
    }
    return links.flatMap((link) => {
      const native = natives.get(link.nativeId ?? "");
      return native === undefined ? [] : assemble(job, link, native, user.toScim(native));
    });
  }
  const hydrated: (Hydrated | undefined)[] = [];
  let next = 0;
  const worker = async () => {
    while (next < links.length) {
      const at = next++;
      const link = links[at];
      if (link) hydrated[at] = await hydrate(job, link);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_READS }, worker));
  return hydrated.filter((one) => one !== undefined);
}

/** Filters or sorts by what only the vendor knows: in slices, keeping at most a page of resources. */
async function scan(job: Job, type: LinkType, query: ListQuery, filter: Filter | undefined): Promise<Found> {
  const { store } = job.connection;
  requireSweep(job, type);
  const matched: { link: Link; key: Resource }[] = [];
  let after: { createdAt: number; id: string } | undefined;
  for (let readCount = 0; ; readCount += SLICE) {
    const links = listLiveLinks(store, type, SLICE, { after });
    const last = links.at(-1);
    if (!last) break;
    if (readCount >= MAX_SCAN_READS || job.now() > job.deadlineAt - 5_000) throw tooMany(job, type);
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

/** Only the attribute that is sorted by, so that a scan does not hold the people it passed. */
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
    `this filter would read too many ${type} records from the product; ` +
      `filter by one of: id, externalId, ${rows.map((row) => row.path).join(", ")}`,
  );
}
