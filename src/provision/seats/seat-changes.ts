// Which paid licence each user gets from their groups, worked out before anything is written [S16] [S17].

import { Fault, type Seats } from "../../adapter.ts";
import { findBusyIds } from "../../store/journal.ts";
import { findLiveLinksByIds, type Link, type LiveLink } from "../../store/links.ts";
import { findMemberIds, listGivenSeats, listGroupsOf, listMemberIds } from "../../store/members.ts";
import { findOwedLicences } from "../../store/owed.ts";
import type { Job } from "../jobs/job.ts";
import type { MemberChange } from "../membership/member-rows.ts";
import { counted } from "../vendor/refused-values.ts";
import { highest, type SeatChange } from "./seat-rank.ts";

/**
 * The change that a user's groups ask for; undefined where the user is left as found.
 * @param isUnsure whether the user may have another seat than the link says
 */
export function toSeatChange(
  seats: Seats,
  user: LiveLink,
  groups: readonly Pick<LiveLink, "seat">[],
  isUnsure = false,
): SeatChange | undefined {
  if (!user.isActive) return undefined;
  const to = highest(
    seats,
    groups.map((group) => group.seat),
  );
  return to === user.seat && !isUnsure ? undefined : { user, from: user.seat, to };
}

/** A group as it will be, maybe before the vendor has it. */
type SeatedGroup = Pick<Link, "id" | "seat">;

/** What a change of a group's members means for their seats; `group` as it will be. */
export function planSeats(job: Job, group: SeatedGroup, members: MemberChange): SeatChange[] {
  const { adapter, store } = job.connection;
  const { seats } = adapter;
  if (!seats) return [];
  const users = [...members.remove, ...members.add];
  const given = listGivenSeats(
    store,
    users.map((user) => user.id),
  );
  const others = (user: LiveLink) => (given.get(user.id) ?? []).filter((one) => one.groupId !== group.id);
  return [
    ...members.remove.flatMap((user) => toSeatChange(seats, user, others(user)) ?? []),
    ...members.add.flatMap((user) => toSeatChange(seats, user, [...others(user), group]) ?? []),
  ];
}

/** The users among the given ones whose seat may differ from the one that their groups give. */
export function findUncertainSeats(job: Job, users: readonly LiveLink[]): readonly LiveLink[] {
  const { adapter, store } = job.connection;
  const { seats } = adapter;
  if (!seats) return [];
  const ids = users.map((user) => user.id);
  const given = listGivenSeats(store, ids);
  const busy = findBusyIds(store, ids);
  const owed = findOwedLicences(store, ids);
  const present = new Map(findLiveLinksByIds(store, "User", ids).map((link) => [link.id, link]));
  return users.filter(({ id }) => {
    const user = present.get(id);
    if (!user || owed.has(id) || busy.has(id)) return true;
    return toSeatChange(seats, user, given.get(id) ?? []) !== undefined;
  });
}

/** The seat change that follows when a disabled user is restored. */
export function planRestore(job: Job, user: LiveLink): SeatChange[] {
  const { adapter, store } = job.connection;
  if (!adapter.seats) return [];
  const change = toSeatChange(adapter.seats, { ...user, isActive: true }, listGroupsOf(store, user.id));
  return change ? [change] : [];
}

/** What a change of a group's own seat means for its members, or for those among the given users. */
export function planGroupSeat(job: Job, group: SeatedGroup, among?: readonly LiveLink[]): SeatChange[] {
  const { adapter, store } = job.connection;
  const { seats } = adapter;
  if (!seats) return [];
  const known = among?.map((user) => user.id);
  const ids = known ? [...findMemberIds(store, group.id, known)] : listMemberIds(store, group.id);
  const given = listGivenSeats(store, ids);
  return findLiveLinksByIds(store, "User", ids).flatMap((user) => {
    const groups = (given.get(user.id) ?? []).map((one) => (one.groupId === group.id ? group : one));
    return toSeatChange(seats, user, groups) ?? [];
  });
}

/**
 * Asks the vendor whether there are seats enough, where it can tell; releases of the same request count.
 * @throws Fault noSeat before anything was written
 */
export async function requireSeats(job: Job, changes: Iterable<SeatChange>): Promise<void> {
  const { seats } = job.connection.adapter;
  if (!seats?.free) return;
  const wanted = new Map<string, number>();
  for (const { from, to } of changes) {
    if (to !== null) wanted.set(to, (wanted.get(to) ?? 0) + 1);
    if (from !== null) wanted.set(from, (wanted.get(from) ?? 0) - 1);
  }
  for (const [seat, count] of wanted) {
    if (count <= 0) continue;
    const free = await seats.free(job.api, seat);
    if (free !== undefined && free < count) {
      throw new Fault("noSeat", {
        detail: `this change needs ${counted(count, `${seat} licence`)} and the product has ${free} left; free or buy licences, then try again`,
      });
    }
  }
}
