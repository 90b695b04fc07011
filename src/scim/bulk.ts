// Bulk requests and their responses (RFC 7644 section 3.7): read whole or refused whole; what is wrong with one operation is
// that operation's own error.

import { isObject, own, ownIgnoringCase } from "./json.ts";
import { createNotes, type Notes, type RepairName } from "./lenient.ts";
import { badRequest, MEND_REQUEST, notFound, ScimError } from "./messages.ts";
import type { Json } from "./schema.ts";
import { createWork, type Work } from "./work.ts";

const BULK_REQUEST_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const BULK_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/** Operations of one bulk request; `/ServiceProviderConfig` says so. */
export const MAX_BULK_OPERATIONS = 100;
const MAX_BULK_ID_LENGTH = 200;

const METHODS = ["POST", "PUT", "PATCH", "DELETE"] as const;
type BulkMethod = (typeof METHODS)[number];

/** What an operation acts on; of a create only the endpoint, and the id may be `bulkId:` and the id of another operation. */
interface Target {
  endpoint: "/Users" | "/Groups";
  id?: string;
}

export interface BulkOperation {
  /** As sent, for the response. */
  method: string;
  bulkId?: string;
  /** What there is to do, or why nothing can be done. */
  request: { method: BulkMethod; target: Target; version?: string; data?: unknown } | { refused: ScimError };
}

export interface BulkRequest {
  operations: BulkOperation[];
  /** After so many errors the others are not begun; undefined: all are. */
  failOnErrors: number | undefined;
  dropped: string[];
  repairs: RepairName[];
}

/** Throws 400 `invalidSyntax` for what is no bulk request, or 413 for one with too many operations. */
export function readBulk(body: unknown, work: Work = createWork()): BulkRequest {
  if (!isObject(body)) throw malformed("the body must be a JSON object");
  const notes = createNotes(work);
  readSchemas(body, notes);
  const inputs = own(body, "Operations") ?? ownIgnoringCase(body, "Operations");
  if (own(body, "Operations") === undefined && inputs !== undefined) notes.repairs.add("operations-case");
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw malformed('"Operations" must be an array with at least one operation');
  }
  if (inputs.length > MAX_BULK_OPERATIONS) {
    throw new ScimError(413, `one bulk request may have at most ${MAX_BULK_OPERATIONS} operations`);
  }
  const operations = inputs.map(readOperation);
  const ids = operations.flatMap(({ bulkId }) => bulkId ?? []);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw malformed(`the body has two operations with the "bulkId" ${JSON.stringify(twice)}`);
  const failOnErrors = readFailOnErrors(ownIgnoringCase(body, "failOnErrors"));
  return { operations, failOnErrors, dropped: [...notes.dropped], repairs: [...notes.repairs] };
}

function readSchemas(body: { [name: string]: unknown }, notes: Notes): void {
  const schemas = ownIgnoringCase(body, "schemas");
  if (!Array.isArray(schemas) || schemas.length === 0) notes.repairs.add("missing-schemas");
  else if (!schemas.includes(BULK_REQUEST_URN)) notes.repairs.add("unknown-schema");
}

function readFailOnErrors(input: unknown): number | undefined {
  if (input === undefined || input === null) return undefined;
  if (typeof input === "number" && Number.isSafeInteger(input) && input >= 1) return input;
  throw malformed('the body: "failOnErrors" must be an integer from 1');
}

function readOperation(input: unknown): BulkOperation {
  if (!isObject(input)) throw malformed('the body: every element of "Operations" must be a JSON object');
  const method = own(input, "method");
  const bulkId = own(input, "bulkId");
  const isId = typeof bulkId === "string" && bulkId !== "" && bulkId.length <= MAX_BULK_ID_LENGTH;
  const head = { method: typeof method === "string" ? method.slice(0, 20) : "", ...(isId ? { bulkId } : {}) };
  try {
    if (bulkId !== undefined && !isId) {
      throw malformed(`"bulkId" must be a text of at most ${MAX_BULK_ID_LENGTH} characters`);
    }
    return { ...head, request: readRequest(input, head) };
  } catch (error) {
    if (error instanceof ScimError) return { ...head, request: { refused: error } };
    throw error;
  }
}

const isMethod = (text: string): text is BulkMethod => METHODS.some((method) => method === text);

/** Throws what is wrong with the operation. */
function readRequest(input: { [name: string]: unknown }, head: Pick<BulkOperation, "method" | "bulkId">) {
  const { method, bulkId } = head;
  if (!isMethod(method)) throw malformed(`"method" must be one of ${METHODS.join(", ")}`);
  const target = readTarget(own(input, "path"), method);
  const [version, data] = [own(input, "version"), own(input, "data")];
  if (version !== undefined && version !== null && typeof version !== "string") {
    throw malformed('"version" must be a text');
  }
  if (method === "POST" && bulkId === undefined) throw malformed('an operation with POST needs a "bulkId"');
  if (method !== "DELETE" && !isObject(data)) throw malformed(`an operation with ${method} needs an object as "data"`);
  return {
    method,
    target,
    ...(typeof version === "string" ? { version } : {}),
    ...(method === "DELETE" ? {} : { data }),
  };
}

function readTarget(path: unknown, method: BulkMethod): Target {
  if (typeof path !== "string") throw malformed('"path" must be a text such as /Users or /Users/<id>');
  if (/^\/?bulk\b/i.test(path)) throw malformed('"path": a bulk request cannot hold another one');
  const [, endpoint, id] = /^\/(Users|Groups)(?:\/([^/?#]+))?$/.exec(path) ?? [];
  if (endpoint === undefined) {
    throw malformed('"path" must be /Users or /Groups, with the id after it where the method is not POST');
  }
  if ((method === "POST") !== (id === undefined)) {
    throw malformed(method === "POST" ? '"path" of a POST names no id' : `"path" of a ${method} needs an id`);
  }
  // Such an id was never given, and would mean something else in an address.
  if (id !== undefined && !/^(?:bulkId:.+|[\w-]+)$/.test(id))
    throw notFound(`the ${endpoint.slice(1, -1).toLowerCase()}`);
  return { endpoint: endpoint === "Users" ? "/Users" : "/Groups", ...(id === undefined ? {} : { id }) };
}

const malformed = (problem: string): ScimError => badRequest("invalidSyntax", problem, MEND_REQUEST);

/** How one operation ended. */
export interface BulkResult extends Pick<BulkOperation, "method" | "bulkId"> {
  status: number;
  location?: string;
  version?: string;
  /** The error. */
  response?: Json;
}

/** The response, its operations in the order of the request; those that were not begun are missing. */
export function toBulkResponse(results: readonly BulkResult[]): { [name: string]: Json } {
  const operations = results.map(({ status, method, bulkId, location, version, response }): Json => {
    const more = { bulkId, location, version, response };
    const present = Object.entries(more).filter((entry): entry is [string, Json] => entry[1] !== undefined);
    return { method, status: String(status), ...Object.fromEntries(present) };
  });
  return { schemas: [BULK_RESPONSE_URN], Operations: operations };
}
