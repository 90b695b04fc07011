// The requests of a connection as a feed: traces, newest first, with the names that their links have now.

import { and, desc, eq, gt, gte, inArray, lt, lte, ne, not, or, type SQL, sql } from "drizzle-orm";
import { foldCase, foldName } from "../scim/text.ts";
import { links } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { findNamesOf, type Named } from "./members.ts";
import { traces } from "./report-tables.ts";
import type { TraceRow } from "./traces.ts";

export const ACTIVITY_KINDS = ["users", "groups", "changes", "searches"] as const;
export const ACTIVITY_OUTCOMES = ["done", "failed"] as const;

/** One place in the feed. */
export interface Place {
  at: number;
  id: string;
}

export interface ActivityQuery {
  limit: number;
  linkId?: string | undefined;
  kind?: (typeof ACTIVITY_KINDS)[number] | undefined;
  outcome?: (typeof ACTIVITY_OUTCOMES)[number] | undefined;
  credential?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  /** Only what is older. */
  before?: Place | undefined;
  /** Only what is newer. */
  after?: Place | undefined;
}

export interface Activity {
  requests: (TraceRow & { link: Named | null })[];
  /** Where the next page begins; undefined: there is nothing older. */
  next: Place | undefined;
}

/** Traces that one page looks through: a filter that fits few must not read them all. */
const MAX_SCANNED = 20_000;

const READS = ["GET", "HEAD"];
const isRead = or(inArray(traces.method, READS), sql`${traces.path} like '%/.search'`);

const KINDS: Record<(typeof ACTIVITY_KINDS)[number], SQL | undefined> = {
  users: sql`${traces.path} like '/Users%'`,
  groups: sql`${traces.path} like '/Groups%'`,
  changes: isRead && not(isRead),
  searches: isRead,
};

/** A 404 is an answer like another one: it says that somebody is not there. */
const OUTCOMES: Record<(typeof ACTIVITY_OUTCOMES)[number], SQL | undefined> = {
  done: or(lt(traces.status, 400), eq(traces.status, 404)),
  failed: and(gte(traces.status, 400), ne(traces.status, 404)),
};

const place = sql`(${traces.at}, ${traces.id})`;
const isOlder = ({ at, id }: Place) => sql`${place} < (${at}, ${id})`;
const isNewer = ({ at, id }: Place) => sql`${place} > (${at}, ${id})`;

function conditionOf(query: ActivityQuery): SQL | undefined {
  const { linkId, kind, outcome, credential, from, to, before, after } = query;
  return and(
    linkId === undefined ? undefined : eq(traces.linkId, linkId),
    kind && KINDS[kind],
    outcome && OUTCOMES[outcome],
    credential === undefined ? undefined : eq(traces.tokenId, credential),
    from === undefined ? undefined : gte(traces.at, from),
    to === undefined ? undefined : lte(traces.at, to),
    before && isOlder(before),
    after && isNewer(after),
  );
}

export function listActivity(store: Store, query: ActivityQuery): Activity {
  const floor = findFloor(store, query.before);
  const found = store
    .select()
    .from(traces)
    .where(and(conditionOf(query), floor && gt(traces.at, floor.at)))
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(query.limit + 1)
    .all();
  const requests = found.slice(0, query.limit);
  const last = requests.at(-1);
  const isMore = found.length > query.limit;
  const linkIds = requests.flatMap(({ linkId }) => linkId ?? []);
  const names = new Map(findNamesOf(store, linkIds).map((one) => [one.id, one]));
  return {
    requests: requests.map((one) => ({ ...one, link: one.linkId === null ? null : (names.get(one.linkId) ?? null) })),
    next: isMore && last ? { at: last.at, id: last.id } : floor,
  };
}

/** The last row that one page looks at; undefined: all. */
function findFloor(store: Store, before: Place | undefined): Place | undefined {
  return store
    .select({ at: traces.at, id: traces.id })
    .from(traces)
    .where(before && isOlder(before))
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(1)
    .offset(MAX_SCANNED)
    .get();
}

/** How many there are, up to the limit: tells whether anything has come, without telling what. */
export function countActivity(store: Store, query: ActivityQuery): number {
  const some = store.select({ id: traces.id }).from(traces).where(conditionOf(query)).limit(query.limit).all();
  return some.length;
}

/** Users and groups whom a text can mean: an id of either side, a name or an address; at most so many. */
export function findNamed(store: Store, text: string, limit: number): Named[] {
  const keys = [...new Set([foldName(text), foldCase(text)])];
  const { id, type, name, nativeId, externalId, nameKey, nativeNameKey, emailKey } = links;
  const exact = [id, nativeId, externalId].map((column) => eq(column, text));
  const folded = [nameKey, nativeNameKey, emailKey].map((column) => inArray(column, keys));
  return store
    .select({ id, type, name })
    .from(links)
    .where(or(...exact, ...folded))
    .limit(limit)
    .all();
}
