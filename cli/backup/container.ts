// The encrypted file of a backup: a header in plain text, then chunks of AES-256-GCM in the STREAM construction, whose nonces
// hold the chunk's number and whether it is the last. So no chunk can be changed, moved, left out or cut off unnoticed.
//
//   {"portico":"backup","version":1,"kdf":{…},"nonce":"…"}\n
//   HMAC-SHA-256 of that line, in base64\n
//   chunks of 64 KiB and a tag each; the last one is shorter, and may be empty

import { createHmac, hkdfSync, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import * as z from "zod";
import { CliFailure, causeOf } from "../terminal.ts";

const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const PREFIX_BYTES = 7;
const KEY_BYTES = 32;
const MAX_HEADER_BYTES = 4_096;
/** 128 MiB and a good half of a second for each guess. */
const SCRYPT = { N: 131_072, r: 8, p: 1 };
/** What a foreign header may ask of this machine. */
const MAX_SCRYPT_N = 1_048_576;

/** What opens the file: words that a person knows, or the bytes of a key file. */
export type Secret = { passphrase: string } | { keyFile: Uint8Array };

const header = z.object({
  portico: z.literal("backup"),
  version: z.int(),
  kdf: z.discriminatedUnion("name", [
    z.object({
      name: z.literal("scrypt"),
      salt: z.base64(),
      N: z.int().max(MAX_SCRYPT_N),
      r: z.int().max(16),
      p: z.int().max(4),
    }),
    z.object({ name: z.literal("hkdf-sha256"), salt: z.base64() }),
  ]),
  nonce: z.base64(),
});
const VERSION = 1;

type Kdf = z.infer<typeof header>["kdf"];
interface Keys {
  cipher: CryptoKey;
  mac: Buffer;
}

const stretch = promisify<string, Buffer, number, object, Buffer>(scrypt);

async function toKeys(secret: Secret, kdf: Kdf): Promise<Keys> {
  const salt = Buffer.from(kdf.salt, "base64");
  let both: Buffer;
  if (kdf.name === "scrypt") {
    if (!("passphrase" in secret))
      throw new CliFailure("the file was encrypted with a passphrase, not with a key file");
    const { N, r, p } = kdf;
    const cost = { N, r, p, maxmem: 256 * N * r };
    both = await stretch(secret.passphrase.normalize("NFC"), salt, 2 * KEY_BYTES, cost);
  } else {
    if (!("keyFile" in secret)) throw new CliFailure("the file was encrypted with a key file, not with a passphrase");
    both = Buffer.from(hkdfSync("sha256", secret.keyFile, salt, "portico backup", 2 * KEY_BYTES));
  }
  const bytes = Uint8Array.from(both.subarray(0, KEY_BYTES));
  const cipher = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return { cipher, mac: both.subarray(KEY_BYTES) };
}

const macOf = (line: string, { mac }: Keys) => createHmac("sha256", mac).update(line).digest();

function toNonce(prefix: Buffer, index: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  // 2^32 chunks are 256 TiB.
  const nonce = Buffer.alloc(PREFIX_BYTES + 5);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, PREFIX_BYTES);
  nonce.writeUInt8(isLast ? 1 : 0, PREFIX_BYTES + 4);
  return Uint8Array.from(nonce);
}

/** Cuts bytes into pieces of one size; the last one, and no other, is shorter. */
async function* inPieces(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    parts.push(part);
    length += part.length;
    if (length < size) continue;
    let rest = Buffer.concat(parts, length);
    for (; rest.length >= size; rest = rest.subarray(size)) yield rest.subarray(0, size);
    parts = [rest];
    length = rest.length;
  }
  yield Buffer.concat(parts, length);
}

async function* readFrom(file: FileHandle, begin: number): AsyncGenerator<Uint8Array> {
  for (let at = begin; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Encrypts bytes as they come. */
export async function* encrypt(source: AsyncIterable<Uint8Array>, secret: Secret): AsyncGenerator<Uint8Array> {
  const salt = randomBytes(16).toString("base64");
  const kdf: Kdf = "passphrase" in secret ? { name: "scrypt", salt, ...SCRYPT } : { name: "hkdf-sha256", salt };
  const prefix = randomBytes(PREFIX_BYTES);
  const line = JSON.stringify({ portico: "backup", version: VERSION, kdf, nonce: prefix.toString("base64") });
  const keys = await toKeys(secret, kdf);
  const mac = macOf(line, keys);
  yield Buffer.from(`${line}\n${mac.toString("base64")}\n`);
  let index = 0;
  for await (const piece of inPieces(source, CHUNK_BYTES)) {
    const iv = toNonce(prefix, index++, piece.length < CHUNK_BYTES);
    const params = { name: "AES-GCM", iv, additionalData: Uint8Array.from(mac) };
    yield new Uint8Array(await crypto.subtle.encrypt(params, keys.cipher, Uint8Array.from(piece)));
  }
}

/** Decrypts a file; nothing is given out that was not verified. @throws CliFailure where it is not as it was written */
export async function* decrypt(path: string, secret: Secret): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((cause) => {
    throw new CliFailure(`cannot read ${path}: ${causeOf(cause)}`, { cause });
  });
  try {
    const start = Buffer.alloc(MAX_HEADER_BYTES);
    const { bytesRead } = await file.read(start, 0, MAX_HEADER_BYTES, 0);
    const [line = "", written, ...rest] = start.subarray(0, bytesRead).toString("latin1").split("\n");
    const { kdf, nonce } = readHeader(path, line);
    if (written === undefined || rest.length === 0) throw new CliFailure(`${path} ends within its header`);
    const keys = await toKeys(secret, kdf);
    const mac = macOf(line, keys);
    const given = Buffer.from(written, "base64");
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) {
      throw new CliFailure(`${path} does not open: the passphrase or key is another one, or the header was altered`);
    }
    const additionalData = Uint8Array.from(mac);
    const prefix = Buffer.from(nonce, "base64");
    const begin = line.length + written.length + 2;
    let index = 0;
    for await (const piece of inPieces(readFrom(file, begin), CHUNK_BYTES + TAG_BYTES)) {
      const isLast = piece.length < CHUNK_BYTES + TAG_BYTES;
      if (piece.length < TAG_BYTES) throw new CliFailure(`${path} was cut off: its last chunk is missing`);
      const params = { name: "AES-GCM", iv: toNonce(prefix, index, isLast), additionalData };
      const plain = await crypto.subtle.decrypt(params, keys.cipher, Uint8Array.from(piece)).catch(() => {
        const at = begin + index * (CHUNK_BYTES + TAG_BYTES);
        throw new CliFailure(`${path} was altered or cut off: what begins at byte ${at} is not what was written`);
      });
      index += 1;
      yield new Uint8Array(plain);
    }
  } finally {
    await file.close();
  }
}

function readHeader(path: string, line: string): z.infer<typeof header> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new CliFailure(`${path} is no backup of Portico`);
  }
  const version = z.object({ portico: z.literal("backup"), version: z.int() }).safeParse(json).data?.version;
  if (version !== undefined && version > VERSION) {
    throw new CliFailure(`${path} has the format ${version} of a newer portico; this one reads format ${VERSION}`);
  }
  const parsed = header.safeParse(json);
  if (!parsed.success) throw new CliFailure(`${path} is no backup of Portico, or its header was altered`);
  return parsed.data;
}
