// Who calls the administrator API: by an API key, by the break-glass token of the deployment, or through Cloudflare Access.

import {
  type ApiKeyRow,
  countOwners,
  findApiKey,
  type GatewayAlarm,
  isKeyUseDue,
  noteKeyUse,
  raiseGatewayAlarm,
} from "../store/api-keys.ts";
import { openControl } from "../store/control.ts";
import { DEPLOYMENT_OBJECT } from "../store/webhook-events.ts";
import { isAccessConfigured, verifyAccessIdentity } from "./access-identity.ts";
import { openDoor } from "./door.ts";
import type { Role } from "./roles.ts";
import { hashToken, isEqual } from "./tokens.ts";

/** Somebody who may call, as far as the role and the connections reach. */
export interface Caller {
  /** `customer`: by an invite; their role says nothing, and they may call only routes for customers. */
  kind: "key" | "break-glass" | "access" | "customer";
  /** The id of the API key, or of the invite. */
  id: string | null;
  /** As the audit calls them. */
  name: string;
  role: Role;
  /** The ids of the connections that the key is for; null: all, and what concerns the whole deployment. */
  connections: readonly string[] | null;
}

/** `isKnown`: it is clear who they are, and they have no role. */
export type Identified = { caller: Caller } | { refused: string; isKnown?: true };

/** Whether somebody may do anything on a connection. */
export const reaches = ({ connections }: Caller, connectionId: string): boolean =>
  connections === null || connections.includes(connectionId);

const BREAK_GLASS = "break glass";

/** What waits for the whole deployment, in sentences. */
export const GATEWAY_SENTENCES: Record<GatewayAlarm["kind"], string> = {
  "break-glass": `the ${BREAK_GLASS} token of the deployment was used although an owner has an API key`,
};

/** When this isolate has last raised the alarm of the break-glass token. */
let raisedAt = Number.NEGATIVE_INFINITY;
const RAISE_EVERY_MS = 1_000;

/** Whose bearer token this is. It is looked up each time, so that a key that was revoked opens nothing any more. */
export async function identifyByToken(env: Env, token: string, now: number): Promise<Identified> {
  const hash = await hashToken(token);
  if (env.ADMIN_TOKEN_SHA256 && isEqual(hash, env.ADMIN_TOKEN_SHA256.toLowerCase()))
    return identifyBreakGlass(env, now);
  return identifyByKey(env, await findApiKey(openControl(env.CONTROL), hash), now);
}

export async function identifyBreakGlass(env: Env, now: number): Promise<Identified> {
  await noteBreakGlass(env, now);
  return { caller: { kind: "break-glass", id: null, name: BREAK_GLASS, role: "owner", connections: null } };
}

/** Whose API key this is, as long as it opens anything. */
export async function identifyByKey(env: Env, key: ApiKeyRow | undefined, now: number): Promise<Identified> {
  const why = key ? whyKeyClosed(key, now) : "no API key is like the token that was sent";
  if (!key || why) return { refused: why ?? "" };
  if (isKeyUseDue(key, now)) await noteKeyUse(openControl(env.CONTROL), key.id, now);
  const { id, name, role, connections } = key;
  return { caller: { kind: "key", id, name, role, connections } };
}

const whyKeyClosed = ({ revokedAt, expiresAt }: ApiKeyRow, now: number): string | undefined =>
  revokedAt !== null ? "the API key is revoked" : expiresAt <= now ? "the API key has expired" : undefined;

/** Once an owner has an API key, nobody needs the token of the deployment: each use of it is an alarm. */
async function noteBreakGlass(env: Env, now: number): Promise<void> {
  const control = openControl(env.CONTROL);
  if ((await countOwners(control, now)) === 0) return;
  // A client that asks for costs shows the token with every request.
  if (Math.abs(now - raisedAt) < RAISE_EVERY_MS) return;
  raisedAt = now;
  await raiseGatewayAlarm(control, "break-glass", now);
  try {
    await env.DEPLOYMENT.getByName(DEPLOYMENT_OBJECT).look();
  } catch {
    // The alarm's row says that webhooks were not told, and the object finds it when it looks next.
  }
  console.warn("alarm break-glass: the break-glass token of the deployment was used although an owner has an API key");
}

/** Whose token of Cloudflare Access this is. @throws Undecided where its keys cannot be read */
export async function identifyByAccess(env: Env, token: string, now: number): Promise<Identified> {
  const verdict = await verifyAccessIdentity(openDoor(env), env, token, now);
  if ("refused" in verdict) return verdict;
  const { name, role } = verdict.identity;
  return { caller: { kind: "access", id: null, name, role, connections: null } };
}

/** Whether there is any way in that needs no API key. */
export const hasOtherWayIn = (env: Env): boolean => Boolean(env.ADMIN_TOKEN_SHA256) || isAccessConfigured(env);
