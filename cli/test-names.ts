// The names of tests: what `it`, `test` and `describe` are called with, and the cases that fill such a name.

import { type Token, toTokens } from "./source-tokens.ts";

const CALLERS = new Set(["it", "test", "describe"]);
const NUMBERS = /^((?:[SCEQVABNKDGIP]\d+(?:\.\d+)*[\s,]*)+):/;

/** The numbers before the first colon of a test's name. */
export function numbersIn(name: string): string[] {
  return NUMBERS.exec(name)?.[1]?.match(/[A-Z][\d.]+/g) ?? [];
}

/** A name without its numbers, with `…` for what a case or a template fills in; `$ref` is SCIM's. */
export function sentenceOf(name: string): string {
  return name
    .replace(NUMBERS, "")
    .replace(/%[sdifjoOp]|\$(?!ref\b)[a-z][\w.]*/g, "…")
    .replace(/(?:… )+…/g, "…")
    .trim();
}

const isGap = (name: string): boolean => /^(%[sj]|\$[a-z]|…)/.test(name);
const OPENING = ["(", "[", "{"];
const CLOSING = [")", "]", "}"];

const isSign = (token: Token | undefined, ...signs: string[]): boolean =>
  token?.kind === "sign" && signs.includes(token.value);

/** Where the bracket at `at` is closed. */
function closeOf(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index++) {
    if (isSign(tokens[index], ...OPENING)) depth++;
    if (isSign(tokens[index], ...CLOSING) && --depth === 0) return index;
  }
  return tokens.length;
}

/** Where the type arguments that begin at `at` are closed; the `>` of an arrow closes nothing. */
function closeOfTypes(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index++) {
    if (isSign(tokens[index], "<")) depth++;
    if (isSign(tokens[index], ">") && !isSign(tokens[index - 1], "=") && --depth === 0) return index;
  }
  return tokens.length;
}

/** The tokens of what a constant of the file is set to. */
function setting(tokens: readonly Token[], name: string): readonly Token[] {
  const start = tokens.findIndex((token, index) => token.value === "const" && tokens[index + 1]?.value === name);
  if (start < 0) return [];
  let at = start;
  while (at < tokens.length && !isSign(tokens[at], ";")) {
    at = isSign(tokens[at], ...OPENING) ? closeOf(tokens, at) + 1 : at + 1;
  }
  return tokens.slice(start, at);
}

/** Texts with numbers among the cases of an `each`, and among the constants of the file that it names. */
function namesOfCases(tokens: readonly Token[], cases: readonly Token[]): string[] {
  return cases.flatMap(({ kind, value }) => {
    if (kind === "text") return numbersIn(value).length > 0 ? [value] : [];
    return kind === "word" ? setting(tokens, value).flatMap((one) => namesOfCases([], [one])) : [];
  });
}

/** A call of `it` and the like that begins at `start`: where its arguments begin, and what its modifiers were given. */
function readCall(tokens: readonly Token[], start: number): { at: number; cases: Token[] } | undefined {
  const cases: Token[] = [];
  let at = start + 1;
  for (;;) {
    if (isSign(tokens[at], ".")) at += 2;
    else if (isSign(tokens[at], "<")) at = closeOfTypes(tokens, at) + 1;
    else if (!isSign(tokens[at], "(")) return undefined;
    else {
      const end = closeOf(tokens, at);
      if (!isSign(tokens[end + 1], "(", ".")) return { at: at + 1, cases };
      cases.push(...tokens.slice(at + 1, end));
      at = end + 1;
    }
  }
}

/** The names of a test file's tests and groups of tests. */
export function testNamesIn(source: string): string[] {
  const tokens = toTokens(source);
  const callers = new Set(CALLERS);
  return tokens.flatMap((token, start) => {
    if (token.kind !== "word" || !callers.has(token.value) || isSign(tokens[start - 1], ".")) return [];
    // A caller of the file's own: const contract = it.skipIf(…);
    if (isSign(tokens[start - 1], "=") && tokens[start - 3]?.value === "const") {
      callers.add(tokens[start - 2]?.value ?? "");
    }
    const call = readCall(tokens, start);
    const name = tokens[call?.at ?? tokens.length];
    if (!call || name?.kind !== "text") return [];
    return isGap(name.value) ? namesOfCases(tokens, call.cases) : [name.value];
  });
}

/** The names of the scenarios and checks that a file defines: what their `name` is set to. */
export function scenarioNamesIn(source: string): string[] {
  return toTokens(source).flatMap((token, at, tokens) =>
    token.kind === "text" && isSign(tokens[at - 1], ":") && tokens[at - 2]?.value === "name" ? [token.value] : [],
  );
}

/** The names of the cases in a JSON file. */
export function caseNamesIn(json: string): string[] {
  const names: string[] = [];
  JSON.parse(json, (key, value) => {
    if (key === "name" && typeof value === "string") names.push(value);
    return value;
  });
  return names;
}
