// Keeper's command lines against what Commander does with one: expansion, POSIX words, options [N2.2].

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fault } from "../../../src/adapter.ts";
import { fits, operand, option, toCommand } from "../quoting.ts";

// ---- Commander, as its documents describe it ------------------------------------------------------------------------

/** `${name}` is replaced in the raw line, before words are told apart [N2.2]. */
function expand(line: string, variables: ReadonlyMap<string, string>): string {
  return line.replace(/\$\{(\w+)\}/g, (whole, name: string) => variables.get(name) ?? whole);
}

/** Python's `shlex.split`: POSIX shell quoting without any expansion (POSIX.1-2024, Shell section 2.2). */
function shellWords(line: string): string[] {
  const token = /([ \t\r\n]+)|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^ \t\r\n'"\\]+)/y;
  const words: string[] = [];
  let word: string | undefined;
  while (token.lastIndex < line.length) {
    const match = token.exec(line);
    if (!match) throw new Error("no closing quotation");
    const [, blank, single, double, escaped, plain] = match;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? plain ?? "");
    }
  }
  return word === undefined ? words : [...words, word];
}

/** HTML is escaped when a command is stored and unescaped when it is run [N2.2]. */
const NAMES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'", "#x27": "'" };
const unescaped = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|apos|#39|#x27);/g, (_, name: string) => NAMES[name] ?? "");

const VARIABLES = new Map([
  ["x", "' --delete --force '"],
  ["server", "keepersecurity.invalid"],
  ["_1", '" --lock "'],
]);
const received = (line: string) => shellWords(expand(line, VARIABLES));

const faultOf = (work: () => unknown): Fault => {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("no fault");
};

// ---- Values that want to be more than a value -----------------------------------------------------------------------

const HOSTILE = [
  "'",
  '"',
  "\\",
  "$",
  ...["x", "server", "_1", "unknown"].map((name) => `$\{${name}}`),
  "{",
  "}",
  "&",
  "&apos;",
  "&#39;",
  ";",
  "|",
  "`",
  "--delete",
  "--",
  "-f",
  " ",
  "=",
  "é",
  "👩",
  "\u00a0",
  "x",
  "switch-to-mc",
];
const value = fc
  .oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...HOSTILE)).map((parts) => parts.join("")),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are refused, which has a test of its own
  .filter((text) => !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u.test(text));

describe("a value in a command", () => {
  it("N2.2: is one argument, and that value, under an option", () => {
    fc.assert(
      fc.property(value, value, (name, title) => {
        const line = toCommand("enterprise-user", option("--name", name), option("--job-title", title), "--force");
        const expected = ["enterprise-user", `--name=${name}`, `--job-title=${title}`, "--force"];
        expect(received(line)).toEqual(expected);
        // Also where HTML is only unescaped.
        expect(received(unescaped(line))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it("N2.2: is one argument in a place of its own, and never an option", () => {
    fc.assert(
      fc.property(value, (name) => {
        if (name === "" || name.startsWith("-")) {
          expect(faultOf(() => operand(name, "displayName"))).toMatchObject({
            kind: "invalid",
            attribute: "displayName",
          });
          return;
        }
        const words = received(toCommand("enterprise-team", operand(name), "--add"));
        expect(words).toEqual(["enterprise-team", name, "--add"]);
        expect(words[1]?.startsWith("-")).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("N2.2: leaves nothing in the line that could be expanded, or split into an option by a plain split", () => {
    fc.assert(
      fc.property(value, (name) => {
        const line = option("--name", name).text;
        expect(line).not.toMatch(/\$\{/);
        expect(line.slice("--name=".length)).not.toContain("--");
        expect(line).not.toMatch(/switch-to-mc/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("N2.2: with CR, LF, NUL or another control character is refused, and named", () => {
    const broken = fc.tuple(fc.string(), fc.constantFrom("\r", "\n", "\0", "\u0085", "\u2028", "\ud800"), fc.string());
    fc.assert(
      fc.property(broken, ([before, sign, after]) => {
        const fault = faultOf(() => option("--name", `${before}x${sign}x${after}`, "displayName"));
        expect(fault).toMatchObject({ kind: "invalid", attribute: "displayName" });
      }),
    );
  });
});

describe("a command", () => {
  it("N2.2: of more than 4,096 characters is refused, naming the attribute of the longest value", () => {
    const long = (length: number) => () =>
      toCommand(
        "enterprise-user",
        operand("1"),
        option("--name", "Ada", "displayName"),
        option("--job-title", "x".repeat(length), "title"),
      );
    expect(long(4_000)()).toHaveLength(4_000 + "enterprise-user 1 --name=Ada --job-title=".length);
    expect(faultOf(long(4_090))).toMatchObject({ kind: "invalid", attribute: "title" });
  });

  it("N2.2: counts as stored, where signs of HTML are longer", () => {
    expect(
      faultOf(() => toCommand("enterprise-user", option("--name", "<".repeat(1_100), "displayName"))),
    ).toMatchObject({
      kind: "invalid",
      attribute: "displayName",
    });
  });

  it("fits exactly when it is not refused", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (values) => {
        const parts = ["enterprise-team", ...values.map((one) => option("--add-user", one, "members"))];
        if (fits(parts)) expect(toCommand(...parts).length).toBeLessThanOrEqual(4_096);
        else expect(faultOf(() => toCommand(...parts, option("--x", "0"))).kind).toBe("invalid");
      }),
    );
  });
});
