// Where a vendor's "not found" cannot mean that a record is absent [S10].

import { type Adapter, Fault } from "../../adapter.ts";

/**
 * Searches, lists, creates, the count of free seats and the question whose credential it is name no record: not found there
 * means that the API is not where it should be.
 */
function guard<Arguments extends unknown[], T>(call: (...given: Arguments) => Promise<T>) {
  return async (...given: Arguments): Promise<T> => {
    try {
      return await call(...given);
    } catch (error) {
      if (!(error instanceof Fault) || error.kind !== "notFound") throw error;
      throw new Fault("unavailable", {
        detail:
          "The product answers “not found” to a question that names no record. Check its address, or try again later.",
        ambiguous: error.ambiguous,
        cause: error,
      });
    }
  };
}

type Operations = Pick<Adapter["user"], "list" | "create" | "find">;

function guarded<T extends Operations>(operations: T): T {
  const find = Object.entries(operations.find ?? {}).map(([path, search]) => [path, guard(search)]);
  return {
    ...operations,
    list: guard(operations.list),
    create: guard(operations.create),
    ...(operations.find ? { find: Object.fromEntries(find) } : {}),
  };
}

/** The adapter, whose outage is never taken for an absence. */
export function guardAbsence(adapter: Adapter): Adapter {
  const { user, group, seats, account } = adapter;
  return {
    ...adapter,
    user: guarded(user),
    ...(group ? { group: guarded(group) } : {}),
    ...(seats?.free ? { seats: { ...seats, free: guard(seats.free) } } : {}),
    ...(account ? { account: guard(account) } : {}),
  };
}
