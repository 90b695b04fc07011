// How many native calls an operation may cost, out of an adapter's declarations alone (semantics 30).

import type { Subject } from "./subject.ts";
import { deletionOf } from "./subject.ts";

/** Asking for tokens and polling for outcomes are not counted. */
export interface NativeCalls {
  matchUnknown: number;
  matchKnown: number;
  create: number;
  read: number;
  /** A change of texts, one reference among them or not. */
  update: number;
  updateReference: number;
  disable: number;
  remove: number;
  createGroup: number;
  /** Members already known to be in or out. */
  addMembers(count: number): number;
  removeMembers(count: number): number;
}

/** The most that each operation may cost; fewer is never wrong. */
export function nativeCallsOf(subject: Subject): NativeCalls {
  const { adapter } = subject;
  const { quirks, user, group, seats } = adapter;
  const reread = quirks.createAnswersIdOnly || quirks.updateAnswersNoRecord || quirks.verifiesWrites ? 1 : 0;
  // An answer that tells no outcome tells of no duplicate either, so somebody of that name is looked for first.
  const lookUp = quirks.verifiesWrites ? 1 : 0;
  const verification = quirks.updateAnswersNoRecord || quirks.verifiesWrites ? 1 : 0;
  const write = 1 + verification;
  const more = quirks.oneAttributePerCall ? adapter.attributes.User.length : 0;
  const chunks = (count: number) => Math.ceil(count / (group?.members.chunk ?? 1));
  const replaces = quirks.replaceOnlyMembers !== undefined;
  // A replacement reads the list and writes it; a seat is one call for each user, and one for how many are free.
  const members = (count: number) =>
    (replaces ? 2 : chunks(count) * write) + (seats ? count + (seats.free ? 1 : 0) : 0);
  return {
    matchUnknown: user.find ? 1 : 0,
    matchKnown: 1,
    create: lookUp + 1 + reread + more,
    read: 1,
    update: 1 + write + more,
    updateReference: 2 + write,
    disable: 1 + write,
    // An account that is only disabled is read first, so that what no attribute maps survives.
    remove: deletionOf(subject) === "remove" ? write : 1 + write,
    // What an asynchronous vendor shows is brought up to date before a name is called free.
    createGroup: (quirks.asynchronous ? 1 : 0) + lookUp + 1 + reread,
    addMembers: members,
    removeMembers: members,
  };
}
