// Entra's own token, which it sends where the Secret Token is empty: for trying out, opt-in, one pinned tenant [D3].

import type { JWTPayload } from "jose";
import { type Candidate, findTrustOfTenant } from "../store/entrance.ts";
import type { Door } from "./door.ts";
import { verifyForeign } from "./jwt.ts";
import { publishedKeys } from "./key-sets.ts";
import { ENTRA_AUDIENCE } from "./trust.ts";
import { refuse, type Verdict, whyClosed } from "./verdict.ts";

const MAX_SECONDS = 86_400;

/**
 * The connection that trusts the tenant of the token. Any administrator of any tenant can get a token for this audience,
 * so that only what is pinned separates customers.
 * @param claims of the token, which nobody has verified yet
 */
export async function verifyEntraToken(door: Door, token: string, claims: JWTPayload, now: number): Promise<Verdict> {
  const tenant = typeof claims.tid === "string" ? claims.tid : "";
  const trusting = await findTrustOfTenant(door.control, tenant);
  const pinned = trusting.filter(({ credential }) => isPinned(credential.trust, claims));
  const open = pinned.filter((one) => whyClosed(one, now) === undefined);
  const fitting = open.length > 0 ? open : pinned;
  const [candidate] = fitting;
  if (!candidate) return refuse("no connection trusts Entra's own tokens of this tenant and application", trusting[0]);
  if (new Set(fitting.map(({ connection }) => connection.id)).size > 1) {
    return refuse("more than one connection trusts this token; pin an application or subject in each", candidate);
  }
  const why = whyClosed(candidate, now) ?? (await whyNot(door, candidate, token, now));
  if (why) return refuse(why, candidate);
  const endsAt = Math.min(candidate.credential.expiresAt, Number(claims.exp) * 1_000);
  return { granted: { ...candidate, endsAt } };
}

function isPinned(trust: Candidate["credential"]["trust"], { appid, oid }: JWTPayload): boolean {
  const { application = appid, subject = oid } = trust ?? {};
  return appid === application && oid === subject;
}

async function whyNot(door: Door, { credential }: Candidate, token: string, now: number): Promise<string | undefined> {
  const { issuer = "", keysUrl = "" } = credential.trust ?? {};
  const options = { algorithms: ["RS256"], issuer, audience: ENTRA_AUDIENCE, maxSeconds: MAX_SECONDS };
  const { why } = await verifyForeign(token, publishedKeys(door, keysUrl, now), options, now);
  return why && `Entra's token ${why}`;
}
