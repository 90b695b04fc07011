// Queries on webhooks and the secrets that sign for them, in the D1 database "control".

import { and, asc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import { webhookSecrets, webhooks } from "./administrator-tables.ts";
import { among } from "./among.ts";
import type { Control } from "./control.ts";
import { connections } from "./control-tables.ts";

export type WebhookRow = typeof webhooks.$inferSelect;
export type WebhookSecretRow = typeof webhookSecrets.$inferSelect;

/** A webhook with the secrets that sign for it, the newest first. */
export interface SigningWebhook extends WebhookRow {
  secrets: WebhookSecretRow[];
}

/** At once, for one connection or for the whole deployment. */
const MOST_WEBHOOKS = { connection: 5, deployment: 20 } as const;

const newestFirst = sql`${webhookSecrets.createdAt} desc, ${webhookSecrets.id} desc`;

/** Every webhook of the deployment and of connections that are there, the oldest first, with what signs for it now; or the one of an id. */
export async function listSigningWebhooks(control: Control, now: number, id?: string): Promise<SigningWebhook[]> {
  const isMeant = id === undefined ? undefined : eq(webhooks.id, id);
  const isOfIt = id === undefined ? undefined : eq(webhookSecrets.webhookId, id);
  const isThere = sql`(${webhooks.connectionId} is null or exists (select 1 from ${connections}
    where ${connections.id} = ${webhooks.connectionId} and ${connections.state} <> 'erased'))`;
  const [rows, secrets] = await control.batch([
    control.select().from(webhooks).where(and(isMeant, isThere)).orderBy(asc(webhooks.createdAt), asc(webhooks.id)),
    control
      .select()
      .from(webhookSecrets)
      .where(and(isOfIt, or(isNull(webhookSecrets.endsAt), gt(webhookSecrets.endsAt, now))))
      .orderBy(newestFirst),
  ]);
  return rows.map((row) => ({ ...row, secrets: secrets.filter(({ webhookId }) => webhookId === row.id) }));
}

export async function findSigningWebhook(
  control: Control,
  id: string,
  now: number,
): Promise<SigningWebhook | undefined> {
  return (await listSigningWebhooks(control, now, id))[0];
}

/** Stores a webhook with its secret; false where there are as many as there may be, or the connection was erased meanwhile. */
export async function insertWebhook(control: Control, row: WebhookRow, secret: WebhookSecretRow): Promise<boolean> {
  const { connectionId } = row;
  const most = connectionId === null ? MOST_WEBHOOKS.deployment : MOST_WEBHOOKS.connection;
  const isOpen =
    connectionId === null
      ? sql`true`
      : sql`exists (select 1 from ${connections} where id = ${connectionId} and state <> 'erased')`;
  const [made] = await control.batch([
    control
      .insert(webhooks)
      .select(
        sql`select ${row.id}, ${row.name}, ${row.url}, ${connectionId}, ${row.events && JSON.stringify(row.events)},
        ${row.createdAt}, ${row.createdBy}, null, null
        where (select count(*) from ${webhooks} where connection_id is ${connectionId}) < ${most} and ${isOpen}`,
      )
      .returning({ id: webhooks.id }),
    insertSecret(control, secret),
  ]);
  return made.length > 0;
}

/** Only for a webhook that is there. */
const insertSecret = (control: Control, { id, webhookId, sealed, createdAt }: WebhookSecretRow) =>
  control
    .insert(webhookSecrets)
    .select(
      sql`select ${id}, ${webhookId}, ${sealed}, ${createdAt}, null from ${webhooks} where ${webhooks.id} = ${webhookId}`,
    );

/** Changes what a change may name; undefined where there is no such webhook. */
export async function updateWebhook(
  control: Control,
  id: string,
  change: Partial<Pick<WebhookRow, "name" | "events" | "pausedAt" | "pausedWhy">>,
): Promise<WebhookRow | undefined> {
  const [row] = await control.update(webhooks).set(change).where(eq(webhooks.id, id)).returning();
  return row;
}

/** Adds a secret; the one before it signs on until the given time, and older ones no more. */
export async function rotateWebhookSecret(control: Control, secret: WebhookSecretRow, endsAt: number): Promise<void> {
  const ofIt = eq(webhookSecrets.webhookId, secret.webhookId);
  await control.batch([
    control.delete(webhookSecrets).where(and(ofIt, sql`${webhookSecrets.endsAt} is not null`)),
    control.update(webhookSecrets).set({ endsAt }).where(ofIt),
    insertSecret(control, secret),
  ]);
}

/** False where there is no such webhook. */
export async function deleteWebhook(control: Control, id: string): Promise<boolean> {
  const [, gone] = await control.batch([
    control.delete(webhookSecrets).where(eq(webhookSecrets.webhookId, id)),
    control.delete(webhooks).where(eq(webhooks.id, id)).returning({ id: webhooks.id }),
  ]);
  return gone.length > 0;
}

// ---- Secrets --------------------------------------------------------------------------------------------------------

/** Every secret with the address that it was sealed for, the oldest first. */
export async function listWebhookSecrets(control: Control): Promise<(WebhookSecretRow & { url: string })[]> {
  const rows = await control
    .select({ secret: webhookSecrets, url: webhooks.url })
    .from(webhookSecrets)
    .innerJoin(webhooks, eq(webhooks.id, webhookSecrets.webhookId))
    .orderBy(asc(webhookSecrets.createdAt));
  return rows.map(({ secret, url }) => ({ ...secret, url }));
}

/** Stores secrets under the present master key. */
export async function resealWebhookSecret(control: Control, id: string, sealed: string): Promise<void> {
  await control.update(webhookSecrets).set({ sealed }).where(eq(webhookSecrets.id, id));
}

/** Forgets what does not sign any more. */
export async function deleteEndedSecrets(control: Control, now: number): Promise<void> {
  await control.delete(webhookSecrets).where(lte(webhookSecrets.endsAt, now));
}

/** The names of connections by their ids. */
export async function findConnectionNames(control: Control, ids: readonly string[]): Promise<Map<string, string>> {
  const { id, name } = connections;
  const rows = await control
    .select({ id, name })
    .from(connections)
    .where(sql`${id} in ${among(ids)}`);
  return new Map(rows.map((row) => [row.id, row.name]));
}
