// `records.ts` of a drafted adapter: its tables, the shapes of answers, what they say in SCIM, and bodies.

import { capital } from "../../adapter/registry.ts";
import { recordOf } from "../records.ts";
import type { KindSketch, RowSketch, Sketch } from "../sketch.ts";
import { bodyText } from "./bodies.ts";
import { isPartial, type Kind, listInRecord, openedOf, shownIn } from "./kinds.ts";
import { fieldAt, isKeyRow, toListShape, toOpened, toShape } from "./shapes-text.ts";
import { MANAGER, type Questions, quoted, toAccess, toComment, toKey, toPathKey, toPathText, WORK } from "./words.ts";

function toRowText(row: RowSketch, sketch: KindSketch): string {
  const isKey = isKeyRow(row, sketch);
  const parts = [
    `path: ${toPathText(row.path)}`,
    row.required || isKey ? "required: true" : "",
    isKey || row.search ? "filterable: true" : "",
    row.path === "userName" && sketch.named ? "immutable: true" : "",
    row.maxLength === undefined ? "" : `maxLength: ${JSON.stringify(row.maxLength)}`,
    row.reference ? "reference: true" : "",
  ];
  return `{ ${parts.filter((part) => part !== "").join(", ")} }`;
}

function toTable({ word, sketch }: Kind, questions: Questions): string {
  const { attributes = [], userNameIs } = sketch;
  const same = attributes.find(({ path }) => path === userNameIs);
  const rows = same ? [{ ...same, path: "userName" }, ...attributes] : attributes;
  const texts = rows.map((row) => toRowText(row, sketch));
  return `${questions.at(`${word}s.attributes`)}${questions.at("cleared")}export const ${word}Table = [${texts.join(", ")}] as const;\n`;
}

/** What an attribute has of a record. */
function toValueText(row: RowSketch, { resource, sketch }: Kind): string {
  const access = toAccess("native", row.field);
  if (row.reference) return `toPointer(${access})`;
  if (row.disabled !== undefined) return `${access} !== ${quoted(row.disabled)}`;
  if (row.as === "inverted") return `${access} !== true`;
  const isId = row.field === (sketch.id ?? "id");
  if (row.as === "integer" || (isId && sketch.idType === "integer")) return `textOf(${access})`;
  const isBare = (isId || isKeyRow(row, sketch)) && fieldAt(recordOf(resource), row.field) !== undefined;
  return isBare ? access : `${access} ?? undefined`;
}

function toScimText(kind: Kind, name: string, type: string, rows: readonly RowSketch[]): string {
  const { word } = kind;
  const entries = rows.map((row) => `${toPathKey(row.path)}: ${toValueText(row, kind)}`);
  return `export const ${name} = (native: ${type}): Read<typeof ${word}Table> => ({ ${entries.join(", ")} });\n`;
}

/** The shapes of one kind of record. */
function toShapes({ word, sketch, resource }: Kind, sketches: Sketch): string {
  const record = recordOf(resource);
  const type = capital(word);
  const { members } = sketches.groups ?? {};
  const lists: { [path: string]: string } = {};
  if (word === "user" && members?.inUsers !== undefined)
    lists[members.inUsers] = toListShape(fieldAt(record, members.inUsers)?.schema, members.each);
  const own = word === "group" ? listInRecord(sketch) : undefined;
  if (own !== undefined) lists[own] = toListShape(fieldAt(record, own)?.schema, members?.list?.field);
  const texts = [
    `export const ${word} = ${toShape(sketch, record, () => true, lists)};\nexport type ${type} = z.infer<typeof ${word}>;\n`,
  ];
  if (isPartial(sketch)) {
    const shown = shownIn(resource);
    const shape = toShape(sketch, record, (path) => shown.includes(path), lists);
    texts.push(
      `/** Rows of lists show less than the record. */\nexport const ${word}Row = ${shape};\nexport type ${type}Row = z.infer<typeof ${word}Row>;\n`,
    );
  }
  const at = openedOf(sketch);
  for (const [name, place] of at) texts.push(`export const ${name}${type} = ${toOpened(place, word)};\n`);
  const { create, id = "id", idType, list } = sketch;
  if (create?.answers === "id") {
    const made = idType === "integer" ? "z.int()" : "z.string()";
    texts.push(`export const new${type}Id = ${toOpened(create.at ?? id, made)};\n`);
  }
  if (list?.paged === false) texts.push(`export const all${type}s = ${toOpened(list.items, `z.array(${word})`)};\n`);
  return texts.join("");
}

const HELPERS = {
  toPointer: `const toPointer = (id: string | number | null | undefined) => id === null || id === undefined ? undefined : { id: String(id) };\n`,
  textOf: `const textOf = (value: string | number | null | undefined) => value === null || value === undefined ? undefined : String(value);\n`,
};

/** A row of a list of members that a call of its own answers. */
function toMember({ users, groups }: Sketch): string {
  const { list } = groups?.members ?? {};
  if (!groups || !list || listInRecord(groups) !== undefined) return "";
  const id = users?.idType === "integer" ? "z.int()" : "z.string()";
  return `export const member = ${list.field === undefined ? id : `z.looseObject({ ${toKey(list.field)}: ${id} })`};\n`;
}

const toImport = (types: readonly string[], values: readonly string[]): string => {
  const names = values.length === 0 ? types : [...types.map((name) => `type ${name}`), ...values];
  return `import ${values.length === 0 ? "type " : ""}{ ${names.join(", ")} } from "../../src/adapter.ts";\n`;
};

export function toRecordsFile(sketches: Sketch, kinds: readonly Kind[], source: string, questions: Questions): string {
  const all = kinds.flatMap(({ sketch }) => sketch.attributes ?? []);
  const has = (path: string) => all.some((row) => row.path === path);
  const tables = kinds.map((kind) => toTable(kind, questions));
  const shapes = kinds.map((kind) => toShapes(kind, sketches));
  const member = toMember(sketches);
  const mappings = kinds.map((kind) => {
    const { word, sketch, resource } = kind;
    const { attributes = [] } = sketch;
    const rows = isPartial(sketch)
      ? toScimText(
          kind,
          `${word}RowToScim`,
          `${capital(word)}Row`,
          attributes.filter(({ field }) => shownIn(resource).includes(field)),
        )
      : "";
    return `${toScimText(kind, `to${capital(word)}`, capital(word), attributes)}${rows}`;
  });
  const bodies = kinds.map((kind) => bodyText(kind));
  const rest = [...shapes, member, ...mappings, ...bodies].join("\n");
  const helpers = Object.entries(HELPERS).flatMap(([name, text]) => (rest.includes(`${name}(`) ? text : []));
  const names = ["FieldMap", "Read", "Written"].filter((name) => rest.includes(`${name}<`));
  const values = ["Fault", "fieldsOf"].filter((name) => rest.includes(`${name}(`));
  return [
    `${toComment(`${sketches.title}'s records: the shapes of its answers and the bodies of its writes, drafted from ${source}.`, "")}\n`,
    `import * as z from "zod";\n${toImport(names, values)}\n`,
    has(WORK) ? `export const work = ${quoted(WORK)};\n` : "",
    has(MANAGER) ? `export const manager = ${quoted(MANAGER)};\n` : "",
    "\n",
    tables.join("\n"),
    "\n// Loose objects: a product may add fields, and those that no attribute maps must survive.\n",
    `${shapes.join("\n")}\n${member}\n${helpers.join("")}\n${mappings.join("\n")}\n${bodies.join("\n")}`,
  ].join("");
}
