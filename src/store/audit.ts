// What administrators did, in D1: written with every call, kept for a time, and never more than so much.

import { and, desc, eq, lt, ne, sql } from "drizzle-orm";
import type { Control } from "./control.ts";
import { audit } from "./control-tables.ts";

export type AuditRow = typeof audit.$inferInsert;

const DAY_MS = 86_400_000;
/** A call that only read is forgotten sooner than one that changed something. */
const KEPT_MS = { reads: 30 * DAY_MS, all: 400 * DAY_MS };
const MAX_AUDIT_ROWS = 500_000;
/** Rows that are deleted in one go. */
const BATCH = 500;
/** Names of fields that one row lists, and how much of each: a caller can invent both. */
const MAX_FIELDS = 20;
const MAX_FIELD_LENGTH = 64;

/** A row whose id is there already is written down. */
export async function insertAudit(control: Control, row: AuditRow): Promise<void> {
  await control
    .insert(audit)
    .values({ ...row, fields: bounded(row.fields) })
    .onConflictDoNothing({ target: audit.id });
}

const bounded = (fields: readonly string[]): string[] =>
  fields.slice(0, MAX_FIELDS).map((name) => name.slice(0, MAX_FIELD_LENGTH));

/** Writes down how a call ended. */
export async function updateAudit(
  control: Control,
  id: string,
  end: Pick<AuditRow, "status" | "fields" | "connection">,
): Promise<void> {
  await control
    .update(audit)
    .set({ ...end, fields: bounded(end.fields) })
    .where(eq(audit.id, id));
}

/** What administrators did, newest first; of one connection where one is named, and before the given call. */
export async function listAudit(
  control: Control,
  limit: number,
  {
    connection,
    before,
    changesOnly,
  }: { connection?: string | undefined; before?: number | undefined; changesOnly: boolean },
): Promise<(typeof audit.$inferSelect)[]> {
  return control
    .select()
    .from(audit)
    .where(
      and(
        connection === undefined ? undefined : eq(audit.connection, connection),
        before === undefined ? undefined : lt(audit.at, before),
        changesOnly ? ne(audit.method, "GET") : undefined,
      ),
    )
    .orderBy(desc(audit.at), desc(audit.id))
    .limit(limit);
}

/** Deletes some of what is too old or too much; every object's alarm asks for it. */
export async function trimAudit(control: Control, now: number, rows = MAX_AUDIT_ROWS): Promise<void> {
  // Row ids grow by one with every row, so that nothing has to be counted.
  const beyond = sql`rowid <= (select max(rowid) from audit) - ${rows}`;
  const old = lt(audit.at, now - KEPT_MS.all);
  // Older rows were deleted by an earlier trim.
  const isOldRead = sql`method = 'GET' and at between ${now - KEPT_MS.reads - 10 * DAY_MS} and ${now - KEPT_MS.reads}`;
  for (const due of [beyond, old, isOldRead]) {
    await control.run(sql`delete from audit where rowid in (select rowid from audit where ${due} limit ${BATCH})`);
  }
}
