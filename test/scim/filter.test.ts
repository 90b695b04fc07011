// Filters: cases, limits, push-down, and the laws of parsing, printing, negating and simplifying.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { equalities, type Filter, simplify, toText } from "../../src/scim/filter.ts";
import { matches as matchesWithin } from "../../src/scim/filter-match.ts";
import { MAX_FILTER_DEPTH, MAX_FILTER_LENGTH, MAX_FILTER_NODES, parseFilter } from "../../src/scim/filter-parse.ts";
import { CORE_USER, ENTERPRISE_USER, type Resource, type ResourceType } from "../../src/scim/schema.ts";
import { createWork } from "../../src/scim/work.ts";
import { ADA, CUSTOM, MODEST_USER, SALES, VENDOR_USER } from "./ada.ts";
import cases from "./filter.json" with { type: "json" };
import { refusalOf, resultOf } from "./outcome.ts";

const matches = (filter: Filter, resource: Resource) => matchesWithin(filter, resource, createWork());

const rows: readonly { name: string; filter: string; is?: boolean | undefined; refused?: string | undefined }[] = cases;

describe("filters on a user", () => {
  it.each(rows)("$name", ({ filter, is, refused }) => {
    expect(refusalOf(() => parseFilter(filter, USER))).toBe(refused);
    if (is !== undefined) expect(matches(parseFilter(filter, USER), ADA)).toBe(is);
  });

  it.each(rows.filter(({ is }) => is !== undefined))("round trip of $name", ({ filter }) => {
    const parsed = parseFilter(filter, USER);
    expect(parseFilter(toText(parsed), USER)).toEqual(parsed);
  });
});

describe("filters on other types", () => {
  const vendor = { ...ADA, [CUSTOM]: { level: 9, rate: 0.5, hired: "2026-01-01T00:00:00Z" } };
  const at = (name: string) => `${CUSTOM}:${name}`;

  it.each([
    ["C43: numbers compare as numbers", `${at("level")} lt 10`, true],
    ["C43: a number in another spelling", `${at("level")} eq 0.9e1`, true],
    ["C43: decimals", `${at("rate")} ge 0.5`, true],
    ["C43: an extension's dateTime", `${at("hired")} le "2026-01-01T01:00:00+01:00"`, true],
    ["C53: a quoted number is coerced", `${at("level")} gt "8"`, true],
  ])("%s", (_, filter, is) => {
    expect(matches(parseFilter(filter, VENDOR_USER), vendor)).toBe(is);
  });

  it.each([
    ["C43: co on a number", `${at("level")} co "9"`, "invalidFilter"],
    ["C53: number with a text that is none", `${at("level")} eq "nine"`, "invalidFilter"],
    ["C53: number with a boolean", `${at("level")} eq true`, "invalidFilter"],
    ["C54: an extension's hidden attribute", `${at("secret")} eq "x"`, "sensitive"],
    ["C50: a number too large", `${at("level")} eq 1e999`, "invalidFilter"],
  ])("%s", (_, filter, refused) => {
    expect(refusalOf(() => parseFilter(filter, VENDOR_USER))).toBe(refused);
  });

  it("C13 C54: password is sensitive although the vendor does not hold it", () => {
    expect(refusalOf(() => parseFilter('password eq "x"', MODEST_USER))).toBe("sensitive");
  });

  it.each([
    ["E17 Q14: id and members", 'id eq "0199-sales" and members eq "0199-bob"', true],
    ["E17 Q14: members and id", 'members eq "0199-bob" and id eq "0199-sales"', true],
    ["E17 Q14: not a member", 'id eq "0199-sales" and members.value eq "0199-eve"', false],
    ["C44: an element by its value path", 'members[value eq "0199-ada"]', true],
  ])("%s", (_, filter, is) => {
    expect(matches(parseFilter(filter, GROUP), SALES)).toBe(is);
  });
});

