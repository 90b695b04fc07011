// `adapters/<name>/probe.json`: what the product itself has answered, when, in which version, and by which command.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Answers } from "./subject.ts";

const record = z.strictObject({
  /** The product with its version. */
  product: z.string().min(1),
  date: z.iso.date(),
  command: z.string().min(1),
  answers: z.record(z.string(), z.string()),
});
export type ProbeRecord = z.output<typeof record>;

const fileOf = (root: string, name: string) => join(root, "adapters", name, "probe.json");

/** Undefined where the product was never asked. @throws Error where the file is no record */
export function readRecord(root: string, name: string): ProbeRecord | undefined {
  const file = fileOf(root, name);
  return existsSync(file) ? record.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}

/** Writes the record anew where the product or an answer is another one; the date is that of the first such run. */
export function writeRecord(root: string, name: string, found: ProbeRecord): boolean {
  const known = readRecord(root, name);
  if (known && known.product === found.product && differences(known.answers, found.answers).length === 0) return false;
  writeFileSync(fileOf(root, name), `${JSON.stringify(found, null, 2)}\n`);
  return true;
}

/** The questions that two sides answer differently, or that only one of them was asked. */
export function differences(left: Answers, right: Answers): string[] {
  const questions = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return questions.filter((question) => left[question] !== right[question]);
}
