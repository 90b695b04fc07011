// The bodies of a drafted adapter's writes: fields by path, what stands in an object of its own, and whole records.

import { capital } from "../../adapter/registry.ts";
import type { RowSketch } from "../sketch.ts";
import type { Kind } from "./kinds.ts";
import { quoted, toAccess, toKey, toPathKey, toPathText } from "./words.ts";

const targetOf = (row: RowSketch) => row.writeField ?? row.field;

/** The rows that a body carries: `active` not where verbs of its own change it. */
const rowsIn = ({ sketch }: Kind) =>
  (sketch.attributes ?? []).filter(({ path }) => !(path === "active" && sketch.enable && sketch.disable));

/** The rows whose fields stand in an object of their own, by its name. */
function nestedIn(kind: Kind): Map<string, RowSketch[]> {
  const found = new Map<string, RowSketch[]>();
  for (const row of rowsIn(kind)) {
    const [outer = "", ...inner] = targetOf(row).split(".");
    if (inner.length > 0) found.set(outer, [...(found.get(outer) ?? []), row]);
  }
  return found;
}

/** Whether a body is more than one list of fields. */
export const hasNested = (kind: Kind): boolean => nestedIn(kind).size > 0;

function toEntry(row: RowSketch, { sketch }: Kind): string {
  const name = quoted(targetOf(row).split(".").at(-1));
  const key = toPathKey(row.path);
  if (row.reference) {
    const id = sketch.idType === "integer" ? "person === undefined ? null : Number(person.id)" : "person?.id ?? null";
    return `${key}: [${name}, (person) => ${id}]`;
  }
  if (row.enabled !== undefined)
    return `${key}: [${name}, (active) => (active === false ? ${quoted(row.disabled)} : ${quoted(row.enabled)})]`;
  if (row.as === "inverted") return `${key}: [${name}, (active) => active === false]`;
  if (row.as === "integer") return `${key}: [${name}, (value) => toNumber(${toPathText(row.path)}, value)]`;
  return `${key}: ${name}`;
}

const TO_NUMBER = `function toNumber(attribute: string, value: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^-?\\d{1,15}$/.test(value)) return Number(value);
  throw new Fault("invalid", { attribute, detail: "must be a whole number in this product" });
}
`;

/** The fields and bodies of one kind of record, in source text. */
export function bodyText(kind: Kind): string {
  const { word } = kind;
  const type = capital(word);
  const nested = nestedIn(kind);
  const flat = rowsIn(kind).filter((row) => !targetOf(row).includes("."));
  const map = (name: string, rows: readonly RowSketch[]) =>
    `const ${name} = { ${rows.map((row) => toEntry(row, kind)).join(", ")} } as const satisfies FieldMap<${type}Values>;\n`;
  const head = `type ${type}Values = Written<typeof ${word}Table>;\n`;
  const fields = `/** The product's field for each path that a body carries. */\n${nested.size === 0 ? "export " : ""}${map(`${word}Fields`, flat)}`;
  const inner = [...nested.values()].map((rows, at) => map(innerName(word, at), rows)).join("");
  const body = nested.size === 0 ? "" : toNestedBody(kind, nested);
  const numbers = rowsIn(kind).some(({ as }) => as === "integer") ? TO_NUMBER : "";
  return [head, numbers, fields, inner, body, kind.sketch.update?.sends === "whole" ? toWhole(kind) : ""].join("\n");
}

const innerName = (word: string, at: number) => `${word}InnerFields${at === 0 ? "" : at + 1}`;

function toNestedBody({ word, sketch }: Kind, nested: ReadonlyMap<string, RowSketch[]>): string {
  const type = capital(word);
  const known = new Set(
    (sketch.attributes ?? []).flatMap(({ field }) => (field.includes(".") ? field.split(".")[0] : [])),
  );
  const made = [...nested.keys()].map(
    (_, at) => `const inner${at === 0 ? "" : at + 1} = fieldsOf(${innerName(word, at)}, values, changed);\n`,
  );
  const carried = (outer: string) =>
    known.has(outer) ? `...${toAccess("native", outer).replace(/^native/, "native?")}, ` : "";
  const parts = [...nested.keys()].map((outer, at) => {
    const name = `inner${at === 0 ? "" : at + 1}`;
    return `...(Object.keys(${name}).length > 0 ? { ${toKey(outer)}: { ${carried(outer)}...${name} } } : {})`;
  });
  return `/** A body; an object in it is sent where something in it changes, with what else the record has there. */
export function to${type}Body(values: ${type}Values, changed?: ReadonlySet<string>, native?: ${type}) {
${made.join("")}return { ...fieldsOf(${word}Fields, values, changed), ${parts.join(", ")} };
}
`;
}

/** What an update writes that takes the whole record. */
function toWhole({ word, sketch }: Kind): string {
  const { omit = [] } = sketch.update ?? {};
  const renamed = (sketch.attributes ?? []).filter(
    ({ writeField }) => writeField !== undefined && !writeField.includes("."),
  );
  const parts = renamed.map((row) => `${toKey(targetOf(row))}: ${toAccess("native", row.field)}, `).join("");
  const readOnly = `READ_ONLY_${word.toUpperCase()}`;
  const isOpen = omit.length === 0;
  const own = isOpen
    ? "...native"
    : `...Object.fromEntries(Object.entries(native).filter(([name]) => !${readOnly}.includes(name)))`;
  const list = isOpen
    ? ""
    : `/** What a record shows and the body of its update does not take. */\nconst ${readOnly} = ${JSON.stringify(omit)};\n`;
  return `${list}/** The whole record that an update writes; what no attribute maps is as it was read. */
export const toWhole${capital(word)} = (native: ${capital(word)}, fields: object) => ({ ${own}, ${parts}...fields });
`;
}
