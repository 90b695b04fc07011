// The numbered rules of docs/design as `portico` reads them, and the names of tests that hold them.

import { describe, expect, it } from "vitest";
import { conformancePage } from "../../cli/conformance.ts";
import { inOrder, readRules, toPlain } from "../../cli/rules.ts";
import { caseNamesIn, numbersIn, scenarioNamesIn, sentenceOf, testNamesIn } from "../../cli/test-names.ts";

const read = (text: string) => readRules(new Map([["docs/design/x.md", text]]));

describe("a rule", () => {
  it("is an anchor, a number and a sentence, in a paragraph, a heading, a list or a row", () => {
    const rules = read(
      [
        '<a id="s6"></a>**S6** First sight of a *native* account mints its [link](x.md). Then more.',
        '<a id="s45"></a>**S45** *(coming)* **Soft-delete names.** Entra renames a user whom it deletes, in one PATCH. More.',
        '## <a id="n2.2"></a>2.2 Service Mode',
        '- <a id="c8"></a>**C8** M 43-3.1 `id`: never reused.',
        '| # | what | must |\n|---|---|---|\n| <a id="g3"></a>G3 *(background)* | a query \\| nobody | required |',
        '| <a id="g10"></a>G10 | Create_User | found by name |',
        '<a id="v1"></a>V1 POST is 201. <a id="v2"></a>V2 Twice is 409.',
      ].join("\n\n"),
    );
    expect([...rules.values()].map(({ number, mark, sentence }) => [number, mark, sentence])).toEqual([
      ["S6", undefined, "First sight of a native account mints its link."],
      ["S45", "coming", "Soft-delete names. Entra renames a user whom it deletes, in one PATCH."],
      ["N2.2", undefined, "Service Mode"],
      ["C8", undefined, "M 43-3.1 id: never reused."],
      ["G3", "background", "a query | nobody"],
      ["G10", undefined, "Create_User: found by name"],
      ["V1", undefined, "POST is 201."],
      ["V2", undefined, "Twice is 409."],
    ]);
  });

  it("is cut at a word, and loses its Markdown", () => {
    const sentence = read(`<a id="s1"></a>**S1** ${"word ".repeat(60)}end.`).get("S1")?.sentence ?? "";
    expect(sentence).toMatch(/^(word )+…$/);
    expect(sentence.length).toBeLessThanOrEqual(162);
    expect(toPlain("**a** *b* `c_d *e*` [e](f.md) 2 * 3 * 4")).toBe("a b c_d *e* e 2 * 3 * 4");
  });

  it("comes in the order of its number", () => {
    const rules = read(
      '<a id="s10"></a>**S10** a\n\n<a id="s2"></a>**S2** b\n\n<a id="n2.10"></a>c\n\n<a id="n2.9"></a>d',
    );
    expect(inOrder(rules.values()).map(({ number }) => number)).toEqual(["N2.9", "N2.10", "S2", "S10"]);
  });
});

describe("the name of a test", () => {
  it("begins with the numbers that it holds", () => {
    expect(numbersIn("S16 C61, N2.2: seats")).toEqual(["S16", "C61", "N2.2"]);
    expect(numbersIn("a seat (S16): is freed")).toEqual([]);
    expect(sentenceOf("S36: %s on $origin with …: %s")).toBe("… on … with …: …");
  });

  it("is what it, test and describe are called with, and nothing else", () => {
    const source = [
      'import { it } from "vitest";',
      'it("a", () => { expect(say("S1: x")).toBe("S1: x"); });',
      '// it("commented")',
      'const pattern = /it("pattern")/;',
      "const contract = it.skipIf(missing);",
      'contract("b", () => {});',
      'describe.each<[what: string, make: () => void]>([["S2: no name", () => {}]])("c %s", () => {',
      `  it.concurrent(\`d \${\`\${1}\`} e\`, { timeout: 5 }, () => {});`,
      "});",
      'it(scenario.name, () => {}); other.it("f");',
    ];
    expect(testNamesIn(source.join("\n"))).toEqual(["a", "b", "c %s", "d … e"]);
  });

  it("is filled in by cases, written there or as a constant of the file", () => {
    const source = [
      'const cases = [["S1: first", 1], ["S2: second", f({ a: ["S3: third"] })]];',
      'it.each(cases)("%s", () => {});',
      'it.each([{ title: "S4: fourth" }, { title: "none" }])("$title", () => {});',
    ];
    expect(testNamesIn(source.join("\n"))).toEqual(["S1: first", "S2: second", "S3: third", "S4: fourth"]);
  });

  it("stands in scenarios and in JSON as a name", () => {
    expect(scenarioNamesIn(`[{ name: "S1: a", killedBy: "S2: b" }, { name: \`S3: \${x} c\` }]`)).toEqual([
      "S1: a",
      "S3: … c",
    ]);
    expect(caseNamesIn('[{"name": "C1: a", "value": "C2: b"}, {"rows": [{"name": "C3: c"}]}]')).toEqual([
      "C1: a",
      "C3: c",
    ]);
  });
});

it("the page of conformance says what each number says, and what holds it", () => {
  const repository = new Map([
    ["docs/design/semantics.md", '<a id="s1"></a>**S1** One | value.\n\n<a id="s2"></a>**S2** *(coming)* Two <b>.\n'],
    ["test/a.test.ts", 'it("S1: %s is one | value", () => {});\nit("S1: again", () => {});\n'],
  ]);
  const page = conformancePage(repository, readRules(repository));
  expect(page).toContain(
    "| [S1](design/semantics.md#s1) | One \\| value. | 2 | `test/a.test.ts`: … is one \\| value |\n" +
      "| [S2](design/semantics.md#s2) | Two &lt;b>. | none | coming: not true yet |\n",
  );
});
