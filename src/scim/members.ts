// Membership changes told as deltas, so that a group is patched without its members (RFC 7644 section 3.5.2, [E19] [E20]).

import { readAddress } from "./address.ts";
import type { Filter, Path } from "./filter.ts";
import { isJsonObject, isObject, own, ownIgnoringCase } from "./json.ts";
import { type Notes, noteDropped } from "./lenient.ts";
import { badRequest } from "./messages.ts";
import type { Attribute, Resource } from "./schema.ts";
import { fromJsonText, isUnassigned, readElements } from "./values.ts";
import type { Write } from "./write.ts";

/**
 * One change of a member list: by ids, or away with those that a filter of their sub-attributes selects. `isSelected`: the
 * ids come from a filter.
 */
export type Delta =
  | { op: "add" | "remove" | "replace"; values: string[]; isSelected?: true }
  | { op: "remove"; filter: Filter };

/** The ids that a whole group's `members` name. */
export const memberIdsOf = ({ members }: Resource): string[] =>
  (Array.isArray(members) ? members : []).flatMap((member) =>
    isJsonObject(member) && typeof member.value === "string" ? member.value : [],
  );

/** What a write does to the members; none where it does nothing. */
export function readDelta(write: Write, attribute: Attribute, notes: Notes): Delta[] {
  const { path, verb } = write;
  const value = fromJsonText(write.value, notes);
  if (path.filter) return readSelected(write, path.filter, notes);
  if (path.sub) {
    if (path.sub.name !== "value") return drop(path, notes);
    if (verb === "replace") throw refuseChange(path);
  }
  if (verb === "add" && isUnassigned(value)) {
    if (value === null) notes.repairs.add("add-null");
    return [];
  }
  if (verb === "remove" && isUnassigned(value) && !Array.isArray(value)) return [{ op: "replace", values: [] }];
  if (verb === "remove") notes.repairs.add("remove-by-value");
  const values = readElements(attribute, verb === "remove" ? toIdOnly(value) : value, notes, attribute.name).flatMap(
    (member) => {
      const id = isJsonObject(member) ? own(member, "value") : undefined;
      return typeof id === "string" ? [id] : [];
    },
  );
  // Removing an empty list removes no member; only a remove without any value removes all.
  return values.length > 0 || verb === "replace" ? [{ op: verb, values }] : [];
}

/** Of a member to remove only the id counts: one that is no member is removed already. */
function toIdOnly(value: unknown): unknown[] {
  const inputs: unknown[] = Array.isArray(value) ? value : [value];
  return inputs.map((input) => {
    if (!isObject(input)) return input;
    const [id, address] = [ownIgnoringCase(input, "value"), ownIgnoringCase(input, "$ref")];
    return isUnassigned(id) && typeof address === "string" ? { $ref: address } : { value: id };
  });
}

function readSelected({ verb, path, value }: Write, selection: Filter, notes: Notes): Delta[] {
  requireTelling(selection, path);
  if (path.sub && path.sub.name !== "value") return drop(path, notes);
  const ids = toIds(selection);
  if (verb === "remove" || isUnassigned(value)) {
    if (verb === "add") return [];
    return [ids ? { op: "remove", values: ids, isSelected: true } : { op: "remove", filter: selection }];
  }
  if (verb === "replace") throw refuseChange(path);
  if (!ids)
    throw badRequest(
      "noTarget",
      `${path.text}: the filter names no member to add`,
      'compare "value" with the id of a user',
    );
  return [{ op: "add", values: ids }];
}

/**
 * A filter may ask only for what members have, so that it selects no member beyond what it says.
 * @throws ScimError 400 invalidFilter
 */
function requireTelling(filter: Filter, path: Path): void {
  switch (filter.kind) {
    case "and":
    case "or":
      for (const term of filter.terms) requireTelling(term, path);
      return;
    case "not":
      requireTelling(filter.term, path);
      return;
    default:
      if (!filter.path.held) throw refuseFilter(path, "members have only value, $ref, type and display");
      if (filter.kind === "compare" && isWrongAddress(filter))
        throw refuseFilter(path, "a $ref is the address of a user, such as ../Users/<id>, and a value is a user's id");
  }
}

/** Whether a whole `$ref` is compared with what no member can have. */
function isWrongAddress({ path, operator, value }: Filter & { kind: "compare" }): boolean {
  const isWhole = path.text === "$ref" && (operator === "eq" || operator === "ne");
  return isWhole && typeof value === "string" && readAddress(value)?.type !== "User";
}

/** The ids that a filter of equations on `value` and `$ref` names. */
function toIds(filter: Filter): string[] | undefined {
  const terms = filter.kind === "or" ? filter.terms : [filter];
  const ids = terms.flatMap((term) => idIn(term) ?? []);
  return ids.length === terms.length ? [...new Set(ids)] : undefined;
}

function idIn(term: Filter): string | undefined {
  if (term.kind !== "compare" || term.operator !== "eq" || typeof term.value !== "string") return undefined;
  if (term.path.text === "value") return term.value;
  return term.path.text === "$ref" ? readAddress(term.value)?.id : undefined;
}

function drop(path: Path, notes: Notes): Delta[] {
  noteDropped(notes, path.text);
  return [];
}

function refuseFilter(path: Path, why: string) {
  return badRequest("invalidFilter", `${path.text}: ${why}`, "compare one of these in the brackets");
}

function refuseChange(path: Path) {
  return badRequest("mutability", `${path.text}: a member cannot become another one`, "remove it and add the other");
}
