// What administrators are shown: never a secret, of which only the names.

import type * as z from "zod";
import { issuerOf, scimUrlOf, tokenUrlOf } from "../auth/door.ts";
import { warningOf } from "../auth/expiry.ts";
import { SENTENCES } from "../provision/alarms/alarm-sentences.ts";
import type { SweepStatus } from "../provision/background/sweep.ts";
import { DEFAULT_REQUEST_RATE, DEFAULT_RETENTION } from "../provision/connection/operator-rules.ts";
import { stanceOf } from "../provision/connection/stance.ts";
import type { OwedReport } from "../provision/owed/owed-status.ts";
import type { Unfinished } from "../provision/recovery/unfinished.ts";
import type { BrakeStatus, HeldStatus } from "../provision/safeguards/brake-status.ts";
import type { Alarm } from "../store/alarms.ts";
import type { ConnectionRow } from "../store/control.ts";
import { type Drift, MEMBERSHIPS } from "../store/drift.ts";
import type { EntranceRow } from "../store/entrance.ts";
import type { TraceRow } from "../store/traces.ts";
import type * as answers from "./api-answers.ts";
import type * as credentialAnswers from "./api-credential-answers.ts";
import type { ApiContext } from "./api-guard.ts";
import type { ApiRoute } from "./api-route.ts";
import type { stubOf } from "./stub.ts";
import type * as sweepAnswers from "./sweep-answers.ts";

export const toDate = (at: number) => new Date(at).toISOString();

export const tenantUrl = (context: ApiContext) => scimUrlOf(issuerOf(context.env));

/** Answers with the status and the shape that the route's row promises. */
export function reply<Shape extends z.ZodObject>(
  context: ApiContext,
  { status }: { status: Exclude<ApiRoute["status"], 204>; answer: Shape },
  body: z.input<Shape>,
): Response {
  return context.json(body, status);
}

/** A connection without its secrets, of which only the names are shown. */
export function showConnection(
  context: ApiContext,
  row: ConnectionRow,
  sealed?: readonly string[],
  expiring?: readonly EntranceRow[],
): z.input<typeof answers.connection> {
  return {
    name: row.name,
    id: row.id,
    vendor: row.vendor,
    state: row.state,
    purpose: row.purpose,
    mode: row.mode,
    coupling: row.coupling,
    unmapped: row.unmapped,
    freshnessMinutes: row.freshnessMinutes,
    jurisdiction: row.jurisdiction,
    drift: row.drift,
    driftActivated: row.driftActivated,
    protected: row.protected,
    brake: row.brake,
    parking: row.parking,
    createInactive: row.createInactive,
    groups: row.groups,
    profile: row.profile,
    restoreWithinDays: row.restoreWithinDays,
    references: row.references,
    retireAfterDays: row.retireAfterDays,
    retire: row.retire,
    requestRate: row.requestRate ?? DEFAULT_REQUEST_RATE,
    retention: row.retention ?? DEFAULT_RETENTION,
    settings: row.settings,
    allowedHosts: row.allowedHosts ?? [],
    ...(sealed ? { sealedSettings: [...sealed] } : {}),
    openAlarms: row.openAlarms,
    tenantUrl: tenantUrl(context),
    ...(expiring ? { expiring: expiring.flatMap(showExpiring) } : {}),
    version: row.version,
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
  };
}

/** Nothing of a credential that was meant to be short. */
function showExpiring(row: EntranceRow) {
  const { id, kind, label, expiresAt } = row;
  const warning = warningOf(row, Date.now());
  return warning === undefined ? [] : [{ id, kind, label, expiresAt: toDate(expiresAt), warning }];
}

/** What a connection that may not call its product has left open. */
export const showUnfinished = ({ openWrites, inDoubt, ...rest }: Unfinished) => ({
  ...rest,
  openWrites: openWrites.map(({ since, ...write }) => ({ ...write, since: toDate(since) })),
  inDoubt: inDoubt.map(({ id, until }) => ({ id, until: toDate(until) })),
});

/** Whether nothing is sent any more, or requests that had begun still finish. */
export function fenceOf({ mode, state }: Pick<ConnectionRow, "mode" | "state">, underWay: number) {
  const stance = stanceOf({ mode, isSuspended: state !== "active" });
  return stance !== "live" && underWay > 0 ? ("draining" as const) : stance;
}

export const at = (time: number | null) => (time === null ? null : toDate(time));

/** A credential as administrators see it, without what it was made of. */
export function showCredential(row: EntranceRow): z.input<typeof credentialAnswers.credential> {
  const { id, kind, label, hint, scopes, addresses, trust, createdBy } = row;
  return {
    id,
    kind,
    label,
    hint,
    clientId: kind === "bearer" || kind === "entra" ? null : row.connectionId,
    scopes,
    addresses,
    trust,
    createdBy,
    createdAt: toDate(row.createdAt),
    expiresAt: toDate(row.expiresAt),
    lastUsedAt: at(row.lastUsedAt),
    revokedAt: at(row.revokedAt),
  };
}

