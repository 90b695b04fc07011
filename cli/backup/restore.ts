// A backup on its way back: the whole file is checked before anything is sent; then the objects are filled, and the connections
// come last, all at once.

import * as z from "zod";
import { BACKUP_ROUTES as routes } from "../../src/routes/api-backup-routes.ts";
import { MASTER_KEY_ROUTES } from "../../src/routes/api-master-key-routes.ts";
import { CONNECTIONS, OF_CONNECTIONS } from "../../src/store/control-rows.ts";
import type { TableRows } from "../../src/store/rows.ts";
import type { AdminApi } from "../api.ts";
import type { Progress } from "../simulate/progress.ts";
import { CliFailure } from "../terminal.ts";
import type { Secret } from "./container.ts";
import { type ControlRows, openControlRows, ownMigrations } from "./control-rows.ts";
import { type Head, type Record, readBackup } from "./records.ts";

const nothing = z.unknown();

export interface Checked {
  head: Head;
  control: ControlRows;
  /** The connections of the file, erased ones apart. */
  connections: { id: string; name: string }[];
  rows: number;
}

/** Reads the whole file, and keeps what belongs into D1. @throws CliFailure where it is not whole */
export async function checkBackup(path: string, secret: Secret): Promise<Checked> {
  let head: Head | undefined;
  let control: ControlRows | undefined;
  let rows = 0;
  let told = 0;
  await readBackup(path, secret, (one) => {
    if (one.kind === "head") {
      head = one;
      control = openControlRows(one.schema.control);
    } else if (one.kind === "control") {
      control?.add(one);
      rows += one.rows.length;
    } else if (one.kind === "rows") rows += one.rows.length;
    else if (one.kind === "end") told = one.rows;
  });
  if (!head || !control || rows !== told) throw new CliFailure(`${path} is not whole: it has ${rows} rows of ${told}`);
  control.update();
  const live = [...control.read(CONNECTIONS)].flatMap((page) => page.rows).filter(({ state }) => state !== "erased");
  return { head, control, rows, connections: live.map(({ id, name }) => ({ id: String(id), name: String(name) })) };
}

/** Whether the deployment can take it. @returns the ids of master keys that are missing there */
export async function askTarget(
  api: AdminApi,
  { head }: Checked,
  connection: { id: string; name: string } | null,
): Promise<string[]> {
  const body = { schema: { ...head.schema, control: ownMigrations() }, keys: head.keys, connection };
  return (await api.call("POST", "/restore/check", routes.checkRestore.answer, body)).missingKeys;
}

/** Fills the objects of those connections that will be there. */
export async function restoreObjects(
  api: AdminApi,
  path: string,
  secret: Secret,
  { connections }: Checked,
  progress: Progress,
): Promise<void> {
  const ids = new Set(connections.map(({ id }) => id));
  let object: object | undefined;
  progress.begin("connections", ids.size);
  await readBackup(path, secret, async (one: Record) => {
    if (one.kind === "object") {
      const { connection, of, jurisdiction, schema } = one;
      object = ids.has(connection) ? { connection, of, jurisdiction } : undefined;
      if (object) await api.call("POST", "/restore/objects", nothing, { object, schema });
    } else if (!object) return;
    else if (one.kind === "rows") {
      await api.call("POST", "/restore/rows", nothing, { object, tables: [{ table: one.table, rows: one.rows }] });
    } else if (one.kind === "object end") {
      await api.call("POST", "/restore/objects/end", nothing, { object, counts: one.counts });
      progress.tick();
    }
  });
  progress.end();
}

type Row = TableRows["rows"][number];

/** The deployment's own rows, then all connections at once, as `change` leaves them. */
export async function restoreControl(
  api: AdminApi,
  { head, control }: Checked,
  change: (table: string, row: Row) => Row | undefined,
): Promise<void> {
  if (head.of === "deployment") {
    // The calls that follow are written down behind the newest rows; the others fill up what is before.
    const ends = control.endsOfAudit();
    if (ends.rows.length > 0) {
      await api.call("POST", "/restore/deployment", nothing, { tables: [ends], startsOver: true });
    }
    for (const table of control.tables().filter((name) => !OF_CONNECTIONS.includes(name))) {
      for (const page of control.read(table)) {
        await api.call("POST", "/restore/deployment", nothing, { tables: [page] });
      }
    }
  }
  const tables = OF_CONNECTIONS.map((table) => ({
    table,
    rows: [...control.read(table)]
      .flatMap((page) => page.rows)
      .map((row) => change(table, row))
      .filter((row) => row !== undefined),
  }));
  await api.call("POST", "/restore/end", nothing, { tables, isImport: head.of === "connection" });
}

/** Has every object begin to work, and seal with the master key of here. */
export async function wakeAll(api: AdminApi): Promise<void> {
  const { answer } = MASTER_KEY_ROUTES.resealAll;
  for (let after: string | null = ""; after !== null; ) {
    const told: z.infer<typeof answer> = await api.call("POST", "/master-key/reseal", answer, { after });
    after = told.next;
  }
}
