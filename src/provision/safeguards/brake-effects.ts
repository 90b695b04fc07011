// What requests do that the brake counts: worked out before anything is written [S20].

import { foldCase, isSameText } from "../../scim/text.ts";
import { findGroupSizes, noteGroupSize } from "../../store/brake-counts.ts";
import { readFact, writeFact } from "../../store/facts.ts";
import { findOverlays } from "../../store/journal.ts";
import type { LiveLink } from "../../store/links.ts";
import { countMembers, listActiveMemberIds } from "../../store/members.ts";
import { isWaiting } from "../../store/waiting.ts";
import type { Job } from "../jobs/job.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import type { Held } from "../resource/attribute-mapping.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import type { Wanted } from "../resource/wanted-values.ts";
import { planGroupSeat, planSeats } from "../seats/seat-changes.ts";
import { isLowered } from "../seats/seat-rank.ts";
import { holdsGroups, kindOf } from "../vendor/user-or-group.ts";
import { type Effect, sinceOf } from "./brake-limits.ts";

const DAY_MS = 86_400_000;
const FIRST_CREATION = "brake_first_creation";
/** A smaller group that loses its members counts by its memberships alone. */
const MIN_EMPTIED = 5;
/** A group that loses four of five members counts as emptied. */
const LOST_OF = [4, 5] as const;

// ---- Users ----------------------------------------------------------------------------------------------------------

/** What a client was told of before, and is still owed, is not done once more. */
export function deactivationOf({ connection, now }: Job, userId: string): Effect {
  const isOwed = findOverlays(connection.store, userId, now()).some(({ reason }) => reason === "deactivation");
  return { kind: "deactivation", subjects: isOwed ? [] : [userId] };
}

export const removalOf = (userId: string): Effect => ({ kind: "removal", subjects: [userId] });

/** A change of a user: whether it disables them, and whether it gives them another name. */
export function effectsOfUserChange(job: Job, before: Hydrated, wanted: Wanted): Effect[] {
  const { id } = before.link;
  const changesActive = wanted.changed.has("active");
  if (changesActive && wanted.held.active === false) return [deactivationOf(job, id), ...renameOf(job, before, wanted)];
  return changesActive ? [] : renameOf(job, before, wanted);
}

/**
 * Counted is a new userName or e-mail in more than its letter case, but for soft-delete names, which the vendor never gets,
 * and the first write to an adopted user, whose names the identity provider knows better.
 */
function renameOf(job: Job, before: Hydrated, wanted: Wanted): Effect[] {
  const { link } = before;
  if (wanted.softDeleteName !== undefined || isWaiting(link)) return [];
  if (!link.isAlias && link.externalId === null) return [];
  const names = kindOf(job.connection, "User").rows.filter(
    ({ path, attribute }) => path === "userName" || attribute === "emails",
  );
  const moves = names.flatMap(({ path }): [Held[string], Held[string]][] => {
    const [from, to] = [before.held[path], wanted.held[path]];
    return isSameText(from?.toString(), to?.toString()) ? [] : [[from, to]];
  });
  if (moves.length === 0) return [];
  const patterns = new Set(moves.map(([from, to]) => domainMove(String(from ?? ""), String(to ?? ""))));
  const [pattern] = patterns;
  return [{ kind: "rename", subjects: [link.id], pattern: patterns.size === 1 ? pattern : undefined }];
}

export const toPattern = (from: string, to: string) => `${foldCase(from)}→${foldCase(to)}`;

/** "old domain→new domain" where an address moves and keeps its local part. */
function domainMove(from: string, to: string): string | undefined {
  const [local, domain] = splitAddress(from);
  const [nextLocal, nextDomain] = splitAddress(to);
  if (domain === undefined || nextDomain === undefined || !isSameText(local, nextLocal)) return undefined;
  return toPattern(domain, nextDomain);
}

function splitAddress(address: string): [string, string?] {
  const at = address.lastIndexOf("@");
  return at < 0 ? [address] : [address.slice(0, at), address.slice(at + 1)];
}

