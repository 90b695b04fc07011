// The folder of evidence: each test and requirement with its exchanges, and drafts of the pages that the gallery asks for.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { table } from "../docs.ts";
import { CliFailure, causeOf } from "../terminal.ts";
import { entryOf } from "./catalogue.ts";
import type { Exchange } from "./dialogue.ts";
import type { Outcome } from "./outcome.ts";
import { type Documented, draftPages } from "./pages.ts";
import { createRedactor, type Redactor } from "./redaction.ts";
import { sumUp } from "./report.ts";
import { requirementsOf } from "./requirements.ts";

/** What the evidence is about. */
export interface Examined extends Documented {
  /** Where SCIM is served. */
  baseAddress: string;
  at: Date;
}

const json = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;

function formatExchange(exchange: Exchange, at: number, redactor: Redactor): string[] {
  const { method, target, sent, status, body, problem } = redactor.exchange(exchange);
  return [
    `## ${at + 1}. ${method} ${target}`,
    ...(sent === undefined ? [] : ["Sent:", json(sent)]),
    `Answered: ${status === 0 ? (problem ?? "nothing") : status}`,
    ...(body === undefined ? [] : [json(body)]),
  ];
}

const page = (parts: readonly string[]) => `${parts.join("\n\n")}\n`;

/** Every file of the folder by its path in it. */
export function toFiles(outcome: Outcome, examined: Examined): Record<string, string> {
  const { results, probes, mapping } = outcome;
  const redactor = createRedactor(examined.baseAddress);
  const files: Record<string, string> = {};
  for (const { id, name, verdict, why, exchanges } of results) {
    const shown = exchanges.flatMap((exchange, at) => formatExchange(exchange, at, redactor));
    const { passes } = entryOf(id);
    files[`tests/${id}-${name}.md`] = page([
      `# ${id} ${name}: ${verdict}`,
      `It is passed where ${passes}.`,
      ...(why ? [redactor.text(why)] : []),
      ...shown,
    ]);
  }
  for (const { id, why, exchanges } of probes) {
    const shown = exchanges.flatMap((exchange, at) => formatExchange(exchange, at, redactor));
    files[`requirements/${id}.md`] = page([`# ${id}`, ...(why ? [redactor.text(why)] : []), ...shown]);
  }
  const requirements = requirementsOf(results, probes).map((one) => ({ ...one, shownBy: redactor.text(one.shownBy) }));
  const tests = results.map(({ id, name, verdict, why }) => [
    `[${id}](tests/${id}-${name}.md)`,
    name,
    verdict,
    redactor.text(why ?? ""),
  ]);
  return {
    ...files,
    ...draftPages(outcome, examined),
    "README.md": page([
      `# The gallery exam of ${examined.title}`,
      `Played on ${examined.at.toISOString().slice(0, 10)}. ${redactor.text(sumUp(outcome))}.`,
      `Mapping: ${mapping.source}. In all exchanges values are replaced by placeholders; the same value has the same placeholder.`,
      "## The 25 tests",
      table(["Test", "Name", "Result", "Why"], tests),
      "## What the gallery requires",
      table(
        ["", "Requirement", "Level", "", "Shown by"],
        requirements.map(({ id, what, level, state, shownBy }) => [id, what, level, state, shownBy]),
      ),
      "## Drafts of the customers' documentation",
      "The files in `pages/` are drafts: what stands in square brackets only the maker of the product can say.",
    ]),
    "results.json": `${JSON.stringify(
      {
        isPassed: outcome.isPassed,
        at: examined.at.toISOString(),
        tests: results.map(({ id, name, verdict }) => ({ id, name, verdict })),
        requirements,
        mapping,
      },
      null,
      2,
    )}\n`,
  };
}

/** Writes the folder. Throws CliFailure where it cannot be written. */
export async function writeEvidence(folder: string, outcome: Outcome, examined: Examined): Promise<void> {
  try {
    for (const [path, text] of Object.entries(toFiles(outcome, examined))) {
      const file = join(folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  } catch (cause) {
    throw new CliFailure(`the evidence cannot be written to ${folder}: ${causeOf(cause)}`, { cause });
  }
}
