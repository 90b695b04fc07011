// The operator's side of a refusal at the door: which credential of which connection, and why [D4].

import type { Refusal } from "../auth/verdict.ts";
import { answeringStubOf } from "./stub.ts";

const MINUTE_MS = 60_000;
const MAX_KNOWN = 1_000;

/** When this isolate has last written a refusal down, by credential and reason. */
const recorded = new Map<string, number>();

export interface RefusedRequest {
  requestId: string;
  method: string;
  /** The route's template. */
  path: string;
  at: number;
  /** What was answered. */
  status: 401 | 404;
}

/** Writes a trace of the refusal, once a minute for each credential and reason: strangers must not fill an object. */
export async function recordRefusal(env: Env, refusal: Refusal, request: RefusedRequest): Promise<void> {
  const { connection, credentialId = "", why } = refusal;
  if (!connection || connection.state === "erased") return;
  const key = `${connection.id} ${credentialId} ${why}`;
  if (Math.abs(request.at - (recorded.get(key) ?? Number.NEGATIVE_INFINITY)) < MINUTE_MS) return;
  if (recorded.size >= MAX_KNOWN) recorded.clear();
  recorded.set(key, request.at);
  await answeringStubOf(env, connection).recordRefusal(credentialId, why, request);
}
