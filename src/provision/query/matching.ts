// Matches (RFC 7644 section 3.4.2.2): which users or groups an `eq` filter finds, by the link index or the vendor's own
// search [S27].

import { equalities, type Filter } from "../../scim/filter.ts";
import { ScimError } from "../../scim/messages.ts";
import { wants } from "../../scim/projection.ts";
import type { ListQuery } from "../../scim/query.ts";
import { foldName, isSameName } from "../../scim/text.ts";
import { findLiveLinksByKey, type LinkKey, toNameKey } from "../../store/link-names.ts";
import { findLiveLink, findLiveLinksKeeping, type LinkType, type LiveLink } from "../../store/links.ts";
import { findSweep } from "../../store/sweeps.ts";
import { breathe, type Job } from "../jobs/job.ts";
import { adoptRecord, heldInRow } from "../resource/adoption.ts";
import { awaitDoubtfulCreate, openCreatesOf } from "../resource/doubtful-create.ts";
import { assemble, type Hydrated, hydrate } from "../resource/hydrate.ts";
import { preferredEmail } from "../resource/link-keys.ts";
import { findRows } from "../resource/vendor-search.ts";
import { holdsExternalId } from "../vendor/resource-types.ts";
import { kindOf, operationsOf } from "../vendor/user-or-group.ts";
import { isSameAtVendor } from "../vendor/vendor-names.ts";
import { requireReads } from "./read-limits.ts";
import { isMatch, membersIn } from "./render.ts";

/** The matches of a filter with an equation that an index or the vendor can answer; undefined where it has none. */
export async function findCandidates(
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
    const key = indexFor(job, type, path);
    if (!key) {
      // What was written a moment ago may be missing from a search that lags, so only a scan can answer then.
      const found = job.connection.readLagMs === 0 && (await findNatively(job, type, path, value));
      if (found) return keepMatches(job, found, filter, query);
      continue;
    }
    const folded = key === "externalId" ? value : key === "nameKey" ? toNameKey(type, value) : foldName(value);
    const links = findLiveLinksByKey(store, type, key, folded);
    const keeping = key === "emailKey" && keepsEmails(job) ? findLiveLinksKeeping(store, type, value) : [];
    const others = keeping.filter(({ id }) => !links.some((link) => link.id === id));
    const indexed = [...links, ...others].map((link) => ({ link }));
    const known = await keepMatches(job, indexed, filter, query);
    const isGroupName = type === "Group" && key === "nameKey";
    const isSure = known.length > 0 && (!isGroupName || namedAs(known, value).length > 0);
    // Mostly only Portico knows an externalId; every other value that is unknown here may exist at the vendor.
    if (isSure || (key === "externalId" && !holdsExternalId(kindOf(job.connection, type)))) return known;
    const look = async () => {
      const fresh = await findNatively(job, type, path, value);
      return fresh && (await keepMatches(job, fresh, filter, query));
    };
    let found = await look();
    const exact = isGroupName && found ? namedAs(found, value) : [];
    if (exact.length > 0) return exact;
    if (known.length > 0) return known;
    const isNone = !found || found.length === 0;
    if (isNone && (await awaitDoubtfulCreate(job, type, value, found !== undefined))) found = await look();
    if (found) return found;
    // Without a search, an old index cannot say that nothing matches.
    requireSweep(job, type, job.connection.rules.freshnessMs);
    return [];
  }
  return undefined;
}

/** The groups that have the name as it was asked for: at the vendor another may differ in blanks only. */
const namedAs = (found: readonly Hydrated[], name: string): Hydrated[] =>
  found.filter(({ resource }) => isSameName(String(resource.displayName), name));

/** The column of the link index that answers for a path. */
function indexFor({ connection }: Job, type: LinkType, path: string): LinkKey | undefined {
  if (path === "externalId") return "externalId";
  if (path === (type === "User" ? "userName" : "displayName")) return "nameKey";
  if (type === "Group") return undefined;
  // The index has the e-mail that the vendor holds, whatever its type.
  const isEmail = preferredEmail(connection) ? EMAIL.test(path) : path === 'emails[type eq "work"].value';
  return isEmail ? "emailKey" : undefined;
}

