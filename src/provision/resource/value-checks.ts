// What a wanted value must be before the vendor is asked: there where it is required, as it was where it is given once, not
// too long, and no value of Portico's own making.

import { badRequest } from "../../scim/messages.ts";
import { foldCase } from "../../scim/text.ts";
import { isMade } from "../vendor/made-values.ts";
import { counted, valueKindOf } from "../vendor/refused-values.ts";
import type { Row } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";
import type { Hydrated } from "./hydrate.ts";

/** One value that is to be checked. */
interface Checked {
  row: Row;
  /** The whole table, of which `row` is one. */
  rows: readonly Row[];
  held: Held;
  /** What is not to be written after all is taken out. */
  changed: Set<string>;
  before: Hydrated | undefined;
  title: string;
  isGroup: boolean;
  /** The paths that are one value with the userName. */
  names: readonly string[];
}

/** A client may have sent either spelling of a name. */
const spelled = (path: string, names: readonly string[]): string =>
  names.length > 1 && names.includes(path) ? `${names.join(" and ")}, which are one value,` : path;

/** What is given once stays as it was given; another case of it is no change for the vendor. */
function checkImmutable({ row: { path, immutable, otherwise }, held, changed, before, title }: Checked): void {
  const old = before?.held[path];
  // What was made in the place of a value was given, too.
  const isGiven = old !== undefined || (before !== undefined && otherwise !== undefined);
  if (!immutable || !isGiven || !changed.delete(path)) return;
  if (foldCase(String(old)) === foldCase(String(held[path] ?? ""))) return;
  const says = `cannot be changed in ${title}`;
  throw badRequest("mutability", `${path} ${says}`, "take it out of the mapping for updates", { paths: [path], says });
}

/** Of a new resource everything that is missing is named at once. */
function checkRequired({ row, rows, held, changed, before, title, isGroup }: Checked): void {
  if (!row.required || !isBlank(held[row.path])) return;
  if (before && !changed.has(row.path)) return;
  const missing = before ? [] : rows.filter(({ path, required }) => required && isBlank(held[path]));
  if (missing.length > 1) {
    const paths = missing.map(({ path }) => path);
    throw badRequest(
      "invalidValue",
      `${paths.slice(0, -1).join(", ")} and ${paths.at(-1)} are required by ${title}`,
      "map attributes that every user has to them",
      { paths, says: `are required by ${title}` },
    );
  }
  const advice = isGroup ? "give every group one" : "map an attribute that every user has to it";
  const says = `is required by ${title} and must be ${valueKindOf(row)}`;
  throw badRequest("invalidValue", `${row.path} ${says}`, advice, { paths: [row.path], says });
}

export const lengthLimit = (row: Row, isCreate: boolean): number => {
  const { maxLength } = row;
  if (maxLength === undefined) return Number.POSITIVE_INFINITY;
  if (typeof maxLength === "number") return maxLength;
  return isCreate ? Math.min(maxLength.create, maxLength.update) : maxLength.update;
};

function checkLength({ row, held, changed, before, title, names }: Checked): void {
  const value = held[row.path];
  const limit = lengthLimit(row, before === undefined);
  if (typeof value !== "string" || value.length <= limit || !changed.has(row.path)) return;
  const says = `may have at most ${counted(limit, "character")} in ${title}`;
  throw badRequest(
    "invalidValue",
    `${spelled(row.path, names)} ${says}, and the value has ${value.length}`,
    "shorten it at its source, or map another attribute to it",
    { paths: [row.path], says },
  );
}

/** As little as every product asks of an address, so that none is asked in vain; some take blanks around it. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;
export const isAddress = (value: Held[string]): boolean => typeof value === "string" && ADDRESS.test(value.trim());

function checkAddress({ row, held, changed, title, names }: Checked): void {
  const value = held[row.path];
  if (!row.isAddress || typeof value !== "string" || !changed.has(row.path) || isAddress(value)) return;
  const kind = valueKindOf(row);
  throw badRequest(
    "invalidValue",
    `${spelled(row.path, names)} must be ${kind} such as ada@example.com in ${title}`,
    "correct it at its source, or map an attribute that holds an address",
    { paths: [row.path], says: `must be ${kind} in ${title}` },
  );
}

/** What Portico makes where there is no value would be taken for no value. */
function checkNotMade({ row, held, title }: Checked): void {
  if (!isMade(row, held[row.path])) return;
  const says = `has the form of the values that this gateway gives to ${title} where the identity provider sends none`;
  throw badRequest("invalidValue", `${row.path} ${says}`, "map an attribute of its own to it, or leave it out", {
    paths: [row.path],
    says,
  });
}

export const isBlank = (value: unknown): boolean =>
  value === undefined || (typeof value === "string" && value.trim() === "");

/** In the order in which they refuse. */
export const CHECKS = [checkRequired, checkImmutable, checkNotMade, checkLength, checkAddress] as const;
