// Traces in a Connection object's SQLite, and what waits to be written together: traces of reads, and whom the reads met [S53].

import { and, desc, eq, getTableColumns, gte, inArray, lt, sql } from "drizzle-orm";
import type { Store } from "./links.ts";
import { prepared, slot } from "./prepared.ts";
import { traces } from "./report-tables.ts";
import { forgetMeetings, writeMeetings } from "./sights.ts";

export type TraceRow = typeof traces.$inferSelect;

/** For so long at most a trace waits for others, in milliseconds. */
const WAIT_MS = 250;
/** So many wait at most: a bound value has a limit, and a row of many calls may have 40 KiB. */
const MAX_WAITING = 40;

/** The shortest beginning of an id that names a trace. */
const MIN_PREFIX = 8;

const COLUMNS = Object.entries(getTableColumns(traces));

const insertRows = prepared((store) => {
  const values = sql.raw(COLUMNS.map((_, at) => `value ->> ${at}`).join(", "));
  // Without "where true" the parser takes "on conflict" for a join.
  return store
    .insert(traces)
    .select(sql`select ${values} from json_each(${slot("rows")}) where true`)
    .onConflictDoNothing()
    .prepare();
});

/** One statement whatever their number. */
function insertTraces(store: Store, rows: readonly TraceRow[]): void {
  const toValues = (row: TraceRow) =>
    COLUMNS.map(([name, column]) => {
      const value = row[name as keyof TraceRow];
      return value === null ? null : column.mapToDriverValue(value);
    });
  insertRows(store).run({ rows: JSON.stringify(rows.map(toValues)) });
}

/** The traces of one object; whom its reads have met goes with them. */
export interface TraceLog {
  /** Writes a trace down, now or together with others; those that wait go with one that does not. */
  add(trace: TraceRow, waits: boolean): void;
  /** Writes down what waits, as far as that is possible: before somebody reads, and before the object may end. */
  flush(): void;
  /** Forgets what waits: the connection is erased. */
  forget(): void;
}

/** @param onFailure called where the traces that waited could not be written */
export function createTraceLog(store: Store, onFailure: (error: unknown) => void): TraceLog {
  let waiting: TraceRow[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = () => {
    clearTimeout(timer);
    timer = undefined;
    const rows = waiting;
    waiting = [];
    return rows;
  };
  const write = () => {
    const rows = take();
    if (rows.length > 0) insertTraces(store, rows);
    writeMeetings(store);
  };
  const flush = () => {
    try {
      write();
    } catch (error) {
      onFailure(error);
    }
  };
  return {
    flush,
    forget() {
      take();
      forgetMeetings(store);
    },
    add(trace, waits) {
      waiting.push(trace);
      if (!waits || waiting.length >= MAX_WAITING) write();
      else timer ??= setTimeout(flush, WAIT_MS);
    },
  };
}

/** By its id, or by the beginning of it where that is enough. */
export function findTrace(store: Store, id: string): TraceRow | undefined {
  const isMeant = id.length < MIN_PREFIX ? eq(traces.id, id) : and(gte(traces.id, id), lt(traces.id, `${id}~`));
  const found = store.select().from(traces).where(isMeant).orderBy(traces.id).limit(2).all();
  return found.length === 1 || found[0]?.id === id ? found[0] : undefined;
}

/** The deeds that take the access away. */
const ENDING = ["disabled", "hidden", "deleted"];

/** The last request that took a user's access away. */
export function findDisabling(store: Store, linkId: string): { id: string; at: number } | undefined {
  const ends = inArray(sql`${traces.deed} ->> '$.what'`, ENDING);
  return store
    .select({ id: traces.id, at: traces.at })
    .from(traces)
    .where(and(eq(traces.linkId, linkId), ends))
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(1)
    .get();
}

/** Only traces that answered with `status` or worse, and only those about one user or group. */
export interface TraceFilter {
  status?: number | undefined;
  linkId?: string | undefined;
}

/** Newest first. */
export function listTraces(store: Store, limit: number, { status, linkId }: TraceFilter = {}): TraceRow[] {
  const isMeant = [
    ...(status === undefined ? [] : [gte(traces.status, status)]),
    ...(linkId === undefined ? [] : [eq(traces.linkId, linkId)]),
  ];
  return store
    .select()
    .from(traces)
    .where(and(...isMeant))
    .orderBy(desc(traces.at), desc(traces.id))
    .limit(limit)
    .all();
}
