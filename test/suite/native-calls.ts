// How many native calls an operation may cost, out of an adapter's declarations alone [S30].

import { deletionOf, hasShape, type Subject } from "./subject.ts";

/** Asking for tokens and polling for outcomes are not counted. */
export interface NativeCalls {
  matchUnknown: number;
  matchKnown: number;
  create: number;
  read: number;
  /** A change of one attribute that is no reference. */
  update: number;
  /** A change of everything but references and `active`. */
  updateMany: number;
  updateReference: number;
  disable: number;
  remove: number;
  createGroup: number;
  /** Members already known to be in or out, of a group that is called Sales and says no more. */
  addMembers(count: number): number;
  removeMembers(count: number): number;
}

/** The most that each operation may cost; fewer is never wrong. */
export function nativeCallsOf(subject: Subject): NativeCalls {
  const { adapter, given } = subject;
  const { deviations, user, group, seats } = adapter;
  const verified = deviations.verifiesWrites ? 1 : 0;
  const act = 1 + verified;
  // An answer that tells no outcome tells of no duplicate either, so somebody of that name is looked for first.
  const split = deviations.splitUpdates?.calls ?? 1;
  const { create: creations, update: updates } = typeof split === "object" ? split : { create: 1, update: split };
  const create = verified + (deviations.createAnswersIdOnly ? 1 : 0) + act;
  const write = (deviations.updateAnswersNoRecord ? 1 : 0) + act;
  const disable = 1 + (user.setActive ? act : write);
  const chunks = (count: number) => Math.ceil(count / (group?.members.chunk ?? 1));
  const hasSeats = seats?.of({ displayName: "Sales" }, given) !== undefined;
  // A seat is one call for each user, and one for how many are free.
  const seatCalls = (count: number) => (hasSeats ? count + (seats?.free ? 1 : 0) : 0);
  const looksUp = deviations.removeMemberLooksUp ? 1 : 0;
  // The list is read before every addition.
  const reads = hasShape(subject, "addMemberDuplicates") ? 1 : 0;
  const members = (count: number) =>
    // A replacement reads the list and writes it.
    (hasShape(subject, "replaceOnlyMembers") ? 2 : chunks(count) * act) + seatCalls(count);
  return {
    matchUnknown: user.find ? 1 : 0,
    matchKnown: 1,
    create: create + (creations - 1) * act,
    read: 1,
    update: 1 + write,
    updateMany: 1 + updates * write,
    updateReference: 2 + write,
    disable,
    // An account that is only disabled is read first, so that what no attribute maps survives.
    remove: deletionOf(subject) === "remove" ? act : disable,
    createGroup: create,
    addMembers: (count) => members(count) + reads * chunks(count),
    removeMembers: (count) => members(count) + looksUp * chunks(count),
  };
}
