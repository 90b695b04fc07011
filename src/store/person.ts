// Everything that is stored of one user, for a request of the person about their data: which rows of which table name them.

import { and, desc, eq, getTableColumns, getTableName, inArray, or, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { foldCase, foldName } from "../scim/text.ts";
import { audit } from "./administrator-tables.ts";
import * as alarmTables from "./alarm-tables.ts";
import * as backgroundTables from "./background-tables.ts";
import type { Control } from "./control.ts";
import * as journalTables from "./journal-tables.ts";
import * as linkTables from "./link-tables.ts";
import type { Link, Store } from "./links.ts";
import * as owedTables from "./owed-tables.ts";
import * as planTables from "./plan-tables.ts";
import * as reportTables from "./report-tables.ts";
import * as safeguardTables from "./safeguard-tables.ts";

const { links, members, pointerTargets, rowCounts, waitingAccounts, examValues, digests, sights } = linkTables;
const { intents, overlays, doubts } = journalTables;
const { plannedRecords, plannedMembers, plannedSteps } = planTables;
const { brakeCounts, brakeGroups, brakeHeld, brakeReleases, brakeBases, principals } = safeguardTables;
const { sweeps, turns, dueJobs, facts, listPages } = backgroundTables;
const { drifts, traces, requestHours } = reportTables;

/** The newest rows of a table; only traces can be so many. */
const MAX_ROWS = 10_000;

type Person = Link;
const names = (column: SQL.Aliased | SQL, text: string) => sql`instr(coalesce(${column}, ''), ${text}) > 0`;
const isNative = (column: SQL | (typeof examValues)["nativeId"], { nativeId }: Person) => sql`${column} = ${nativeId}`;

/** Whom each table names, and how; undefined: nobody. */
const TABLES: [SQLiteTable, ((person: Person) => SQL | undefined)?][] = [
  [links, ({ id }) => eq(links.id, id)],
  [members, ({ id }) => eq(members.userId, id)],
  [pointerTargets, ({ id }) => or(eq(pointerTargets.linkId, id), eq(pointerTargets.targetId, id))],
  [waitingAccounts, (person) => isNative(sql`${waitingAccounts.nativeId}`, person)],
  [examValues, (person) => and(eq(examValues.type, "User"), isNative(examValues.nativeId, person))],
  [digests, ({ id }) => eq(digests.linkId, id)],
  [sights, ({ id }) => eq(sights.linkId, id)],
  [
    intents,
    ({ id }) =>
      or(names(sql`${intents.linkId}`, id), names(sql`${intents.key}`, id), names(sql`${intents.expected}`, id)),
  ],
  [overlays, ({ id }) => eq(overlays.linkId, id)],
  [doubts, ({ id }) => or(eq(doubts.linkId, id), names(sql`${doubts.joining}`, id), names(sql`${doubts.leaving}`, id))],
  [owedTables.owed, ({ id }) => or(eq(owedTables.owed.linkId, id), eq(owedTables.owed.key, id))],
  [plannedRecords, (person) => and(eq(plannedRecords.type, "User"), isNative(sql`${plannedRecords.nativeId}`, person))],
  [plannedMembers, (person) => isNative(sql`${plannedMembers.userId}`, person)],
  [plannedSteps, (person) => and(eq(plannedSteps.type, "User"), isNative(sql`${plannedSteps.nativeId}`, person))],
  [drifts, ({ id }) => or(eq(drifts.linkId, id), eq(drifts.otherId, id))],
  [traces, ({ id }) => eq(traces.linkId, id)],
  [alarmTables.alarms, ({ id }) => or(eq(alarmTables.alarms.subject, id), names(sql`${alarmTables.alarms.ids}`, id))],
  [
    principals,
    (person) =>
      and(
        eq(principals.type, "User"),
        or(isNative(sql`${principals.nativeId}`, person), inArray(principals.name, keysOf(person))),
      ),
  ],
  [brakeCounts, ({ id }) => or(names(sql`${brakeCounts.subject}`, id), eq(brakeCounts.userId, id))],
  [brakeHeld, ({ id }) => eq(brakeHeld.subject, id)],
  [brakeReleases, ({ id }) => eq(brakeReleases.userId, id)],
  [brakeGroups],
  [brakeBases],
  [sweeps],
  [turns],
  [dueJobs],
  [facts],
  [rowCounts],
  [requestHours],
  [listPages],
];

/** The tables that say here whom they name. */
export const tablesOfPerson = (): string[] => TABLES.map(([table]) => getTableName(table)).sort();

const keysOf = ({ nameKey, nativeNameKey, emailKey, nativeId }: Person) =>
  [nameKey, nativeNameKey, emailKey, nativeId].filter((key) => key !== null);

/** Users in any state whom a text can mean: their SCIM id, native id, externalId, userName or e-mail address. */
export const findPeople = (store: Store, text: string): Person[] => findMeant(store, "User", text);

/** The same of users or of groups, whose name is the displayName. */
export function findMeant(store: Store, type: Link["type"], text: string): Link[] {
  const keys = [...new Set([foldName(text), foldCase(text)])];
  const isMeant = or(
    inArray(links.id, [text]),
    inArray(links.nativeId, [text]),
    inArray(links.externalId, [text]),
    inArray(links.nameKey, keys),
    inArray(links.nativeNameKey, keys),
    inArray(links.emailKey, keys),
  );
  return store
    .select()
    .from(links)
    .where(and(eq(links.type, type), isMeant))
    .all();
}

export interface PersonRows {
  id: string;
  /** By table, rows as they are stored. */
  stored: Record<string, Record<string, unknown>[]>;
  memberOf: { id: string; name: string | null }[];
  /** Users whose record names this one, as a manager. */
  referredToBy: string[];
  /** What else tells that a text means this user. */
  keys: string[];
}

export function readPerson(store: Store, person: Person): PersonRows {
  const stored: PersonRows["stored"] = {};
  for (const [table, whose] of TABLES) {
    const condition = whose?.(person);
    if (condition === undefined) continue;
    const newest = table === traces ? [desc(traces.at)] : [];
    const rows = store
      .select()
      .from(table)
      .where(condition)
      .orderBy(...newest)
      .limit(MAX_ROWS)
      .all();
    if (rows.length > 0) stored[getTableName(table)] = rows.map(withoutDigests);
  }
  const groups = store
    .select({ id: links.id, name: links.name })
    .from(members)
    .innerJoin(links, eq(links.id, members.groupId))
    .where(eq(members.userId, person.id))
    .all();
  const referring = store
    .select({ id: links.id })
    .from(links)
    .where(names(sql`${links.pointers}`, person.id))
    .all();
  return {
    id: person.id,
    stored,
    memberOf: groups,
    referredToBy: referring.map(({ id }) => id).filter((id) => id !== person.id),
    keys: [person.name, person.nativeName, person.externalId, ...keysOf(person)].filter((key) => key !== null),
  };
}

/** A keyed digest tells nobody anything: which attributes have one is what there is to say. */
function withoutDigests(row: Record<string, unknown>): Record<string, unknown> {
  if (!("paths" in row && "writtenAt" in row)) return row;
  const { paths, former, behind, ...rest } = row;
  return { ...rest, digestsOf: [...new Set([paths, former, behind].flatMap((one) => Object.keys(one ?? {})))] };
}

/** The calls of administrators about a connection that name somebody by one of these texts, or by a request of theirs. */
export async function listAuditOf(
  control: Control,
  connection: string,
  texts: readonly string[],
  requestIds: readonly string[],
) {
  const columns = Object.values(getTableColumns(audit)).filter(({ dataType }) => dataType !== "number");
  const among = (list: readonly string[]) => sql`(select value from json_each(${JSON.stringify(list)}))`;
  const isNamed = columns.map(
    (column) =>
      sql`exists (select 1 from json_each(${JSON.stringify(texts)}) where instr(lower(${column}), lower(value)) > 0)`,
  );
  return control
    .select()
    .from(audit)
    .where(and(eq(audit.connection, connection), or(...isNamed, sql`${audit.requestId} in ${among(requestIds)}`)))
    .orderBy(desc(audit.at))
    .limit(MAX_ROWS);
}
