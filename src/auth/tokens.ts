// Tokens and secrets: making them, hashing, comparing, and reading them out of a header (RFC 6750; [D1]).

const TOKEN_BYTES = 32;
const PREFIX = "portico_";
/** So many characters at its beginning are compared where a token is unknown. */
const MARK_LENGTH = 8;
/** So many characters of a token are shown again, to tell it from others. */
const HINT_LENGTH = 4;

/** A new token or client secret; the prefix lets secret scanners find it where it should not be. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return PREFIX + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A new API key; what it begins with tells it from what opens a connection. */
export const createApiKey = (): string => createToken().replace(PREFIX, `${PREFIX}key_`);

/** What the cookie of the console holds, or an address that signs in once. */
export const createSignIn = (): string => createToken().replace(PREFIX, `${PREFIX}console_`);

/** What the cookie of a customer's page holds, or the address that leads to one. */
export const createCustomerSecret = (): string => createToken().replace(PREFIX, `${PREFIX}customer_`);

/** The last characters of a token, which say which one it is and open nothing. */
export const hintOf = (token: string): string => token.slice(-HINT_LENGTH);

/** The first characters of a token, which open nothing: one that was not copied whole still has them; undefined: it is too short. */
export function markOf(token: string): string | undefined {
  const mark = token.replace(PREFIX, "").slice(0, MARK_LENGTH);
  return mark.length === MARK_LENGTH ? mark : undefined;
}

const ENCODER = new TextEncoder();

/** SHA-256 in lower-case hexadecimal. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", ENCODER.encode(token));
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
