// How Commander takes a command line apart: expansion, then POSIX words, then options ([N2.2], read 2026-11-22).

/** What Commander raises; Service Mode turns it into a 500. */
export class CommandError extends Error {}

/** `${name}` becomes the variable's text wherever it stands, in quotes too; unknown names stay. */
export function expand(line: string, environment: Record<string, string>): string {
  return line.replace(/\$\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(environment, name) ? (environment[name] ?? "") : whole,
  );
}

/** Words as Python's `shlex.split` gives them: POSIX quoting, nothing is expanded. */
export function split(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? "";
    if (quote !== "") {
      if (sign === quote) quote = "";
      else if (sign === "\\" && quote === '"' && '"\\'.includes(line[at + 1] ?? " ")) word += line[++at] ?? "";
      else word += sign;
    } else if (sign === "'" || sign === '"') {
      quote = sign;
      word ??= "";
    } else if (sign === "\\") {
      if (at + 1 >= line.length) throw new CommandError("No escaped character");
      word = (word ?? "") + line[++at];
    } else if (" \t\r\n".includes(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + sign;
    }
  }
  if (quote !== "") throw new CommandError("No closing quotation");
  return word === undefined ? words : [...words, word];
}

/** What a command understands: each name leads to the option's long name. */
export interface Grammar {
  flags: Record<string, string>;
  options: Record<string, string>;
}
export interface Parsed {
  flags: Set<string>;
  options: Map<string, string[]>;
  operands: string[];
}

/** The value of an option; the last one counts. */
export const one = (parsed: Parsed, option: string): string | undefined => parsed.options.get(option)?.at(-1);

/** Words as Python's argparse understands them, abbreviations of long options included. */
export function parse(words: readonly string[], grammar: Grammar): Parsed {
  const parsed: Parsed = { flags: new Set(), options: new Map(), operands: [] };
  const names = [...Object.keys(grammar.flags), ...Object.keys(grammar.options)];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const looksLikeOption = word.startsWith("-") && word !== "-" && (!word.includes(" ") || word.includes("="));
    if (!looksLikeOption) {
      parsed.operands.push(word);
      continue;
    }
    const [written = "", ...rest] = word.split("=");
    const fitting = names.filter((name) => name === written || (written.startsWith("--") && name.startsWith(written)));
    const name = fitting.includes(written) ? written : fitting.length === 1 ? fitting[0] : undefined;
    if (name === undefined) throw new CommandError(`unrecognized arguments: ${word}`);
    const flag = grammar.flags[name];
    if (flag !== undefined) {
      if (rest.length > 0) throw new CommandError(`argument ${name}: ignored explicit argument`);
      parsed.flags.add(flag);
      continue;
    }
    const next = words[at + 1];
    if (rest.length === 0 && (next === undefined || (next.startsWith("-") && !next.includes(" ")))) {
      throw new CommandError(`argument ${name}: expected one argument`);
    }
    const value = rest.length > 0 ? rest.join("=") : (next ?? "");
    if (rest.length === 0) at += 1;
    const option = grammar.options[name] ?? name;
    parsed.options.set(option, [...(parsed.options.get(option) ?? []), value]);
  }
  return parsed;
}
