// docs/schema.md: the tables of both stores, printed from drizzle's declarations and the comments above them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { is, SQL } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, SQLiteSyncDialect, SQLiteTable } from "drizzle-orm/sqlite-core";
import { ROOT } from "./build.ts";
import { NOTICE, table } from "./docs.ts";
import { CliFailure } from "./terminal.ts";

const FOLDER = "src/store";
/** Those of the deployment's object. */
const DEPLOYMENT = ["delivery-tables.ts"];
/** Those of D1; all others are of a connection's object. */
const CONTROL = ["control-tables.ts", "administrator-tables.ts", "rollup-tables.ts", "console-tables.ts"];
/** What the others point to comes first. */
const FIRST = "link-tables.ts";
/** Mermaid's own distances are too wide for a page. */
const NARROW = '%%{init: {"er": {"nodeSpacing": 15, "rankSpacing": 120}}}%%';
const dialect = new SQLiteSyncDialect();

/** Columns that hold another table's id, by their names; the stores declare no foreign keys. */
const POINTS_TO: Record<string, string> = {
  connection_id: "connections",
  link_id: "links",
  group_id: "links",
  user_id: "links",
  webhook_id: "webhooks",
};
/** Tables whose ids are the product's own. */
const NATIVE = ["planned_members"];

const INTRODUCTION = `Portico has two kinds of stores. The **D1 database** \`control\` holds what must be found from anywhere: connections, their sealed
secrets, what lets identity providers and administrators in, and the audit. **Each connection's object** has a SQLite of its own with everything about that one connection, and **the deployment's object** one with what webhooks get.
Of a person Portico keeps ids, the names and the address to find them by (\`links\`) and keyed digests that tell a change
(\`digests\`); values only where the product cannot hold them or does not show them yet (\`links.kept\`, \`overlays\`, in plan mode
\`planned_records\`). The record itself is read from the product whenever it is needed.

The tables are declared in \`src/store/*-tables.ts\`, the queries stand in the other files of that folder. After a change of a
declaration, \`npm run migrations\` writes the next migration (\`migrations/control/\`, \`migrations/connection/\`, \`migrations/deployment/\`); one that was
released is never edited. Times (\`at\`, \`…_at\`) are epoch milliseconds. The stores declare no foreign keys: an arrow is a column
that holds the other table's id.`;

interface Declared {
  /** The file that declares it. */
  file: string;
  /** The sentence above it. */
  says: string;
  table: SQLiteTable;
  /** The sentences above its columns, by the column's name in SQL. */
  columns: Map<string, string>;
}

const unfold = (comment: string) => comment.replaceAll(/\s*\n\s*\*\s?/g, " ").trim();
const COMMENT = String.raw`\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*`;

/** The tables of one file, in their order. */
async function readTables(file: string): Promise<Declared[]> {
  const text = readFileSync(join(ROOT, FOLDER, file), "utf8");
  const module: Record<string, unknown> = await import(pathToFileURL(join(ROOT, FOLDER, file)).href);
  const place = (name: string) => text.indexOf(`export const ${name} =`);
  const inOrder = Object.entries(module).sort(([left], [right]) => place(left) - place(right));
  return inOrder.flatMap(([name, declared]) => {
    if (!is(declared, SQLiteTable)) return [];
    const said = new RegExp(`${COMMENT}export const ${name} = sqliteTable\\(([\\s\\S]*?)\\n[})]+;`).exec(text);
    const [, says = "", body = ""] = said ?? [];
    if (!says) throw new CliFailure(`${FOLDER}/${file}: say in a comment above ${name} what the table holds`);
    const columns = [...body.matchAll(new RegExp(`${COMMENT}\\w+: \\w+\\("(\\w+)"`, "g"))];
    return [
      {
        file: `${FOLDER}/${file}`,
        says: unfold(says),
        table: declared,
        columns: new Map(columns.map(([, comment = "", column = ""]) => [column, unfold(comment)])),
      },
    ];
  });
}

const inSql = (value: SQL) => dialect.sqlToQuery(value.inlineParams()).sql.replaceAll(/"\w+"\."(\w+)"/g, "$1");

function defaultOf({ default: value }: SQLiteColumn): string {
  if (value === undefined) return "";
  return `\`${is(value, SQL) ? inSql(value) : JSON.stringify(value)}\``;
}

function typeOf(column: SQLiteColumn): string {
  if (column.dataType === "json") return "text, JSON";
  if (column.dataType === "boolean") return "integer, 0 or 1";
  return column.getSQLType();
}

const pointsTo = (name: string, column: string) => (NATIVE.includes(name) ? undefined : POINTS_TO[column]);

function keyOf(name: string, column: SQLiteColumn, primary: readonly string[]): string {
  const target = pointsTo(name, column.name);
  return [
    ...(primary.includes(column.name) ? ["primary"] : []),
    ...(column.isUnique ? ["unique"] : []),
    ...(target ? [`→ \`${target}\``] : []),
  ].join(", ");
}

