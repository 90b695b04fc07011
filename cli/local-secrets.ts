// The secrets of this clone, which the local start makes and keeps in a file for its owner only.

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Demo } from "./demo.ts";

/** What the git-ignored file keeps: the secrets of this clone. */
export interface Saved extends Demo {
  /** Makes the API key of the start, and nothing else; absent: an earlier version's `adminToken` is it. */
  breakGlassToken?: string;
  masterKey: string;
  /** The one before it, while something may be sealed with it. */
  masterKeyPrevious?: string;
  simulatorPort: number;
}

const savedPath = (folder: string) => join(folder, "demo.json");

export function readSaved(folder: string): Saved {
  if (existsSync(savedPath(folder))) return JSON.parse(readFileSync(savedPath(folder), "utf8"));
  return {
    url: "",
    adminToken: "",
    breakGlassToken: `portico_admin_${randomBytes(32).toString("base64url")}`,
    // A backup opens with the key of the deployment that it is of.
    masterKey: process.env.MASTER_KEY ?? newKey("local"),
    simulatorPort: 0,
    connections: [],
  };
}

const newKey = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;

export const withNewMasterKey = <T extends Saved>(saved: T): T => ({
  ...saved,
  masterKey: newKey(`local-${randomBytes(4).toString("hex")}`),
  masterKeyPrevious: saved.masterKey,
});

export function writeSaved(folder: string, saved: Saved): void {
  const path = savedPath(folder);
  writeFileSync(path, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
  chmodSync(path, 0o600);
}
