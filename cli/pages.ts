// The generated pages about vendors, repairs and deviations.

import { readFileSync } from "node:fs";
import { customers } from "../adapters/customers.ts";
import { type Adapter, DEVIATIONS, SHAPES } from "../src/adapter.ts";
import { REPAIRS } from "../src/scim/lenient.ts";
import { ALIKE, DIFFERENCES } from "../src/scim/strict.ts";
import { setupPage } from "./connect/page.ts";
import { picturesOf } from "./connect/pictures.ts";
import { promisesPage } from "./connect/promises.ts";
import { adaptersReadme, NOTICE, table, withTable } from "./docs.ts";
import { pendingPage } from "./pending-page.ts";
import type { Repository } from "./repository.ts";
import type { Rule } from "./rules.ts";

/** docs/repairs.md */
function repairsPage(): string {
  return `${[
    NOTICE,
    "# Repairs at the door",
    "What clients send that the RFCs do not foresee, and how Portico reads it. Every client is treated alike; each repair that fires is named in the trace of the request. A strict connection refuses most of them: [strict.md](strict.md).",
    table(
      ["Repair", "What it does"],
      REPAIRS.map(({ name, sentence }) => [`\`${name}\``, sentence]),
    ),
  ].join("\n\n")}\n`;
}

/** docs/strict.md */
function strictPage(): string {
  const rows = Object.entries(DIFFERENCES).map(([name, { lenient, strict, scimType, source }]) => [
    `\`${name}\``,
    lenient,
    `${strict}${scimType === undefined ? "" : ` Else 400 \`${scimType}\`.`}`,
    source,
  ]);
  const alike = Object.entries(ALIKE).map(([name, why]) => `- \`${name}\`: ${why}.`);
  return `${[
    NOTICE,
    "# The strict profile",
    "A connection is `lenient`, which reads what known clients send, or `strict` (`connection create … --profile strict`), which follows the wording of the RFCs and of the IPSIE profile ([ipsie.md](ipsie.md)). These are all the differences. The code refuses by this table, and a test sends for each row a request that the lenient profile takes.",
    table(["Difference", "Lenient", "Strict", "Whose wording"], rows),
    "## What both profiles do",
    "These [repairs](repairs.md) are made in both, because no wording is against them:",
    alike.join("\n"),
    [
      "Where the wording of the RFCs would harm people, both profiles keep to one of ours:",
      "",
      "- A request that deactivates a user deactivates them, whatever else of it cannot be done; what was set aside is listed and tried again. RFC 7644 section 3.5.2 would refuse the whole.",
      "- A PUT without `active` or `members` leaves them as they are. RFC 7644 section 3.5.1 would clear them.",
      "- A PATCH of a group is answered 204, unless the request says which attributes it wants; RFC 7644 allows both.",
    ].join("\n"),
  ].join("\n\n")}\n`;
}

/** A vendor's page for customers, with its pictures. */
function connectPages(adapter: Adapter): Record<string, string> {
  const customer = customers[adapter.name];
  // `verify` says which file is missing.
  if (!customer) return {};
  return { [`docs/connect/${adapter.name}.md`]: setupPage({ adapter, customer }), ...picturesOf(adapter) };
}

/** Every generated page by path. */
export function pages(rules: ReadonlyMap<string, Rule>, repository: Repository): Record<string, string> {
  return {
    "docs/promises.md": promisesPage(
      withTable().flatMap((adapter) => {
        const customer = customers[adapter.name];
        return customer ? [[adapter, customer] as const] : [];
      }),
      repository,
    ),
    "adapters/README.md": adaptersReadme(rules),
    "docs/repairs.md": repairsPage(),
    "docs/pending.md": pendingPage(),
    "docs/strict.md": strictPage(),
    ...Object.assign({}, ...withTable().map(connectPages)),
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
