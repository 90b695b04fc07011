// What a run of the suite has heard from each vendor's connections: `adapters/<vendor>/details.json`, a list of templates.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { ROOT } from "../build.ts";

const collected = z.array(z.string());

export const detailsFile = (vendor: string): string => join(ROOT, "adapters", vendor, "details.json");

export function collectedOf(vendor: string): string[] {
  const file = detailsFile(vendor);
  return existsSync(file) ? collected.parse(JSON.parse(readFileSync(file, "utf8"))) : [];
}