describe("limits", () => {
  const term = "active pr";
  const nested = (depth: number) => `${"(".repeat(depth)}${term}${")".repeat(depth)}`;
  const joined = (terms: number) => Array.from({ length: terms }, () => term).join(" and ");

  it.each([
    ["C52: the deepest nesting", nested(MAX_FILTER_DEPTH), undefined],
    ["C52: one level deeper", nested(MAX_FILTER_DEPTH + 1), "invalidFilter"],
    ["C52: depth that would overflow a stack", "(".repeat(7_900), "invalidFilter"],
    ["C52: negations that would overflow a stack", "not (".repeat(1_500), "invalidFilter"],
    ["C52: brackets that would overflow a stack", "a[".repeat(3_900), "invalidFilter"],
    ["C52: the most parts", joined(MAX_FILTER_NODES - 1), undefined],
    ["C52: one part more", joined(MAX_FILTER_NODES), "invalidFilter"],
    ["C52: a filter too long", `userName eq "${"x".repeat(MAX_FILTER_LENGTH)}"`, "invalidFilter"],
    ["C52: 100 KB", "x".repeat(100_000), "invalidFilter"],
    ["C51: a long text within the limit", `userName eq "${"x".repeat(7_900)}"`, undefined],
  ])("%s", (_, filter, refused) => {
    expect(refusalOf(() => parseFilter(filter, USER))).toBe(refused);
  });
});

describe("push-down", () => {
  it.each([
    ["E2: userName", 'USERNAME eq "Ada"', USER, [["userName", "Ada"]]],
    ["E2 Q11: typed e-mail", 'emails[Type eq "Work"].Value eq "x"', USER, [['emails[type eq "work"].value', "x"]]],
    ["E2: both in brackets", 'emails[value eq "x" and type eq "work"]', USER, [['emails[type eq "work"].value', "x"]]],
    ["E2: any e-mail", 'emails eq "x"', USER, [["emails.value", "x"]]],
    ["E2: value alone in brackets", 'emails[value eq "x"]', USER, [["emails.value", "x"]]],
    [
      "E10: id and manager",
      'id eq "U" and manager eq "M"',
      USER,
      [
        ["id", "U"],
        [`${ENTERPRISE_USER}:manager.value`, "M"],
      ],
    ],
    [
      "E17: id and members",
      'id eq "G" and members eq "U"',
      GROUP,
      [
        ["id", "G"],
        ["members.value", "U"],
      ],
    ],
    ["C48: the core URN goes", `${CORE_USER}:externalId eq "7"`, USER, [["externalId", "7"]]],
    ["C39: nothing under or", 'id eq "a" or userName eq "b"', USER, []],
    ["C39: nothing under not", 'not (id eq "a")', USER, []],
    ["C39: nothing but eq", 'userName sw "a" and active eq true and title eq null', USER, []],
    [
      "C39: what is joined deeper",
      '(id eq "a" and (userName eq "b")) and title pr',
      USER,
      [
        ["id", "a"],
        ["userName", "b"],
      ],
    ],
    ["C49: nothing unknown", 'shoeSize eq "44" and id eq "a"', USER, [["id", "a"]]],
  ] satisfies [string, string, ResourceType, string[][]][])("%s", (_, filter, type, expected) => {
    const found = equalities(parseFilter(filter, type));
    expect(found.map(({ path, value }) => [path, value])).toEqual(expected);
  });
});

