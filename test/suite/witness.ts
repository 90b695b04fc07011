// A subject whose adapter and requests are watched, so that a failure can show what led to it.

import { type Adapter, Fault } from "../../src/adapter.ts";
import type { Witness } from "./evidence.ts";
import { type Subject, variantOf } from "./subject.ts";

/** The subject, watched: what its adapter throws, and what is asked last. */
export function witnessed(original: Subject): { subject: Subject; witness: Witness } {
  const witness: Witness = { thrown: new Set(), details: new Set() };
  const note = (operation: string, error: unknown) => {
    if (!(error instanceof Fault)) witness.thrown.add(`${operation}: ${String(error)}`);
  };
  const subject = variantOf(
    original,
    (adapter): Adapter => ({
      ...adapter,
      user: watched(adapter.user, "user", note),
      ...(adapter.group ? { group: watched(adapter.group, "group", note) } : {}),
      ...(adapter.seats ? { seats: watched(adapter.seats, "seats", note) } : {}),
    }),
  );
  return { subject: { ...subject, witness }, witness };
}

function watched<T>(operations: T, name: string, note: (operation: string, error: unknown) => void): T {
  if (typeof operations !== "object" || operations === null || Array.isArray(operations)) return operations;
  const parts = Object.entries(operations).map(([key, part]) => {
    const operation = `${name}.${key}`;
    if (typeof part !== "function") return [key, watched(part, operation, note)];
    const watch = (...given: unknown[]): unknown => {
      const fail = (error: unknown) => {
        note(operation, error);
        throw error;
      };
      try {
        const outcome: unknown = part(...given);
        return outcome instanceof Promise ? outcome.catch(fail) : outcome;
      } catch (error) {
        return fail(error);
      }
    };
    return [key, watch];
  });
  // Every part is what it was, or calls what it was.
  return Object.fromEntries(parts) as T;
}
