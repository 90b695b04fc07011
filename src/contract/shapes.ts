// What a vendor's adapter shows by its own parts, so that no adapter declares it: derived here, and nowhere else.

import type { Adapter } from "./define.ts";
import type { Transport } from "./transport.ts";

interface Shape {
  /** What the generated docs print. */
  sentence: string;
  isSeen(adapter: Adapter, transport: Pick<Transport, "readLagMs">): boolean;
}

const shape = (sentence: string, isSeen: Shape["isSeen"]): Shape => ({ sentence, isSeen });

/**
 * The shapes of adapters that the suite and the docs distinguish, by name.
 *
 * @example
 * SHAPES.noSearch.sentence // "Users cannot be searched; Portico's own index answers, kept fresh by sweeps."
 */
export const SHAPES = {
  readLag: shape(
    "Reads may lag writes; Portico shows the written values until the lag is over.",
    (_, { readLagMs }) => readLagMs !== undefined,
  ),
  noSearch: shape(
    "Users cannot be searched; Portico's own index answers, kept fresh by sweeps.",
    ({ user }) => Object.keys(user.find ?? {}).length === 0,
  ),
  partialRows: shape(
    "Lists show less than the record; Portico reads a user by id before showing or changing it.",
    ({ user }) => user.rowToScim !== undefined,
  ),
  fullReplace: shape(
    "Update replaces the whole record; Portico carries unmapped fields forward.",
    ({ user }) => user.updateNeeds === "wholeRecord",
  ),
  disableOnly: shape(
    "Users cannot be removed; a deletion disables and hides the account, and a re-creation reuses it.",
    ({ user }) => user.remove === undefined,
  ),
  replaceOnlyMembers: shape(
    "A member list can only be written whole; Portico reads, changes and writes it under a lock.",
    ({ group }) => group?.members.replace !== undefined && group.members.add === undefined,
  ),
  membersByEmail: shape(
    "Groups name their members by e-mail; Portico finds the users behind them.",
    ({ group }) => group?.members.by === "email",
  ),
  addMemberDuplicates: shape(
    "Adding a member twice makes two memberships; Portico reads the list and adds only who is missing.",
    ({ group }) => group?.members.addingAgain === "duplicates",
  ),
  memberListsHideDisabled: shape(
    "Member lists leave disabled users out; Portico keeps the memberships of these users as they were.",
    ({ group }) => group?.members.listHides === "disabled",
  ),
  confirmsAddresses: shape(
    "A changed address waits until the person confirms it; Portico sends it once and shows it for seven days meanwhile.",
    ({ user }) => user.confirms !== undefined,
  ),
  endsSessions: shape(
    "A call of its own ends a user's open sessions; Portico makes it with every disable, until it succeeds.",
    ({ user }) => user.endSessions !== undefined,
  ),
  asynchronous: shape(
    "Requests are queued at the vendor; Portico waits for their outcome and never submits one twice.",
    ({ finish }) => finish !== undefined,
  ),
} as const satisfies Record<string, Shape>;

/**
 * The name of a shape.
 *
 * @example "partialRows"
 */
export type ShapeName = keyof typeof SHAPES;

/**
 * The names of the shapes that an adapter has on a connection with this transport; none for an adapter that only its
 * settings describe (`specialise`), before it was made.
 *
 * @example
 * shapesOf(adapter, adapter.connect(settings)) // ["readLag"]
 */
export function shapesOf(adapter: Adapter, transport: Pick<Transport, "readLagMs">): ShapeName[] {
  if (adapter.specialise) return [];
  return namesOf(SHAPES).filter((name) => SHAPES[name].isSeen(adapter, transport));
}

/** The keys of a constant, whose type is known to name all of them. */
const namesOf = <T extends object>(constant: T) => Object.keys(constant) as (keyof T)[];
