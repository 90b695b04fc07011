// Membership changes told as deltas, so that a group is patched without its members (RFC 7644 section 3.5.2, [E19] [E20]).

import { type Filter, type Path, simplify } from "./filter.ts";
import { isJsonObject, isObject, own, ownIgnoringCase } from "./json.ts";
import { type Notes, noteDropped } from "./lenient.ts";
import { badRequest } from "./messages.ts";
import type { Attribute, Resource } from "./schema.ts";
import { isUnassigned, readElements } from "./values.ts";
import type { Write } from "./write.ts";

/** One change of a member list: by ids, or away with those that a filter of their sub-attributes selects. */
export type Delta = { op: "add" | "remove" | "replace"; values: string[] } | { op: "remove"; filter: Filter };

/** The ids that a whole group's `members` name. */
export const memberIdsOf = ({ members }: Resource): string[] =>
  (Array.isArray(members) ? members : []).flatMap((member) =>
    isJsonObject(member) && typeof member.value === "string" ? member.value : [],
  );

/** What a write does to the members; none where it does nothing. */
export function readDelta(write: Write, attribute: Attribute, notes: Notes): Delta[] {
  const { path, verb, value } = write;
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
  // Removing an empty list removes nobody; only a remove without any value means all.
  return values.length > 0 || verb === "replace" ? [{ op: verb, values }] : [];
}

/** Only the id counts of whom to remove: whatever else it is, what is no member is gone already. */
function toIdOnly(value: unknown): unknown[] {
  const inputs: unknown[] = Array.isArray(value) ? value : [value];
  return inputs.map((input) => (isObject(input) ? { value: ownIgnoringCase(input, "value") } : input));
}

function readSelected({ verb, path, value }: Write, selection: Filter, notes: Notes): Delta[] {
  const filter = simplify(selection);
  const isValue = !path.sub || path.sub.name === "value";
  if (filter === false || !isValue) return drop(path, notes);
  const ids = typeof filter === "boolean" ? undefined : toIds(filter);
  if (verb === "remove" || isUnassigned(value)) {
    if (verb === "add") return [];
    if (filter === true) return [{ op: "replace", values: [] }];
    return [ids ? { op: "remove", values: ids } : { op: "remove", filter }];
  }
  if (verb === "replace") throw refuseChange(path);
  if (!ids) throw badRequest("noTarget", `${path.text}: the filter names no member to add`);
  return [{ op: "add", values: ids }];
}

/** The ids that a filter of equations on `value` names. */
function toIds(filter: Filter): string[] | undefined {
  const terms = filter.kind === "or" ? filter.terms : [filter];
  const ids = terms.map((term) =>
    term.kind === "compare" && term.operator === "eq" && term.path.text === "value" ? term.value : null,
  );
  const texts = ids.filter((id): id is string => typeof id === "string");
  return texts.length === ids.length ? [...new Set(texts)] : undefined;
}

function drop(path: Path, notes: Notes): Delta[] {
  noteDropped(notes, path.text);
  return [];
}

function refuseChange(path: Path) {
  return badRequest("mutability", `${path.text}: a member cannot become another one; remove it and add the other`);
}
