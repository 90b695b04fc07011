// Why a signed token is not believed, in a sentence that holds nothing of it (RFC 7519).

import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import { Undecided } from "./verdict.ts";

/** A longer one is no token of any issuer. */
const MAX_LENGTH = 16_384;
/** How far the clocks of an issuer and of Portico may differ, in seconds [D2]. */
const CLOCK_TOLERANCE = 120;

const REASONS: Record<string, string> = {
  ERR_JWT_EXPIRED: "has expired",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "has a signature that does not fit the key",
  ERR_JOSE_ALG_NOT_ALLOWED: "is signed in a way that is not accepted",
  ERR_JWKS_NO_MATCHING_KEY: "is signed with a key that its issuer does not publish",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "does not say which key signed it (kid)",
};

/** The claims whose signature is right, and what is wrong with the token otherwise. */
export interface Verified {
  payload?: JWTPayload;
  why?: string;
}

/** @throws Undecided where the keys cannot be read */
export async function verifyJwt(
  token: string,
  key: JWTVerifyGetKey,
  options: JWTVerifyOptions,
  now: number,
): Promise<Verified> {
  if (token.length > MAX_LENGTH) return { why: "is too long" };
  try {
    return { payload: (await jwtVerify(token, key, { ...options, currentDate: new Date(now) })).payload };
  } catch (error) {
    if (error instanceof Undecided) throw error;
    const isSigned = error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
    return { why: describe(error), ...(isSigned ? { payload: error.payload } : {}) };
  }
}

/** As another issuer's token: the clocks may differ, and it must say when it was made and live no longer than so. */
export async function verifyForeign(
  token: string,
  key: JWTVerifyGetKey,
  options: JWTVerifyOptions & { maxSeconds: number },
  now: number,
): Promise<Verified> {
  const { maxSeconds, ...rest } = options;
  const strict = { ...rest, clockTolerance: CLOCK_TOLERANCE, requiredClaims: ["iat", "exp"] };
  const verified = await verifyJwt(token, key, strict, now);
  if (verified.why || !verified.payload) return verified;
  const { iat = 0, exp = 0 } = verified.payload;
  if (iat > now / 1_000 + CLOCK_TOLERANCE) return { why: "was issued in the future" };
  return exp - iat > maxSeconds ? { why: `lives for more than ${maxSeconds} seconds` } : verified;
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTClaimValidationFailed)
    return `has another “${error.claim}” than it must have, or none`;
  const code = error instanceof errors.JOSEError ? error.code : "";
  return REASONS[code] ?? "cannot be read or verified";
}

/** The claims of a token whose signature nobody has looked at; undefined where it is no token. */
export function readUnverified(token: string): JWTPayload | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** Whether the text has the form of a signed token: three parts. */
export const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]*\.[\w-]*$/.test(token);
