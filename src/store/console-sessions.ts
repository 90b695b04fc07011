// Queries on sessions of the console and on the addresses that sign in once.

import { and, eq, gt, lte } from "drizzle-orm";
import { apiKeys } from "./administrator-tables.ts";
import type { ApiKeyRow } from "./api-keys.ts";
import { consoleLinks, consoleSessions } from "./console-tables.ts";
import type { Control } from "./control.ts";

export type ConsoleSession = typeof consoleSessions.$inferSelect;
export type ConsoleLink = typeof consoleLinks.$inferSelect;

/** Stores a session, and forgets those that have ended. */
export async function insertConsoleSession(control: Control, row: ConsoleSession): Promise<void> {
  await control.batch([
    control.delete(consoleSessions).where(lte(consoleSessions.expiresAt, row.createdAt)),
    control.insert(consoleSessions).values(row),
  ]);
}

/** The session with this hash, and the API key that it was signed in with, where it was one. */
export async function findConsoleSession(
  control: Control,
  hash: string,
  now: number,
): Promise<{ session: ConsoleSession; key: ApiKeyRow | null } | undefined> {
  const [found] = await control
    .select({ session: consoleSessions, key: apiKeys })
    .from(consoleSessions)
    .leftJoin(apiKeys, eq(apiKeys.id, consoleSessions.credential))
    .where(and(eq(consoleSessions.hash, hash), gt(consoleSessions.expiresAt, now)));
  return found;
}

/** Ends one session of a credential, or all; how many there were. */
export async function deleteConsoleSessions(control: Control, credential: string, id?: string): Promise<number> {
  const isMeant = and(
    eq(consoleSessions.credential, credential),
    id === undefined ? undefined : eq(consoleSessions.id, id),
  );
  return (await control.delete(consoleSessions).where(isMeant).returning({ id: consoleSessions.id })).length;
}

/** Stores an address that signs in once, and forgets those that nobody can use any more. */
export async function insertConsoleLink(control: Control, row: ConsoleLink, now: number): Promise<void> {
  await control.batch([
    control.delete(consoleLinks).where(lte(consoleLinks.expiresAt, now)),
    control.insert(consoleLinks).values(row),
  ]);
}

/** Takes an address away; of several who use it at the same time one gets it. */
export async function takeConsoleLink(
  control: Control,
  hash: string,
  now: number,
): Promise<{ credential: string; key: ApiKeyRow | null } | undefined> {
  const [link] = await control
    .delete(consoleLinks)
    .where(and(eq(consoleLinks.hash, hash), gt(consoleLinks.expiresAt, now)))
    .returning();
  if (!link) return undefined;
  const [key] = await control.select().from(apiKeys).where(eq(apiKeys.id, link.credential));
  return { credential: link.credential, key: key ?? null };
}
