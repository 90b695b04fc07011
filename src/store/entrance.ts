// Queries on what lets identity providers in: credentials, the keys that sign access tokens, and issuers' public keys.

import { and, asc, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Control } from "./control.ts";
import { connections, entranceCredentials, keySets, type PublicKey, signingKeys } from "./control-tables.ts";

export type EntranceRow = typeof entranceCredentials.$inferSelect;
export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** A credential with what its connection adds to the question whether it lets anybody in. */
export type Candidate = Awaited<ReturnType<typeof findCandidates>>[number];

const HOUR_MS = 3_600_000;
/** How many signing keys are believed at once. */
const ALIVE_KEYS = 2;

async function findCandidates(control: Control, condition: SQL | undefined) {
  return control
    .select({
      credential: entranceCredentials,
      connection: {
        id: connections.id,
        name: connections.name,
        state: connections.state,
        mode: connections.mode,
        jurisdiction: connections.jurisdiction,
        epoch: connections.epoch,
        profile: connections.profile,
      },
    })
    .from(entranceCredentials)
    .innerJoin(connections, eq(connections.id, entranceCredentials.connectionId))
    .where(condition)
    .orderBy(asc(entranceCredentials.createdAt));
}

/** The bearer token with this hash, revoked or not: one indexed row. */
export async function findBearer(control: Control, hash: string): Promise<Candidate | undefined> {
  // A client secret has a hash too, and is no bearer token.
  const isBearer = and(eq(entranceCredentials.hash, hash), eq(entranceCredentials.kind, "bearer"));
  return (await findCandidates(control, isBearer))[0];
}

/** The bearer token that begins so and is not revoked. */
export async function findMarked(control: Control, mark: string): Promise<Candidate | undefined> {
  const isOpen = and(
    eq(entranceCredentials.mark, mark),
    eq(entranceCredentials.kind, "bearer"),
    isNull(entranceCredentials.revokedAt),
  );
  return (await findCandidates(control, isOpen))[0];
}

/** The credential of this id, revoked or not. */
export async function findCandidate(control: Control, id: string): Promise<Candidate | undefined> {
  return (await findCandidates(control, eq(entranceCredentials.id, id)))[0];
}

/** What an OAuth client may prove itself with; a connection's id is the id of its client. */
export function findClient(control: Control, clientId: string): Promise<Candidate[]> {
  return findCandidates(
    control,
    and(
      eq(entranceCredentials.connectionId, clientId),
      inArray(entranceCredentials.kind, ["secret", "key", "federation"]),
    ),
  );
}

/** The credentials that trust Entra's own tokens of a tenant, of whichever connection. */
export function findTrustOfTenant(control: Control, tenant: string): Promise<Candidate[]> {
  return findCandidates(
    control,
    and(
      eq(entranceCredentials.tenant, tenant),
      eq(entranceCredentials.kind, "entra"),
      isNull(entranceCredentials.revokedAt),
    ),
  );
}

export async function insertCredential(control: Control, row: EntranceRow): Promise<void> {
  await control.insert(entranceCredentials).values(row);
}

export async function listCredentials(control: Control, connectionId: string): Promise<EntranceRow[]> {
  return control
    .select()
    .from(entranceCredentials)
    .where(eq(entranceCredentials.connectionId, connectionId))
    .orderBy(asc(entranceCredentials.createdAt), asc(entranceCredentials.id));
}

/** Unrevoked credentials that end between the two times, of all connections or of one. */
export async function listExpiring(
  control: Control,
  from: number,
  to: number,
  connectionId?: string,
): Promise<EntranceRow[]> {
  return control
    .select()
    .from(entranceCredentials)
    .where(
      and(
        connectionId === undefined ? undefined : eq(entranceCredentials.connectionId, connectionId),
        isNull(entranceCredentials.revokedAt),
        gt(entranceCredentials.expiresAt, from),
        lt(entranceCredentials.expiresAt, to),
      ),
    )
    .orderBy(asc(entranceCredentials.expiresAt));
}

/** Unrevoked credentials that end between the two times, unless a younger one of their connection is in use and lives longer. */
export async function listEndingCredentials(control: Control, from: number, to: number) {
  const younger = sql`select 1 from ${entranceCredentials} as younger where younger.connection_id = ${entranceCredentials.connectionId}
    and younger.created_at > ${entranceCredentials.createdAt} and younger.expires_at > ${entranceCredentials.expiresAt}
    and younger.revoked_at is null and younger.last_used_at is not null`;
  return control
    .select({ credential: entranceCredentials, connection: { id: connections.id, name: connections.name } })
    .from(entranceCredentials)
    .innerJoin(connections, eq(connections.id, entranceCredentials.connectionId))
    .where(
      and(
        isNull(entranceCredentials.revokedAt),
        gt(entranceCredentials.expiresAt, from),
        lt(entranceCredentials.expiresAt, to),
        sql`not exists (${younger})`,
      ),
    );
}

