// Public keys as JWKs (RFC 7517): which of them are used, and of where they may be read.

import * as z from "zod";
import type { PublicKey } from "../store/control-tables.ts";
import type { KeyHosts } from "./door.ts";

/** Microsoft's clouds [D2]. */
const MICROSOFT_HOSTS = [
  "login.microsoftonline.com",
  "login.windows.net",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
  "login.chinacloudapi.cn",
];
const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];
/** 2,048 bits: what is shorter can be broken (RFC 7518 section 3.3). */
const MIN_MODULUS_BYTES = 256;
/** An issuer has a handful. */
const MAX_KEYS = 100;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const about = {
  kid: z.string().max(200).optional(),
  alg: z.string().max(20).optional(),
  use: z.literal("sig").optional(),
};
const publicKey = z.union([
  z.object({ kty: z.literal("RSA"), n: base64url, e: base64url, ...about }),
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: base64url, y: base64url, ...about }),
]);
const keySet = z.object({ keys: z.array(z.looseObject({})).max(MAX_KEYS) });

const isLongEnough = (key: PublicKey): boolean =>
  key.kty !== "RSA" || Math.floor(((key.n ?? "").replace(/^A+/, "").length * 6) / 8) >= MIN_MODULUS_BYTES;

/** The key without anything that is not public or not known; undefined where it cannot verify a signature safely. */
export function toPublicKey(key: unknown): PublicKey | undefined {
  const parsed = publicKey.safeParse(key);
  if (!parsed.success) return undefined;
  const known = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined)) as PublicKey;
  return isLongEnough(known) ? known : undefined;
}

/** The keys of a published set that can be used; undefined where the text is no set, or has none. */
export function readKeySet(json: unknown): PublicKey[] | undefined {
  const parsed = keySet.safeParse(json);
  if (!parsed.success) return undefined;
  const usable = parsed.data.keys.flatMap((key) => toPublicKey(key) ?? []);
  return usable.length > 0 ? usable : undefined;
}

/** Why keys may not be read from an address, as a sentence; undefined where they may. */
export function whyNoKeysFrom(address: string, { added, allowLoopback }: KeyHosts): string | undefined {
  if (!URL.canParse(address)) return "this is not a valid URL";
  const url = new URL(address);
  if (url.username !== "" || url.password !== "" || url.hash !== "")
    return "a user, password or fragment does not belong here";
  if (allowLoopback && LOOPBACK_HOSTS.includes(url.hostname) && /^https?:$/.test(url.protocol)) return undefined;
  if (url.protocol !== "https:" || url.port !== "") return "the address must begin with https:// and name no port";
  if ([...MICROSOFT_HOSTS, ...added].includes(url.hostname)) return undefined;
  return "keys are not read from this host; the operator of the gateway can add it to KEY_HOSTS";
}
