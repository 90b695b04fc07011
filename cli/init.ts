// `portico init`: the keys and settings of a deployment, and the commands that are left for whoever has the account.

import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { CliFailure } from "./terminal.ts";

const SECRET_MODE = 0o600;
/** Where wrangler dev listens. */
const DEV_URL = "http://127.0.0.1:8787";
const SECRETS_FILE = ".secrets.json";
const BREAK_GLASS_FILE = ".break-glass-token";

export interface Initialised {
  /** What was written, a line each. */
  wrote: string[];
  /** What is to be done by hand, in this order. */
  next: string[];
}

/**
 * Writes `.dev.vars` for wrangler dev and the secrets of the deployment, each only where there is none yet, and sets the
 * public address.
 * @param file the path of wrangler.toml
 * @throws CliFailure where the address is not https
 */
export function initialise(file: string, publicUrl: string): Initialised {
  const address = readAddress(publicUrl);
  const folder = dirname(file);
  const wrote = [...writeDevVars(folder), ...writeSecrets(folder), ...writeAddress(file, address)];
  return { wrote, next: commandsFor(address) };
}

/** @throws CliFailure where it is no https origin */
function readAddress(text: string): URL {
  const address = URL.parse(text);
  if (address?.protocol === "https:" && address.pathname === "/" && address.search === "") return address;
  throw new CliFailure(
    `the public address must be an https origin, such as https://scim.your-company.com, and is ${text}`,
  );
}

const newMasterKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;
const newToken = () => `portico_admin_${randomBytes(32).toString("base64url")}`;
const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

function writeSecret(path: string, text: string): void {
  writeFileSync(path, text, { mode: SECRET_MODE });
  chmodSync(path, SECRET_MODE);
}

/** Keeps what is there. */
function writeDevVars(folder: string): string[] {
  const path = join(folder, ".dev.vars");
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const known = parseEnv(before);
  const token = newToken();
  const wanted: Record<string, string> = {
    MASTER_KEY: newMasterKey("dev"),
    ADMIN_TOKEN_SHA256: hashOf(token),
    PUBLIC_URL: DEV_URL,
    ALLOW_LOOPBACK_UPSTREAM: "true",
  };
  const missing = Object.entries(wanted).filter(([name]) => known[name] === undefined);
  if (missing.length === 0) return [];
  const lines = missing.map(([name, value]) => `${name}="${value}"`);
  if (known.ADMIN_TOKEN_SHA256 === undefined) lines.push(`# the break-glass token of wrangler dev: ${token}`);
  const start = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  writeSecret(path, `${start}${lines.join("\n")}\n`);
  return [`.dev.vars, the secrets of wrangler dev: ${missing.map(([name]) => name).join(", ")}`];
}

/** The secrets that go to Cloudflare, and the token that stays. Never another set: what is sealed could not be opened. */
function writeSecrets(folder: string): string[] {
  const path = join(folder, SECRETS_FILE);
  if (existsSync(path)) return [];
  const token = newToken();
  const secrets = {
    MASTER_KEY: newMasterKey(new Date().toISOString().slice(0, 10)),
    ADMIN_TOKEN_SHA256: hashOf(token),
  };
  writeSecret(path, `${JSON.stringify(secrets, null, 2)}\n`);
  writeSecret(join(folder, BREAK_GLASS_FILE), `${token}\n`);
  return [
    `${SECRETS_FILE}, the secrets of the deployment: keep a copy where keys are kept`,
    `${BREAK_GLASS_FILE}, the break-glass token, which makes the first API key: keep it apart from them`,
  ];
}

function writeAddress(file: string, address: URL): string[] {
  const before = readFileSync(file, "utf8");
  const route = `routes = [{ pattern = "${address.hostname}", custom_domain = true }]`;
  const after = before
    .replace(/^PUBLIC_URL = .*$/m, `PUBLIC_URL = "${address.origin}"`)
    .replace(/^# routes = .*$/m, route);
  if (after === before) return [];
  writeFileSync(file, after);
  return [`wrangler.toml: PUBLIC_URL ${address.origin}, and the route to ${address.hostname}`];
}

const commandsFor = ({ origin }: URL): string[] => [
  "npx wrangler login",
  "npx wrangler d1 create portico-control       # put the id that it prints into wrangler.toml: database_id",
  "npm run deploy",
  `npx wrangler secret bulk ${SECRETS_FILE}       # keep a copy where keys are kept, then delete the file`,
  `npm run portico -- --url ${origin} doctor     # with the break-glass token in PORTICO_ADMIN_TOKEN`,
];
