// Sealing of vendor credentials: AES-256-GCM under a key derived for one connection from the Worker's master key.

const KEY_BYTES = 32;
const IV_BYTES = 12;

/** No master key, or none that fits; an operator must act, so this is answered with 503. */
export class SealingError extends Error {
  override readonly name = "SealingError";
}

interface MasterKey {
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The master keys by id; the first seals, all unseal. */
export type KeyRing = readonly MasterKey[];

const encode = (text: string) => new TextEncoder().encode(text);
const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/**
 * Reads `id:base64` keys of 32 bytes, the current one first.
 * @throws SealingError where the first is missing or any is malformed: there is no default key.
 */
export function readKeyRing(current: string | undefined, previous: string | undefined): KeyRing {
  if (!current) throw new SealingError("the secret MASTER_KEY is not set");
  const clash = whyKeysClash(current, previous);
  if (clash !== undefined) throw new SealingError(clash);
  return [current, ...(previous ? [previous] : [])].map((text) => {
    const separator = text.indexOf(":");
    const id = text.slice(0, separator);
    let bytes = new Uint8Array();
    try {
      bytes = fromBase64(text.slice(separator + 1));
    } catch {
      // Falls through to the length check.
    }
    // A dot ends the id in what is sealed.
    if (separator < 1 || id.includes(".") || bytes.length !== KEY_BYTES) {
      throw new SealingError("a master key must be an id without a dot, a colon and 32 bytes in base64");
    }
    return { id, bytes };
  });
}

const idOf = (key: string) => key.slice(0, Math.max(0, key.indexOf(":")));

/** Why two master keys cannot be told apart: what one has sealed, the other would be asked to open. */
export function whyKeysClash(current: string | undefined, previous: string | undefined): string | undefined {
  if (!current || !previous || idOf(current) !== idOf(previous)) return undefined;
  return `MASTER_KEY and MASTER_KEY_PREVIOUS have one id, "${idOf(current)}"; give the new key an id of its own`;
}

async function deriveKey(master: MasterKey, connectionId: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", master.bytes, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encode(master.id), info: encode(`portico connection ${connectionId}`) },
    base,
    { name: "AES-GCM", length: KEY_BYTES * 8 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** Of the format that binds a value to where it may be sent; a value without a version was sealed before. */
const VERSION = "2";

/** What goes nowhere, such as the key of digests. */
const NOWHERE = "";

const boundTo = (connectionId: string, field: string, keyId: string, origin: string | undefined) =>
  encode(
    origin === undefined
      ? `${connectionId}|${field}|${keyId}`
      : JSON.stringify([VERSION, connectionId, field, keyId, origin]),
  );

/**
 * Seals one field of one connection: `keyId.iv.ciphertext.version`.
 * @param origin where the value may be sent; it opens for no other place [S38]
 */
export async function seal(
  ring: KeyRing,
  connectionId: string,
  field: string,
  secret: string,
  origin: string = NOWHERE,
): Promise<string> {
  const [master] = ring;
  if (!master) throw new SealingError("no master key");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: boundTo(connectionId, field, master.id, origin) },
    await deriveKey(master, connectionId),
    encode(secret),
  );
  return [master.id, toBase64(iv), toBase64(new Uint8Array(ciphertext)), VERSION].join(".");
}

/** @throws SealingError where the key is gone, or the text was sealed for another connection, field or origin. */
export async function unseal(
  ring: KeyRing,
  connectionId: string,
  field: string,
  sealed: string,
  origin: string = NOWHERE,
): Promise<string> {
  const [keyId = "", iv = "", ciphertext = "", version] = sealed.split(".");
  const master = ring.find((candidate) => candidate.id === keyId);
  if (!master) throw new SealingError(`the master key "${keyId}" that sealed a credential is not configured`);
  const bound = boundTo(connectionId, field, keyId, version === undefined ? undefined : origin);
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: fromBase64(iv), additionalData: bound },
      await deriveKey(master, connectionId),
      fromBase64(ciphertext),
    );
    return new TextDecoder().decode(plain);
  } catch (cause) {
    throw new SealingError(
      "a credential cannot be unsealed: it was sealed with another master key or for another address",
      { cause },
    );
  }
}

/** A digest that nobody can make or guess without the master key: `keyId.digest`. */
export async function digestWith(master: KeyRing[number], text: string): Promise<string> {
  const base = await crypto.subtle.importKey("raw", master.bytes, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encode(master.id), info: encode("portico account marks") },
    base,
    { name: "HMAC", hash: "SHA-256", length: KEY_BYTES * 8 },
    false,
    ["sign"],
  );
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(text)));
  return `${master.id}.${digest.toHex()}`;
}

/** The master key of what `seal` or `digestWith` has made. */
export const keyIdOf = (made: string): string => made.slice(0, Math.max(0, made.indexOf(".")));

/** What tells two master keys of one id apart, and tells nothing of either. */
export const fingerprintOf = (master: KeyRing[number]): Promise<string> => digestWith(master, "fingerprint");

/** Whether a value that was read is to be sealed again: with the present master key, and bound to where it may go. */
export function isSealedAsNow(ring: KeyRing, sealed: string): boolean {
  const [keyId, , , version] = sealed.split(".");
  return keyId === ring[0]?.id && version === VERSION;
}
