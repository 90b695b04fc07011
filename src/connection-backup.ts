// What a backup asks of a connection's object, and a restore tells it (RPC): pages of rows out of a snapshot, and back into an
// object that has none.

import { ConnectionInsight } from "./connection-insight.ts";
import { atomically } from "./store/database.ts";
import { writeFact } from "./store/facts.ts";
import { createId } from "./store/identifier.ts";
import { findPeople, type PersonRows, readPerson } from "./store/person.ts";
import {
  countRestored,
  finishTables,
  hasFact,
  insertRows,
  isKnownSchema,
  isRestoring,
  makeTables,
  OBJECT_SCHEMA,
} from "./store/restored-tables.ts";
import { type TableRows, UnknownColumn } from "./store/rows.ts";
import { dropSnapshot, readSnapshot, type SnapshotPage, takeSnapshot } from "./store/snapshot.ts";

/** The fact by which an object knows whose it is. */
export const CONNECTION_ID = "connection_id";
/** In milliseconds: a restored object works by itself after this, where nothing has woken it before. */
const WAKES_AFTER_MS = 600_000;

/** Why an object takes nothing; undefined: it has. */
export type RestoreRefusal = "taken" | "newer" | "not begun" | "incomplete" | { unknown: string } | undefined;

export abstract class ConnectionBackup extends ConnectionInsight {
  /** Forgets everything that is in this object, which goes on without any table. */
  protected abstract readonly empty: () => Promise<void>;

  /** Takes a snapshot in one moment; requests go on meanwhile and are not in it. */
  async takeSnapshot(): Promise<{ id: string; schema: string }> {
    const id = createId();
    this.traces.flush();
    atomically(this.store, () => takeSnapshot(this.store, id, Date.now()));
    return { id, schema: OBJECT_SCHEMA };
  }

  async readSnapshot(id: string, after: string): Promise<SnapshotPage | undefined> {
    return readSnapshot(this.store, id, after);
  }

  async dropSnapshot(): Promise<void> {
    atomically(this.store, () => dropSnapshot(this.store));
  }

  /** Everything that is stored of the users whom a text can mean, as JSON: the platform's types know no rows of any table. */
  async readPeople(text: string): Promise<string> {
    this.traces.flush();
    const people: PersonRows[] = findPeople(this.store, text).map((person) => readPerson(this.store, person));
    return JSON.stringify(people);
  }

  /** Gives this object the empty tables of a backup; what an earlier restore has left in it goes. */
  async beginRestore(schema: string): Promise<RestoreRefusal> {
    if (!isKnownSchema(schema)) return "newer";
    if (!isRestoring(this.store) && hasFact(this.store, CONNECTION_ID)) return "taken";
    await this.empty();
    await makeTables(this.store, schema);
    return undefined;
  }

  async restoreRows(tables: readonly TableRows[]): Promise<RestoreRefusal> {
    if (!isRestoring(this.store)) return "not begun";
    try {
      atomically(this.store, () => {
        for (const each of tables) insertRows(this.store, each);
      });
    } catch (error) {
      if (error instanceof UnknownColumn) return { unknown: error.message };
      throw error;
    }
    return undefined;
  }

  /** @param counts how many rows each table must have now */
  async finishRestore(connectionId: string, counts: Record<string, number>): Promise<RestoreRefusal> {
    if (!isRestoring(this.store)) return "not begun";
    const found = countRestored(this.store);
    const names = new Set([...Object.keys(found), ...Object.keys(counts)]);
    if ([...names].some((name) => (found[name] ?? 0) !== (counts[name] ?? 0))) return "incomplete";
    writeFact(this.store, CONNECTION_ID, connectionId);
    await finishTables(this.store);
    await this.ctx.storage.setAlarm(Date.now() + WAKES_AFTER_MS);
    return undefined;
  }
}
