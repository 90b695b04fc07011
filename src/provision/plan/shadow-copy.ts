// Copies a connection's links, members and protection into its shadow, part by part; the same parts are its export
// [S21].

import { type ExamValue, findExamValuesAmong, upsertExamValue } from "../../store/exam-values.ts";
import { listOverlaysOf, type Overlay, upsertOverlay } from "../../store/journal.ts";
import { listLinksAfter } from "../../store/link-lists.ts";
import { insertLink, type Link, type Store } from "../../store/links.ts";
import { insertMembers, listMemberIds } from "../../store/members.ts";
import { listPrincipals, type Principal, upsertPrincipal } from "../../store/principals.ts";
import { findSweep, type SweepRow, upsertSweep } from "../../store/sweeps.ts";
import { findWaitingAmong, isWaiting, upsertWaiting, type WaitingAccount } from "../../store/waiting.ts";

/** Links in one copy step. */
const COPY_BATCH = 500;
/** A step ends after the group that makes its memberships more than these. */
const COPY_MEMBERS = 20_000;

/** A part of what a shadow begins with. */
export interface Copy {
  links: Link[];
  members: { groupId: string; userIds: string[] }[];
  /** Desired values that the vendor does not show yet, such as a pending disable. */
  overlays: Overlay[];
  sweeps: SweepRow[];
  principals: Principal[];
  /** Users of the links who have no account yet. */
  waiting: WaitingAccount[];
  /** What clients see of the links on an exam connection, and the vendor does not hold. */
  examValues: ExamValue[];
  /** Where the next part begins; undefined after the last. */
  next: string | undefined;
}

export function readCopy(store: Store, after: string): Copy {
  const page = listLinksAfter(store, after, COPY_BATCH);
  const links: Link[] = [];
  const members: Copy["members"] = [];
  let memberCount = 0;
  for (const link of page) {
    if (memberCount > COPY_MEMBERS) break;
    links.push(link);
    if (link.type !== "Group" || !link.membersLoaded) continue;
    const userIds = listMemberIds(store, link.id);
    members.push({ groupId: link.id, userIds });
    memberCount += userIds.length;
  }
  const isLast = page.length < COPY_BATCH && links.length === page.length;
  return {
    links,
    members,
    overlays: listOverlaysOf(
      store,
      links.map(({ id }) => id),
    ),
    sweeps: (["User", "Group"] as const).flatMap((type) => findSweep(store, type) ?? []),
    waiting: findWaitingAmong(
      store,
      links.filter(isWaiting).map(({ nativeId }) => nativeId ?? ""),
    ),
    examValues: findExamValuesAmong(
      store,
      links.flatMap(({ nativeId }) => nativeId ?? []),
    ),
    principals: (["User", "Group"] as const).flatMap((type) => listPrincipals(store, type)),
    next: isLast ? undefined : links.at(-1)?.id,
  };
}

export function writeCopy(store: Store, copy: Copy): void {
  for (const link of copy.links) insertLink(store, link);
  for (const { groupId, userIds } of copy.members) insertMembers(store, groupId, userIds);
  for (const principal of copy.principals) upsertPrincipal(store, principal);
  for (const account of copy.waiting) upsertWaiting(store, account);
  for (const value of copy.examValues) upsertExamValue(store, value);
  for (const overlay of copy.overlays) upsertOverlay(store, overlay);
  // A sweep that runs at the original goes its own way.
  for (const sweep of copy.sweeps) upsertSweep(store, { ...sweep, running: false, cursor: null });
}

/** A copy as NDJSON: each link, and the members of each group. */
export function toLines(copy: Copy): string {
  const links = copy.links.map((link) => ({ kind: "link", ...link }));
  const members = copy.members.map((group) => ({ kind: "members", ...group }));
  const waiting = copy.waiting.map((account) => ({ kind: "waiting account", ...account }));
  const examValues = copy.examValues.map((value) => ({ kind: "exam value", ...value }));
  return [...links, ...members, ...waiting, ...examValues].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** The name of a connection's shadow object. */
export const shadowName = (connectionId: string) => `${connectionId}:plan`;
