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
  return [current, ...(previous ? [previous] : [])].map((text) => {
    const separator = text.indexOf(":");
    const id = text.slice(0, separator);
    let bytes = new Uint8Array();
    try {
      bytes = fromBase64(text.slice(separator + 1));
    } catch {
      // Falls through to the length check.
    }
    if (separator < 1 || bytes.length !== KEY_BYTES) {
      throw new SealingError("a master key must be an id, a colon and 32 bytes in base64");
    }
    return { id, bytes };
  });
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

const boundTo = (connectionId: string, field: string, keyId: string) => encode(`${connectionId}|${field}|${keyId}`);

/** Seals one field of one connection: `keyId.iv.ciphertext`. */
export async function seal(ring: KeyRing, connectionId: string, field: string, secret: string): Promise<string> {
  const [master] = ring;
  if (!master) throw new SealingError("no master key");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: boundTo(connectionId, field, master.id) },
    await deriveKey(master, connectionId),
    encode(secret),
  );
  return `${master.id}.${toBase64(iv)}.${toBase64(new Uint8Array(ciphertext))}`;
}

/** @throws SealingError where the key is gone, or the text was sealed for another connection or field. */
export async function unseal(ring: KeyRing, connectionId: string, field: string, sealed: string): Promise<string> {
  const [keyId = "", iv = "", ciphertext = ""] = sealed.split(".");
  const master = ring.find((candidate) => candidate.id === keyId);
  if (!master) throw new SealingError(`the master key "${keyId}" that sealed a credential is not configured`);
  try {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: fromBase64(iv), additionalData: boundTo(connectionId, field, keyId) },
      await deriveKey(master, connectionId),
      fromBase64(ciphertext),
    );
    return new TextDecoder().decode(plain);
  } catch (cause) {
    throw new SealingError("a credential cannot be unsealed with the configured master key", { cause });
  }
}
