// Refusals in words that say which attribute, what kind of value and what to do: an administrator reads them in the identity
// provider's log.

import { Fault, type FaultKind } from "../../adapter.ts";
import type { LinkType } from "../../store/links.ts";
import type { Row } from "./resource-types.ts";

/** What a row's value is, for a sentence. */
export function valueKindOf({ path, attribute, type, reference, values }: Row): string {
  if (reference) return "a user of this connection";
  if (values) return `one of ${values.join(", ")}`;
  if (type === "boolean" || path === "active") return "true or false";
  if (type === "integer") return "an integer";
  if (attribute === "emails") return "an e-mail address";
  if (attribute === "phoneNumbers") return "a telephone number";
  return "a text";
}

/** A count with its noun, which is plural where it has to be. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Runs a write; a refusal that says no more than its kind names the values that were written, or who has the name. */
export async function withRefusalTold<T>(type: LinkType, paths: Iterable<string>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault) || error.detail || error.attribute) throw error;
    const detail = toDetail(error.kind, type, [...paths]);
    if (detail === undefined) throw error;
    throw new Fault(error.kind, { detail, ambiguous: error.ambiguous, cause: error });
  }
}

function toDetail(kind: FaultKind, type: LinkType, names: readonly string[]): string | undefined {
  if (kind === "conflict") return type === "User" ? USER_UNLINKED : GROUP_UNLINKED;
  if (kind !== "invalid" || names.length === 0) return undefined;
  const which = names.length === 1 ? `the value of ${names[0]}` : `a value of one of ${names.join(", ")}`;
  return `The product refused ${which}. Correct the value or its mapping in the identity provider.`;
}

const USER_UNLINKED =
  "userName or e-mail is taken: the product has an account with it that is not linked on this connection. " +
  "Let the identity provider match that account, or rename or remove it in the product.";
const GROUP_UNLINKED =
  "displayName is taken: the product has a group with it that is not linked on this connection. " +
  "Let the identity provider match that group, or rename or remove it in the product.";
