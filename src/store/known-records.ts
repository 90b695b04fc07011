// What is known of links beside the links themselves, in one statement: what their records last showed, what reads show
// in their place, whether a write is under way, the groups that show them, and when clients last met them.

import { sql } from "drizzle-orm";
import { type DigestRow, noteDigests } from "./digests.ts";
import type { Overlay } from "./journal.ts";
import { cells, type Store, slot, toList } from "./prepared.ts";
import type { Sight } from "./sights.ts";

/** A group as the users in it show it. */
export interface ShownGroup {
  id: string;
  name: string | null;
}

export interface KnownLink {
  linkId: string;
  digests: DigestRow | undefined;
  /** A write of its own or of its seat is under way, or has an unknown outcome. */
  isBusy: boolean;
  overlays: Overlay[];
  /** The live groups of a user, oldest first. */
  groups: ShownGroup[];
  sight: Sight | undefined;
}

type Cells = [
  linkId: string,
  paths: string | null,
  whole: string | null,
  writtenAt: number,
  former: string,
  behind: string,
  behindAt: number | null,
  busy: number,
  overlays: string,
  groups: string,
  seenAt: number | null,
  matchedAt: number | null,
  said: string | null,
];

const knownAmong = cells<Cells>(
  () => sql`
    select one.value as id, d.paths, d.whole, d.written_at, d.former, d.behind, d.behind_at,
      exists (select 1 from intents i where i.link_id in (one.value, 'seat:' || one.value)) as busy,
      (select json_group_array(json_array(o.path, o.reason, o.value, o.expires_at)) from overlays o
        where o.link_id = one.value and o.expires_at > ${slot("overlaidAt")}) as overlays,
      (select json_group_array(json_array(g.created_at, g.id, g.name)) from members m
        join links g on g.id = m.group_id and g.state = 'live' and g.native_id is not null
        where m.user_id = one.value) as groups,
      s.seen_at, s.matched_at, s.said
    from json_each(${slot("linkIds")}) one
    left join digests d on d.link_id = one.value
    left join sights s on s.link_id = one.value`,
);

/** @param overlaidAt overlays count that are valid at this time; one bound parameter whatever the number of ids */
export function findKnownLinks(store: Store, linkIds: readonly string[], overlaidAt: number): KnownLink[] {
  const known = knownAmong(store, { linkIds: toList(linkIds), overlaidAt }).map(toKnown);
  const [one, ...others] = known;
  // Who looks at one record is likely to write it.
  if (one && others.length === 0) noteDigests(store, one.linkId, one.digests);
  return known;
}

function toKnown(row: Cells): KnownLink {
  const [linkId, paths, whole, writtenAt, former, behind, behindAt, busy, overlays, groups, seenAt, matchedAt, said] =
    row;
  return {
    linkId,
    digests:
      paths === null
        ? undefined
        : {
            linkId,
            paths: JSON.parse(paths),
            whole,
            writtenAt,
            former: byPath(former),
            behind: byPath(behind),
            behindAt,
          },
    isBusy: busy === 1,
    overlays: toOverlays(linkId, overlays),
    groups: toGroups(groups),
    sight: seenAt === null ? undefined : { linkId, seenAt, matchedAt, said: said === null ? null : JSON.parse(said) },
  };
}

/** By path; most records show nothing that they showed before. */
const byPath = (text: string) => (text === "{}" ? {} : JSON.parse(text));

/** Most links have none of either. */
const NONE = "[]";

function toOverlays(linkId: string, text: string): Overlay[] {
  if (text === NONE) return [];
  const rows: [path: string, reason: Overlay["reason"], value: string | null, expiresAt: number][] = JSON.parse(text);
  return rows.map(([path, reason, value, expiresAt]) => ({
    linkId,
    path,
    reason,
    value: value === null ? null : JSON.parse(value),
    expiresAt,
  }));
}

function toGroups(text: string): ShownGroup[] {
  if (text === NONE) return [];
  const rows: [createdAt: number, id: string, name: string | null][] = JSON.parse(text);
  const isBefore = (left: string, right: string) => (left < right ? -1 : Number(left > right));
  return rows
    .sort(([left, leftId], [right, rightId]) => left - right || isBefore(leftId, rightId))
    .map(([, id, name]) => ({ id, name }));
}
