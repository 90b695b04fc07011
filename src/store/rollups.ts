// What the objects of connections tell of themselves, in D1: one row each, read together.

import { and, asc, eq, gt, isNull, min, ne, sql } from "drizzle-orm";
import type { Control } from "./control.ts";
import { connections, entranceCredentials } from "./control-tables.ts";
import { rollups } from "./rollup-tables.ts";

export type RollupRow = typeof rollups.$inferSelect;
/** What an object tells of itself. */
export type Rollup = Omit<RollupRow, "connectionId" | "isShadow">;

/** Replaces what the object has told before; an erased connection tells nothing any more. */
export async function upsertRollup(control: Control, row: RollupRow): Promise<void> {
  const { connectionId, isShadow, ...told } = row;
  const { hours, indexing, ...numbers } = told;
  const values = [
    ...[connectionId, isShadow ? 1 : 0, numbers.at, numbers.requests, numbers.failures, numbers.lastRequestAt],
    ...[JSON.stringify(hours), numbers.held, numbers.alarms, numbers.owed, numbers.parked, JSON.stringify(indexing)],
  ].map((value) => sql`${value}`);
  await control
    .insert(rollups)
    .select(
      sql`select ${sql.join(values, sql`, `)} from ${connections}
        where ${connections.id} = ${connectionId} and ${connections.state} <> 'erased'`,
    )
    .onConflictDoUpdate({ target: [rollups.connectionId, rollups.isShadow], set: told });
}

/** The credential that ends first of those that let anybody in now. */
type FirstToEnd = Pick<typeof entranceCredentials.$inferSelect, "id" | "kind" | "label" | "expiresAt">;

export interface ConnectionHealth {
  connection: Pick<typeof connections.$inferSelect, "id" | "name" | "vendor" | "purpose" | "mode" | "state">;
  own: Rollup | undefined;
  shadow: Rollup | undefined;
  credential: FirstToEnd | undefined;
}

/** Every connection, or the one of a name, with what was told of it: three queries, however many connections there are. */
export async function listHealth(control: Control, now: number, name?: string): Promise<ConnectionHealth[]> {
  const isMeant = and(ne(connections.state, "erased"), name === undefined ? undefined : eq(connections.name, name));
  const { id, vendor, purpose, mode, state } = connections;
  const [rows, told, ending] = await control.batch([
    control
      .select({ id, name: connections.name, vendor, purpose, mode, state })
      .from(connections)
      .where(isMeant)
      .orderBy(asc(connections.name)),
    control
      .select({ rollup: rollups })
      .from(rollups)
      .innerJoin(connections, eq(connections.id, rollups.connectionId))
      .where(isMeant),
    // SQLite takes the other columns from the row that has the minimum.
    control
      .select({
        connectionId: entranceCredentials.connectionId,
        id: entranceCredentials.id,
        kind: entranceCredentials.kind,
        label: entranceCredentials.label,
        expiresAt: min(entranceCredentials.expiresAt),
      })
      .from(entranceCredentials)
      .innerJoin(connections, eq(connections.id, entranceCredentials.connectionId))
      .where(and(isMeant, isNull(entranceCredentials.revokedAt), gt(entranceCredentials.expiresAt, now)))
      .groupBy(entranceCredentials.connectionId),
  ]);
  const rollupOf = new Map(told.map(({ rollup }) => [`${rollup.connectionId} ${rollup.isShadow}`, rollup]));
  const endingOf = new Map(
    ending.map(({ connectionId, expiresAt, ...one }) => [connectionId, { ...one, expiresAt: Number(expiresAt) }]),
  );
  return rows.map((connection) => ({
    connection,
    own: rollupOf.get(`${connection.id} false`),
    shadow: rollupOf.get(`${connection.id} true`),
    credential: endingOf.get(connection.id),
  }));
}