/** A new credential, with what a customer's administrator needs to use it. */
export function showCreated(
  context: ApiContext,
  row: EntranceRow,
  secret: string | undefined,
): z.input<typeof credentialAnswers.createdCredential> {
  const issuer = issuerOf(context.env);
  return {
    ...showCredential(row),
    ...(secret === undefined ? {} : { secret }),
    tenantUrl: scimUrlOf(issuer),
    tokenUrl: tokenUrlOf(issuer),
  };
}

export const showOwed = ({ kinds, owed }: OwedReport) => ({
  kinds: kinds.map((kind) => ({ ...kind, nextAttemptAt: at(kind.nextAttemptAt) })),
  owed: owed.map(showOwedThing),
});

export const showOwedThing = (one: OwedReport["owed"][number]) => ({
  ...one,
  since: toDate(one.since),
  nextAttemptAt: at(one.nextAttemptAt),
});

function toDomains(pattern: string) {
  const [from = "", to = ""] = pattern.split("→");
  return { from, to };
}
const domainsOf = (pattern: string | null) => (pattern === null ? null : toDomains(pattern));

export const showBrake = ({ kinds, heldSince, patterns, releases, ...status }: BrakeStatus) => ({
  ...status,
  heldSince: at(heldSince),
  kinds: kinds.map((kind) => ({ ...kind, heldSince: at(kind.heldSince), warnedSince: at(kind.warnedSince) })),
  patterns: patterns.map(({ pattern, held }) => ({ ...toDomains(pattern), held })),
  releases: releases.map(({ userId, pattern, at: _, until, ...release }) => ({
    ...release,
    user: userId,
    domain: domainsOf(pattern),
    until: toDate(until),
  })),
});

export const showHeld = ({ total, requests }: HeldStatus) => ({
  total,
  requests: requests.map(({ subject, pattern, since, lastAt, ...request }) => ({
    ...request,
    id: subject,
    domain: domainsOf(pattern),
    since: toDate(since),
    lastAt: toDate(lastAt),
  })),
});

export const showTraceHead = ({ calls: _, ...trace }: TraceRow) => ({ ...trace, at: toDate(trace.at) });

/**
 * What differs: the member of a group, the path of an attribute or the first of two with one name, where it is one of them.
 * @param names of users and groups, by their SCIM ids
 */
export function showDrift({ kind, linkId, otherId, at, isRepaired }: Drift, names?: ReadonlyMap<string, string>) {
  const name = names?.get(linkId) ?? null;
  const other = MEMBERSHIPS.some((one) => one === kind) ? { memberName: names?.get(otherId) ?? null } : {};
  return { kind, linkId, name, ...whereOf(kind, otherId), ...other, at: toDate(at), isRepaired };
}

function whereOf(kind: Drift["kind"], otherId: string) {
  switch (kind) {
    case "memberMissing":
    case "memberExtra":
      return { memberId: otherId };
    case "changed":
      return { path: otherId };
    case "duplicate":
      return { firstId: otherId };
    default:
      return {};
  }
}

export function showSweep({ type, generation, running, seen, total, startedAt, completedAt, alarm }: SweepStatus) {
  const state = running ? ("running" as const) : completedAt ? ("complete" as const) : ("waiting" as const);
  const times = { startedAt: at(startedAt), completedAt: at(completedAt) };
  return { type, pass: generation, state, seen, total, ...times, alarm };
}

/** One kind can be wrong several times, so the subject is part of the id. */
const alarmId = ({ kind, subject }: Pick<Alarm, "kind" | "subject">) => (subject === "" ? kind : `${kind}:${subject}`);

export function showAlarm(alarm: Alarm): z.input<typeof sweepAnswers.alarm> {
  const { kind, since, ids, count, total, heldAt, acknowledgedAt, acknowledgedBy } = alarm;
  return {
    id: alarmId(alarm),
    kind,
    says: SENTENCES[kind](alarm),
    since: toDate(since),
    ids,
    count,
    total,
    heldAt: at(heldAt),
    acknowledgedAt: at(acknowledgedAt),
    acknowledgedBy,
  };
}

/** The connection without secrets, its links and memberships, a line each; the last line says that nothing is missing. */
export function exportLines(stub: ReturnType<typeof stubOf>, connection: object): ReadableStream {
  let after: string | undefined = "";
  let links = 0;
  const toLine = (line: object) => `${JSON.stringify(line)}\n`;
  return new ReadableStream<string>({
    start: (controller) => controller.enqueue(toLine({ kind: "connection", ...connection })),
    async pull(controller) {
      if (after === undefined) {
        controller.enqueue(toLine({ kind: "end", links }));
        return controller.close();
      }
      const part = await stub.exportLines(after);
      after = part.next;
      links += part.links;
      controller.enqueue(part.text);
    },
  }).pipeThrough(new TextEncoderStream());
}
