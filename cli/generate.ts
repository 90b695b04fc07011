// Generated files: written by `portico generate`, compared by `portico verify`.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { apiPage } from "./api-page.ts";
import { ROOT } from "./build.ts";
import { conformancePage } from "./conformance.ts";
import { pages } from "./docs.ts";
import { readmeVendors } from "./readme-vendors.ts";
import { readRepository } from "./repository.ts";
import { readRules } from "./rules.ts";
import { schemaPage } from "./schema-page.ts";
import { CliFailure } from "./terminal.ts";

const MIGRATIONS = "migrations/connection";

/** The migrations of the Connection object's SQLite as one module, because a Worker has no files. */
function connectionMigrations(): string {
  const journal: { entries: { idx: number }[] } = JSON.parse(readFileSync(`${MIGRATIONS}/meta/_journal.json`, "utf8"));
  const files = readdirSync(MIGRATIONS)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const texts = files.map((file, index) => {
    const sql = readFileSync(`${MIGRATIONS}/${file}`, "utf8");
    return `    m${String(index).padStart(4, "0")}: ${JSON.stringify(sql)},`;
  });
  return `// Generated from ${MIGRATIONS} by \`npm run generate\`: the migrations of a Connection object's SQLite.

export const migrations = {
  journal: ${JSON.stringify(journal)},
  migrations: {
${texts.join("\n")}
  },
};
`;
}

const TABLE = /(<!-- vendors -->\n)[\s\S]*?(<!-- \/vendors -->)/;

/** The README with the vendor table as it is now. */
function readmeWithTable(): string {
  const text = readFileSync("README.md", "utf8");
  if (!TABLE.test(text)) throw new CliFailure("README.md has no place for the vendor table (<!-- vendors -->)");
  return text.replace(TABLE, (_, begin, end) => `${begin}${readmeVendors()}\n${end}`);
}

/** What each generated file should hold. */
async function generated(): Promise<Record<string, string>> {
  const repository = readRepository(ROOT);
  const rules = readRules(repository);
  return {
    "src/store/migrations.ts": connectionMigrations(),
    ...pages(rules),
    "docs/api.md": apiPage(),
    "docs/schema.md": await schemaPage(),
    "docs/conformance.md": conformancePage(repository, rules),
    "README.md": readmeWithTable(),
  };
}

/** Writes every generated file; with `check`, only says which are not fresh. */
export async function generate({ check }: { check: boolean }): Promise<void> {
  const stale: string[] = [];
  for (const [path, text] of Object.entries(await generated())) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    stale.push(path);
    if (check) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  if (check && stale.length > 0) throw new CliFailure(`not fresh: ${stale.join(", ")}; run npm run generate`);
}
