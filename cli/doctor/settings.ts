// What can be told of a deployment from its files alone: wrangler.toml, the Worker's exports, and `.dev.vars`.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseEnv } from "node:util";
import * as z from "zod";
import { readKeyRing } from "../../src/auth/sealing.ts";
import { buildWorker, ROOT } from "../build.ts";
import { CliFailure, causeOf } from "../terminal.ts";
import { type Finding, ok, unknown, wrong } from "./finding.ts";

/** What the repository's own wrangler.toml has until somebody sets it. */
const PLACEHOLDER_DATABASE = "00000000-0000-0000-0000-000000000000";
const PLACEHOLDER_HOST = "scim.example.com";
const D1_BINDING = "CONTROL";
const OBJECT_BINDINGS = ["CONNECTION", "DEPLOYMENT"];
const RATE_LIMIT = "FAILURES";

export interface DeploymentSettings {
  /** The path of wrangler.toml. */
  file: string;
  name: string;
  publicUrl: string | undefined;
  databaseId: string | undefined;
  databaseName: string | undefined;
  /** Class names by binding. */
  objects: ReadonlyMap<string, string>;
  /** Classes that a migration has made. */
  migrated: ReadonlySet<string>;
  rateLimits: readonly string[];
  hasRoute: boolean;
}

const config = z.looseObject({
  name: z.string().optional(),
  vars: z.record(z.string(), z.unknown()).optional(),
  workers_dev: z.boolean().optional(),
  routes: z.array(z.unknown()).optional(),
  route: z.unknown().optional(),
  d1_databases: z
    .array(
      z.looseObject({ binding: z.string(), database_id: z.string().optional(), database_name: z.string().optional() }),
    )
    .optional(),
  durable_objects: z
    .looseObject({ bindings: z.array(z.looseObject({ name: z.string(), class_name: z.string() })) })
    .optional(),
  migrations: z.array(z.looseObject({ new_sqlite_classes: z.array(z.string()).optional() })).optional(),
  ratelimits: z.array(z.looseObject({ name: z.string() })).optional(),
});

/** Throws CliFailure where wrangler cannot read the file. */
export async function readSettings(file: string): Promise<DeploymentSettings> {
  if (!existsSync(file)) throw new CliFailure(`there is no ${file}`);
  // Wrangler would warn of what it finds; that is said here in our words.
  process.env.WRANGLER_LOG ??= "error";
  const { unstable_readConfig: readConfig } = await import("wrangler");
  let read: unknown;
  try {
    read = readConfig({ config: file }, { hideWarnings: true });
  } catch (cause) {
    throw new CliFailure(`${file} cannot be read: ${causeOf(cause)}`, { cause });
  }
  const found = config.parse(read);
  const database = found.d1_databases?.find(({ binding }) => binding === D1_BINDING);
  const url = found.vars?.PUBLIC_URL;
  return {
    file,
    name: found.name ?? "",
    publicUrl: typeof url === "string" ? url : undefined,
    databaseId: database?.database_id,
    databaseName: database?.database_name,
    objects: new Map((found.durable_objects?.bindings ?? []).map((one) => [one.name, one.class_name])),
    migrated: new Set((found.migrations ?? []).flatMap((one) => one.new_sqlite_classes ?? [])),
    rateLimits: (found.ratelimits ?? []).map(({ name }) => name),
    hasRoute: found.workers_dev === true || found.route !== undefined || (found.routes ?? []).length > 0,
  };
}

/** Whether what is deployed has an address and a database of its own. */
export function checkPlaceholders({
  publicUrl,
  databaseId,
  databaseName,
  hasRoute,
  file,
}: DeploymentSettings): Finding[] {
  return [
    checkPublicUrl(publicUrl, file),
    databaseId === undefined || databaseId === PLACEHOLDER_DATABASE
      ? wrong(
          `${basename(file)}: the D1 database ${D1_BINDING} has no id of its own`,
          `npx wrangler d1 create ${databaseName ?? "portico-control"}, and put the id that it prints into database_id`,
        )
      : ok(`the D1 database ${D1_BINDING} has an id`),
    hasRoute
      ? ok("the Worker has an address")
      : wrong(
          `${basename(file)}: nothing leads to the Worker`,
          "take away the # before routes and put the host of PUBLIC_URL there, in a zone of your account",
        ),
  ];
}

