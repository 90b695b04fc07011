// The key of a connection's digests: random, and sealed at rest, so that what lies beside the digests answers no guess.

import { deleteAllDigests } from "../store/digests.ts";
import { readFact, writeFact } from "../store/facts.ts";
import type { Store } from "../store/links.ts";
import { isSealedAsNow, type KeyRing, SealingError, seal, unseal } from "./sealing.ts";

const FACT = "digest_key";
const KEY_BYTES = 32;

/**
 * The connection's key, made where there is none or where its master key is gone: then nothing that was digested can be
 * compared any more.
 */
export async function openDigestKey(store: Store, ring: KeyRing, connectionId: string): Promise<CryptoKey> {
  const sealed = readFact(store, FACT);
  const text = sealed === undefined ? undefined : await reopen(ring, connectionId, sealed);
  const bytes = text === undefined ? crypto.getRandomValues(new Uint8Array(KEY_BYTES)) : Uint8Array.fromHex(text);
  // Sealed again with the present master key, so that the operator can delete the previous one.
  if (text === undefined || sealed === undefined || !isSealedAsNow(ring, sealed)) {
    if (text === undefined) deleteAllDigests(store);
    writeFact(store, FACT, await seal(ring, connectionId, FACT, bytes.toHex()));
  }
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

async function reopen(ring: KeyRing, connectionId: string, sealed: string): Promise<string | undefined> {
  try {
    return await unseal(ring, connectionId, FACT, sealed);
  } catch (error) {
    if (error instanceof SealingError) return undefined;
    throw error;
  }
}
