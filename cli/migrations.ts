// The migrations of an object's SQLite as a module of the Worker, which has no files; and what they make of an empty database, so
// that a new object has its tables in one statement.

import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const BREAK = "--> statement-breakpoint";
/** As `drizzle-orm/durable-sqlite/migrator` declares it. */
const NOTED = 'CREATE TABLE "__drizzle_migrations" ( id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric )';

interface Journal {
  entries: { idx: number; when: number }[];
}

function readMigrations(folder: string) {
  const journal: Journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, "utf8"));
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  return { journal, texts: files.sort().map((file) => readFileSync(`${folder}/${file}`, "utf8")) };
}

function moduleOf(folder: string, whose: string): string {
  const { journal, texts } = readMigrations(folder);
  const members = texts.map((text, index) => `    m${String(index).padStart(4, "0")}: ${JSON.stringify(text)},`);
  return `// Generated from ${folder} by \`npm run generate\`: the migrations of ${whose} SQLite.

export const migrations = {
  journal: ${JSON.stringify(journal)},
  migrations: {
${members.join("\n")}
  },
};
`;
}

const quoted = (name: string) => `"${name}"`;
const literal = (value: unknown) =>
  value === null ? "NULL" : typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;

/** The statements that make a database as it is: tables, rows that migrations left, indexes and triggers. */
function statementsOf(database: DatabaseSync): string[] {
  const parts = database
    .prepare(
      "select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\'",
    )
    .all() as { type: string; name: string; sql: string }[];
  const of = (type: string) => parts.filter((part) => part.type === type);
  const rows = of("table").flatMap(({ name }) =>
    database
      .prepare(`select * from ${quoted(name)}`)
      .all()
      .map(
        (row) =>
          `INSERT INTO ${quoted(name)} (${Object.keys(row).map(quoted)}) VALUES (${Object.values(row).map(literal)})`,
      ),
  );
  const made = (type: string) => of(type).map(({ sql }) => sql);
  return [...made("table"), ...rows, ...made("index"), ...made("trigger")];
}

function tablesOf(folder: string): string {
  const { journal, texts } = readMigrations(folder);
  const database = new DatabaseSync(":memory:");
  database.exec(NOTED);
  for (const [index, text] of texts.entries()) {
    for (const statement of text.split(BREAK)) database.exec(statement);
    database
      .prepare("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('', ?)")
      .run(journal.entries[index]?.when ?? null);
  }
  const statements = statementsOf(database).map((statement) => `${statement};`);
  database.close();
  return `// Generated from ${folder} by \`npm run generate\`: what all migrations make of an empty database.

export const tables = ${JSON.stringify(statements.join("\n"))};
`;
}

export const migrationModules = (): Record<string, string> => ({
  "src/store/migrations.ts": moduleOf("migrations/connection", "a Connection object's"),
  "src/store/deployment-migrations.ts": moduleOf("migrations/deployment", "the Deployment object's"),
  "src/store/tables.ts": tablesOf("migrations/connection"),
});
