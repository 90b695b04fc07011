// Commands in documents for operators and customers: where bash's own syntax is needed, PowerShell's stands beside it.

import type { Repository } from "./repository.ts";

/** What PowerShell 7.3 reads otherwise than bash, or has no program for. */
const BASH_ONLY: readonly [what: string, pattern: RegExp][] = [
  ["export", /^\s*export\s/m],
  ["a variable before a command", /^\s*[A-Z_]+=\S*\s+\S/m],
  ["a line that goes on behind \\", /\\$/m],
  ["a pipe", /\s\|\s/],
  ["a here-document", /<<-?\s*['"]?\w/],
  ["an argument that begins with @, without quotes", /(?:^|\s)@\w/m],
  [
    "a program of Unix",
    /(?:^|[\s(])(?:awk|bash|cat|chmod|cut|grep|head|openssl|printf|sed|sha256sum|tail|tee|xargs)\s/m,
  ],
];
const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;
const FOR_PEOPLE = /^(?:README\.md|docs\/(?:console|gallery|operate|upgrade)\.md|docs\/connect\/[^/]+\.md)$/;

const withoutComments = (code: string): string => code.replace(/(^|\s)#.*$/gm, "$1");

/** What of a block of commands only bash understands. */
export const bashOnlyIn = (code: string): string[] =>
  BASH_ONLY.flatMap(([what, pattern]) => (pattern.test(withoutComments(code)) ? [what] : []));

/** Blocks for bash alone that no block for PowerShell follows, before the next heading. */
export function blocksWithoutTwin(markdown: string): { line: number; what: string[] }[] {
  const blocks = [...markdown.matchAll(FENCE)];
  return blocks.flatMap((block, at) => {
    const [whole, language, code = ""] = block;
    const what = /^(?:sh|bash)$/.test(language ?? "") ? bashOnlyIn(code) : [];
    const next = blocks[at + 1];
    const between = markdown.slice(block.index + whole.length, next?.index);
    const hasTwin = next?.[1] === "powershell" && !/^#/m.test(between);
    return what.length === 0 || hasTwin ? [] : [{ line: markdown.slice(0, block.index).split("\n").length, what }];
  });
}

/** Where an operator or a customer with PowerShell is left alone. */
export function findWithoutTwin(repository: Repository): string[] {
  return [...repository].flatMap(([file, text]) =>
    FOR_PEOPLE.test(file)
      ? blocksWithoutTwin(text).map(
          ({ line, what }) => `${file}:${line} needs a block for PowerShell behind it: it has ${what.join(", ")}`,
        )
      : [],
  );
}
