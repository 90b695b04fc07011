// Requests to an address at which there is nothing: where one shows a credential, its connection learns that the Tenant URL is wrong.

import { admit } from "../auth/admission.ts";
import { openDoor } from "../auth/door.ts";
import { readBearer } from "../auth/tokens.ts";
import { ScimError } from "../scim/messages.ts";
import { createId } from "../store/identifier.ts";
import { toErrorResponse } from "./errors.ts";
import { recordRefusal } from "./refusals.ts";
import { addressOf, defer, type WorkerContext } from "./worker-context.ts";

const WHY = "there is nothing at the address of the request, so the Tenant URL is wrong";

/** Every caller gets the same answer, and nothing is looked up before it. */
export function serveAstray(context: WorkerContext): Response {
  const requestId = createId();
  const token = readBearer(context.req.header("authorization"));
  if (token) defer(context, recordAstray(context, token, requestId));
  return toErrorResponse(new ScimError(404, "there is nothing here; SCIM lives under /scim/v2"), requestId);
}

async function recordAstray(context: WorkerContext, token: string, requestId: string): Promise<void> {
  const now = Date.now();
  const verdict = await admit(openDoor(context.env), token, addressOf(context), now);
  if (!("granted" in verdict)) return;
  const { connection, credential } = verdict.granted;
  const request = { requestId, method: context.req.method, path: "*", at: now, status: 404 } as const;
  await recordRefusal(context.env, { why: WHY, connection, credentialId: credential.id }, request);
}
