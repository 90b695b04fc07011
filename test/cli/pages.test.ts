// The generated pages: every table of the migrations and every route of the API is in them; what the README's vendor table says.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { apiPage } from "../../cli/api-page.ts";
import { ROOT } from "../../cli/build.ts";
import { createOpenApi } from "../../cli/openapi/create.ts";
import { readmeVendors } from "../../cli/readme-vendors.ts";
import { schemaPage } from "../../cli/schema-page.ts";
import { DEVIATIONS, SHAPES } from "../../src/adapter.ts";
import { API_ROUTES } from "../../src/routes/api-routes.ts";

const MIGRATIONS = join(ROOT, "migrations");

/** The tables that the migrations of every store leave. */
function migratedTables(): string[] {
  return readdirSync(MIGRATIONS).flatMap((folder) => {
    const database = new DatabaseSync(":memory:");
    const files = readdirSync(join(MIGRATIONS, folder)).filter((file) => file.endsWith(".sql"));
    for (const file of files.sort()) database.exec(readFileSync(join(MIGRATIONS, folder, file), "utf8"));
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
    database.close();
    return tables.map(({ name }) => String(name));
  });
}

it("docs/schema.md has a section for every table, with its keys, enumerations and partial indexes", async () => {
  const page = await schemaPage();
  const sections = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, name]) => name);
  expect(sections.length).toBeGreaterThan(15);
  expect(sections.toSorted()).toEqual(migratedTables().toSorted());
  expect(page).toContain("| `connection_id` | text |  |  | primary, → `connections` |");
  expect(page).toContain("Values: `live`, `tombstone`, `lost`, `own`.");
  expect(page).toContain("unique index `links_native` over `type`, `native_id` where `native_id is not null`");
});

it("docs/api.md has a section for every route, with bounds, defaults and refusals", () => {
  const page = apiPage(createOpenApi());
  for (const { method, path, does, role } of Object.values(API_ROUTES)) {
    expect(page).toContain(`</a>\`${method} /api${path.replace(/:(\w+)/g, "{$1}")}\`\n\n${does} Role: \`${role}\`.`);
  }
  expect(page).toContain("| `expiresInDays` | integer | no; default `365` | 1 to 1,095 |");
  expect(page).toContain("- **412** the connection has another version than `If-Match` says");
  expect(page).toContain("| `connections` | list of [Connection](#connection) |");
});

it("the vendor table of the README speaks of no declared name", () => {
  const rows = readmeVendors();
  for (const name of Object.keys({ ...DEVIATIONS, ...SHAPES })) expect(rows).not.toContain(name);
  expect(rows).toMatch(/\[Klaxoon\].*a deletion disables the account; licences follow groups/);
  expect(rows).toMatch(/\[Redmine\].*a deletion disables the account, or removes it where the connection says so/);
  expect(rows).toMatch(/\[Keepabl\].*\| users \| a deletion removes the account, or disables it/);
});

it("the picture of the README names every vendor", () => {
  const picture = readFileSync(join(ROOT, "docs", "portico.svg"), "utf8");
  for (const adapter of Object.values(adapters)) {
    expect(picture.toLowerCase()).toContain(adapter.title.toLowerCase());
  }
});