const isOpen = (connectionId: string, id: string) =>
  and(
    eq(entranceCredentials.connectionId, connectionId),
    eq(entranceCredentials.id, id),
    isNull(entranceCredentials.revokedAt),
  );

/** Ends a credential and its access tokens; false where there is no open one. */
export async function revokeCredential(control: Control, connectionId: string, id: string, now: number) {
  const rows = await control
    .update(entranceCredentials)
    .set({ revokedAt: now, epoch: sql`${entranceCredentials.epoch} + 1` })
    .where(isOpen(connectionId, id))
    .returning({ id: entranceCredentials.id });
  return rows.length > 0;
}

/** Ends every credential of a connection and every access token; says how many were open. */
export async function revokeAllCredentials(control: Control, connectionId: string, now: number): Promise<number> {
  const [revoked] = await control.batch([
    control
      .update(entranceCredentials)
      .set({ revokedAt: now, epoch: sql`${entranceCredentials.epoch} + 1` })
      .where(and(eq(entranceCredentials.connectionId, connectionId), isNull(entranceCredentials.revokedAt)))
      .returning({ id: entranceCredentials.id }),
    control
      .update(connections)
      .set({ epoch: sql`${connections.epoch} + 1` })
      .where(eq(connections.id, connectionId)),
  ]);
  return revoked.length;
}

/** Lets a credential read and nothing else; undefined where there is no open one. */
export async function demoteCredential(control: Control, connectionId: string, id: string) {
  const [row] = await control
    .update(entranceCredentials)
    .set({ scopes: ["read"] })
    .where(isOpen(connectionId, id))
    .returning();
  return row;
}

export const isUseDue = (lastUsedAt: number | null, now: number): boolean =>
  lastUsedAt === null || lastUsedAt < now - HOUR_MS;

/** Notes that a credential was used, at most once an hour, whichever isolate is asked. */
export async function noteUse(control: Control, id: string, now: number): Promise<void> {
  const isDue = or(isNull(entranceCredentials.lastUsedAt), lt(entranceCredentials.lastUsedAt, now - HOUR_MS));
  await control
    .update(entranceCredentials)
    .set({ lastUsedAt: now })
    .where(and(eq(entranceCredentials.id, id), isDue));
}

/** Notes a warning so many days before the end; true for the one caller that has to warn. */
export async function noteWarning(control: Control, id: string, days: number): Promise<boolean> {
  const isDue = or(isNull(entranceCredentials.warnedDays), gt(entranceCredentials.warnedDays, days));
  const rows = await control
    .update(entranceCredentials)
    .set({ warnedDays: days })
    .where(and(eq(entranceCredentials.id, id), isDue))
    .returning({ id: entranceCredentials.id });
  return rows.length > 0;
}

/** The signing keys that are alive, the newest first. */
export async function listSigningKeys(control: Control): Promise<SigningKeyRow[]> {
  return control.select().from(signingKeys).orderBy(desc(signingKeys.createdAt)).limit(ALIVE_KEYS);
}

/** Stores the first signing key; where another isolate was faster, its key stays the only one. */
export async function insertFirstSigningKey(control: Control, row: SigningKeyRow): Promise<void> {
  await control
    .insert(signingKeys)
    .select(sql`select ${row.id}, ${row.sealed}, ${row.createdAt} where not exists (select 1 from ${signingKeys})`);
}

/** Adds a signing key and forgets those that are not alive any more. */
export async function insertSigningKey(control: Control, { id, sealed, createdAt }: SigningKeyRow): Promise<void> {
  // The newest also where the clock was set back since the one before it.
  const after = sql<number>`max(${createdAt}, coalesce((select max(created_at) + 1 from signing_keys), 0))`;
  const alive = sql`select id from signing_keys order by created_at desc limit ${ALIVE_KEYS}`;
  await control.batch([
    control.insert(signingKeys).values({ id, sealed, createdAt: after }),
    control.delete(signingKeys).where(sql`${signingKeys.id} not in (${alive})`),
  ]);
}

/** Stores a signing key under the present master key. */
export async function resealSigningKey(control: Control, id: string, sealed: string): Promise<void> {
  await control.update(signingKeys).set({ sealed }).where(eq(signingKeys.id, id));
}

export async function findKeySet(control: Control, url: string) {
  const [row] = await control.select().from(keySets).where(eq(keySets.url, url)).limit(1);
  return row;
}

export async function upsertKeySet(control: Control, url: string, keys: PublicKey[], fetchedAt: number): Promise<void> {
  await control
    .insert(keySets)
    .values({ url, keys, fetchedAt })
    .onConflictDoUpdate({ target: keySets.url, set: { keys, fetchedAt } });
}