/**
 * In the first day of a connection everybody is created, and that was announced when it went live. That day begins with the
 * first user who was created at the vendor, not with a plan nor with an attempt that was refused.
 */
export function effectsOfCreation({ connection, now }: Job, id: string): Effect[] {
  const first = readFact(connection.store, FIRST_CREATION);
  return now() - Number(first ?? now()) < DAY_MS ? [] : [{ kind: "creation", subjects: [id] }];
}

/** A user was created. */
export function noteCreation({ connection, now }: Job): void {
  if (readFact(connection.store, FIRST_CREATION) === undefined)
    writeFact(connection.store, FIRST_CREATION, String(now()));
}

/** What a refused creation is listed by: the name itself would be personal data. */
export async function digestOfName({ connection }: Job, key: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(["creation", key]));
  const signed = await crypto.subtle.sign("HMAC", connection.object.digestKey, text);
  return new Uint8Array(signed, 0, 12).toHex();
}

// ---- Groups ---------------------------------------------------------------------------------------------------------

export interface GroupEffects {
  effects: Effect[];
  /** The group counts as emptied. */
  isEmptied: boolean;
}

/** A change of a group; `next` as it will be, where its members' licences change with it. */
export function effectsOfGroupChange(job: Job, link: LiveLink, next: LiveLink, members: MemberChange): GroupEffects {
  // A group that Portico holds gives no access to anything [S52].
  if (holdsGroups(job.connection)) return { isEmptied: false, effects: [] };
  const { remove, add } = members;
  const isEmptied = losesMost(job, link.id, remove.length, add.length);
  const lost = remove.filter(({ isActive }) => isActive).map(({ id }) => id);
  const isCounted = isEmptied && remove.length > 0;
  return {
    isEmptied,
    effects: [
      { kind: "membership", subjects: lost, groupId: link.id },
      { kind: "emptied", subjects: isCounted ? [link.id] : [] },
      { kind: "licence", subjects: loweredBy(job, next, members, next.seat !== link.seat) },
    ],
  };
}

export function effectsOfGroupDeletion(job: Job, link: LiveLink): Effect[] {
  if (holdsGroups(job.connection)) return [];
  const { store } = job.connection;
  // Nobody knows how many members a group has that no request has needed yet.
  const isEmptied = !link.membersLoaded || losesMost(job, link.id, countMembers(store, link.id), 0);
  return [
    { kind: "membership", subjects: listActiveMemberIds(store, link.id), groupId: link.id },
    { kind: "emptied", subjects: isEmptied ? [link.id] : [] },
    { kind: "licence", subjects: loweredBy(job, { ...link, seat: null }, { add: [], remove: [] }, true) },
  ];
}

/** Whether a group loses most of its members, at once or little by little. */
function losesMost(job: Job, groupId: string, lost: number, gained: number): boolean {
  const { store } = job.connection;
  const since = sinceOf(job, "emptied");
  const sizes = lost > 0 ? noteGroupSize(store, groupId, job.now(), since) : findGroupSizes(store, groupId, since);
  // A group that loses nobody, and has lost nobody lately, need not be counted.
  if (!sizes) return false;
  const { now: size, most } = sizes;
  if (most < MIN_EMPTIED) return false;
  const left = size - lost + gained;
  const [share, of] = LOST_OF;
  const isMost = (gone: number, before: number) => gone * of >= before * share;
  return (size >= MIN_EMPTIED && isMost(lost, size)) || isMost(most - left, most);
}

/** The users to whom a change of a group leaves less than the licence that Portico gave them. */
function loweredBy(job: Job, next: LiveLink, members: MemberChange, changesSeat: boolean): string[] {
  const { seats } = job.connection.adapter;
  if (!seats) return [];
  const ofMembers = new Map(changesSeat ? planGroupSeat(job, next).map((change) => [change.user.id, change]) : []);
  // Who leaves is still among the rows, as a member of the group as it will be.
  for (const { id } of [...members.remove, ...members.add]) ofMembers.delete(id);
  return [...ofMembers.values(), ...planSeats(job, next, members)]
    .filter((change) => isLowered(seats, change))
    .map(({ user }) => user.id);
}
