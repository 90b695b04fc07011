// How the simulated Keepnet searches: filters, columns to sort by, pages ([N1.1] [N1.3], read 2026-11-22).

import * as z from "zod";
import { foldName } from "../../simulation.ts";
import { inputError } from "./answers.ts";
import type { Group, User } from "./state.ts";

/** Assumed: the largest page is undocumented; the vendor's own clients ask for 1000. Larger requests get this size. */
const MAX_PAGE_SIZE = 1000;

const filterItem = z.object({
  fieldName: z.string(),
  operator: z.string(),
  // The document says string, the vendor's own clients also send booleans [N1.1].
  value: z.union([z.string(), z.number(), z.boolean()]).transform(String),
});
type FilterItem = z.output<typeof filterItem>;
interface FilterGroup {
  condition: "AND" | "OR";
  filterItems: FilterItem[];
  filterGroups: FilterGroup[];
}
const condition = z
  .string()
  .transform((value) => value.toUpperCase())
  .pipe(z.enum(["AND", "OR"]))
  .default("AND");
const filterGroup: z.ZodType<FilterGroup> = z.lazy(() =>
  z.object({
    condition,
    filterItems: z.array(filterItem).default([]),
    filterGroups: z.array(filterGroup).default([]),
  }),
);
export const filter = z.object({
  condition,
  searchInputTextValue: z.string().default(""),
  filterGroups: z.array(filterGroup).default([]),
});
export type Filter = z.output<typeof filter>;
export const paging = {
  pageNumber: z.int().min(1),
  pageSize: z.int().min(1),
  ascending: z.boolean().default(false),
};

type Fields = { [lowerCaseName: string]: string };
/** Assumed: as a .NET service ignores case; how names compare is undocumented. */
export const fold = foldName;

/** Operators seen in the vendor's clients; there is no official list [N1.1] [N1.3]. */
const OPERATORS: { [name: string]: (actual: string, wanted: string) => boolean } = {
  contains: (actual, wanted) => actual.includes(wanted),
  include: (actual, wanted) => wanted.split(",").some((one) => one.trim() === actual),
  "=": (actual, wanted) => actual === wanted,
  equal: (actual, wanted) => actual === wanted,
  equals: (actual, wanted) => actual === wanted,
  ">=": (actual, wanted) => actual >= wanted,
  "<=": (actual, wanted) => actual <= wanted,
  ">": (actual, wanted) => actual > wanted,
};

function matchesItem(fields: Fields, item: FilterItem): boolean {
  const actual = Object.hasOwn(fields, fold(item.fieldName)) ? fields[fold(item.fieldName)] : undefined;
  if (actual === undefined) throw inputError([`filter: unknown field ${item.fieldName}`]);
  const operator = Object.hasOwn(OPERATORS, fold(item.operator)) ? OPERATORS[fold(item.operator)] : undefined;
  if (operator === undefined) throw inputError([`filter: unknown operator ${item.operator}`]);
  return operator(fold(actual), fold(item.value));
}

/** Undefined for a group without any item, which neither side of a condition counts. */
function matchesGroup(fields: Fields, group: FilterGroup): boolean | undefined {
  const outcomes = [
    ...group.filterItems.map((item) => matchesItem(fields, item)),
    ...group.filterGroups.map((inner) => matchesGroup(fields, inner)),
  ].filter((outcome) => outcome !== undefined);
  if (outcomes.length === 0) return undefined;
  return group.condition === "AND" ? outcomes.every(Boolean) : outcomes.some(Boolean);
}

function matchesFilter(fields: Fields, searched: string[], wanted: Filter | undefined): boolean {
  if (!wanted) return true;
  const word = fold(wanted.searchInputTextValue);
  if (word !== "" && !searched.some((value) => fold(value).includes(word))) return false;
  return matchesGroup(fields, { ...wanted, filterItems: [] }) ?? true;
}

/** Columns are those of the stored thing, whatever the rows show. */
export function toPage<Thing extends User | Group, Row>(
  things: Thing[],
  toRow: (thing: Thing) => Row,
  wanted: { pageNumber: number; pageSize: number; ascending: boolean; orderBy?: string | undefined },
) {
  const pageSize = Math.min(wanted.pageSize, MAX_PAGE_SIZE);
  const start = (wanted.pageNumber - 1) * pageSize;
  const sorted = wanted.orderBy === undefined ? things : sort(things, wanted.orderBy, wanted.ascending);
  return {
    pageNumber: wanted.pageNumber,
    pageSize,
    totalNumberOfPages: Math.ceil(things.length / pageSize),
    totalNumberOfRecords: things.length,
    results: sorted.slice(start, start + pageSize).map(toRow),
  };
}

function sort<Thing extends User | Group>(things: Thing[], orderBy: string, ascending: boolean): Thing[] {
  const sample = things[0];
  if (!sample) return things;
  const column = Object.keys(sample).find((key) => fold(key) === fold(orderBy));
  if (column === undefined) throw inputError([`orderBy: unknown column ${orderBy}`]);
  const sign = ascending ? 1 : -1;
  return things
    .map((thing) => ({ thing, key: fold(String(Reflect.get(thing, column) ?? "")) }))
    .sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -sign : sign))
    .map(({ thing }) => thing);
}

/** The fields that filters can name: those seen in the vendor's clients. */
function toFields(user: User): Fields {
  return {
    email: user.email,
    firstname: user.firstName ?? "",
    lastname: user.lastName ?? "",
    name: `${user.firstName ?? ""} ${user.lastName ?? ""}`.trim(),
    priority: user.priority,
    status: user.isActive ? "1" : "0",
    isdeleted: String(user.isDeleted),
    monthlyactiveuser: "false",
    targetuserresourceid: user.resourceId,
  };
}

export function findUsers(wanted: Filter | undefined, among: User[]): User[] {
  return among.filter((user) =>
    matchesFilter(toFields(user), [user.email, user.firstName ?? "", user.lastName ?? ""], wanted),
  );
}

export function findGroups(wanted: Filter | undefined, among: Group[]): Group[] {
  return among.filter((group) => matchesFilter({ name: group.name, priority: group.priority }, [group.name], wanted));
}
