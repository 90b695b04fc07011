// Conditions, pages and fields of the simulated Directus: what a query asks of the rows of a collection (seen on 11.17.4, 2026-11-29).

import { foldAscii } from "../../simulation.ts";
import { forbiddenField, wrongQuery } from "./refusals.ts";
import type { Collection, Row, State } from "./state.ts";

/** Where a field leads: to one row, or to the rows whose field `by` names this one. */
type Relation = { to: Collection; by?: string };
const RELATIONS: Record<Collection, Record<string, Relation>> = {
  users: { role: { to: "roles" }, policies: { to: "access", by: "user" } },
  roles: { parent: { to: "roles" }, policies: { to: "access", by: "role" }, users: { to: "users", by: "role" } },
  // Both show every row of the policy.
  policies: { users: { to: "access", by: "policy" }, roles: { to: "access", by: "policy" } },
  access: { user: { to: "users" }, role: { to: "roles" }, policy: { to: "policies" } },
};
const FIELDS: Record<Collection, readonly string[]> = {
  users: [
    ...["id", "first_name", "last_name", "email", "location", "title", "description", "language", "tags", "status"],
    ...["role", "token", "provider", "external_identifier", "policies"],
  ],
  roles: ["id", "name", "parent", "policies", "users"],
  policies: ["id", "name", "icon", "description", "admin_access", "app_access", "users", "roles"],
  access: ["id", "user", "role", "policy"],
};

type Filter = { [key: string]: unknown };
type Deep = { [key: string]: Deep | unknown };

const rowsOf = (state: State, collection: Collection): Row[] => Object.values(state[collection]);
const related = (state: State, { to, by }: Relation, row: Row, field: string): Row[] =>
  rowsOf(state, to).filter((one) => (by === undefined ? one.id === row[field] : one[by] === row.id));

/** SQLite's LOWER knows ASCII only; the value that it is compared with Directus folds in every alphabet. */
const lower = (value: unknown) => foldAscii(String(value ?? ""));
/** `LIKE` of SQLite: `%` is any text, `_` any character. */
const toPattern = (text: string) =>
  text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
const isLike = (value: unknown, pattern: string) =>
  value !== null && new RegExp(`^${pattern}$`, "su").test(lower(value));

const OPERATORS: Record<string, (held: unknown, wanted: unknown) => boolean> = {
  _eq: (held, wanted) => held === wanted,
  _neq: (held, wanted) => held !== wanted,
  _in: (held, wanted) => Array.isArray(wanted) && wanted.includes(held),
  _null: (held, wanted) => (held === null) === (wanted !== false),
  _nnull: (held, wanted) => (held !== null) === (wanted !== false),
  _istarts_with: (held, wanted) => isLike(held, `${toPattern(String(wanted).toLowerCase())}.*`),
  _iends_with: (held, wanted) => isLike(held, `.*${toPattern(String(wanted).toLowerCase())}`),
};

function matches(state: State, collection: Collection, row: Row, filter: Filter): boolean {
  return Object.entries(filter).every(([key, value]) => {
    const inner = value as Filter;
    if (key === "_and") return (value as Filter[]).every((one) => matches(state, collection, row, one));
    if (key === "_or") return (value as Filter[]).some((one) => matches(state, collection, row, one));
    const relation = RELATIONS[collection][key];
    if (!FIELDS[collection].includes(key)) throw forbiddenField(key, collection);
    if (relation && !Object.keys(inner).every((one) => one in OPERATORS)) {
      const some = related(state, relation, row, key);
      const { _none, _some, ...direct } = inner;
      const has = (of: unknown) => some.some((one) => matches(state, relation.to, one, of as Filter));
      return _none !== undefined ? !has(_none) : has(_some ?? direct);
    }
    return Object.entries(inner).every(([operator, wanted]) => {
      const test = OPERATORS[operator];
      if (!test) throw wrongQuery(`"string" field type does not contain the "${operator}" filter operator`);
      if (wanted === "") throw wrongQuery(`You can't filter for an empty string in "${operator}"`);
      return test(row[key], wanted);
    });
  });
}

export interface Query {
  fields?: string | undefined;
  filter?: Filter | undefined;
  deep?: Deep | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** The rows that a filter leaves, in the order of ids, and one page of them. */
export function select(state: State, collection: Collection, all: readonly Row[], query: Query) {
  const { filter = {}, limit = 100, offset = 0 } = query;
  const found = all
    .filter((row) => matches(state, collection, row, filter))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
  return { count: found.length, rows: limit === -1 ? found : found.slice(offset, offset + limit) };
}

/** The fields of a row that are asked for; without any, those of its own. */
export function show(state: State, collection: Collection, row: Row, { fields = "*", deep = {} }: Query): Row {
  const asked = new Map<string, string[]>();
  for (const path of fields.split(",")) {
    const [field = "", ...rest] = path.split(".");
    for (const name of field === "*" ? FIELDS[collection] : [field]) {
      if (!FIELDS[collection].includes(name)) throw forbiddenField(name, collection);
      asked.set(name, [...(asked.get(name) ?? []), ...(rest.length > 0 ? [rest.join(".")] : [])]);
    }
  }
  const shown = [...asked].map(([field, inner]) => [
    field,
    showField(state, { collection, row, field, inner, deep: (deep[field] ?? {}) as Deep }),
  ]);
  return Object.fromEntries(shown);
}

interface Asked {
  collection: Collection;
  row: Row;
  field: string;
  inner: readonly string[];
  deep: Deep;
}

function showField(state: State, { collection, row, field, inner, deep }: Asked): unknown {
  if (field === "token") return row.token === null ? null : "**********";
  const relation = RELATIONS[collection][field];
  if (!relation) return row[field];
  const { _filter, _limit, _offset, ...below } = deep;
  const query = { filter: _filter as Filter, limit: _limit as number, offset: _offset as number };
  const { rows } = select(state, relation.to, related(state, relation, row, field), query);
  const showOne = (one: Row) =>
    inner.length === 0 ? one.id : show(state, relation.to, one, { fields: inner.join(","), deep: below });
  if (relation.by !== undefined) return rows.map(showOne);
  return rows[0] === undefined ? null : showOne(rows[0]);
}
