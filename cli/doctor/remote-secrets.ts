// Whether the secrets of a deployment are stored at Cloudflare: only their names can be read.

import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import * as z from "zod";
import { ROOT } from "../build.ts";
import { type Finding, ok, unknown, wrong } from "./finding.ts";

const REQUIRED = ["MASTER_KEY", "ADMIN_TOKEN_SHA256"];
const TIMEOUT_MS = 30_000;

const names = z.array(z.looseObject({ name: z.string() }));

/** @param file the path of wrangler.toml */
export async function checkRemoteSecrets(file: string): Promise<Finding[]> {
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const listed = await promisify(execFile)(
    process.execPath,
    [wrangler, "secret", "list", "--format", "json", "--config", file],
    { cwd: dirname(file), timeout: TIMEOUT_MS, env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" } },
  ).catch(() => undefined);
  const read = names.safeParse(parseJson(listed?.stdout ?? ""));
  if (!read.success) {
    return [
      unknown("the secrets at Cloudflare could not be listed", "npx wrangler login; then deploy once, and look again"),
    ];
  }
  const stored = new Set(read.data.map(({ name }) => name));
  return REQUIRED.map((name) =>
    stored.has(name)
      ? ok(`the secret ${name} is stored`)
      : wrong(`the secret ${name} is not stored`, `npx wrangler secret put ${name}; portico init makes its value`),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
