// What a pure function came to: its value, or the ScimError's type; any other error fails the test.

import { ScimError } from "../../src/scim/messages.ts";

/** The refusal of a function as `scimType` (or its status where it has none), undefined where it succeeds. */
export function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    if (error.status < 400 || error.message === "") throw new Error("a refusal needs a status and a detail");
    return error.scimType ?? String(error.status);
  }
}

/** The value of a function, undefined where it refuses. */
export function resultOf<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}
