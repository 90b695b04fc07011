// Roles as Entra's AppRoleAssignmentsComplex sends them: JSON inside a text [E11].

import { isObject, ownIgnoringCase, parseJson } from "./json.ts";
import { type Notes, noteDropped } from "./lenient.ts";
import { type Attribute, findAttribute } from "./schema.ts";

/** One role under the attribute's own names; `id`, which names Entra's assignment, goes. */
export function expandRole(attribute: Attribute, input: unknown, notes: Notes): unknown {
  const outer = isObject(input) ? input : {};
  const text = isObject(input) ? ownIgnoringCase(input, "value") : input;
  const parsed = typeof text === "string" ? parseObject(text) : undefined;
  if (parsed) notes.repairs.add("json-string-role");
  const inner = parsed ?? outer;
  const displayName = findAttribute(attribute.subAttributes, "display") && ownIgnoringCase(inner, "displayName");
  if (displayName !== undefined) notes.repairs.add("role-displayName");
  if (!parsed && displayName === undefined) return input;
  for (const name of Object.keys(inner)) {
    const isUnderstood =
      ["id", "displayname"].includes(name.toLowerCase()) || findAttribute(attribute.subAttributes, name);
    if (!isUnderstood) noteDropped(notes, `${attribute.name}.${name}`);
  }
  const entries = (attribute.subAttributes ?? []).map(({ name }): [string, unknown] => {
    const value = ownIgnoringCase(inner, name) ?? (name === "value" ? undefined : ownIgnoringCase(outer, name));
    return [name, name === "display" ? (value ?? displayName) : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function parseObject(text: string): { [name: string]: unknown } | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}
