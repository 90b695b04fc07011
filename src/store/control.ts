// Queries on the D1 database "control".

import { and, asc, eq, isNull, ne } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { audit, connections, credentials, tokens } from "./control-tables.ts";

export type ConnectionRow = typeof connections.$inferSelect;
export type TokenRow = typeof tokens.$inferSelect;
export type AuditRow = typeof audit.$inferInsert;
/** Sealed secret settings by field. */
export type Sealed = Record<string, string>;

/** Who a token lets in. */
export interface Admission {
  tokenId: string;
  connectionId: string;
  expiresAt: number;
  state: ConnectionRow["state"];
  jurisdiction: ConnectionRow["jurisdiction"];
}

export type Control = DrizzleD1Database;

export function openControl(database: D1Database): Control {
  return drizzle(database);
}

/** One indexed row: the unrevoked token with this hash, and its connection. */
export async function findToken(control: Control, hash: string): Promise<Admission | undefined> {
  const [row] = await control
    .select({
      tokenId: tokens.id,
      connectionId: tokens.connectionId,
      expiresAt: tokens.expiresAt,
      state: connections.state,
      jurisdiction: connections.jurisdiction,
    })
    .from(tokens)
    .innerJoin(connections, eq(connections.id, tokens.connectionId))
    .where(and(eq(tokens.hash, hash), isNull(tokens.revokedAt)))
    .limit(1);
  return row;
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

function credentialUpserts(control: Control, connectionId: string, sealed: Sealed, now: number) {
  return Object.entries(sealed).map(([field, value]) =>
    control
      .insert(credentials)
      .values({ connectionId, field, sealed: value, updatedAt: now })
      .onConflictDoUpdate({
        target: [credentials.connectionId, credentials.field],
        set: { sealed: value, updatedAt: now },
      }),
  );
}

export async function insertConnection(control: Control, row: ConnectionRow, sealed: Sealed): Promise<void> {
  const upserts = credentialUpserts(control, row.id, sealed, row.createdAt);
  await control.batch([control.insert(connections).values(row), ...upserts]);
}

/** Changes a connection and its secrets together; the version grows. */
export async function updateConnection(
  control: Control,
  row: ConnectionRow,
  change: Partial<Omit<ConnectionRow, "id" | "version" | "createdAt">>,
  sealed: Sealed,
  now: number,
): Promise<void> {
  const update = control
    .update(connections)
    .set({ ...change, version: row.version + 1, updatedAt: now })
    .where(eq(connections.id, row.id));
  await control.batch([update, ...credentialUpserts(control, row.id, sealed, now)]);
}

/** Leaves a marker without settings, and nothing that opens the connection; the name is free again. */
export async function eraseConnection(control: Control, row: ConnectionRow, now: number): Promise<void> {
  await control.batch([
    control.delete(tokens).where(eq(tokens.connectionId, row.id)),
    control.delete(credentials).where(eq(credentials.connectionId, row.id)),
    control
      .update(connections)
      .set({ state: "erased", settings: {}, name: `erased:${row.id}`, version: row.version + 1, updatedAt: now })
      .where(eq(connections.id, row.id)),
  ]);
}

export async function insertToken(control: Control, row: TokenRow): Promise<void> {
  await control.insert(tokens).values(row);
}

export async function listTokens(control: Control, connectionId: string): Promise<Omit<TokenRow, "hash">[]> {
  return control
    .select({
      id: tokens.id,
      connectionId: tokens.connectionId,
      label: tokens.label,
      createdAt: tokens.createdAt,
      expiresAt: tokens.expiresAt,
      revokedAt: tokens.revokedAt,
    })
    .from(tokens)
    .where(eq(tokens.connectionId, connectionId))
    .orderBy(asc(tokens.createdAt));
}

/** True if the token was there and open. */
export async function revokeToken(control: Control, connectionId: string, id: string, now: number): Promise<boolean> {
  const rows = await control
    .update(tokens)
    .set({ revokedAt: now })
    .where(and(eq(tokens.id, id), eq(tokens.connectionId, connectionId), isNull(tokens.revokedAt)))
    .returning({ id: tokens.id });
  return rows.length > 0;
}

export async function insertAudit(control: Control, row: AuditRow): Promise<void> {
  await control.insert(audit).values(row);
}
