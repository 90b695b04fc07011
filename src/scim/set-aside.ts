// What a request that disables a user asks for besides and cannot have: it is set aside, so that they are disabled [S48].

import { ScimError, type ScimType } from "./messages.ts";
import type { Verb } from "./write.ts";

/** A part of a request that was not done, as the PATCH operation that asks for it again. */
export interface SetAside {
  operation: { op: Verb; path: string; value?: unknown };
  why: ScimError;
}

/** Refusals that concern one value; any other, such as a body that cannot be read, refuses the request. */
const OF_ONE_VALUE: readonly (ScimType | undefined)[] = [
  "invalidPath",
  "invalidValue",
  "mutability",
  "noTarget",
  "uniqueness",
];

export const concernsOneValue = (error: unknown): error is ScimError =>
  error instanceof ScimError && OF_ONE_VALUE.includes(error.scimType);

/**
 * Does one part of a request.
 * @returns undefined where it cannot be done and was noted in `refused`
 * @throws ScimError where there is no such list
 */
export function orRefused<T>(
  refused: SetAside[] | undefined,
  operation: SetAside["operation"],
  work: () => T,
): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!refused || !concernsOneValue(error)) throw error;
    refused.push({ operation, why: error });
    return undefined;
  }
}

/** @throws ScimError the first refusal, unless the request disables a user, which comes before all else that it asks for */
export function requireAll(refused: readonly SetAside[], disables: boolean): void {
  const [first] = refused;
  if (first && !disables) throw first.why;
}
