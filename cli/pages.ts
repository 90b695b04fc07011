// The generated pages about vendors, repairs and deviations.

import { readFileSync } from "node:fs";
import { DEVIATIONS, SHAPES } from "../src/adapter.ts";
import { REPAIRS } from "../src/scim/lenient.ts";
import { adaptersReadme, NOTICE, table, withTable } from "./docs.ts";
import { pendingPage } from "./pending-page.ts";
import type { Rule } from "./rules.ts";
import { setupPage } from "./setup-page.ts";

/** docs/repairs.md */
function repairsPage(): string {
  return `${[
    NOTICE,
    "# Repairs at the door",
    "What clients send that the RFCs do not foresee, and how Portico reads it. Every client is treated alike; each repair that fires is named in the trace of the request.",
    table(
      ["Repair", "What it does"],
      REPAIRS.map(({ name, sentence }) => [`\`${name}\``, sentence]),
    ),
  ].join("\n\n")}\n`;
}

/** Every generated page by path. */
export function pages(rules: ReadonlyMap<string, Rule>): Record<string, string> {
  return {
    "adapters/README.md": adaptersReadme(rules),
    "docs/repairs.md": repairsPage(),
    "docs/pending.md": pendingPage(),
    ...Object.fromEntries(withTable().map((adapter) => [`docs/connect/${adapter.name}.md`, setupPage(adapter)])),
  };
}

/** The names that an adapter may declare, and those that follow from its parts, each with what Portico does about it. */
export function deviationTables(): string {
  const contract = readFileSync("src/contract/deviations.ts", "utf8");
  // What a deviation says of the product is the comment of its name in the contract.
  const meaningOf = (name: string) => new RegExp(`/\\*\\* ([^*]+) \\*/\\s+${name}\\?:`).exec(contract)?.[1] ?? "";
  return [
    table(
      ["Declared", "The product", "Portico"],
      Object.entries(DEVIATIONS).map(([name, sentence]) => [`\`${name}\``, meaningOf(name), sentence]),
    ),
    "These follow from the parts of the adapter and are never declared:",
    table(
      ["Shape", "What it means"],
      Object.entries(SHAPES).map(([name, { sentence }]) => [`\`${name}\``, sentence]),
    ),
  ].join("\n\n");
}
