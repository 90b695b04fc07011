// What one request did, gathered while it runs ([S37]: ids, paths, names, statuses and times, never values).

import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from "../../scim/core-schemas.ts";
import type { ScimError } from "../../scim/messages.ts";
import type { Deed, StoredCall } from "../../store/report-tables.ts";
import type { TraceRow } from "../../store/traces.ts";
import type { CallRecord } from "../../upstream/client.ts";

export interface Trace {
  requestId: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** How long it waited for others' locks, in milliseconds. */
  lockMs: number;
  repairs: Set<string>;
  dropped: Set<string>;
  /** Sentences about decisions that an administrator may wonder about. */
  notes: Set<string>;
  calls: StoredCall[];
  linkId?: string;
  deed?: Deed;
  /** Of a bulk request: calls of its operations, which have traces of their own. */
  partCalls?: number;
}

export function createTrace(requestId: string, startedAt = Date.now()): Trace {
  return { requestId, startedAt, lockMs: 0, repairs: new Set(), dropped: new Set(), notes: new Set(), calls: [] };
}

/** Notes a call to the vendor; what did not happen is left out, because most traces are of calls that went at once. */
export function noteCall(trace: Trace, { sentAt, waitMs, pauseMs, ...call }: CallRecord): void {
  trace.calls.push({
    ...call,
    at: sentAt - trace.startedAt,
    ...(waitMs > 0 ? { waitMs } : {}),
    ...(pauseMs > 0 ? { pauseMs } : {}),
  });
}

/** Notes what was done to a user or group, or to which one; what was noted before of it stays where nothing else is said. */
export function noteDeed(trace: Trace, linkId: string | undefined, deed: Deed): void {
  if (linkId !== undefined) trace.linkId = linkId;
  trace.deed = { ...trace.deed, ...deed };
}

/** Notes why a value was refused: by which rule of which attribute, and never the value. */
export function noteRefusal(trace: Trace, { why }: ScimError): void {
  if (why) trace.notes.add(`refused: ${toStoredNames(why.paths).join(" and ")} ${why.says}`);
}

/** Calls to the vendor's API; fetching a token for it is not one. */
export function countNativeCalls(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose !== "token").length + (trace.partCalls ?? 0);
}

/** How many calls that change something have succeeded. */
export function countEffects(trace: Trace): number {
  return trace.calls.filter((call) => call.purpose === "write" && call.fault === undefined).length;
}

/** How a request ended. */
export interface Outcome {
  /** The route's template. */
  path: string;
  status: number;
  scimType: string | undefined;
}

/**
 * Whether a trace may be lost with the process: that of a request that only read, and that was answered. Of a refusal, of
 * what the brake holds and of every write the trace is stored before the answer leaves [S53].
 */
export const mayBeLost = (method: string, { path, status }: Outcome): boolean =>
  status < 400 && (method === "GET" || method === "HEAD" || path.endsWith("/.search"));

/** The row that is stored of a trace. */
export function toTraceRow(trace: Trace, tokenId: string, method: string, outcome: Outcome): TraceRow {
  return {
    id: trace.requestId,
    at: trace.startedAt,
    tokenId,
    method,
    path: outcome.path,
    linkId: trace.linkId ?? null,
    status: outcome.status,
    scimType: outcome.scimType ?? null,
    ms: Date.now() - trace.startedAt,
    lockMs: trace.lockMs,
    nativeCalls: countNativeCalls(trace),
    repairs: [...trace.repairs],
    dropped: toStoredNames(trace.dropped),
    notes: [...trace.notes],
    deed: outcome.status < 400 ? (trace.deed ?? null) : null,
    calls: toStoredCalls(trace.calls),
  };
}

/** Names that a client invents: so many of them are stored, and so much of each. */
const MAX_INVENTED = 20;
const MAX_NAME_LENGTH = 64;
const NAME = "[A-Za-z$][\\w$-]*";
/** An attribute's path, its URN and its filter apart. */
const PATH = new RegExp(`^(urn:[\\w:.+-]+:)?(${NAME}(?:\\.${NAME})?)(\\[.*\\])?(\\.${NAME})?$`, "is");
const SCHEMA = /^urn:[\w:.-]+$/i;
const TYPE_FILTER = /^\[type eq "[A-Za-z]{1,20}"\]$/;

/** The attributes of RFC 7643, which nobody invents. */
const KNOWN = new Set(
  [USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_SCHEMA].flatMap(({ attributes }) =>
    attributes.map(({ name }) => name.toLowerCase()),
  ),
);

/** What was dropped, as paths that were understood: a name can be anything, also a person's. */
function toStoredNames(dropped: Iterable<string>): string[] {
  const names = new Set<string>();
  let invented = 0;
  for (const path of dropped) {
    const { name, isKnown } = toStoredName(path);
    if (names.has(name)) continue;
    if (!isKnown && ++invented > MAX_INVENTED) continue;
    names.add(name);
  }
  return [...names];
}

function toStoredName(path: string): { name: string; isKnown: boolean } {
  const [, urn = "", attribute, filter, sub = ""] = PATH.exec(path) ?? [];
  if (attribute === undefined) {
    const isSchema = SCHEMA.test(path);
    return { name: isSchema ? path.slice(0, MAX_NAME_LENGTH) : "(not an attribute's name)", isKnown: false };
  }
  const inBrackets = filter === undefined ? "" : TYPE_FILTER.test(filter) ? filter : "[…]";
  const isKnown = KNOWN.has((attribute.split(".", 1)[0] ?? "").toLowerCase()) && (urn === "" || isOfRfc(urn));
  const rest = `${attribute}${inBrackets}${sub}`;
  return {
    name: isKnown ? `${urn}${rest.slice(0, MAX_NAME_LENGTH)}` : `${urn}${rest}`.slice(0, MAX_NAME_LENGTH),
    isKnown,
  };
}

const isOfRfc = (urn: string): boolean => /^urn:ietf:params:scim:schemas:[\w:.]{1,60}:$/i.test(urn);

/** So many calls of a request are stored: the first and the last. */
const MAX_CALLS = 200;

function toStoredCalls(calls: readonly StoredCall[]): StoredCall[] {
  if (calls.length <= MAX_CALLS) return [...calls];
  return [...calls.slice(0, MAX_CALLS / 2), ...calls.slice(-MAX_CALLS / 2)];
}