function checkPublicUrl(publicUrl: string | undefined, file: string): Finding {
  const wayOut =
    "set PUBLIC_URL under [vars] to the https origin that customers will use, such as https://scim.your-company.com";
  if (publicUrl === undefined) return wrong(`${basename(file)}: PUBLIC_URL is not set`, wayOut);
  if (!URL.canParse(publicUrl)) return wrong(`${basename(file)}: PUBLIC_URL is no address: ${publicUrl}`, wayOut);
  const { protocol, hostname } = new URL(publicUrl);
  if (hostname === PLACEHOLDER_HOST) return wrong(`${basename(file)}: PUBLIC_URL is still the placeholder`, wayOut);
  if (protocol !== "https:") return wrong(`${basename(file)}: PUBLIC_URL is not https: ${publicUrl}`, wayOut);
  return ok(`PUBLIC_URL is ${publicUrl}`);
}

/** Whether the Worker exports what wrangler.toml names, and has each binding. */
export async function checkBindings(settings: DeploymentSettings): Promise<Finding[]> {
  const { objects, migrated, rateLimits, databaseName, file } = settings;
  const exported = await exportsOf(file);
  const again = `compare it with the wrangler.toml of this repository`;
  return [
    databaseName === undefined
      ? wrong(`${basename(file)}: the binding ${D1_BINDING} of D1 is missing`, again)
      : ok(`D1 is bound as ${D1_BINDING}`),
    ...OBJECT_BINDINGS.map((binding) => {
      const name = objects.get(binding);
      if (name === undefined)
        return wrong(`${basename(file)}: the binding ${binding} of a Durable Object is missing`, again);
      if (!exported.has(name)) {
        return wrong(
          `the Worker exports no class ${name}, which ${basename(file)} names`,
          `export it from the module that main names`,
        );
      }
      if (!migrated.has(name)) {
        return wrong(
          `${basename(file)}: no migration makes the class ${name}`,
          `add a [[migrations]] with new_sqlite_classes = ["${name}"]`,
        );
      }
      return ok(`${binding} is the class ${name}`);
    }),
    rateLimits.includes(RATE_LIMIT)
      ? ok(`failed sign-ins are limited by ${RATE_LIMIT}`)
      : wrong(`${basename(file)}: the rate limit ${RATE_LIMIT} is missing`, again),
  ];
}

const metadata = z.object({ outputs: z.record(z.string(), z.object({ exports: z.array(z.string()) })) });

async function exportsOf(file: string): Promise<Set<string>> {
  const folder = mkdtempSync(join(tmpdir(), "portico-doctor-"));
  try {
    const metafile = join(folder, "metadata.json");
    await buildWorker(folder, { config: file, metafile });
    const { outputs } = metadata.parse(JSON.parse(readFileSync(metafile, "utf8")));
    return new Set(Object.values(outputs).flatMap((one) => one.exports));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The secrets of `wrangler dev`; those of a deployment nobody can read. */
export function checkLocalSecrets(file: string): Finding[] {
  const path = join(dirname(file), ".dev.vars");
  if (!existsSync(path))
    return [unknown("there is no .dev.vars: wrangler dev has no secrets", "portico init writes one")];
  const found = parseEnv(readFileSync(path, "utf8"));
  return [checkMasterKeys(found), checkTokenHash(found)];
}

function checkMasterKeys({ MASTER_KEY, MASTER_KEY_PREVIOUS }: NodeJS.Dict<string>): Finding {
  try {
    readKeyRing(MASTER_KEY, MASTER_KEY_PREVIOUS);
    return ok(".dev.vars: the master key is well-formed");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return wrong(`.dev.vars: ${why}`, "portico init makes one where MASTER_KEY is missing");
  }
}

function checkTokenHash({ ADMIN_TOKEN_SHA256 }: NodeJS.Dict<string>): Finding {
  if (/^[0-9a-f]{64}$/i.test(ADMIN_TOKEN_SHA256 ?? ""))
    return ok(".dev.vars: the break-glass token's hash is well-formed");
  return wrong(
    ".dev.vars: ADMIN_TOKEN_SHA256 is not a SHA-256 in hexadecimal",
    "portico init makes one where it is missing",
  );
}

/** The path of the repository's own settings. */
export const OWN_SETTINGS = join(ROOT, "wrangler.toml");
