// What administrators did, in D1: added with every call, kept for a time, and never more than so much.

import { and, asc, desc, eq, gt, lt, ne, or, type SQL, sql } from "drizzle-orm";
import { audit } from "./administrator-tables.ts";
import { among } from "./among.ts";
import { deleteEndedKeys } from "./api-keys.ts";
import { type AuditEntry, type AuditRow, type Head, toNextRow } from "./audit-chain.ts";
import type { Control } from "./control.ts";

const DAY_MS = 86_400_000;
/** A call that only read is forgotten sooner than one that changed something. */
const KEPT_MS = { reads: 30 * DAY_MS, changes: 400 * DAY_MS };
const CHAINS = ["reads", "changes"] as const;
const MAX_AUDIT_ROWS = 500_000;
/** Rows that are deleted in one go. */
const BATCH = 500;
/** Names of fields that one row lists, and how much of each: a caller can invent both. */
const MAX_FIELDS = 20;
const MAX_FIELD_LENGTH = 64;
/** So often a row of another isolate may be faster. */
const MAX_ATTEMPTS = 40;
/** So often a call looks whether it is its turn; then the call whose turn it is must have ended without passing it on. */
const MAX_LOOKS = 1_000;
const MAX_PAUSE_MS = 5;

/** The end of each chain as this isolate last saw it: only a guess, because every isolate adds rows. */
const heads = new Map<AuditEntry["chain"], Head | undefined>();
/** The chains to which a call of this isolate is adding a row. No call waits for another one's promise, which may end with it. */
const taken = new Set<AuditEntry["chain"]>();

/**
 * Adds a row at the end of its chain; of those who want to add one at the same time one is next.
 * @throws Error where the row could not be added, or that is not known
 */
export async function appendAudit(control: Control, entry: AuditEntry): Promise<void> {
  const { chain } = entry;
  for (let looks = 0; taken.has(chain) && looks < MAX_LOOKS; looks++) await pause();
  taken.add(chain);
  try {
    await appendNext(control, { ...entry, fields: boundedFields(entry.fields) });
  } finally {
    taken.delete(chain);
  }
}

async function appendNext(control: Control, entry: AuditEntry): Promise<void> {
  const { chain } = entry;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await pause();
    if (attempt > 0 || !heads.has(chain)) heads.set(chain, await findHead(control, chain));
    const head = heads.get(chain);
    const row = await toNextRow(entry, head);
    if (await insertAfter(control, row, head)) {
      heads.set(chain, row);
      return;
    }
  }
  throw new Error("too many calls are written down at the same time");
}

const boundedFields = (fields: readonly string[]): string[] =>
  fields.slice(0, MAX_FIELDS).map((name) => name.slice(0, MAX_FIELD_LENGTH));

const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_PAUSE_MS));

const newestOf = (chain: AuditEntry["chain"]) =>
  sql`from ${audit} where ${audit.chain} = ${chain} order by ${audit.seq} desc limit 1`;

async function findHead(control: Control, chain: AuditEntry["chain"]): Promise<Head | undefined> {
  return control.get<Head | undefined>(sql`select seq, hash ${newestOf(chain)}`);
}

/** Adds the row where the chain still ends as it did; false where another row was faster, or the database was restored. */
async function insertAfter(control: Control, row: AuditRow, head: Head | undefined): Promise<boolean> {
  const names = Object.entries(row).map(([field]) => sql.identifier(audit[field as keyof AuditRow].name));
  const values = Object.values({ ...row, fields: JSON.stringify(row.fields) }).map((value) => sql`${value}`);
  const end = head === undefined ? null : `${head.seq} ${head.hash}`;
  const added = await control.all<{ seq: number }>(sql`insert into ${audit} (${sql.join(names, sql`, `)})
    select ${sql.join(values, sql`, `)} where (select seq || ' ' || hash ${newestOf(row.chain)}) is ${end}
    returning seq`);
  return added.length > 0;
}

/** Of whom a caller may see what was done: everything, or calls about these connections. */
export interface AuditQuery {
  connection?: string | undefined;
  before?: number | undefined;
  changesOnly: boolean;
  connectionIds?: readonly string[] | undefined;
}

/** What administrators did, newest first: a call that has ended by its end, any other by its beginning. */
export async function listAudit(
  control: Control,
  limit: number,
  { connection, before, changesOnly, connectionIds }: AuditQuery,
): Promise<AuditRow[]> {
  const hasNoEnd = sql`not exists (select 1 from audit as ends where ends.id = ${audit.id} and ends.status <> 0)`;
  return control
    .select()
    .from(audit)
    .where(
      and(
        or(ne(audit.status, 0), hasNoEnd),
        connection === undefined ? undefined : eq(audit.connection, connection),
        connectionIds === undefined ? undefined : sql`${audit.connectionId} in ${among(connectionIds)}`,
        before === undefined ? undefined : lt(audit.at, before),
        changesOnly ? eq(audit.chain, "changes") : undefined,
      ),
    )
    .orderBy(desc(audit.at), desc(audit.seq))
    .limit(limit);
}

/** Rows of a chain in their order, after the one of this number. */
export async function listChain(
  control: Control,
  chain: AuditRow["chain"],
  after: number,
  limit: number,
): Promise<AuditRow[]> {
  return control
    .select()
    .from(audit)
    .where(and(eq(audit.chain, chain), gt(audit.seq, after)))
    .orderBy(asc(audit.seq))
    .limit(limit);
}

/**
 * Deletes some of what is too old or too much; every object's alarm asks for it. A chain is shortened at its old end only,
 * and its newest row stays, so that the next one has what to carry.
 */
export async function trimAudit(control: Control, now: number, rows = MAX_AUDIT_ROWS): Promise<void> {
  // Row ids grow by one with every row, so that nothing has to be counted.
  const beyond = sql`rowid <= (select max(rowid) from audit) - ${rows}`;
  await deleteOldest(
    control,
    sql`${beyond} and seq < (select max(seq) from audit as newer where newer.chain = audit.chain)`,
  );
  for (const chain of CHAINS) {
    const young = sql`select seq from audit where chain = ${chain} and at >= ${now - KEPT_MS[chain]} order by seq limit 1`;
    const newest = sql`select max(seq) from audit where chain = ${chain}`;
    await deleteOldest(control, sql`chain = ${chain} and seq < coalesce((${young}), (${newest}))`);
  }
  // No row names them any more.
  await deleteEndedKeys(control, now - KEPT_MS.changes);
}

const deleteOldest = (control: Control, due: SQL) =>
  control.run(
    sql`delete from audit where rowid in (select rowid from audit where ${due} order by rowid limit ${BATCH})`,
  );
