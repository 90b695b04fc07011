// Every exception becomes a SCIM error (RFC 7644 section 3.12; [S29] [S34]).

import { Fault } from "../adapter.ts";
import { SealingError } from "../auth/sealing.ts";
import { CONTENT_TYPE, NOT_TAKEN, ScimError, type ScimType, toErrorBody } from "../scim/messages.ts";
import { FAULTS } from "../upstream/faults.ts";

/** Where a fault does not say when to come back. */
const RETRY_AFTER_SECONDS = 30;

/** The SCIM error that an exception stands for; an unknown one is an outage of Portico, never a 500. */
export function toScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof Fault) return fromFault(error);
  if (error instanceof SealingError) {
    return new ScimError(503, "the gateway cannot open this connection's credentials; its operator must act", {
      retryAfterSeconds: 300,
      cause: error,
    });
  }
  return new ScimError(503, "the gateway could not finish the request; try again", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause: error,
  });
}

function fromFault(fault: Fault): ScimError {
  const meaning = FAULTS[fault.kind];
  const subject = fault.attribute ? `${fault.attribute}: ` : "";
  const retries = meaning.status === 503 || meaning.status === 429;
  const retryAfterSeconds = fault.retryAfterSeconds ?? (retries ? RETRY_AFTER_SECONDS : undefined);
  const scimType: ScimType | undefined = meaning.scimType;
  return new ScimError(meaning.status, subject + (fault.detail ?? meaning.sentence), {
    ...(scimType ? { scimType } : {}),
    ...(fault.kind === "invalid" && fault.attribute ? { why: { paths: [fault.attribute], says: NOT_TAKEN } } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    cause: fault,
  });
}

/** The answer to a request that failed; the request's id in `detail` leads to its trace. */
export function toErrorResponse(error: ScimError, requestId: string): Response {
  const headers = new Headers({ "Content-Type": `${CONTENT_TYPE}; charset=utf-8` });
  if (error.retryAfterSeconds !== undefined) headers.set("Retry-After", String(error.retryAfterSeconds));
  if (error.allow) headers.set("Allow", error.allow);
  if (error.status === 401) headers.set("WWW-Authenticate", 'Bearer realm="portico"');
  return new Response(JSON.stringify(toErrorBody(error, requestId)), { status: error.status, headers });
}
