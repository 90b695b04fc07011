// One scenario of the suite, and the declared reasons for which one does not apply to a vendor.

import type { Adapter, FaultKind } from "../../src/adapter.ts";
import { readPathOf } from "./declared-calls.ts";
import type { Difference, Subject } from "./subject.ts";

export interface Scenario {
  /** Begins with the numbers it holds. */
  name: string;
  /** What decides it: without the declaration, or with another shape, it fails (`deviations.test.ts`). */
  decidedBy?: readonly Difference[];
  /** Why it does not apply, out of the adapter's own declarations; undefined where it does. */
  unless?(subject: Subject): string | undefined;
  run(subject: Subject): Promise<void>;
}

export const canDisable = ({ user, attributes }: Adapter): boolean =>
  user.setActive !== undefined || attributes.User.some((row) => row.path === "active");

type Reason = (subject: Subject) => string | undefined;

/** The first reason that holds. */
export const firstOf =
  (...reasons: readonly Reason[]): Reason =>
  (subject) => {
    for (const reason of reasons) {
      const why = reason(subject);
      if (why !== undefined) return why;
    }
    return undefined;
  };

export const noGroups: Reason = ({ adapter }) => (adapter.group ? undefined : "declares no groups");
/** For scenarios that change groups at the vendor. */
export const groupsHeld: Reason = ({ holdsGroups }) =>
  holdsGroups ? "has its groups in Portico, where nobody changes them behind its back" : undefined;
export const noGroupUpdate: Reason = ({ adapter }) =>
  adapter.group && !adapter.group.update ? "declares no update of groups" : undefined;
export const noGroupRemoval: Reason = ({ adapter }) =>
  adapter.group && !adapter.group.remove ? "declares no removal of groups" : undefined;
export const noDisable: Reason = ({ adapter }) =>
  canDisable(adapter) ? undefined : "declares neither setActive nor the attribute active";
export const noRemove: Reason = ({ adapter }) =>
  adapter.user.remove ? undefined : "has no removal of users (disableOnly)";
export const noSearch: Reason = ({ adapter }) =>
  Object.keys(adapter.user.find ?? {}).length > 0 ? undefined : "has no search of users (noSearch)";
export const noCoupling: Reason = ({ adapter }) =>
  adapter.userNameIs ? undefined : "declares userName as an attribute of its own (no userNameIs)";
export const noRename: Reason = ({ adapter }) => {
  const key = adapter.userNameIs ?? "userName";
  return adapter.attributes.User.find((row) => row.path === key)?.immutable
    ? `declares ${key} as given once (immutable)`
    : undefined;
};
export const noConfirmation: Reason = ({ adapter }) =>
  adapter.user.confirms ? undefined : "declares no address that waits for the person (user.confirms)";
export const noSessions: Reason = ({ adapter }) =>
  adapter.user.endSessions ? undefined : "declares no call that ends sessions (user.endSessions)";
export const noAddress: Reason = (subject) => {
  if (subject.adapter.finish) return "is asynchronous (finish): records have no address that could be 404";
  return readPathOf(subject)?.includes("{") === false
    ? "reads users at no address of their own, which could be 404"
    : undefined;
};
export const noSeats: Reason = ({ adapter }) => (adapter.seats ? undefined : "declares no seats");
/** A fault that some answer of the vendor's is declared to mean. */
const noFault =
  (kind: FaultKind, what: string): Reason =>
  ({ transport }) =>
    transport.faults?.some(({ fault }) => fault === kind) ? undefined : `declares no answer that ${what} (${kind})`;
export const noSeatLimit = noFault("noSeat", "means that no seat is left");
export const noConsent = noFault("pending", "means that the person must consent first");
export const noSeatCount: Reason = ({ adapter }) =>
  adapter.seats?.free ? undefined : "declares no count of free seats (seats.free)";
export const oneSeat: Reason = ({ adapter }) =>
  (adapter.seats?.order.length ?? 0) > 1 ? undefined : "declares one kind of seat only (seats.order)";
export const noReferences: Reason = ({ adapter }) =>
  adapter.attributes.User.some((row) => row.reference) ? undefined : "declares no reference attribute";
export const noLimits: Reason = ({ transport }) =>
  transport.limits?.perSecond || transport.limits?.concurrency ? undefined : "declares no rate or concurrency limit";
