// Bearer tokens: minting, hashing and the question who may come in (RFC 6750; RFC 7644 section 2; [D1]).

import { type Admission, type Control, findToken } from "../store/control.ts";

const TOKEN_BYTES = 32;
/** A positive answer is kept in the isolate for so long: the longest time that a revoked token still works. */
const CACHE_MS = 30_000;
const CACHE_SIZE = 1_000;

/** A new token; the prefix lets secret scanners find it where it should not be. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return `portico_${text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** SHA-256 in lower-case hexadecimal. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The token of an `Authorization: Bearer` header. */
export function readBearer(header: string | null | undefined): string | undefined {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header ?? "")?.[1];
}

/** Compares two strings in a time that does not depend on where they differ. */
export function isEqual(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index);
  return difference === 0;
}

const admitted = new Map<string, { admission: Admission; since: number }>();

/** The connection that the token lets in, if any. A rejected token is looked up again each time, so a new token works at once. */
export async function admit(control: Control, token: string, now: number): Promise<Admission | undefined> {
  const hash = await hashToken(token);
  const known = admitted.get(hash);
  // A clock that was set back must not make a positive answer last.
  const isFresh = known && Math.abs(now - known.since) < CACHE_MS;
  if (isFresh && known.admission.expiresAt > now) return known.admission;
  admitted.delete(hash);
  const admission = await findToken(control, hash);
  if (!admission || admission.expiresAt <= now || admission.state === "erased") return undefined;
  const oldest = admitted.size >= CACHE_SIZE ? admitted.keys().next().value : undefined;
  if (oldest !== undefined) admitted.delete(oldest);
  admitted.set(hash, { admission, since: now });
  return admission;
}

/** Forgets what this isolate knows of a connection's tokens. */
export function forgetAdmissions(connectionId: string): void {
  for (const [hash, { admission }] of admitted) if (admission.connectionId === connectionId) admitted.delete(hash);
}
