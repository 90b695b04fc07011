// Whether the tables of refusals and the refusals of the code know each other; what a run of the suite meets is checked there.

import type { Customer } from "../../adapters/customer-facts.ts";
import { simulators } from "../../adapters/simulators.ts";
import type { Adapter } from "../../src/adapter.ts";
import type { Repository } from "../repository.ts";
import { type Token, toTokens } from "../source-tokens.ts";
import { MEANINGS, rowsOf } from "./meanings.ts";
import { STANDING } from "./standing-meanings.ts";
import { couldSay, fitsTemplate } from "./templates.ts";

/** A file of an adapter that runs in the Worker. */
const isCode = (file: string, vendor: string): boolean =>
  new RegExp(`^adapters/${vendor}/[\\w-]+\\.ts$`).test(file) &&
  !/\/(?:simulator|view|customer|statements)\.ts$/.test(file);

/** The text at a token, with those that are added to it. */
function textAt(tokens: readonly Token[], at: number): string {
  const next = tokens[at + 1]?.value === "+" && tokens[at + 2]?.kind === "text" ? textAt(tokens, at + 2) : "";
  return `${tokens[at]?.value ?? ""}${next}`;
}

/** The texts that a file gives as the `detail` of a fault; `1` stands for what is filled in. */
function detailsIn(source: string): string[] {
  const tokens = toTokens(source);
  return tokens.flatMap(({ kind }, at) =>
    kind === "text" && tokens[at - 1]?.value === ":" && tokens[at - 2]?.value === "detail"
      ? [textAt(tokens, at).replaceAll("…", "1")]
      : [],
  );
}

/** Every sentence of an adapter's own: of its fault rules, and of the faults that its code throws. */
function ownSentences(adapter: Adapter, repository: Repository): string[] {
  const suggested = simulators[adapter.name]?.demoSettings("https://vendors.example.net") ?? {};
  const { faults = [] } = adapter.connect(adapter.settings.parse(suggested));
  const written = [...repository].flatMap(([file, text]) => (isCode(file, adapter.name) ? detailsIn(text) : []));
  return [...new Set([...faults.flatMap(({ detail }) => detail ?? []), ...written])];
}

/** The console speaks to operators. */
const isSource = (file: string): boolean =>
  file.startsWith("src/") && file.endsWith(".ts") && !file.startsWith("src/console/");

const textsIn = (source: string): string[] => {
  const tokens = toTokens(source);
  return tokens.flatMap(({ kind }, at) => (kind === "text" ? [textAt(tokens, at)] : []));
};

/** Every text of the core's code. */
const sourceTexts = (repository: Repository): string[] =>
  [...repository].flatMap(([file, text]) => (isSource(file) ? textsIn(text) : []));

/** Sentences of adapters that their customers' pages do not explain, and rows of a vendor's own that none of them needs. */
export function findUnexplained(
  adapters: readonly Adapter[],
  customers: Readonly<Record<string, Customer>>,
  repository: Repository,
): string[] {
  const texts = sourceTexts(repository);
  return adapters.flatMap((adapter) => {
    const own = customers[adapter.name]?.details;
    if (!own) return [];
    const sentences = ownSentences(adapter, repository);
    const where = `adapters/${adapter.name}/customer.ts`;
    return [
      ...sentences
        .filter((sentence) => !rowsOf(own).some(({ detail }) => fitsTemplate(detail, sentence)))
        .map((sentence) => `${where} does not say what this means: ${sentence}`),
      ...own
        .filter(({ detail }) => !sentences.some((sentence) => fitsTemplate(detail, sentence)))
        .filter(({ detail }) => !texts.some((text) => couldSay(text, detail)))
        .map(
          ({ detail }) =>
            `${where} explains what neither the adapter nor the core says (of its code, verify reads the text directly behind "detail:"): ${detail}`,
        ),
    ];
  });
}

/** General rows that no refusal needs: that no vendor's run has met, or that stand in no text of the code. */
export function findIdleRows(customers: Readonly<Record<string, Customer>>, repository: Repository): string[] {
  const met = new Set(Object.values(customers).flatMap((customer) => customer.met));
  const known = new Set(MEANINGS.map(({ detail }) => detail));
  const texts = sourceTexts(repository);
  return [
    ...MEANINGS.filter(({ detail, isAnywhere }) => !isAnywhere && !met.has(detail)).map(
      ({ detail }) => `cli/connect/meanings.ts explains what no vendor was heard to say: ${detail}`,
    ),
    ...[...met]
      .filter((detail) => !known.has(detail))
      .map((detail) => `a details.json names a row that cli/connect/meanings.ts does not have: ${detail}`),
    ...[...STANDING, ...MEANINGS.filter(({ isAnywhere }) => isAnywhere)]
      .filter(({ detail }) => !texts.some((text) => couldSay(text, detail)))
      .map(({ detail }) => `a table of meanings explains what the code never says: ${detail}`),
  ];
}
