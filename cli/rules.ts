// The numbered rules and facts of docs/design: each is an anchor before its number, with what is said there.

import type { Repository } from "./repository.ts";

const DESIGN = "docs/design/";
/** Longest sentence that is shown of a rule, in characters. */
const MAX_SENTENCE = 160;
/** A shorter first sentence is a title: the next one comes along. */
const MIN_SENTENCE = 30;

const ANCHOR = /<a id="([a-z]\d+(?:\.\d+)*)"><\/a>/g;
/** What directly follows the anchor: the number, and the mark of a rule that is not true yet, or only background. */
const HEAD = /^\**(?:[A-Z]?\d+(?:\.\d+)*)\.?\**(?:\s*\*\((coming|background)\)\*)?\**[.:]?\s*/;

export interface Rule {
  /** As it is cited: `S16`, `N2.2`. */
  number: string;
  /** The file that holds it, from the root. */
  file: string;
  mark?: "coming" | "background";
  /** Its first sentence, without Markdown. */
  sentence: string;
}

/** Markdown without its signs; what is in backticks stays as it is. */
export function toPlain(markdown: string): string {
  const parts = markdown
    .replace(/<a id="[^"]*"><\/a>/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .split(/`([^`]*)`/);
  return parts
    .map((part, at) =>
      at % 2 ? part : part.replace(/\[([A-Z]\d+(?:\.\d+)*)\]|\*\*|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)/g, "$1"),
    )
    .join("")
    .replace(/\s+/g, " ")
    .trim();
}

function firstSentence(text: string): string {
  let end = 0;
  for (const { index } of text.matchAll(/[.!?](?=\s+[\p{Lu}"(]|$)/gu)) {
    end = index + 1;
    if (end >= MIN_SENTENCE) break;
  }
  const sentence = end === 0 ? text : text.slice(0, end);
  if (sentence.length <= MAX_SENTENCE) return sentence;
  return `${sentence.slice(0, sentence.lastIndexOf(" ", MAX_SENTENCE)).replace(/[\s,;:(–-]+$/, "")} …`;
}

/** A row's cells; a bar behind a backslash is part of a cell. */
const toCells = (row: string): string[] => row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

/** What is said at an anchor: the rest of its paragraph, or the next cells of its row. */
function saidAt(text: string, start: number): string {
  const lineStart = text.lastIndexOf("\n", start) + 1;
  const rest = text.slice(start);
  if (text[lineStart] !== "|")
    return rest.slice(0, /\n\s*\n|\n(?=[|#>]|[-*] |<a id=)|(?<=\S)\s*<a id=/.exec(rest)?.index);
  const [head = "", what = "", more = ""] = toCells(rest.split("\n", 1)[0] ?? "");
  return `${head} ${/\s/.test(what) || more === "" ? what : `${what}: ${more}`}`;
}

/** The rules of docs/design by number; the later of two with one number is left out (see `findTwins`). */
export function readRules(repository: Repository): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const rule of everyRule(repository)) if (!rules.has(rule.number)) rules.set(rule.number, rule);
  return rules;
}

function everyRule(repository: Repository): Rule[] {
  return [...repository].flatMap(([file, text]) => {
    if (!file.startsWith(DESIGN) || !file.endsWith(".md")) return [];
    return [...text.matchAll(ANCHOR)].map((anchor) => {
      const said = saidAt(text, anchor.index + anchor[0].length).replace(/^\s*/, "");
      const [head = "", mark] = HEAD.exec(said) ?? [];
      return {
        number: (anchor[1] ?? "").toUpperCase(),
        file,
        ...(mark === "coming" || mark === "background" ? { mark } : {}),
        sentence: firstSentence(toPlain(said.slice(head.length))),
      };
    });
  });
}

/** Numbers that stand at two places. */
export function findTwins(repository: Repository): string[] {
  const seen = new Map<string, Rule>();
  return everyRule(repository).flatMap((rule) => {
    const first = seen.get(rule.number);
    seen.set(rule.number, rule);
    return first ? [`${rule.number} stands in ${first.file} and again in ${rule.file}`] : [];
  });
}

/** Rules by prefix and number: S2 before S10. */
export function inOrder(rules: Iterable<Rule>): Rule[] {
  return [...rules].sort((left, right) => left.number.localeCompare(right.number, "en", { numeric: true }));
}
