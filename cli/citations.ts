// Citations of docs/design: what they name, which of them lead nowhere, and which rules are not cited.

import { withoutCode } from "./links.ts";
import { isGenerated, type Repository } from "./repository.ts";
import type { Rule } from "./rules.ts";

/**
 * A citation is one of these letters and a number, alone in brackets: `[S16]`, and in Markdown also `[S16](…#s16)`.
 * Brackets directly after a word, `)` or `]` are an index. So no constant is called as a rule is.
 */
const CITATION = /(?<![\w$)\]])\[([SCEQVABNKDGIP]\d+(?:\.\d+)*)\](?:\([^)\s]*\))?/g;
/** What stands between the ends of a range: `[S6] to [S11]`. */
const RANGE = /^\s+to\s+$/;

/** Prefixes of rules, which must be cited; the others number sections and facts. */
const RULE_PREFIXES = "SCEQKDGI";
const DESIGN = "docs/design/";
/** Pages that customers read, who do not know the rules. */
const CUSTOMERS = "docs/connect/";

export interface Citation {
  number: string;
  line: number;
}

/** From `S6` and `S11` those between them; none where the two are no range. */
function between(first: string, last: string): string[] {
  const from = /^(.*?)(\d+)$/.exec(first);
  const to = /^(.*?)(\d+)$/.exec(last);
  if (!from || !to || from[1] !== to[1]) return [];
  const start = Number(from[2]) + 1;
  return Array.from({ length: Math.max(0, Number(to[2]) - start) }, (_, at) => `${from[1]}${start + at}`);
}

/** Every number that a text cites, those within a range included. */
export function citationsIn(text: string): Citation[] {
  const found: Citation[] = [];
  let before: { number: string; end: number } | undefined;
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(CITATION)) {
    const number = match[1] ?? "";
    line += text.slice(counted, match.index).split("\n").length - 1;
    counted = match.index;
    if (before && RANGE.test(text.slice(before.end, match.index).replace(/\n\s*(\/\/|\*)/, " "))) {
      found.push(...between(before.number, number).map((one) => ({ number: one, line })));
    }
    found.push({ number, line });
    before = { number, end: match.index + match[0].length };
  }
  return found;
}

/** What a file cites; in Markdown, backticks only show how a citation is written. */
const citationsOf = (file: string, text: string): Citation[] =>
  citationsIn(file.endsWith(".md") ? withoutCode(text) : text);

/** Citations that name no rule, and those on pages that customers read. */
export function findStrayCitations(repository: Repository, rules: ReadonlyMap<string, Rule>): string[] {
  return [...repository].flatMap(([file, text]) => {
    if (file.startsWith(CUSTOMERS)) {
      return citationsOf(file, text).map(({ number, line }) => `${file}:${line} cites ${number} to customers`);
    }
    if (isGenerated(text)) return [];
    return citationsOf(file, text).flatMap(({ number, line }) =>
      rules.has(number) ? [] : [`${file}:${line} cites ${number}, which has no anchor in docs/design`],
    );
  });
}

/** Rules that are neither cited, nor held, nor excused, nor marked; and marks on rules that a test holds. */
export function findUncited(
  repository: Repository,
  rules: ReadonlyMap<string, Rule>,
  held: { has(number: string): boolean },
  excused: { has(number: string): boolean },
): string[] {
  const cited = new Set(
    [...repository].flatMap(([file, text]) =>
      file.startsWith(DESIGN) || isGenerated(text) ? [] : citationsOf(file, text).map(({ number }) => number),
    ),
  );
  return [...rules.values()].flatMap(({ number, mark, file }) => {
    if (!RULE_PREFIXES.includes(number.charAt(0))) return [];
    if (mark === "coming" && held.has(number)) {
      return [`${number} is marked (coming) but a test holds it: take the mark away`];
    }
    if (mark || cited.has(number) || held.has(number) || excused.has(number)) return [];
    return [`${number} (${file}) is cited nowhere; cite it where it is done, or mark it *(coming)* or *(background)*`];
  });
}

/** Citations as links to docs/design from a page that reaches the root by `toRoot`. */
export function linkCitations(text: string, rules: ReadonlyMap<string, Rule>, toRoot: string): string {
  return text.replace(CITATION, (citation, number: string) => {
    const rule = rules.get(number);
    return rule ? `[${number}](${toRoot}${rule.file}#${number.toLowerCase()})` : citation;
  });
}