function valuesOf({ enumValues = [] }: SQLiteColumn): string {
  const values = enumValues.map((value: string) => `\`${value}\``);
  return values.length === 0 ? "" : `Values: ${values.join(", ")}.`;
}

const namesOf = (columns: readonly { name: string }[]) => columns.map((column) => column.name);

function primaryOf(config: ReturnType<typeof getTableConfig>): string[] {
  const own = config.columns.filter((column) => column.primary);
  return [...namesOf(own), ...config.primaryKeys.flatMap((key) => namesOf(key.columns))];
}

function indexLines({ indexes }: ReturnType<typeof getTableConfig>): string[] {
  return indexes.map(({ config: { name, columns, unique, where } }) => {
    const over = columns.map((column) => (is(column, SQL) ? inSql(column) : `\`${column.name}\``)).join(", ");
    return `- ${unique ? "unique index" : "index"} \`${name}\` over ${over}${where ? ` where \`${inSql(where)}\`` : ""}`;
  });
}

function section({ file, says, table: declared, columns }: Declared): string {
  const config = getTableConfig(declared);
  const primary = primaryOf(config);
  const rows = config.columns.map((column) => [
    `\`${column.name}\``,
    typeOf(column),
    column.notNull ? "" : "yes",
    defaultOf(column),
    keyOf(config.name, column, primary),
    [columns.get(column.name) ?? "", valuesOf(column)].filter(Boolean).join(" "),
  ]);
  return [
    `### \`${config.name}\``,
    `${says} Declared in [${file}](../${file}).`,
    table(["Column", "Type", "Nullable", "Default", "Key", "What"], rows),
    ...(config.indexes.length > 0 ? [indexLines(config).join("\n")] : []),
  ].join("\n\n");
}

/** The tables that point to others, with their keys, as a Mermaid diagram. */
function diagram(tables: readonly Declared[]): string {
  const configs = tables.map((declared) => getTableConfig(declared.table));
  const arrows = configs.flatMap(({ name, columns }) => {
    const pointers = columns.filter((column) => pointsTo(name, column.name));
    const [target] = pointers.map((column) => pointsTo(name, column.name));
    return target ? [{ name, label: namesOf(pointers).join(", "), target }] : [];
  });
  const drawn = new Set(arrows.flatMap(({ name, target }) => [name, target]));
  const entities = configs
    .filter(({ name }) => drawn.has(name))
    .flatMap((config) => {
      const primary = primaryOf(config);
      const keys = config.columns.filter(({ name }) => primary.includes(name) || pointsTo(config.name, name));
      const lines = keys.map((column) => {
        const marks = [primary.includes(column.name) ? "PK" : "", pointsTo(config.name, column.name) ? "FK" : ""];
        return `    ${column.getSQLType()} ${column.name} ${marks.filter(Boolean).join(", ")}`;
      });
      return [`  ${config.name} {`, ...lines, "  }"];
    });
  const relations = arrows.map(({ name, label, target }) => `  ${target} ||--o{ ${name} : "${label}"`);
  return ["```mermaid", NARROW, "erDiagram", "  direction LR", ...relations, ...entities, "```"].join("\n");
}

/** Which tables there are, and what each holds. */
function contents(tables: readonly Declared[]): string {
  const rows = tables.map((declared) => {
    const { name } = getTableConfig(declared.table);
    return [`[\`${name}\`](#${name})`, declared.says];
  });
  return table(["Table", "What it holds"], rows);
}

/** docs/schema.md */
export async function schemaPage(): Promise<string> {
  const files = readdirSync(join(ROOT, FOLDER))
    .filter((file) => file.endsWith("-tables.ts") && ![...CONTROL, ...DEPLOYMENT].includes(file))
    .sort((left, right) => Number(right === FIRST) - Number(left === FIRST) || left.localeCompare(right));
  const read = async (some: readonly string[]) => (await Promise.all(some.map(readTables))).flat();
  const control = await read(CONTROL);
  const object = await read(files);
  const deployment = await read(DEPLOYMENT);
  return `${[
    NOTICE,
    "# The stores",
    INTRODUCTION,
    "## D1: `control`",
    contents(control),
    diagram(control),
    ...control.map(section),
    "## SQLite: one connection's object",
    "A link stands for one user or group; nearly every other table says something about links. In plan mode a second object, the shadow, has the same tables, begun with a copy of the links.",
    contents(object),
    diagram(object),
    ...object.map(section),
    "## SQLite: the deployment's object",
    "One object for the whole deployment: what it has to deliver to webhooks and what it has delivered.",
    contents(deployment),
    ...deployment.map(section),
  ].join("\n\n")}\n`;
}
