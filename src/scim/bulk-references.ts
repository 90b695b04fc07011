// `bulkId:<id>` in a bulk request stands for the id of what another operation creates (RFC 7644 section 3.7.2): who refers to
// whom, in which order operations can run, and the ids put in.

import type { BulkOperation } from "./bulk.ts";
import { isObject } from "./json.ts";
import { badRequest, MEND_REQUEST, ScimError } from "./messages.ts";

/** A whole text, the end of an address, or a quoted text in the path of a PATCH. */
const WHOLE = /^bulkId:(.+)$/s;
const ADDRESS = /\/bulkId:([^/]+)$/;
const QUOTED = /"bulkId:((?:[^"\\]|\\.)+)"/g;
/** Where a text is meant as somebody's id, so that one that names nobody is an error. */
const POINTERS: readonly string[] = ["value", "$ref", "manager"];

interface Text {
  holder: { [name: string]: unknown } | unknown[];
  key: string | number;
  text: string;
}

/** Every text in the data, however deep; without recursion, because a client chooses the depth. */
function* textsIn(data: unknown): Generator<Text> {
  const stack: unknown[] = [data];
  while (stack.length > 0) {
    const holder = stack.pop();
    const entries: Iterable<[string | number, unknown]> = Array.isArray(holder)
      ? holder.entries()
      : isObject(holder)
        ? Object.entries(holder)
        : [];
    // Only an array or an object has entries.
    for (const [key, value] of entries) {
      if (typeof value === "string") yield { holder: holder as Text["holder"], key, text: value };
      else if (typeof value === "object" && value !== null) stack.push(value);
    }
  }
}

/** The bulkIds that a text names. */
function idsIn({ key, text }: Text): string[] {
  const [, whole] = WHOLE.exec(text) ?? [];
  if (whole !== undefined) return [whole];
  const [, end] = key === "$ref" ? (ADDRESS.exec(text) ?? []) : [];
  if (end !== undefined) return [end];
  return key === "path" ? [...text.matchAll(QUOTED)].map(([, id = ""]) => id) : [];
}

const targetId = ({ request }: BulkOperation): string | undefined =>
  "refused" in request ? undefined : request.target.id;

/** The bulkIds that an operation refers to and that some operation creates. @throws ScimError for one that none does */
function referencesOf(operation: BulkOperation, created: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const take = (id: string, isPointer: boolean) => {
    if (created.has(id)) found.add(id);
    else if (isPointer) throw unknown(id);
  };
  const [, target] = WHOLE.exec(targetId(operation) ?? "") ?? [];
  if (target !== undefined) take(target, true);
  const { request } = operation;
  if ("refused" in request) return found;
  for (const text of textsIn(request.data)) {
    const isPointer = typeof text.key === "string" && [...POINTERS, "path"].includes(text.key);
    for (const id of idsIn(text)) take(id, isPointer);
  }
  return found;
}

const unknown = (id: string): ScimError =>
  badRequest("invalidValue", `bulkId:${id.slice(0, 100)} names no operation that creates anything`, MEND_REQUEST);

/** An operation in the order in which it can run. */
export interface Step {
  at: number;
  operation: BulkOperation;
  /** The bulkIds whose ids it needs. */
  needs: ReadonlySet<string>;
  /** Why it cannot run at all. */
  refused?: ScimError;
}

/**
 * The operations in an order in which each comes after those that it refers to, and after earlier ones on the same user or
 * group; in the order of the request otherwise. Operations that refer to each other in a circle are refused.
 */
export function toSteps(operations: readonly BulkOperation[]): Step[] {
  const creates = new Map(
    operations.flatMap(({ bulkId, request }, at) =>
      bulkId !== undefined && "method" in request && request.method === "POST" ? [[bulkId, at] as const] : [],
    ),
  );
  const created = new Set(creates.keys());
  const steps = operations.map((operation, at): Step => {
    const none = { at, operation, needs: new Set<string>() };
    if ("refused" in operation.request) return { ...none, refused: operation.request.refused };
    try {
      return { ...none, needs: referencesOf(operation, created) };
    } catch (error) {
      if (error instanceof ScimError) return { ...none, refused: error };
      throw error;
    }
  });
  const stepOf = (id: string): Step | undefined => steps[creates.get(id) ?? -1];
  const told = steps.map((step) => (isInCircle(step, stepOf) ? { ...step, refused: circle(step) } : step));
  const waitsFor = told.map(({ at, needs, operation }) => {
    const id = targetId(operation);
    const earlier = id === undefined ? [] : told.slice(0, at).filter((other) => targetId(other.operation) === id);
    return new Set([...[...needs].flatMap((need) => creates.get(need) ?? []), ...earlier.map((other) => other.at)]);
  });
  const order: Step[] = [];
  const done = new Set<number>();
  while (order.length < told.length) {
    // Only circles could leave nobody ready, and those who are refused wait for nobody.
    const next = told.find(
      ({ at, refused }) =>
        !done.has(at) && (refused !== undefined || [...(waitsFor[at] ?? [])].every((one) => done.has(one))),
    );
    if (!next) break;
    done.add(next.at);
    order.push(next);
  }
  return order;
}

/** Whether an operation needs, by way of others, itself. */
function isInCircle(step: Step, stepOf: (id: string) => Step | undefined): boolean {
  const seen = new Set<Step>();
  const stack = [...step.needs];
  while (stack.length > 0) {
    const needed = stepOf(stack.pop() ?? "");
    if (needed === step) return true;
    if (!needed || seen.has(needed)) continue;
    seen.add(needed);
    stack.push(...needed.needs);
  }
  return false;
}

const circle = ({ operation, needs }: Step): ScimError =>
  new ScimError(
    409,
    `the operation ${JSON.stringify(operation.bulkId ?? "")} and ${[...needs]
      .map((id) => `bulkId:${id}`)
      .join(", ")
      .slice(0, 300)} refer to each other in a circle; create one without the reference, and add it by a PATCH`,
  );

/** Puts the ids of what was created in the place of references, in the operation's own data; its target. */
export function resolveReferences({ operation }: Step, ids: ReadonlyMap<string, string>): { id?: string } {
  const { request } = operation;
  if ("refused" in request) return {};
  for (const text of textsIn(request.data)) {
    const resolved = resolveText(text, ids);
    // An array's key is a number, an object's a name.
    if (resolved !== text.text) (text.holder as { [key: string | number]: unknown })[text.key] = resolved;
  }
  const { id } = request.target;
  if (id === undefined) return {};
  const [, referred] = WHOLE.exec(id) ?? [];
  return { id: referred === undefined ? id : (ids.get(referred) ?? id) };
}

function resolveText({ key, text }: Text, ids: ReadonlyMap<string, string>): string {
  const [, whole] = WHOLE.exec(text) ?? [];
  if (whole !== undefined) return ids.get(whole) ?? text;
  if (key === "$ref") return text.replace(ADDRESS, (all, id: string) => (ids.has(id) ? `/${ids.get(id)}` : all));
  if (key !== "path") return text;
  return text.replace(QUOTED, (all, id: string) => (ids.has(id) ? JSON.stringify(ids.get(id)) : all));
}
