// Who may come in with what stands in the Authorization header (RFC 7644 section 2; [D1]).

import { type Candidate, findBearer, findMarked, isUseDue, noteUse, noteWarning } from "../store/entrance.ts";
import { verifyAccessToken } from "./access-tokens.ts";
import { isWithin } from "./addresses.ts";
import type { Door } from "./door.ts";
import { verifyEntraToken } from "./entra-tokens.ts";
import { daysLeft, warningOf } from "./expiry.ts";
import { isJwt, readUnverified } from "./jwt.ts";
import { hashToken, markOf } from "./tokens.ts";
import { type Admission, type Refusal, refuse, type Verdict, whyClosed } from "./verdict.ts";

/** A positive answer is kept in the isolate for so long: the longest time that a revoked credential still works. */
const CACHE_MS = 30_000;
const CACHE_SIZE = 1_000;

const admitted = new Map<string, { admission: Admission; since: number }>();

/**
 * Whom the token lets in. A refused token is looked up again each time, so a new one works at once.
 * @param onAdmitted is told where the answer was not known already
 */
export async function admit(
  door: Door,
  token: string,
  address: string,
  now: number,
  onAdmitted: (admission: Admission) => void = () => {},
): Promise<Verdict> {
  const hash = await hashToken(token);
  const known = admitted.get(hash);
  // A clock that was set back must not make a positive answer last.
  const isFresh = known && Math.abs(now - known.since) < CACHE_MS && known.admission.endsAt > now;
  if (isFresh) return checkAddress(known.admission, address);
  admitted.delete(hash);
  const verdict = await identify(door, token, hash, now);
  if ("refused" in verdict) return verdict;
  remember(hash, verdict.granted, now);
  const checked = checkAddress(verdict.granted, address);
  if ("granted" in checked) onAdmitted(verdict.granted);
  return checked;
}

function remember(hash: string, admission: Admission, now: number): void {
  const oldest = admitted.size >= CACHE_SIZE ? admitted.keys().next().value : undefined;
  if (oldest !== undefined) admitted.delete(oldest);
  admitted.set(hash, { admission, since: now });
}

async function identify(door: Door, token: string, hash: string, now: number): Promise<Verdict> {
  if (isJwt(token)) return identifySigned(door, token, now);
  const candidate = await findBearer(door.control, hash);
  if (!candidate) return refuse("no credential is like the token that was sent");
  const why = whyClosed(candidate, now);
  return why ? refuse(why, candidate) : { granted: { ...candidate, endsAt: candidate.credential.expiresAt } };
}

/** A signed token is ours, or one of Entra's; which of the two, it says itself, and then has to prove. */
async function identifySigned(door: Door, token: string, now: number): Promise<Verdict> {
  const claims = readUnverified(token);
  if (!claims) return refuse("the token cannot be read");
  return claims.iss === door.issuer ? verifyAccessToken(door, token, now) : verifyEntraToken(door, token, claims, now);
}

/** Whose refusal this is, where an unknown token begins as one that is there: it was not copied whole. */
export async function attribute(door: Door, token: string, refused: Refusal): Promise<Refusal> {
  const mark = refused.connection || isJwt(token) ? undefined : markOf(token);
  const candidate = mark === undefined ? undefined : await findMarked(door.control, mark);
  return candidate ? refuse("the token begins as the credential's and is not the same", candidate).refused : refused;
}

/** Whether the holder of a credential comes from where it may be used. */
export function checkAddress<Proof extends Candidate>(proof: Proof, address: string): Verdict<Proof> {
  const { addresses } = proof.credential;
  if (addresses === null || isWithin(addresses, address)) return { granted: proof };
  return refuse("the request came from an address outside the credential's ranges", proof);
}

/** Forgets what this isolate knows of a connection's credentials. */
export function forgetAdmissions(connectionId: string): void {
  for (const [hash, { admission }] of admitted) if (admission.connection.id === connectionId) admitted.delete(hash);
}

/** Notes that a credential was used, and warns where it ends soon. */
export async function noteAdmission(door: Door, { credential, connection }: Candidate, now: number): Promise<void> {
  const { id, kind, expiresAt, lastUsedAt, warnedDays } = credential;
  if (isUseDue(lastUsedAt, now)) await noteUse(door.control, id, now);
  const days = warningOf(credential, now);
  if (days === undefined || expiresAt <= now || (warnedDays !== null && warnedDays <= days)) return;
  // Of all isolates that see it, one warns.
  if (!(await noteWarning(door.control, id, days))) return;
  const left = daysLeft(expiresAt, now);
  console.warn(
    `credential ${id} (${kind}) of connection ${connection.id} expires in ${left} ${left === 1 ? "day" : "days"}`,
  );
}
