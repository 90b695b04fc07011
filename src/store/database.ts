// A Connection object's SQLite as the rooms see it: drizzle over the platform's storage, which also knows when which table was
// last changed.

import { type DrizzleSqliteDODatabase, drizzle } from "drizzle-orm/durable-sqlite";

export type Store = DrizzleSqliteDODatabase;

/** How often each table was changed; `*`: all at once, or none can tell which. */
type Changes = Map<string, number>;

const changesOf = new WeakMap<Store, Changes>();
const ALL = "*";

const READS = /^\s*select\b/i;
/** Whether all is written when the first row comes is not relied on. */
const ANSWERS = /\breturning\b/i;
const CHANGES = /^\s*(?:insert\s+(?:or\s+\w+\s+)?into|update|delete\s+from)\s+"?(\w+)/i;

export function openStore(storage: DurableObjectStorage): Store {
  const changes: Changes = new Map();
  const note = (table: string) => void changes.set(table, (changes.get(table) ?? 0) + 1);
  const client = {
    sql: {
      exec(query: string, ...bindings: unknown[]) {
        const cursor = storage.sql.exec(query, ...bindings);
        if (!READS.test(query)) {
          const table = CHANGES.exec(query)?.[1];
          // What found nothing to change has changed nothing.
          if (table === undefined) note(ALL);
          else if (cursor.rowsWritten > 0 || ANSWERS.test(query)) note(table);
        }
        return cursor;
      },
    },
    transactionSync<T>(work: () => T): T {
      try {
        return storage.transactionSync(work);
      } catch (error) {
        // What was written is undone.
        note(ALL);
        throw error;
      }
    },
  };
  // All that drizzle uses of a storage.
  const store = drizzle(client as DurableObjectStorage);
  changesOf.set(store, changes);
  return store;
}

const clientOf = (store: Store): DurableObjectStorage => (store as Store & { $client: DurableObjectStorage }).$client;

/** Runs a statement as it is. */
export const execute = <Row extends Record<string, SqlStorageValue>>(
  store: Store,
  text: string,
  bindings: readonly unknown[],
): SqlStorageCursor<Row> => clientOf(store).sql.exec<Row>(text, ...bindings);

let turn: Store | undefined;

/** A store to build statements with that every store can run, within `runIn`. */
export const anyStore: Store = drizzle({
  sql: {
    exec(query: string, ...bindings: unknown[]) {
      if (!turn) throw new Error("a shared statement was run for no store");
      return clientOf(turn).sql.exec(query, ...bindings);
    },
  },
} as DurableObjectStorage);

/** Runs a statement that was built with `anyStore`. Statements answer at once, so no other one comes between. */
export function runIn<T>(store: Store, run: () => T): T {
  const before = turn;
  turn = store;
  try {
    return run();
  } finally {
    turn = before;
  }
}

/** Runs writes together or not at all. */
export const atomically = <T>(store: Store, work: () => T): T => clientOf(store).transactionSync(work);

/**
 * Forgets what questions were answered. A request forgets it when it begins, but for what lasts; opening a connection,
 * erasing it and an alarm forget all.
 */
export function forgetAnswers(store: Store, which: "all" | "but what lasts" = "but what lasts"): void {
  const changes = changesOf.get(store);
  const key = which === "all" ? ALL : EVENT;
  changes?.set(key, (changes.get(key) ?? 0) + 1);
}
const EVENT = "(event)";

/**
 * A number that is another one after every change of one of these tables; undefined where changes are not counted.
 * @param lasts the event does not matter
 */
export function ageOf(store: Store, tables: readonly string[], lasts: boolean): number | undefined {
  const changes = changesOf.get(store);
  if (!changes) return undefined;
  let age = (changes.get(ALL) ?? 0) + (lasts ? 0 : (changes.get(EVENT) ?? 0));
  for (const name of tables) age += changes.get(name) ?? 0;
  return age;
}