/** The value of an e-mail, whichever element of the attribute it is of. */
const EMAIL = /^emails(?:\[.+\])?\.value$/;

/** Whether a user can have e-mails beside the one that the vendor holds. */
const keepsEmails = ({ connection }: Job): boolean =>
  connection.rules.unmapped === "keep" && preferredEmail(connection) !== undefined;

/** The path of the table's row that holds what a path of a filter asks for. */
function toRowPath({ connection }: Job, path: string): string {
  if (path === "userName") return connection.adapter.userNameIs ?? path;
  return (EMAIL.test(path) ? preferredEmail(connection) : undefined) ?? path;
}

/** A link that may match, with its record where a search has just shown it whole. */
interface Candidate {
  link: LiveLink;
  native?: unknown;
}

/** Links of what the vendor's own search finds; undefined where it cannot search by this path. */
export async function findNatively(
  job: Job,
  type: LinkType,
  path: string,
  value: string,
): Promise<Candidate[] | undefined> {
  const operations = operationsOf(job.connection, type);
  const native = type === "User" ? toRowPath(job, path) : path;
  const find = operations.find?.[native];
  if (!find) return undefined;
  const isWhole = type === "Group" || !job.connection.adapter.user.rowToScim;
  const isSame = (held: string) =>
    native === "externalId" ? held === value : isSameAtVendor(job.connection.adapter, type, held, value);
  // Pages of hits that shift while they are read show the same row twice.
  const rows = new Map((await findRows(job, find, value)).map((row) => [operations.id(row), row]));
  const trimmed = value.trim();
  if (type === "Group" && rows.size === 0 && trimmed !== value) return findNatively(job, type, path, trimmed);
  const openCreate = openCreatesOf(job, type);
  return [...rows].flatMap(([nativeId, row]) => {
    const held = heldInRow(job, type, row);
    // Only exact hits get links, because a fuzzy search shows other users too.
    const isUnshown = !isWhole && held[native] === undefined;
    if (!isUnshown && !isSame(String(held[native] ?? ""))) return [];
    const link = adoptRecord(job, type, nativeId, held, openCreate);
    if (!link) return [];
    return [isWhole ? { link, native: row } : { link }];
  });
}

async function read(job: Job, { link, native }: Candidate): Promise<Hydrated | undefined> {
  if (native === undefined) return hydrate(job, link);
  return assemble(job, link, native, operationsOf(job.connection, link.type).toScim(native));
}

/** @throws ScimError 503 where no complete sweep of that age can answer for the vendor */
export function requireSweep(job: Job, type: LinkType, maxAgeMs = Number.POSITIVE_INFINITY): void {
  // Of what Portico holds itself it has the whole index at any time.
  if (kindOf(job.connection, type).isHeld) return;
  const sweep = findSweep(job.connection.store, type);
  if (sweep?.completedAt && job.now() - sweep.completedAt <= maxAgeMs) return;
  job.trace.notes.add("refused: the product's records are still being read");
  const progress = `indexing ${sweep?.seen ?? 0} of ${sweep?.total ?? "an unknown number"}`;
  throw new ScimError(503, `the product's ${type} list is still being read: ${progress}; try again`, {
    retryAfterSeconds: 15,
  });
}

/** The candidates that match; reads the vendor only where the filter or projection needs it. */
async function keepMatches(
  job: Job,
  candidates: readonly Candidate[],
  filter: Filter,
  query: ListQuery,
): Promise<Hydrated[]> {
  const kept: Hydrated[] = [];
  const isRead = needsNative(filter, query);
  const unread = isRead ? candidates.filter(({ native }) => native === undefined) : [];
  const [first] = unread;
  // Each is read by itself.
  if (first) requireReads(job, first.link.type, unread.length, 1);
  for (const candidate of candidates) {
    await breathe(job);
    const hydrated = isRead ? await read(job, candidate) : linkOnly(candidate.link);
    if (hydrated && (await isMatch(job, hydrated, filter))) kept.push(hydrated);
  }
  return kept;
}

/** Whether a link alone can answer: `id eq … and members eq …` with `attributes=id` reads no native record [E17]. */
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

const linkOnly = (link: LiveLink): Hydrated => ({ link, native: undefined, held: {}, resource: {} });
