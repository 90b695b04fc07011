// Statements that requests run again and again: drizzle builds one once for all stores, because building it takes longer than
// running it. The platform keeps what it has compiled by the statement's text.

import {
  Column,
  fillPlaceholders,
  getTableColumns,
  getTableName,
  type Placeholder,
  type Query,
  type SQL,
  sql,
} from "drizzle-orm";
import { type SQLiteColumn, SQLiteSyncDialect, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { ageOf, anyStore, execute, runIn, type Store } from "./database.ts";

export type { Store } from "./database.ts";

/**
 * A statement that is built when it is first needed. What changes from call to call is a `slot`; a value of a column that the
 * database holds in another form (a list as JSON, a truth as a number) must be in that form.
 */
export function prepared<T extends Statement>(build: (store: Store) => T): (store: Store) => T {
  let built: T | undefined;
  return (store) => {
    built ??= build(anyStore);
    const statement = built;
    const inStore: Statement = {
      all: (values) => runIn(store, () => statement.all?.(values)),
      get: (values) => runIn(store, () => statement.get?.(values)),
      run: (values) => runIn(store, () => statement.run?.(values)),
    };
    // The same calls with the same answers.
    return inStore as T;
  };
}

/** What drizzle prepares, and `rowsOf`; not all of them can do all. */
interface Statement {
  all?(values?: Values): unknown;
  get?(values?: Values): unknown;
  run?(values?: Values): unknown;
}

const DIALECT = new SQLiteSyncDialect();

/** A statement in SQL's own words whose rows come as the database has them: its text is made once. */
export function statement<Row extends Record<string, SqlStorageValue>>(
  build: () => SQL,
): (store: Store, values: Values) => Row[] {
  const run = toRun(build);
  return (store, values) => run<Row>(store, values).toArray();
}

/** The same, each row as its cells in the order of the columns: of many rows in two thirds of the time. */
export function cells<Cells extends SqlStorageValue[]>(build: () => SQL): (store: Store, values: Values) => Cells[] {
  const run = toRun(build);
  return (store, values) => Array.from(run(store, values).raw<Cells>());
}

/** A change in SQL's own words; answers how many rows it has written, those of indexes among them. */
export function change(build: () => SQL): (store: Store, values: Values) => number {
  const run = toRun(build);
  return (store, values) => run(store, values).rowsWritten;
}

function toRun(build: () => SQL) {
  let built: Query | undefined;
  return <Row extends Record<string, SqlStorageValue>>(store: Store, values: Values) => {
    built ??= DIALECT.sqlToQuery(build());
    return execute<Row>(store, built.sql, fillPlaceholders(built.params, values));
  };
}

/**
 * A query for these columns, in their order; beside columns of tables, texts and numbers as the database has them. The query is
 * drizzle's; its rows are decoded here, because drizzle's own decoder looks at each column again for each row and takes longer.
 */
export function rowsOf<Row extends object>(
  store: Store,
  query: { toSQL(): Pick<Query, "sql" | "params"> },
  columns: Record<string, Column | undefined>,
): { all(values: Values): Row[] } {
  const { sql: text, params } = query.toSQL();
  const names = Object.keys(columns);
  const decoders = Object.values(columns).map((column) => (column && isDecoded(column) ? column : undefined));
  const decode = (cells: SqlStorageValue[]) => {
    const row: Values = {};
    for (let at = 0; at < names.length; at++) {
      const cell = cells[at] ?? null;
      const decoder = decoders[at];
      row[names[at] ?? ""] = cell === null || decoder === undefined ? cell : decoder.mapFromDriverValue(cell);
    }
    // The columns say what is in it.
    return row as Row;
  };
  return { all: (values) => Array.from(execute(store, text, fillPlaceholders(params, values)).raw(), decode) };
}

/** Whether the database holds a column's values in another form: plain texts and numbers are as they are. */
const isDecoded = (column: Column) => column.mapFromDriverValue !== Column.prototype.mapFromDriverValue;

/** Whole rows of a table that fulfil a condition; without a limit, all of them. */
export function wholeRows<T extends SQLiteTable>(
  store: Store,
  table: T,
  where: SQL | undefined,
  limit?: number,
): { all(values: Values): T["$inferSelect"][] } {
  const all = store.select().from(table).where(where);
  return rowsOf(store, limit === undefined ? all : all.limit(limit), getTableColumns(table));
}

/** So many answers of one question are remembered. */
const MAX_ANSWERS = 64;

/** What one question was answered, by its values; all of it holds until its tables have another age. */
interface Answers<Row> {
  age: number | undefined;
  rows: Map<string, readonly Row[]>;
}

/**
 * A question by key that one request asks several times, such as for the link that it is about: what it was answered holds
 * until one of its tables is changed, and within the event.
 * @param lasts it holds until then also in later events: for what no other part than the store's own functions can change
 */
export function question<Row extends object>(
  tables: readonly SQLiteTable[],
  build: (store: Store) => { all(values: Values): Row[] },
  lasts = false,
): Question<Row> {
  const names = tables.map(getTableName);
  const statement = prepared(build);
  const answers = new WeakMap<Store, Answers<Row>>();
  const answersOf = (store: Store): Answers<Row> => {
    const known = answers.get(store) ?? { age: undefined, rows: new Map() };
    answers.set(store, known);
    return known;
  };
  const present = (store: Store) => ageOf(store, names, lasts);
  /** The answers that hold now. */
  const holding = (store: Store, age: number) => {
    const answers = answersOf(store);
    if (answers.age !== age) {
      answers.rows.clear();
      answers.age = age;
    }
    return answers.rows;
  };
  const remember = (answers: Map<string, readonly Row[]>, values: Values, rows: readonly Row[]) => {
    const oldest = answers.size >= MAX_ANSWERS ? answers.keys().next().value : undefined;
    if (oldest !== undefined) answers.delete(oldest);
    answers.set(keyOf(values), rows);
  };
  const ask = (store: Store, values: Values = {}) => {
    const age = present(store);
    if (age === undefined) return statement(store).all(values);
    const answers = holding(store, age);
    const known = answers.get(keyOf(values));
    if (known) return known.map(copyOf);
    const rows = statement(store).all(values);
    remember(answers, values, rows);
    return rows.map(copyOf);
  };
  return Object.assign(ask, {
    note(store: Store, values: Values, rows: readonly Row[]) {
      const age = present(store);
      if (age !== undefined) remember(holding(store, age), values, rows.map(copyOf));
    },
    change(store: Store, work: () => void, values: Values, next: (known: Row[] | undefined) => Row[] | undefined) {
      const before = present(store);
      const answers = answersOf(store);
      const holds = before !== undefined && answers.age === before;
      const known = holds ? answers.rows.get(keyOf(values))?.map(copyOf) : undefined;
      work();
      if (!holds) return;
      answers.age = present(store);
      const rows = next(known);
      if (rows) remember(answers.rows, values, rows);
      else answers.rows.delete(keyOf(values));
    },
  });
}

export interface Question<Row> {
  (store: Store, values?: Values): Row[];
  /** Says what the answer is, for who has just written it. */
  note(store: Store, values: Values, rows: readonly Row[]): void;
  /**
   * Runs a change of the tables that concerns no other answer than the one to these values.
   * @param next what it is now, given what it was, as far as that is known; undefined: it has to be asked for
   */
  change(store: Store, work: () => void, values: Values, next: (known: Row[] | undefined) => Row[] | undefined): void;
}

/** Most questions have one value. */
function keyOf(values: Values): string {
  let key = "";
  for (const name in values) key += `${values[name]}\u0000`;
  return key;
}

/** Who asks may change what it gets. */
const copyOf = <Row extends object>(row: Row): Row => ({ ...row });

/** Whether a table has any such row: most of what is owed, in doubt or to be overlaid is nowhere mostly. */
export function anyOf(table: SQLiteTable, where?: SQL): (store: Store) => boolean {
  const one = question(
    [table],
    (store) => store.select({ one: sql`1` }).from(table).where(where).limit(1).prepare(),
    true,
  );
  return (store) => one(store).length > 0;
}

export type Values = Record<string, unknown>;

export const slot = (name: string): Placeholder => sql.placeholder(name);

/** For `inArray` and `in`: the texts of a list, whatever their number, as one bound parameter. */
export const amongSlot = (name: string): SQL => sql`(select value from json_each(${slot(name)}))`;
/** What goes into such a slot. */
export const toList = (values: readonly string[]): string => JSON.stringify(values);

/** null has no other form; the columns' own encoders would make a text or a number of it. */
const encode = (column: Column, value: unknown) =>
  value === null || value === undefined ? null : column.mapToDriverValue(value);

function encodeRow(columns: Record<string, Column>, row: Values): Values {
  const encoded: Values = {};
  for (const [name, column] of Object.entries(columns)) encoded[name] = encode(column, row[name]);
  return encoded;
}

/** Inserts a whole row; one that is there already, by the columns of `target`, takes the new one's values. */
export function insertOf<T extends SQLiteTable>(
  table: T,
  target?: SQLiteColumn | [SQLiteColumn, ...SQLiteColumn[]],
): (store: Store, row: T["$inferSelect"]) => void {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const statement = prepared((store) => {
    const insert = store.insert(table).values(slotsOf(columns) as never);
    if (target === undefined) return insert.prepare();
    const keys = Array.isArray(target) ? target : [target];
    const others = Object.entries(columns).filter(([, column]) => !keys.includes(column));
    const set = Object.fromEntries(others.map(([name, column]) => [name, sql.raw(`excluded."${column.name}"`)]));
    return insert.onConflictDoUpdate({ target, set: set as never }).prepare();
  });
  return (store, row) => void statement(store).run(encodeRow(columns, row));
}

/** Inserts a whole row unless one is there that it may not stand beside; whether it did. */
export function insertNewOf<T extends SQLiteTable>(table: T): (store: Store, row: T["$inferSelect"]) => boolean {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const statement = prepared((store) =>
    store
      .insert(table)
      .values(slotsOf(columns) as never)
      .onConflictDoNothing()
      .returning({ isNew: sql`1` })
      .prepare(),
  );
  return (store, row) => statement(store).all(encodeRow(columns, row)).length > 0;
}

/** As SQL, so that drizzle leaves the values as they come. */
const slotsOf = (columns: Record<string, Column>) =>
  Object.fromEntries(Object.keys(columns).map((name) => [name, sql`${slot(name)}`]));

/** Changes some columns of the row with a key: one statement for each set of columns. */
export function updateOf<T extends SQLiteTable>(
  table: T,
  where: SQL,
): (store: Store, key: string, change: Partial<T["$inferSelect"]>) => void {
  const columns = getTableColumns(table) as Record<string, SQLiteColumn>;
  const known = new Map<string, (store: Store) => { run(values: Values): void }>();
  return (store, key, change) => {
    const changed = Object.fromEntries(
      Object.keys(change)
        .filter((name) => name in columns && change[name as keyof typeof change] !== undefined)
        .map((name) => [name, columns[name] as SQLiteColumn]),
    );
    const names = Object.keys(changed);
    if (names.length === 0) return;
    const statement =
      known.get(names.join()) ??
      prepared((one: Store) =>
        one
          .update(table)
          .set(slotsOf(changed) as never)
          .where(where)
          .prepare(),
      );
    known.set(names.join(), statement);
    statement(store).run({ ...encodeRow(changed, change), [KEY]: key });
  };
}

const KEY = "the key";
/** The key of the row that `updateOf` changes, for its condition. */
export const keySlot = slot(KEY);
