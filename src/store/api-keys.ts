// Queries on API keys, and on what waits for somebody to look at that is about the whole deployment.

import { and, asc, count, eq, gt, isNull, lt, lte, or, sql } from "drizzle-orm";
import { apiKeys, gatewayAlarms } from "./administrator-tables.ts";
import type { Control } from "./control.ts";

export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type GatewayAlarm = typeof gatewayAlarms.$inferSelect;

const MINUTE_MS = 60_000;

/** The key with this hash, revoked or not: one indexed row. */
export async function findApiKey(control: Control, hash: string): Promise<ApiKeyRow | undefined> {
  const [row] = await control.select().from(apiKeys).where(eq(apiKeys.hash, hash)).limit(1);
  return row;
}

/** Whether any key was ever made. */
export async function hasApiKeys(control: Control): Promise<boolean> {
  return (await control.select({ id: apiKeys.id }).from(apiKeys).limit(1)).length > 0;
}

const isOpen = (now: number) => and(isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, now));

/** How many keys can do everything there is to do. */
export async function countOwners(control: Control, now: number): Promise<number> {
  const isOwner = and(eq(apiKeys.role, "owner"), isNull(apiKeys.connections), isOpen(now));
  const [found] = await control.select({ n: count() }).from(apiKeys).where(isOwner);
  return found?.n ?? 0;
}

export async function listApiKeys(control: Control): Promise<ApiKeyRow[]> {
  return control.select().from(apiKeys).orderBy(asc(apiKeys.createdAt), asc(apiKeys.id));
}

/** Stores a key; false where an open one has its name, or there are as many as there may be. */
export async function insertApiKey(control: Control, row: ApiKeyRow, most: number): Promise<boolean> {
  const hasEnded = and(eq(apiKeys.name, row.name), isNull(apiKeys.revokedAt), lte(apiKeys.expiresAt, row.createdAt));
  const [, rows] = await control.batch([
    // The name of a key that has expired is free.
    control.update(apiKeys).set({ revokedAt: apiKeys.expiresAt }).where(hasEnded),
    control
      .insert(apiKeys)
      .select(
        sql`select ${row.id}, ${row.name}, ${row.role}, ${row.connections && JSON.stringify(row.connections)}, ${row.hash},
        ${row.hint}, ${row.createdBy}, ${row.createdAt}, ${row.expiresAt}, null, null
        where (select count(*) from ${apiKeys} where revoked_at is null) < ${most}`,
      )
      .onConflictDoNothing()
      .returning({ id: apiKeys.id }),
  ]);
  return rows.length > 0;
}

/**
 * Ends a key; false where there is no open one.
 * @param leavesOwner refuses to end the last one that can make others, also where two are ended at the same time
 */
export async function revokeApiKey(control: Control, id: string, now: number, leavesOwner: boolean): Promise<boolean> {
  const another = sql`(role <> 'owner' or connections is not null or expires_at <= ${now} or exists (
    select 1 from api_keys as another where another.id <> ${id} and another.role = 'owner'
    and another.connections is null and another.revoked_at is null and another.expires_at > ${now}))`;
  const rows = await control
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt), leavesOwner ? another : undefined))
    .returning({ id: apiKeys.id });
  return rows.length > 0;
}

export const isKeyUseDue = ({ lastUsedAt }: ApiKeyRow, now: number): boolean =>
  lastUsedAt === null || Math.abs(now - lastUsedAt) >= MINUTE_MS;

/** Notes that a key was used, at most once a minute, whichever isolate is asked. */
export async function noteKeyUse(control: Control, id: string, now: number): Promise<void> {
  const isDue = or(
    isNull(apiKeys.lastUsedAt),
    lt(apiKeys.lastUsedAt, now - MINUTE_MS + 1),
    gt(apiKeys.lastUsedAt, now),
  );
  await control
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, id), isDue));
}

/** Forgets keys that nobody can use any more since so long. */
export async function deleteEndedKeys(control: Control, before: number): Promise<void> {
  await control.delete(apiKeys).where(or(lt(apiKeys.revokedAt, before), lt(apiKeys.expiresAt, before)));
}

/** Raises an alarm about the whole deployment, or notes that what it is about has happened again. */
export async function raiseGatewayAlarm(control: Control, kind: GatewayAlarm["kind"], now: number): Promise<void> {
  await control
    .insert(gatewayAlarms)
    .values({ kind, since: now, lastAt: now })
    .onConflictDoUpdate({
      target: gatewayAlarms.kind,
      set: {
        since: sql`case when ${gatewayAlarms.acknowledgedAt} is null then ${gatewayAlarms.since} else ${now} end`,
        // What was acknowledged and happens again is told again.
        toldAt: sql`case when ${gatewayAlarms.acknowledgedAt} is null then ${gatewayAlarms.toldAt} end`,
        lastAt: now,
        acknowledgedAt: null,
        acknowledgedBy: null,
      },
    });
}

/** Open alarms that webhooks were not told of. */
export async function listUntoldAlarms(control: Control): Promise<GatewayAlarm[]> {
  return control
    .select()
    .from(gatewayAlarms)
    .where(and(isNull(gatewayAlarms.toldAt), isNull(gatewayAlarms.acknowledgedAt)));
}

export async function setAlarmTold(
  control: Control,
  kind: GatewayAlarm["kind"],
  since: number,
  now: number,
): Promise<void> {
  await control
    .update(gatewayAlarms)
    .set({ toldAt: now })
    .where(and(eq(gatewayAlarms.kind, kind), eq(gatewayAlarms.since, since)));
}

export async function listGatewayAlarms(control: Control): Promise<GatewayAlarm[]> {
  return control.select().from(gatewayAlarms).orderBy(asc(gatewayAlarms.since));
}

/** Acknowledges an alarm; false where it is not open. */
export async function acknowledgeGatewayAlarm(
  control: Control,
  kind: string,
  now: number,
  by: string,
): Promise<boolean> {
  const rows = await control
    .update(gatewayAlarms)
    .set({ acknowledgedAt: now, acknowledgedBy: by })
    .where(and(sql`${gatewayAlarms.kind} = ${kind}`, isNull(gatewayAlarms.acknowledgedAt)))
    .returning({ kind: gatewayAlarms.kind });
  return rows.length > 0;
}
