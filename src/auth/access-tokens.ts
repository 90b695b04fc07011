// Access tokens: what a client gets for a secret or an assertion, and how they are known again (RFC 9068; [S61]).

import { errors, SignJWT } from "jose";
import * as z from "zod";
import { type Candidate, findCandidate } from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import { type Door, scimUrlOf } from "./door.ts";
import { verifyJwt } from "./jwt.ts";
import { findVerifyingKey, lastSignedAt, openSigningKey, SIGNING_ALGORITHM } from "./signing-keys.ts";
import { refuse, Undecided, type Verdict } from "./verdict.ts";

/** Always the full lifetime: between the 60 minutes and 6 hours that Entra asks for [G8]. */
export const LIFETIME_SECONDS = 3_600;
const TYPE = "at+jwt";

const claims = z.object({
  /** The connection, the credential that was exchanged, and the epochs of both. */
  cid: z.string(),
  cred: z.string(),
  cep: z.int(),
  nep: z.int(),
  exp: z.number(),
});

export async function issueAccessToken(
  door: Door,
  { credential, connection }: Candidate,
  now: number,
): Promise<string> {
  const { id, sign } = await openSigningKey(door, now);
  const issuedAt = Math.floor(now / 1_000);
  return new SignJWT({
    client_id: connection.id,
    scope: "scim",
    cid: connection.id,
    cred: credential.id,
    cep: credential.epoch,
    nep: connection.epoch,
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: id, typ: TYPE })
    .setIssuer(door.issuer)
    .setAudience(scimUrlOf(door.issuer))
    .setSubject(connection.id)
    .setJti(createId(now))
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME_SECONDS)
    .sign(sign);
}

/** When the last token ends that a rotation of the signing key would end at once. */
export async function lastTokenEndsAt(door: Door, now: number): Promise<number | undefined> {
  const signedAt = await lastSignedAt(door, now);
  return signedAt === undefined ? undefined : signedAt + LIFETIME_SECONDS * 1_000;
}

export async function verifyAccessToken(door: Door, token: string, now: number): Promise<Verdict> {
  const options = {
    algorithms: [SIGNING_ALGORITHM],
    issuer: door.issuer,
    audience: scimUrlOf(door.issuer),
    typ: TYPE,
    requiredClaims: ["exp", "jti"],
  };
  const verified = await verifyJwt(token, ({ kid }) => requireKey(door, kid, now), options, now);
  const parsed = claims.safeParse(verified.payload);
  const candidate = parsed.success ? await findCandidate(door.control, parsed.data.cred) : undefined;
  if (verified.why) return refuse(`the access token ${verified.why}`, candidate);
  if (!parsed.success || !candidate) return refuse("the access token names no credential that is here");
  const { credential, connection } = candidate;
  const { cid, cep, nep, exp } = parsed.data;
  if (cid !== connection.id) return refuse("the access token names another connection", candidate);
  // Of a secret that has expired a token may still be used, of one that was revoked never [S61].
  if (connection.state === "erased") return refuse("the connection is erased", candidate);
  if (credential.revokedAt !== null || cep !== credential.epoch) return refuse("the credential is revoked", candidate);
  if (nep !== connection.epoch) return refuse("all access tokens of the connection are revoked", candidate);
  return { granted: { ...candidate, endsAt: exp * 1_000 } };
}

async function requireKey(door: Door, id: string | undefined, now: number): Promise<CryptoKey> {
  let key: CryptoKey | undefined;
  try {
    key = await findVerifyingKey(door, id, now);
  } catch (cause) {
    throw new Undecided("the keys of access tokens cannot be read", { cause });
  }
  if (!key) throw new errors.JWKSNoMatchingKey();
  return key;
}
