// Queries on the addresses of customers' pages, and on the browsers that have used them.

import { and, desc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import { customerInvites } from "./console-tables.ts";
import type { Control } from "./control.ts";
import { connections } from "./control-tables.ts";

export type Invite = typeof customerInvites.$inferSelect;

const DAY_MS = 86_400_000;
/** So long an invite that nobody can use any more is still listed. */
const KEPT_MS = 30 * DAY_MS;
const MAX_LISTED = 100;

/** Stores an invite, and forgets those that ended long ago. */
export async function insertInvite(control: Control, row: Invite): Promise<void> {
  const end = sql`coalesce(${customerInvites.endsAt}, ${customerInvites.expiresAt})`;
  await control.batch([
    control.delete(customerInvites).where(lte(end, row.createdAt - KEPT_MS)),
    control.insert(customerInvites).values(row),
  ]);
}

/** Newest first. */
export async function listInvites(control: Control, connectionId: string): Promise<Invite[]> {
  return control
    .select()
    .from(customerInvites)
    .where(eq(customerInvites.connectionId, connectionId))
    .orderBy(desc(customerInvites.createdAt), desc(customerInvites.id))
    .limit(MAX_LISTED);
}

const isUsable = (hash: string, now: number) =>
  and(
    eq(customerInvites.hash, hash),
    isNull(customerInvites.usedAt),
    isNull(customerInvites.revokedAt),
    gt(customerInvites.expiresAt, now),
  );

/** Whether an address can be used; a look uses nothing up. */
export async function isInviteUsable(control: Control, hash: string, now: number): Promise<boolean> {
  const found = await control.select({ id: customerInvites.id }).from(customerInvites).where(isUsable(hash, now));
  return found.length > 0;
}

/** Uses an address up; of several who use it at the same time one gets it. */
export async function takeInvite(control: Control, hash: string, now: number): Promise<Invited | undefined> {
  const [taken] = await control
    .update(customerInvites)
    .set({ usedAt: now })
    .where(isUsable(hash, now))
    .returning({ id: customerInvites.id });
  return taken && findInvited(control, taken.id);
}

export interface Invited {
  invite: Invite;
  connection: { id: string; name: string };
}

/** An invite with the connection that it is for, by its id or by what its browser's cookie holds; none that was revoked. */
export async function findInvited(
  control: Control,
  by: string | { sessionHash: string; now: number },
): Promise<Invited | undefined> {
  const isMeant =
    typeof by === "string"
      ? eq(customerInvites.id, by)
      : and(eq(customerInvites.sessionHash, by.sessionHash), gt(customerInvites.endsAt, by.now));
  const [found] = await control
    .select({ invite: customerInvites, connection: { id: connections.id, name: connections.name } })
    .from(customerInvites)
    .innerJoin(connections, eq(connections.id, customerInvites.connectionId))
    .where(and(isMeant, isNull(customerInvites.revokedAt)));
  return found;
}

/** Notes which browser has the page, and until when; null: none any more. */
export async function setInviteSession(
  control: Control,
  id: string,
  sessionHash: string | null,
  endsAt: number,
): Promise<void> {
  await control.update(customerInvites).set({ sessionHash, endsAt }).where(eq(customerInvites.id, id));
}

/** Revokes an invite, and closes the page that was opened with it; false where there is no open one. */
export async function revokeInvite(control: Control, connectionId: string, id: string, now: number): Promise<boolean> {
  const isOpen = and(
    eq(customerInvites.connectionId, connectionId),
    eq(customerInvites.id, id),
    isNull(customerInvites.revokedAt),
  );
  const revoked = await control
    .update(customerInvites)
    .set({ revokedAt: now, sessionHash: null })
    .where(isOpen)
    .returning({ id: customerInvites.id });
  return revoked.length > 0;
}
