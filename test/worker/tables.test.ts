// The tables of a new object: made in one statement, and the same as those that all migrations make.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { expect, it } from "vitest";
import { execute, openStore } from "../../src/store/database.ts";
import { migrations } from "../../src/store/migrations.ts";
import { updateTables } from "../../src/store/restored-tables.ts";

type Make = (store: ReturnType<typeof openStore>) => Promise<void>;

/** Everything that the schema consists of, and every row, after an empty object's tables were made. */
async function schemaAfter(make: Make): Promise<object> {
  const stub = env.CONNECTION.getByName(crypto.randomUUID());
  return runInDurableObject(stub, async (_object, { storage }) => {
    await storage.deleteAll();
    const store = openStore(storage);
    await make(store);
    const parts = execute<{ type: string; name: string; sql: string | null }>(
      store,
      "select type, name, sql from sqlite_master where name not like '\\_cf%' escape '\\' order by type, name",
      [],
    ).toArray();
    const rowsOf = (table: string) => execute(store, `select * from "${table}"`, []).toArray();
    return parts.map(({ type, name, sql }) => ({
      type,
      name,
      // The migrator writes its own table over several lines.
      sql: name.startsWith("__") ? sql?.replaceAll(/\s+/g, " ") : sql,
      rows: type === "table" ? rowsOf(name) : [],
    }));
  });
}

it("S31: a new object has the tables, triggers and rows that all migrations make", async () => {
  const whole = await schemaAfter(updateTables);
  expect(whole).toEqual(await schemaAfter((store) => migrate(store, migrations)));
  expect(JSON.stringify(whole)).toContain("links_changed");
});

it("S31: tables that are up to date stay as they are", async () => {
  const twice = await schemaAfter(async (store) => {
    await updateTables(store);
    await updateTables(store);
  });
  expect(twice).toEqual(await schemaAfter(updateTables));
});
