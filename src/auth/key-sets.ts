// Public keys that an issuer publishes: read seldom, bounded in size and time, kept while the host is down [D2].

import { createLocalJWKSet, errors, type JWTVerifyGetKey } from "jose";
import type { PublicKey } from "../store/control-tables.ts";
import { findKeySet, upsertKeySet } from "../store/entrance.ts";
import type { Door } from "./door.ts";
import { readKeySet, whyNoKeysFrom } from "./public-keys.ts";
import { Undecided } from "./verdict.ts";

/** For so long a set answers without being read again. */
const FRESH_MS = 600_000;
/** For so long a set answers while its host is down. */
const USABLE_MS = 86_400_000;
/** A key that is not in the set is looked for once in so long: tokens with invented keys must not ask the host each time. */
const COOL_DOWN_MS = 30_000;
/** So long after a failure the host is not asked again. */
const FAILURE_COOL_DOWN_MS = 10_000;
const TIMEOUT_MS = 5_000;
/** For so long a request waits for another's reading. */
const PATIENCE_MS = 6_000;
const MAX_BYTES = 262_144;
const MAX_SETS = 500;

interface KeySet {
  keys: PublicKey[];
  /** When the keys were read; -Infinity: never. */
  fetchedAt: number;
  /** When the host was asked last. */
  triedAt: number;
  hasFailed: boolean;
  /** A reading that is under way: everybody waits for the same one. */
  reading?: Promise<void>;
}

const sets = new Map<string, KeySet>();

/** The key of a published set that a token names. @throws Undecided where the set cannot be read; JOSEError: no such key */
export function publishedKeys(door: Door, url: string, now: number): JWTVerifyGetKey {
  return async (header, token) =>
    createLocalJWKSet({ keys: await keysWith(door, url, header.kid, now) })(header, token);
}

async function keysWith(door: Door, url: string, kid: string | undefined, now: number): Promise<PublicKey[]> {
  if (kid === undefined) throw new errors.JWKSMultipleMatchingKeys();
  const set = await recall(door, url);
  const knows = () => set.keys.some((key) => key.kid === kid);
  const age = (at: number) => Math.abs(now - at);
  if (knows() && age(set.fetchedAt) < FRESH_MS) return set.keys;
  if (set.reading || age(set.triedAt) >= (set.hasFailed ? FAILURE_COOL_DOWN_MS : COOL_DOWN_MS)) {
    await read(door, url, set, now);
  }
  if (knows() && age(set.fetchedAt) < USABLE_MS) return set.keys;
  if (set.hasFailed) throw new Undecided("the keys of the issuer cannot be read");
  return set.keys;
}

/** What is known of a set: in this isolate, or else as any isolate has read it. */
async function recall(door: Door, url: string): Promise<KeySet> {
  const known = sets.get(url);
  if (known) return known;
  const row = await findKeySet(door.control, url).catch((cause) => {
    throw new Undecided("the stored keys of the issuer cannot be read", { cause });
  });
  const never = Number.NEGATIVE_INFINITY;
  const set: KeySet = row
    ? { keys: row.keys, fetchedAt: row.fetchedAt, triedAt: row.fetchedAt, hasFailed: false }
    : { keys: [], fetchedAt: never, triedAt: never, hasFailed: false };
  // Another request may have been faster.
  const present = sets.get(url) ?? set;
  if (sets.size >= MAX_SETS) sets.clear();
  sets.set(url, present);
  return present;
}

/** Reads a set, or waits for the reading of another request, which may have ended with its client. */
async function read(door: Door, url: string, set: KeySet, now: number): Promise<void> {
  const reading = set.reading ?? refresh(door, url, set, now);
  set.reading = reading;
  try {
    await within(PATIENCE_MS, reading);
  } catch {
    set.hasFailed = true;
  } finally {
    if (set.reading === reading) delete set.reading;
  }
}

async function refresh(door: Door, url: string, set: KeySet, now: number): Promise<void> {
  set.triedAt = now;
  const abort = new AbortController();
  try {
    const why = whyNoKeysFrom(url, door.keyHosts);
    if (why) throw new Error(why);
    const keys = await within(TIMEOUT_MS, readKeys(url, abort.signal));
    Object.assign(set, { keys, fetchedAt: now, hasFailed: false });
    // Without it, the next isolate asks the host itself.
    await upsertKeySet(door.control, url, keys, now).catch(() => {});
  } catch {
    abort.abort();
    set.hasFailed = true;
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("this takes too long")), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readKeys(url: string, signal: AbortSignal): Promise<PublicKey[]> {
  const headers = { accept: "application/jwk-set+json, application/json" };
  // A redirect could lead to another host.
  const response = await fetch(url, { headers, redirect: "manual", signal });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new Error(`the host answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream.
    if (size > MAX_BYTES) throw new Error("the key set is too large");
    chunks.push(chunk);
  }
  const keys = readKeySet(JSON.parse(await new Blob(chunks).text()));
  if (!keys) throw new Error("the host published no key that can be used");
  return keys;
}
