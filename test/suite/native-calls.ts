// How many native calls an operation may cost, out of an adapter's declarations alone, as a sum that says its reasons [S30].

import { deletionOf, hasShape, type Subject } from "./subject.ts";

/** Some calls of an operation, and what in the adapter makes them necessary; absent: every adapter needs them. */
interface Part {
  calls: number;
  kind: "look-up" | "read" | "write" | "count";
  because?: string;
}

/** The most that an operation may cost; fewer is never wrong. */
export interface Budget {
  most: number;
  /** How it comes about: `1 read + 1 write + 1 read because of updateAnswersNoRecord = 3`. */
  sum: string;
}

/** Asking for tokens and polling for outcomes are not counted. */
export interface NativeCalls {
  matchUnknown: Budget;
  matchKnown: Budget;
  create: Budget;
  read: Budget;
  /** A change of one attribute that is no reference. */
  update: Budget;
  /** A change of everything but references and `active`. */
  updateMany: Budget;
  updateReference: Budget;
  disable: Budget;
  remove: Budget;
  createGroup: Budget;
  matchGroup: Budget;
  readGroup: Budget;
  /** Members already known to be in or out, of a group that is called Sales and says no more. */
  addMembers(count: number): Budget;
  removeMembers(count: number): Budget;
  /** A page of so many users or groups whom the last sweep has seen, and of as many as `made` after them. */
  page(type: "User" | "Group", count: number, made?: number): Budget;
}

const toWords = ({ calls, kind, because }: Part) =>
  `${calls} ${kind}${calls === 1 ? "" : "s"}${because === undefined ? "" : ` because of ${because}`}`;

function toBudget(parts: readonly Part[]): Budget {
  const most = parts.reduce((sum, { calls }) => sum + calls, 0);
  return { most, sum: `${parts.map(toWords).join(" + ") || "no call"} = ${most}` };
}

/** The same calls several times over, and why. */
const times = (count: number, parts: readonly Part[], because: string): Part[] =>
  parts.map((part) => ({
    ...part,
    calls: count * part.calls,
    because: part.because === undefined ? because : `${part.because} and ${because}`,
  }));

/** How a page is read: many records in one call, out of the pages of the vendor's list, or one by one. */
function pageParts({ adapter, transport }: Subject, type: "User" | "Group", count: number, made: number): Part[] {
  const readMany = type === "User" ? adapter.user.readMany : adapter.group?.readMany;
  const calls = (all: number, most: number) => Math.ceil(all / most);
  if (readMany) {
    return [{ calls: calls(count + made, readMany.max), kind: "read", because: `readMany.max ${readMany.max}` }];
  }
  if (type === "User" && adapter.user.rowToScim) return [{ calls: count + made, kind: "read", because: "rowToScim" }];
  const { paging } = transport;
  const size = paging && "max" in paging ? (paging.max ?? 1) : Number.MAX_SAFE_INTEGER;
  // The list may begin with others than the page does, and who was made is on its last page and behind it.
  const pages: Part = { calls: calls(count, size) + 1, kind: "read", because: `pages of ${size}` };
  return made === 0 ? [pages] : [pages, { calls: calls(made, size) + 1, kind: "read", because: "new ones" }];
}

/** What each operation may cost. */
export function nativeCallsOf(subject: Subject): NativeCalls {
  const { adapter, given } = subject;
  const { deviations, user, group, seats } = adapter;
  const declared = (name: keyof typeof deviations, kind: Part["kind"]): Part[] =>
    deviations[name] ? [{ calls: 1, kind, because: name }] : [];
  const read: Part = { calls: 1, kind: "read" };
  const act: Part[] = [{ calls: 1, kind: "write" }, ...declared("verifiesWrites", "read")];
  const write = [...act, ...declared("updateAnswersNoRecord", "read")];
  // An answer that tells no outcome tells of no duplicate either, so a user of that name is looked for first.
  const create = [...declared("verifiesWrites", "look-up"), ...act, ...declared("createAnswersIdOnly", "read")];

  const split = deviations.splitUpdates?.calls ?? 1;
  const { create: creations, update: updates } = typeof split === "object" ? split : { create: 1, update: split };
  const further = creations > 1 ? times(creations - 1, act, "splitUpdates.create") : [];

  const ending: Part[] = user.endSessions ? [{ calls: 1, kind: "write", because: "endsSessions" }] : [];
  // The list of groups is read just before it is written.
  const { writesGroups } = user;
  const groups: Part[] = [{ ...read, because: "writesGroups" }];
  const always = writesGroups === "always" ? groups : [];
  const withActive = writesGroups === "with active" ? groups : always;
  const disable = [read, ...withActive, ...(user.setActive ? act : write), ...ending];
  // Who has power there is protected, which the record tells.
  const privilege: Part[] = user.isPrivileged ? [{ ...read, because: "isPrivileged" }] : [];
  const hasSeats = seats?.of({ displayName: "Sales" }, given) !== undefined;
  const seatCalls = (count: number): Part[] =>
    hasSeats
      ? [
          { calls: count, kind: "write", because: "seats.set" },
          ...(seats?.free ? [{ calls: 1, kind: "count", because: "seats.free" } as const] : []),
        ]
      : [];
  const { chunk = 1 } = group?.members ?? {};
  // What an addition or a removal reads first, it reads for each chunk.
  const members = (count: number, change: readonly Part[]) => {
    const chunks = Math.ceil(count / chunk);
    const changes: readonly Part[] = hasShape(subject, "replaceOnlyMembers")
      ? [
          { calls: 1, kind: "read", because: "replaceOnlyMembers" },
          { calls: 1, kind: "write" },
        ]
      : chunks > 1
        ? times(chunks, change, `members.chunk ${chunk}`)
        : change;
    return toBudget([...changes, ...seatCalls(count)]);
  };
  const present: Part[] = hasShape(subject, "addMemberDuplicates")
    ? [{ calls: 1, kind: "read", because: "addMemberDuplicates" }]
    : [];
  return {
    matchUnknown: toBudget(user.find ? [{ calls: 1, kind: "look-up" }] : []),
    matchKnown: toBudget([read]),
    create: toBudget([...create, ...further]),
    read: toBudget([read]),
    update: toBudget([read, ...always, ...write]),
    updateMany: toBudget([read, ...always, ...(updates > 1 ? times(updates, write, "splitUpdates") : write)]),
    updateReference: toBudget([read, ...always, { ...read, because: "the reference" }, ...write]),
    disable: toBudget(disable),
    // An account that is only disabled is read first, so that what no attribute maps survives.
    remove: toBudget(deletionOf(subject) === "remove" ? [...privilege, ...act] : disable),
    createGroup: toBudget(create),
    matchGroup: toBudget([{ calls: 1, kind: "look-up" }]),
    readGroup: toBudget([read]),
    addMembers: (count) => members(count, [...present, ...act]),
    removeMembers: (count) => members(count, [...declared("removeMemberLooksUp", "look-up"), ...act]),
    page: (type, count, made = 0) => toBudget(pageParts(subject, type, count, made)),
  };
}
