// Why a signed token is not believed, in a sentence that holds nothing of it (RFC 7519).

import { decodeJwt, errors, type JWTPayload } from "jose";
import { Undecided } from "./verdict.ts";

/** A longer one is no token of any issuer. */
export const MAX_JWT_LENGTH = 16_384;
/** How far the clocks of an issuer and of Portico may differ, in seconds [D2]. */
export const CLOCK_TOLERANCE = 120;

const REASONS: Record<string, string> = {
  ERR_JWT_EXPIRED: "has expired",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: "has a signature that does not fit the key",
  ERR_JOSE_ALG_NOT_ALLOWED: "is signed in a way that is not accepted",
  ERR_JWKS_NO_MATCHING_KEY: "is signed with a key that its issuer does not publish",
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: "does not say which key signed it (kid)",
};

/**
 * What is wrong with the token whose verification failed.
 * @throws Undecided where nothing was decided
 */
export function describe(error: unknown): string {
  if (error instanceof Undecided) throw error;
  if (error instanceof errors.JWTClaimValidationFailed)
    return `has another “${error.claim}” than it must have, or none`;
  const code = error instanceof errors.JOSEError ? error.code : "";
  return REASONS[code] ?? "cannot be read or verified";
}

/** The claims of a token whose signature nobody has looked at; undefined where it is no token. */
export function readUnverified(token: string): JWTPayload | undefined {
  if (token.length > MAX_JWT_LENGTH) return undefined;
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

/** Whether the text has the form of a signed token: three parts. */
export const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]*\.[\w-]*$/.test(token);
