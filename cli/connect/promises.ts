// docs/promises.md: what each vendor's documents promise, and the test or section that holds it.

import type { Customer, Holding, Statement } from "../../adapters/customer-facts.ts";
import type { Adapter } from "../../src/adapter.ts";
import { readTests } from "../conformance.ts";
import { NOTICE, table } from "../docs.ts";
import { fragmentsOf } from "../links.ts";
import type { Repository } from "../repository.ts";
import { sentenceOf } from "../test-names.ts";
import { link } from "./words.ts";

/** The files with a test of each name, without the numbers before it. */
function filesByName(repository: Repository): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const { file, name } of readTests(repository)) {
    const sentence = sentenceOf(name);
    const known = files.get(sentence) ?? [];
    if (!known.includes(file)) files.set(sentence, [...known, file]);
  }
  return files;
}

/** What every vendor passes, before what only this one is tested for. */
const ofVendor = (files: readonly string[], vendor: string): string | undefined =>
  files.find((file) => file.startsWith(`adapters/${vendor}/`)) ?? files.find((file) => file.startsWith("test/"));

function showHolding(holding: Holding, vendor: string, files: ReadonlyMap<string, string[]>): string {
  if ("section" in holding) {
    const [path = "", fragment = ""] = holding.section.split("#");
    return `[${path}, *${fragment.replaceAll("-", " ")}*](${path.replace(/^docs\//, "")}#${fragment})`;
  }
  const file = ofVendor(files.get(holding.test) ?? [], vendor);
  return `“${holding.test}” (${file ? `[${file}](../${file})` : "no file"})`;
}

function rowOf(
  statement: Statement,
  vendor: string,
  customer: Customer,
  files: ReadonlyMap<string, string[]>,
): string[] {
  const { says, sources, holds, isNotOffered } = statement;
  const places = holds.map((holding) => showHolding(holding, vendor, files)).join("; ");
  const named = sources.flatMap((name) => customer.sources[name] ?? []);
  return [says, named.map((source) => link(source)).join("; "), isNotOffered ? `**not offered**: ${places}` : places];
}

/** docs/promises.md */
export function promisesPage(told: readonly (readonly [Adapter, Customer])[], repository: Repository): string {
  const files = filesByName(repository);
  return `${[
    NOTICE,
    "# What the vendors' documents promise",
    "Each statement of the vendors' public documents, in words of ours, with the test or the section in which it holds through Portico. A test of the suite (`test/suite`) runs against every vendor to which it applies. What is not offered says so. A whole life of users and groups is played for each vendor as Entra sends it, request by request, in `adapters/<vendor>/test/dialogue.worker.test.ts`. `portico verify` fails where a test or a section that is named here does not exist.",
    ...told.flatMap(([{ name, title }, customer]) => [
      `## ${title}`,
      table(
        ["The documents say", "Which", "Where it holds"],
        customer.statements.map((statement) => rowOf(statement, name, customer, files)),
      ),
    ]),
  ].join("\n\n")}\n`;
}

function findInStatement(
  { says, sources, holds }: Statement,
  vendor: string,
  customer: Customer,
  repository: Repository,
  files: ReadonlyMap<string, string[]>,
): string[] {
  const where = `adapters/${vendor}/statements.ts: “${says}”`;
  const strange = sources.filter((name) => !(name in customer.sources));
  return [
    ...(holds.length === 0 ? [`${where} names neither a test nor a section`] : []),
    ...(sources.length === 0 ? [`${where} has no source`] : []),
    ...strange.map((name) => `${where} is from ${name}, which is none of its sources`),
    ...holds.flatMap((holding) => {
      if ("test" in holding) {
        return ofVendor(files.get(holding.test) ?? [], vendor)
          ? []
          : [`${where} names the test “${holding.test}”, which does not exist`];
      }
      const [path = "", fragment = ""] = holding.section.split("#");
      return fragmentsOf(repository.get(path) ?? "").has(fragment)
        ? []
        : [`${where} names the section ${holding.section}, which does not exist`];
    }),
  ];
}

/** Statements that hold nowhere, by what they name. */
export function findUnheld(customers: Readonly<Record<string, Customer>>, repository: Repository): string[] {
  const files = filesByName(repository);
  return Object.entries(customers).flatMap(([vendor, customer]) => {
    const { statements } = customer;
    if (statements.length === 0) return [`adapters/${vendor}/statements.ts has no statement`];
    return statements.flatMap((statement) => findInStatement(statement, vendor, customer, repository, files));
  });
}
