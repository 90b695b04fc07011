// Who is signed in to the console: a cookie stands for an API key or the break-glass token, and for nothing longer than that does.

import type { ApiKeyRow } from "../store/api-keys.ts";
import {
  type ConsoleSession,
  deleteConsoleSessions,
  findConsoleSession,
  insertConsoleLink,
  insertConsoleSession,
  takeConsoleLink,
} from "../store/console-sessions.ts";
import { openControl } from "../store/control.ts";
import { createId } from "../store/identifier.ts";
import { type Caller, type Identified, identifyBreakGlass, identifyByKey } from "./callers.ts";
import { createSignIn, hashToken } from "./tokens.ts";

const HOUR_MS = 3_600_000;
/** For so long a browser stays signed in: a working day. */
export const SESSION_MS = 8 * HOUR_MS;
/** For so long an address signs in. */
const LINK_MS = HOUR_MS;
const MARK_LENGTH = 32;

/** A new session of somebody who is known; undefined where they come through Cloudflare Access, which has sessions of its own. */
export async function startSession(
  env: Env,
  caller: Caller,
  now: number,
): Promise<{ id: string; secret: string; expiresAt: number } | undefined> {
  const credential = await credentialOf(env, caller);
  if (credential === undefined) return undefined;
  const secret = createSignIn();
  const row: ConsoleSession = {
    id: createId(),
    hash: await hashToken(secret),
    credential,
    createdAt: now,
    expiresAt: now + SESSION_MS,
  };
  await insertConsoleSession(openControl(env.CONTROL), row);
  return { id: row.id, secret, expiresAt: row.expiresAt };
}

/** What an address must hold that signs in once as somebody; undefined as of a session. */
export async function createLink(
  env: Env,
  caller: Caller,
  now: number,
): Promise<{ secret: string; expiresAt: number } | undefined> {
  const credential = await credentialOf(env, caller);
  if (credential === undefined) return undefined;
  const secret = createSignIn();
  const expiresAt = now + LINK_MS;
  await insertConsoleLink(openControl(env.CONTROL), { hash: await hashToken(secret), credential, expiresAt }, now);
  return { secret, expiresAt };
}

/** Ends one session of somebody, or all of theirs; how many there were. */
export async function endSessions(env: Env, caller: Caller, id?: string): Promise<number> {
  const credential = await credentialOf(env, caller);
  return credential === undefined ? 0 : deleteConsoleSessions(openControl(env.CONTROL), credential, id);
}

/** Whose cookie this is; the key is looked up each time, so that revoking it ends its sessions. */
export async function identifyBySession(
  env: Env,
  secret: string,
  now: number,
): Promise<{ caller: Caller; sessionId: string } | undefined> {
  const found = await findConsoleSession(openControl(env.CONTROL), await hashToken(secret), now);
  if (!found) return undefined;
  const identified = await identifyByCredential(env, found.session.credential, found.key, now);
  return "caller" in identified ? { caller: identified.caller, sessionId: found.session.id } : undefined;
}

/** Uses an address up, and tells whom it signs in. */
export async function useLink(env: Env, secret: string, now: number): Promise<Caller | undefined> {
  const link = await takeConsoleLink(openControl(env.CONTROL), await hashToken(secret), now);
  if (!link) return undefined;
  const identified = await identifyByCredential(env, link.credential, link.key, now);
  return "caller" in identified ? identified.caller : undefined;
}

async function identifyByCredential(
  env: Env,
  credential: string,
  key: ApiKeyRow | null,
  now: number,
): Promise<Identified> {
  if (env.ADMIN_TOKEN_SHA256 && credential === (await breakGlassMark(env))) return identifyBreakGlass(env, now);
  return identifyByKey(env, key ?? undefined, now);
}

async function credentialOf(env: Env, { kind, id }: Caller): Promise<string | undefined> {
  return kind === "key" ? (id ?? undefined) : kind === "break-glass" ? breakGlassMark(env) : undefined;
}

/** Tells this break-glass token from the next one. */
const breakGlassMark = async ({ ADMIN_TOKEN_SHA256 }: Env): Promise<string> =>
  `break-glass:${(await hashToken(ADMIN_TOKEN_SHA256.toLowerCase())).slice(0, MARK_LENGTH)}`;
