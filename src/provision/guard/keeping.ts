// What protected users and groups keep, whatever a request asks: access, names, groups and seats [S22].

import { isSameText } from "../../scim/text.ts";
import type { LiveLink } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import { kindOf } from "../connection/kinds.ts";
import { createGuard, isProtected, listProtectedUsers } from "../connection/principals.ts";
import type { MemberChange } from "../membership/members.ts";
import type { Hydrated } from "../resource/hydrate.ts";
import type { Held } from "../resource/mapping.ts";
import type { Wanted } from "../resource/values.ts";
import { lowersSeat, type SeatChange } from "../seats/seat-rank.ts";
import { planGroupSeat, planSeats } from "../seats/seats.ts";
import type { Row } from "../vendor/profile.ts";
import { requireUnprotected } from "./protection.ts";

const isName = (row: Row) => row.path === "userName" || row.attribute === "emails";
const isSameName = (before: Held[string], after: Held[string]) => isSameText(before?.toString(), after?.toString());

/** @throws ScimError 403 where a protected user would be disabled, renamed, or given another password */
export async function requireUserKept(job: Job, before: Hydrated, wanted: Wanted): Promise<void> {
  const refuse = (what: string) => requireUnprotected(job, before.link, `the user was not ${what}`, true);
  if (wanted.changed.has("active") && wanted.held.active !== true) await refuse("disabled");
  const names = kindOf(job.connection, "User").rows.filter(isName);
  if (names.some(({ path }) => !isSameName(before.held[path], wanted.held[path]))) await refuse("renamed");
  // Portico holds no password and drops one; here it says so instead of seeming to obey.
  if (job.trace.dropped.has("password")) await refuse("given another password");
}

/**
 * @param next the group as it will be; undefined where it goes
 * @throws ScimError 403 where a protected group would lose its name, or a protected user the group or a higher seat
 */
export async function requireGroupKept(
  job: Job,
  group: LiveLink,
  next: LiveLink | undefined,
  isRenamed: boolean,
  members: MemberChange,
): Promise<void> {
  if (!next) await requireUnprotected(job, group, "the group was not deleted");
  else if (isRenamed) await requireUnprotected(job, group, "the group was not renamed", true);
  if (members.remove.length > 0 && isProtected(job, group)) {
    const guard = createGuard(job, "User");
    for (const user of members.remove)
      if (guard(user)) await requireUnprotected(job, user, "the member was not removed");
  }
  const changesSeat = (next?.seat ?? null) !== group.seat;
  await requireSeatsKept(job, planSeats(job, next ?? group, members));
  if (!changesSeat) return;
  await requireSeatsKept(job, planGroupSeat(job, { ...group, seat: next?.seat ?? null }, listProtectedUsers(job)));
}

/** @throws ScimError 403 where one of the changes lowers the seat of a protected user */
export async function requireSeatsKept(job: Job, changes: Iterable<SeatChange>): Promise<void> {
  const guard = createGuard(job, "User");
  for (const change of changes) {
    if (!guard(change.user) || !(await lowersSeat(job, change))) continue;
    await requireUnprotected(job, change.user, "the licence was not lowered", true);
  }
}
