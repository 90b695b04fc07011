// Reads everything of a deployment, or one connection of it, through the administrator API: the objects first, then D1, whose
// rows an object reads anew whenever it works.

import type * as z from "zod";
import { BACKUP_ROUTES as routes } from "../../src/routes/api-backup-routes.ts";
import { CONNECTIONS } from "../../src/store/control-rows.ts";
import type { TableRows } from "../../src/store/rows.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import type { Progress } from "../simulate/progress.ts";
import { CliFailure } from "../terminal.ts";
import type { Head, Record } from "./records.ts";

/** Tables of D1 that belong to connections, by the column that says to which. */
const ownerOf = (table: string) => (table === CONNECTIONS ? "id" : "connection_id");

type Page = z.infer<typeof routes.readSnapshot.answer>;
interface Named {
  id: string;
  name: string;
  jurisdiction: "eu" | null;
}

/** The pages of a list, each with the cursor of the one before. */
async function* pages(api: AdminApi, path: string, query: { [name: string]: string } = {}): AsyncGenerator<TableRows> {
  for (let after: string | null = ""; after !== null; ) {
    const asked = new URLSearchParams({ ...query, after });
    const page: Page = await api.call("GET", `${path}?${asked}`, routes.readSnapshot.answer);
    yield* page.tables;
    after = page.next;
  }
}

const toNamed = (row: TableRows["rows"][number]): Named => ({
  id: String(row.id),
  name: String(row.name),
  jurisdiction: row.jurisdiction === "eu" ? "eu" : null,
});

async function headOf(api: AdminApi, of: Head["of"]): Promise<Head> {
  const { publicUrl, schema, keys } = await api.call("GET", "/backup", routes.showDeployment.answer);
  return { kind: "head", of, version: 1, at: new Date().toISOString(), publicUrl, schema, keys };
}

/** @returns how many rows there were */
async function* collectObjects(api: AdminApi, { id, name, jurisdiction }: Named): AsyncGenerator<Record, number> {
  const path = connectionPath(name, "snapshot");
  let rows = 0;
  const { objects } = await api.call("POST", path, routes.takeSnapshot.answer);
  for (const { of, id: snapshot, schema } of objects) {
    yield { kind: "object", connection: id, name, of, schema, jurisdiction };
    const counts: { [table: string]: number } = {};
    for await (const page of pages(api, path, { of, id: snapshot })) {
      counts[page.table] = (counts[page.table] ?? 0) + page.rows.length;
      rows += page.rows.length;
      yield { kind: "rows", ...page };
    }
    yield { kind: "object end", counts };
  }
  await api.remove(path);
  return rows;
}

async function listLive(api: AdminApi): Promise<Named[]> {
  const found: Named[] = [];
  for await (const { table, rows } of pages(api, "/backup/connections")) {
    if (table === CONNECTIONS) found.push(...rows.filter(({ state }) => state !== "erased").map(toNamed));
  }
  return found;
}

export interface Collected {
  connections: number;
  rows: number;
}

/** Everything. @param done takes what there was */
export async function* collectDeployment(
  api: AdminApi,
  progress: Progress,
  done: (what: Collected) => void,
): AsyncGenerator<Record> {
  yield await headOf(api, "deployment");
  const live = await listLive(api);
  let rows = 0;
  progress.begin("connections", live.length);
  for (const one of live) {
    rows += yield* collectObjects(api, one);
    progress.tick();
  }
  progress.end();
  const ids = new Set(live.map(({ id }) => id));
  for await (const page of pages(api, "/backup/connections")) {
    const owner = ownerOf(page.table);
    // A connection that was created meanwhile is in the next backup: without its object it would forget who is who.
    const known = page.rows.filter((row) => ids.has(String(row[owner])) || row.state === "erased");
    rows += known.length;
    yield { kind: "control", table: page.table, rows: known };
  }
  for await (const page of pages(api, "/backup/deployment")) {
    rows += page.rows.length;
    yield { kind: "control", ...page };
  }
  yield { kind: "end", objects: live.length, rows };
  done({ connections: live.length, rows });
}

/** One connection with its sealed secrets and its credentials. */
export async function* collectConnection(
  api: AdminApi,
  name: string,
  done: (what: Collected) => void,
): AsyncGenerator<Record> {
  yield await headOf(api, "connection");
  const path = connectionPath(name, "backup");
  const read = () => api.call("GET", path, routes.backUpConnection.answer);
  const first = (await read()).tables.find(({ table }) => table === CONNECTIONS)?.rows[0];
  if (!first) throw new CliFailure(`there is no connection ${name}`);
  let rows = yield* collectObjects(api, toNamed(first));
  for (const page of (await read()).tables) {
    rows += page.rows.length;
    yield { kind: "control", ...page };
  }
  yield { kind: "end", objects: 1, rows };
  done({ connections: 1, rows });
}
