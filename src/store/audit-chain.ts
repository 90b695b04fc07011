// How rows of the audit are chained: each carries the hash of the one before it, so that a row that was changed, taken out or
// put in later is found. Pure functions, which the Worker writes with and the command line verifies with.

import type { audit } from "./administrator-tables.ts";

export type AuditRow = typeof audit.$inferSelect;
/** A row that has no place in its chain yet. */
export type AuditEntry = Omit<AuditRow, "seq" | "before" | "hash">;
/** The end of a chain: the number and the hash of its newest row. */
export type Head = Pick<AuditRow, "seq" | "hash">;

/** What only reads is kept for a shorter time, so that it has a chain of its own: rows go from the old end only. */
export const chainOf = (method: string): AuditRow["chain"] =>
  ["GET", "HEAD", "OPTIONS"].includes(method) ? "reads" : "changes";

/** SHA-256 of the row with the hash of the row before it, in lower-case hexadecimal. */
async function hashRow(row: Omit<AuditRow, "hash">): Promise<string> {
  const { before, chain, seq, id, at, actor, actorKind, actorId, role, address } = row;
  const { method, route, target, connection, connectionId, fields, status, requestId } = row;
  const who = [actor, actorKind, actorId, role, address];
  const what = [method, route, target, connection, connectionId, fields, status, requestId];
  const text = JSON.stringify([before, chain, seq, id, at, who, what]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The entry as the next row of its chain. */
export async function toNextRow(entry: AuditEntry, head: Head | undefined): Promise<AuditRow> {
  const row = { ...entry, seq: (head?.seq ?? 0) + 1, before: head?.hash ?? "" };
  return { ...row, hash: await hashRow(row) };
}

/** Why a row does not follow the one before it in its chain; undefined where it does. */
export async function whyBroken(row: AuditRow, previous: AuditRow | undefined): Promise<string | undefined> {
  // Rows of the time before there were chains come first.
  if (row.hash === "") return previous?.hash ? "it has no hash, and the row before it has one" : undefined;
  if ((await hashRow(row)) !== row.hash) return "its hash does not fit what it says: it was changed";
  if (previous === undefined) {
    return row.seq === 1 && row.before !== "" ? "it is the first and names a row before it" : undefined;
  }
  if (row.seq !== previous.seq + 1) return `rows ${previous.seq + 1} to ${row.seq - 1} before it are missing`;
  return row.before === previous.hash ? undefined : "it does not carry the hash of the row before it";
}