describe("simplifying", () => {
  it.each([
    ["S1: eq is false", 'title eq "x"', false],
    ["S1: ne is true", 'title ne "x"', true],
    ["S1: pr is false", "title pr", false],
    ["S1: eq null is true", "title eq null", true],
    ["S1: not", 'not (title eq "x")', true],
    ["S1: and with a false term", 'title eq "x" and userName eq "a"', false],
    ["S1: or with a true term", 'title ne "x" or userName eq "a"', true],
    ["S1: or leaves the rest", 'title eq "x" or userName eq "a"', 'userName eq "a"'],
    ["S1: an unheld sub-attribute", 'emails[display eq "x"].value pr', false],
    ["S1: an always true value path", 'emails[display ne "x"].value eq "a"', 'emails.value eq "a"'],
    ["S1: part of a value path", 'emails[display eq "x" or type eq "work"]', 'emails[type eq "work"]'],
    ["S1: an always true value path alone", "emails[not (display pr)]", "emails pr"],
    [
      "S1: the primary of one held element",
      'emails[primary eq true].value eq "a"',
      'emails[type eq "work"].value eq "a"',
    ],
    ["S1: the primary as a text", 'emails[primary eq "True"]', 'emails[type eq "work"]'],
    ["S1: the primary beside its type", 'emails[primary eq true and type eq "work"]', 'emails[type eq "work"]'],
    ["S1: what is not primary", "emails[primary ne true]", 'emails[type ne "work"]'],
    ["S1: what is primary false", "emails[primary eq false]", 'emails[type ne "work"]'],
    ["S1: whether it is primary", "emails[not (primary pr)]", 'emails[not (type eq "work")]'],
  ])("%s", (_, text, expected) => {
    const simple = simplify(parseFilter(text, MODEST_USER));
    expect(typeof simple === "boolean" ? simple : toText(simple)).toBe(expected);
  });
});

const NAMES = [
  "userName",
  "title",
  "shoeSize",
  "emails.value",
  "emails.type",
  `${ENTERPRISE_USER}:department`,
  "urn:x:y:z",
];
const LITERALS = ["ada@contoso.com", "work", "R&D", 'q"\\]', "😀", "\u0080\ud800"];
const comparison = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.constantFrom("eq", "ne", "co", "sw", "ew", "gt", "le"),
    fc.constantFrom(...LITERALS),
  )
  .map(([name, operator, value]) => `${name} ${operator} ${JSON.stringify(value)}`);
const leaf = fc.oneof(
  comparison,
  fc.constantFrom(...NAMES).map((name) => `${name} pr`),
  fc.constantFrom("active eq true", "title eq null", "shoeSize ne null", 'meta.created gt "2026-01-01T00:00:00Z"'),
  fc.constantFrom(
    'emails[type eq "work" and not (value pr)]',
    'emails[colour ne "x"].value co "ada"',
    'cars[a pr].b ne "x"',
  ),
);
const filterText = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.tuple(tie("filter"), fc.constantFrom("and", "or"), tie("filter")).map((parts) => parts.join(" ")),
    tie("filter").map((filter) => `(${filter})`),
    tie("filter").map((filter) => `not (${filter})`),
  ),
})).filter;
const parsed = filterText.map((text): Filter | undefined => resultOf(() => parseFilter(text, USER)));

describe("laws", () => {
  it("C39: what is printed parses to the same filter", () => {
    fc.assert(
      fc.property(parsed, (filter) => {
        if (filter) expect(parseFilter(toText(filter), USER)).toEqual(filter);
      }),
    );
  });

  it("C40: not negates, and twice is nothing", () => {
    fc.assert(
      fc.property(parsed, (filter) => {
        if (!filter) return;
        const not: Filter = { kind: "not", term: filter };
        expect(matches(not, ADA)).toBe(!matches(filter, ADA));
        expect(matches({ kind: "not", term: not }, ADA)).toBe(matches(filter, ADA));
      }),
    );
  });

  it("S1: simplifying keeps the matches", () => {
    fc.assert(
      fc.property(parsed, (filter) => {
        if (!filter) return;
        const simple = simplify(filter);
        expect(typeof simple === "boolean" ? simple : matches(simple, ADA)).toBe(matches(filter, ADA));
      }),
    );
  });

  it("C50: any text is a filter or a refusal", () => {
    const fragment = fc.constantFrom(
      "(",
      ")",
      "[",
      "]",
      '"',
      "\\",
      " ",
      "not",
      "and",
      "or",
      "eq",
      "pr",
      "emails",
      ".value",
      "null",
      "1",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fragment).map((parts) => parts.join("")),
      fc.array(fragment).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (input) => {
        const filter = resultOf(() => parseFilter(input, USER));
        if (filter) expect(typeof matches(filter, ADA)).toBe("boolean");
      }),
      { numRuns: 1000 },
    );
  });
});
