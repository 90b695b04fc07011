// SCIM protocol messages: errors (RFC 7644 section 3.12) and list responses (section 3.4.2).

import type { Json, Resource } from "./schema.ts";

const ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST_RESPONSE_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const PATCH_OP_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const CONTENT_TYPE = "application/scim+json";

/** RFC 7644 table 9. */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive";

/** Why a value was refused, in words that a trace may keep: attributes by their paths, and a rule without the value. */
export interface Why {
  paths: readonly string[];
  /** Goes on after the paths. */
  says: string;
}

/** A refusal on its way to the client; `detail` is read by an administrator in the identity provider's log. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  /** Whole seconds after which the client may try again. */
  readonly retryAfterSeconds: number | undefined;
  /** The methods that a 405 owes (RFC 9110 section 15.5.6). */
  readonly allow: string | undefined;
  readonly why: Why | undefined;

  constructor(
    status: number,
    detail: string,
    more: { scimType?: ScimType; retryAfterSeconds?: number; allow?: string; why?: Why; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = "ScimError";
    this.status = status;
    this.scimType = more.scimType;
    this.retryAfterSeconds = more.retryAfterSeconds;
    this.allow = more.allow;
    this.why = more.why;
  }
}

/** The 404 of something that a client named. */
export const notFound = (what: string) => new ScimError(404, `${what} does not exist on this connection`);

/**
 * The 400 of the given type.
 * @param problem names the attribute or the part of the request, and what it must be
 * @param remedy what to do, said to the administrator of the identity provider
 */
export function badRequest(scimType: ScimType, problem: string, remedy: string, why?: Why): ScimError {
  return new ScimError(400, `${problem}; ${remedy}`, { scimType, ...(why ? { why } : {}) });
}

/** A text that cannot be read may mean something else, or nothing; a request that asks too much is refused whatever it means. */
export const isUnreadable = (error: unknown): error is ScimError =>
  error instanceof ScimError && error.scimType !== "tooMany";

/** What to do about a value that does not fit its attribute. */
export const MEND_VALUE = "correct it at its source, or map another attribute to it";
/** What a trace says of an attribute whose value the product refused. */
export const NOT_TAKEN = "has a value that the product does not take";
/** What to do about a request that only another client would write. */
export const MEND_REQUEST = "correct it in the client that sends the request";

/** The error body: `status` is a string (RFC 7644 section 3.12). */
export function toErrorBody(error: ScimError, requestId?: string): { [name: string]: Json } {
  return {
    schemas: [ERROR_URN],
    status: String(error.status),
    ...(error.scimType ? { scimType: error.scimType } : {}),
    detail: requestId ? `${error.message} (request ${requestId})` : error.message,
  };
}

/** One page of resources that are JSON texts already; `startIndex` is 1-based. */
export function toListText(resources: readonly string[], totalResults: number, startIndex: number): string {
  const head = JSON.stringify({
    schemas: [LIST_RESPONSE_URN],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
  });
  return `${head.slice(0, -1)},"Resources":[${resources.join(",")}]}`;
}

/** One page of results; `startIndex` is 1-based. */
export function toListResponse(
  resources: readonly Resource[],
  totalResults: number,
  startIndex = 1,
): { [name: string]: Json } {
  return {
    schemas: [LIST_RESPONSE_URN],
    totalResults,
    startIndex,
    itemsPerPage: resources.length,
    Resources: [...resources],
  };
}
