// Queries on the D1 database "control".

import { and, asc, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { webhookSecrets, webhooks } from "./administrator-tables.ts";
import { among } from "./among.ts";
import { customerInvites } from "./console-tables.ts";
import { connections, credentials, entranceCredentials } from "./control-tables.ts";
import { rollups } from "./rollup-tables.ts";

export type ConnectionRow = typeof connections.$inferSelect;
/** Sealed secret settings by field. */
export type Sealed = Record<string, string>;

export type Control = DrizzleD1Database;

const opened = new WeakMap<D1Database, Control>();

export function openControl(database: D1Database): Control {
  const control = opened.get(database) ?? drizzle(database);
  opened.set(database, control);
  return control;
}

export async function findConnection(control: Control, by: { id: string } | { name: string }) {
  const [row] = await control
    .select()
    .from(connections)
    .where("id" in by ? eq(connections.id, by.id) : eq(connections.name, by.name))
    .limit(1);
  return row;
}

export async function listConnections(control: Control): Promise<ConnectionRow[]> {
  return control.select().from(connections).where(ne(connections.state, "erased")).orderBy(asc(connections.name));
}

export async function findCredentials(control: Control, connectionId: string): Promise<Sealed> {
  const rows = await control.select().from(credentials).where(eq(credentials.connectionId, connectionId));
  return Object.fromEntries(rows.map((row) => [row.field, row.sealed]));
}

/** Stores a secret under a new seal, unless another call has stored another one meanwhile. */
export async function resealSecret(
  control: Control,
  { connectionId, field }: { connectionId: string; field: string },
  before: string,
  sealed: string,
): Promise<void> {
  await control
    .update(credentials)
    .set({ sealed })
    .where(
      and(eq(credentials.connectionId, connectionId), eq(credentials.field, field), eq(credentials.sealed, before)),
    );
}

/** What becomes of a connection's secrets. */
export interface SecretChange {
  sealed: Sealed;
  /** Fields that have no secret any more. */
  removed: readonly string[];
}

/** The connection as it was read: neither changed nor erased since. */
const isStill = ({ id, version }: Pick<ConnectionRow, "id" | "version">): SQL =>
  sql`${connections.id} = ${id} and ${connections.version} = ${version} and ${connections.state} <> 'erased'`;

/** Stores the secrets of the connection that the condition finds, if there is one. */
function upsertSecrets(control: Control, connection: SQL, sealed: Sealed, now: number) {
  const changed = { sealed: sql`excluded.sealed`, updatedAt: now };
  return control
    .insert(credentials)
    .select(
      sql`select ${connections.id}, each.key, each.value, ${now}
        from ${connections}, json_each(${JSON.stringify(sealed)}) as each where ${connection}`,
    )
    .onConflictDoUpdate({ target: [credentials.connectionId, credentials.field], set: changed });
}

/** False where the name is taken. */
export async function insertConnection(control: Control, row: ConnectionRow, sealed: Sealed): Promise<boolean> {
  const [inserted] = await control.batch([
    control
      .insert(connections)
      .values(row)
      .onConflictDoNothing({ target: connections.name })
      .returning({ id: connections.id }),
    upsertSecrets(control, isStill(row), sealed, row.createdAt),
  ]);
  return inserted.length > 0;
}

/**
 * Changes a connection and its secrets together; the version grows. Undefined, and nothing is changed, where
 * another call was faster with a change, the erasure or the name.
 */
export async function updateConnection(
  control: Control,
  row: ConnectionRow,
  change: Partial<Omit<ConnectionRow, "id" | "version" | "createdAt">>,
  secrets: SecretChange,
  now: number,
): Promise<ConnectionRow | undefined> {
  const { name = row.name } = change;
  const isOurs = sql`${isStill(row)} and not exists
    (select 1 from connections as other where other.name = ${name} and other.id <> ${row.id})`;
  // The secrets come first: they are bound to the version that the update ends.
  const [, , updated] = await control.batch([
    control
      .delete(credentials)
      .where(
        and(
          eq(credentials.connectionId, row.id),
          sql`${credentials.field} in ${among(secrets.removed)}`,
          sql`exists (select 1 from ${connections} where ${isOurs})`,
        ),
      ),
    upsertSecrets(control, isOurs, secrets.sealed, now),
    control
      .update(connections)
      .set({ ...change, version: row.version + 1, updatedAt: now })
      .where(isOurs)
      .returning(),
  ]);
  return updated[0];
}

/** Notes how many alarms wait; no change of the connection, so its version stays. */
export async function setOpenAlarms(control: Control, id: string, openAlarms: number): Promise<void> {
  await control.update(connections).set({ openAlarms }).where(eq(connections.id, id));
}

/** Notes which vendor account a connection leads to; no change of the connection, so its version stays. */
export async function setAccountMarks(control: Control, id: string, accountMarks: string[]): Promise<void> {
  await control.update(connections).set({ accountMarks }).where(eq(connections.id, id));
}

/** The names of other connections that lead to the same vendor account. */
export async function listSharingAccount(control: Control, id: string, marks: readonly string[]): Promise<string[]> {
  const rows = await control
    .selectDistinct({ name: connections.name })
    .from(connections)
    .where(
      sql`${connections.id} <> ${id} and ${connections.state} <> 'erased' and exists (
        select 1 from json_each(${connections.accountMarks}) as mark
        where mark.value in ${among(marks)})`,
    )
    .orderBy(asc(connections.name));
  return rows.map(({ name }) => name);
}

/** Leaves a marker without any personal data, and nothing that opens the connection; the name is free again. */
export async function eraseConnection(control: Control, id: string, now: number): Promise<void> {
  const itsWebhooks = control.select({ id: webhooks.id }).from(webhooks).where(eq(webhooks.connectionId, id));
  await control.batch([
    control.delete(entranceCredentials).where(eq(entranceCredentials.connectionId, id)),
    control.delete(credentials).where(eq(credentials.connectionId, id)),
    control.delete(rollups).where(eq(rollups.connectionId, id)),
    control.delete(customerInvites).where(eq(customerInvites.connectionId, id)),
    control.delete(webhookSecrets).where(inArray(webhookSecrets.webhookId, itsWebhooks)),
    control.delete(webhooks).where(eq(webhooks.connectionId, id)),
    control
      .update(connections)
      .set({
        state: "erased",
        settings: {},
        protected: { users: [], groups: [] },
        accountMarks: null,
        name: `erased:${id}`,
        version: sql`${connections.version} + 1`,
        updatedAt: now,
      })
      .where(eq(connections.id, id)),
  ]);
}

/**
 * Stores what has an id of its own. A database can lose its answer to a write that it has made, so a failure is believed
 * only when a look shows that nothing is there.
 */
export async function storeOnce<T>(store: () => Promise<T>, isThere: () => Promise<T | undefined>): Promise<T> {
  try {
    return await store();
  } catch (error) {
    const found = await isThere();
    if (found === undefined) throw error;
    return found;
  }
}
