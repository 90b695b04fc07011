// The keys that sign access tokens: made once, sealed in D1, two alive; the newest signs [S38] [S61].

import { exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import {
  insertFirstSigningKey,
  insertSigningKey,
  listSigningKeys,
  resealSigningKey,
  type SigningKeyRow,
} from "../store/entrance.ts";
import { createId } from "../store/identifier.ts";
import type { Door } from "./door.ts";
import { isSealedAsNow, SealingError, seal, unseal } from "./sealing.ts";

export const SIGNING_ALGORITHM = "ES256";
/** The owner under which these keys are sealed: no connection has such an id. */
const OWNER = "gateway";
/** For so long an isolate goes on signing with a key that another one has replaced. */
const CACHE_MS = 30_000;

interface SigningKey {
  id: string;
  createdAt: number;
  sign: CryptoKey;
  verify: CryptoKey;
}

let known: { keys: SigningKey[]; readAt: number } | undefined;

const fieldOf = (id: string) => `signing_key:${id}`;

/** The key that signs now; the first of a deployment is made here. */
export async function openSigningKey(door: Door, now: number): Promise<SigningKey> {
  const [newest] = await readKeys(door, now);
  if (newest) return newest;
  const row = await createRow(door, now);
  // None that can be opened: their master key is gone, so that nobody can sign with them any more.
  if ((await listSigningKeys(door.control)).length === 0) await insertFirstSigningKey(door.control, row);
  else await insertSigningKey(door.control, row);
  const [made] = await readKeys(door, now, true);
  if (!made) throw new SealingError("the new signing key cannot be opened");
  return made;
}

/** The key with which a token says that it is signed, if that key is alive. */
export async function findVerifyingKey(
  door: Door,
  id: string | undefined,
  now: number,
): Promise<CryptoKey | undefined> {
  const isIt = (key: SigningKey) => key.id === id;
  const key = (await readKeys(door, now)).find(isIt);
  // Another isolate may have made a new key meanwhile.
  return (key ?? (await readKeys(door, now, true)).find(isIt))?.verify;
}

/** When the last token was signed with the key that the next rotation ends; undefined where it ends none. */
export async function lastSignedAt(door: Door, now: number): Promise<number | undefined> {
  const [newest, previous] = await readKeys(door, now, true);
  return newest && previous ? newest.createdAt + CACHE_MS : undefined;
}

/** Makes a new key that signs from now on; the one before it is still believed. */
export async function rotateSigningKey(door: Door, now: number): Promise<{ id: string; createdAt: number }> {
  const row = await createRow(door, now);
  await insertSigningKey(door.control, row);
  known = undefined;
  return { id: row.id, createdAt: now };
}

async function createRow(door: Door, now: number): Promise<SigningKeyRow> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const id = createId();
  const sealed = await seal(door.ring(), OWNER, fieldOf(id), JSON.stringify(await exportJWK(privateKey)));
  return { id, sealed, createdAt: now };
}

/** Seals every signing key with the present master key, but for those whose own is gone. */
export async function resealSigningKeys(door: Door): Promise<void> {
  const ring = door.ring();
  for (const { id, sealed } of await listSigningKeys(door.control)) {
    if (isSealedAsNow(ring, sealed)) continue;
    const text = await unseal(ring, OWNER, fieldOf(id), sealed).catch(() => undefined);
    if (text !== undefined) await resealSigningKey(door.control, id, await seal(ring, OWNER, fieldOf(id), text));
  }
}

async function readKeys(door: Door, now: number, isForced = false): Promise<SigningKey[]> {
  if (!isForced && known && Math.abs(now - known.readAt) < CACHE_MS) return known.keys;
  const rows = await listSigningKeys(door.control);
  const opened = await Promise.all(rows.map((row) => open(door, row)));
  known = { keys: opened.flatMap((key) => key ?? []), readAt: now };
  return known.keys;
}

async function open(door: Door, row: SigningKeyRow): Promise<SigningKey | undefined> {
  const cached = known?.keys.find(({ id }) => id === row.id);
  if (cached) return cached;
  const ring = door.ring();
  let text: string;
  try {
    text = await unseal(ring, OWNER, fieldOf(row.id), row.sealed);
  } catch (error) {
    if (error instanceof SealingError) return undefined;
    throw error;
  }
  if (!isSealedAsNow(ring, row.sealed)) {
    // Sealed again with the present master key, so that the operator can delete the previous one.
    await resealSigningKey(door.control, row.id, await seal(ring, OWNER, fieldOf(row.id), text));
  }
  return { id: row.id, createdAt: row.createdAt, ...(await importPair(JSON.parse(text))) };
}

async function importPair(jwk: JWK): Promise<Pick<SigningKey, "sign" | "verify">> {
  const { d: _, ...publicPart } = jwk;
  const [sign, verify] = await Promise.all([
    importJWK(jwk, SIGNING_ALGORITHM),
    importJWK(publicPart, SIGNING_ALGORITHM),
  ]);
  if (!(sign instanceof CryptoKey) || !(verify instanceof CryptoKey))
    throw new SealingError("a signing key is no key pair");
  return { sign, verify };
}
