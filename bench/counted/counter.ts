// Counts what an object asks of its SQLite: statements, rows, and how often something was committed.

export interface Counts {
  statements: number;
  rowsRead: number;
  rowsWritten: number;
  /** Groups of writes that reached the disk together, as the platform commits them. */
  commits: number;
}

export interface Statement {
  text: string;
  bindings: unknown[];
}

export interface Counter {
  /** Since the beginning. */
  total(): Counts;
  /** The statements since the last call, where they are kept. */
  statements(): Statement[];
}

/** Watches the object's storage from now on. @param keepsStatements keeps each statement until somebody asks */
export function countStorage(storage: DurableObjectStorage, keepsStatements = false): Counter {
  const { sql } = storage;
  const total: Counts = { statements: 0, rowsRead: 0, rowsWritten: 0, commits: 0 };
  /** Those that may still be read from. */
  let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  let kept: Statement[] = [];
  let isOpen = false;

  const noteWrite = () => {
    if (isOpen) return;
    isOpen = true;
    total.commits++;
    // Writes belong to one commit until it is on the disk.
    void storage.sync().then(() => {
      isOpen = false;
    });
  };

  const exec = sql.exec.bind(sql);
  Object.defineProperty(sql, "exec", {
    value: (query: string, ...bindings: unknown[]) => {
      const cursor = exec(query, ...bindings);
      total.statements++;
      if (keepsStatements) kept.push({ text: query, bindings });
      cursors.push(cursor);
      if (cursor.rowsWritten > 0) noteWrite();
      return cursor;
    },
  });
  for (const name of ["setAlarm", "deleteAlarm"] as const) {
    const original = storage[name].bind(storage) as (...given: unknown[]) => Promise<void>;
    Object.defineProperty(storage, name, {
      value: (...given: unknown[]) => {
        const done = original(...given);
        noteWrite();
        return done;
      },
    });
  }
  return {
    total() {
      for (const cursor of cursors) {
        total.rowsRead += cursor.rowsRead;
        total.rowsWritten += cursor.rowsWritten;
      }
      cursors = [];
      return { ...total };
    },
    statements() {
      const taken = kept;
      kept = [];
      return taken;
    },
  };
}
