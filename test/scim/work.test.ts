// The work budget of a request: what is refused for asking too much, and what is not.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GROUP, USER } from "../../src/scim/core-schemas.ts";
import { readReplacement } from "../../src/scim/edit.ts";
import { type Filter, simplify } from "../../src/scim/filter.ts";
import { matches, matchesElement } from "../../src/scim/filter-match.ts";
import { parseFilter } from "../../src/scim/filter-parse.ts";
import { readPatch } from "../../src/scim/patch.ts";
import { parsePath } from "../../src/scim/path.ts";
import { parseProjection } from "../../src/scim/projection.ts";
import { readListQuery } from "../../src/scim/query.ts";
import { readResource } from "../../src/scim/resource.ts";
import { createWork, MAX_STEPS, type Work } from "../../src/scim/work.ts";
import { ADA, MODEST_USER } from "./ada.ts";
import { refusalOf } from "./outcome.ts";

const LIMITS = { maxResults: 200, defaultPageSize: 100 };
const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const ids = (count: number) => many(count, (at) => `value eq "${at.toString(36)}"`).join(" or ");
const photos = many(990, (at) => ({ value: `https://img.example.com/${at}.png`, type: `t${at}` }));

/** What a function costs, or what it is refused for. */
function costOf(run: (work: Work) => unknown): number | string {
  const work = createWork();
  return refusalOf(() => run(work)) ?? work.spent();
}

const patch = (operations: readonly object[], resource: object, work: Work) =>
  readPatch({ Operations: operations }, USER, work).apply({ ...ADA, ...resource });

/** A selection of a member list of so many, by each of so many operations. */
const select = (path: string, operations: number, members: number) => (work: Work) => {
  for (let at = 0; at < operations; at++) {
    const { filter } = parsePath(path, GROUP, work);
    const simple = filter && simplify(filter);
    if (typeof simple !== "object") throw new Error("no filter");
    for (let member = 0; member < members; member++) matchesElement(simple, { value: member.toString(36) }, work);
  }
};

describe("too much is refused", () => {
  it.each<[string, (work: Work) => unknown]>([
    ["20 filters of 440 terms on 10,000 members", select(`members[value co "z" or ${ids(440)}]`, 20, 10_000)],
    [
      "113 changes of 990 photos, each selected by 200 terms",
      (work) => {
        const filter = many(200, (at) => `value co "x${at}"`).join(" or ");
        const operations = many(113, () => ({ op: "replace", path: `photos[${filter}].display`, value: "x" }));
        return patch(operations, { photos }, work);
      },
    ],
    [
      "1,000 additions to 990 photos",
      (work) => {
        const add = (at: number) => ({
          op: "add",
          path: "photos",
          value: [{ value: `https://x.example.com/${at % 9}` }],
        });
        return patch(many(1_000, add), { photos }, work);
      },
    ],
    [
      "the removal of 900 values from 900",
      (work) => patch([{ op: "remove", path: "photos", value: photos.slice(0, 900) }], { photos }, work),
    ],
    ["100,000 names of attributes that are none", (work) => readResource(invented(100_000), USER, work)],
    ["the same in a PUT", (work) => readReplacement(invented(100_000), USER, work)],
    ["the same inside an extension", (work) => readResource({ urn: 1, name: invented(260_000) }, USER, work)],
    [
      "long filters in very many paths",
      (work) => readPatch({ Operations: many(128, () => ({ op: "remove", path: `emails[${ids(400)}]` })) }, USER, work),
    ],
  ])("C51: %s", (_, run) => {
    expect(costOf(run)).toBe("tooMany");
  });

  it("C51: long texts cost more than short ones", () => {
    const filter = parseFilter('title co "aab"', USER);
    const costs = (title: string) => costOf((work) => matches(filter, { ...ADA, title }, work));
    expect(costs("a".repeat(60_000))).toBeGreaterThan(Number(costs("a")) + 900);
  });
});

const invented = (count: number) => Object.fromEntries(many(count, (at) => [`n${at}`, 1]));

describe("what clients really send is far below", () => {
  it.each<[string, (work: Work) => unknown]>([
    ["100 members removed one by one", select('members[value eq "7"]', 100, 1)],
    ["440 ids joined by or, on 10,000 members, once", select(`members[${ids(440)}]`, 1, 10_000)],
    [
      "a PATCH of 40 attributes",
      (work) =>
        patch(
          many(40, (at) => ({
            op: "replace",
            path: `emails[type eq "work"].${at % 2 ? "value" : "display"}`,
            value: "a",
          })),
          {},
          work,
        ),
    ],
    ["a match", (work) => readListQuery(new URLSearchParams({ filter: 'userName eq "ada"' }), USER, LIMITS, work)],
    [
      "a group of 10,000 in one request",
      (work) => readResource({ displayName: "A", members: many(10_000, (at) => ({ value: `u${at}` })) }, GROUP, work),
    ],
  ])("C51: %s", (_, run) => {
    const cost = costOf(run);
    expect(cost).toBeLessThan(MAX_STEPS / 3);
  });

  it("C51: a set of ids costs the same whatever its size", () => {
    const cost = (terms: number) => {
      const { filter } = parsePath(`members[${ids(terms)}]`, GROUP);
      return filter && costOf((work) => matchesElement(filter, { value: "1" }, work));
    };
    expect(cost(440)).toBe(cost(2));
  });
});

describe("folding", () => {
  it("C51: what no attribute holds is folded when it is parsed, and costs nothing for a resource", () => {
    const filter = parseFilter(
      `userName sw "a" and (${many(200, (at) => `shoe${at} eq "x"`).join(" or ")})`,
      MODEST_USER,
    );
    expect(simplify(filter)).toBe(false);
    expect(simplify(filter)).toBe(simplify(filter));
  });

  const value = fc.constantFrom("ada@example.com", "ADA@EXAMPLE.COM", "eve", "x", "https://x.example.com/Users/1", "");
  const term = fc.oneof(
    fc.tuple(fc.constantFrom("userName", "title", "emails.value", "emails.type", "externalId"), value),
    fc.tuple(fc.constantFrom("active"), fc.constantFrom(true, false)),
  );

  it("C43: equations that are joined mean what each means", () => {
    const test = (filter: Filter) => matches(filter, ADA, createWork());
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 6 }), (terms) => {
        const parse = (operator: string, junction: string) =>
          parseFilter(terms.map(([path, one]) => `${path} ${operator} ${JSON.stringify(one)}`).join(junction), USER);
        const one = (operator: string) =>
          terms.map(([path, is]) => test(parseFilter(`${path} ${operator} ${JSON.stringify(is)}`, USER)));
        expect(test(parse("eq", " or "))).toBe(one("eq").some(Boolean));
        expect(test(parse("eq", " and "))).toBe(one("eq").every(Boolean));
        expect(test(parse("ne", " or "))).toBe(one("ne").some(Boolean));
        expect(test(parse("ne", " and "))).toBe(one("ne").every(Boolean));
      }),
    );
  });

  it("C68: a projection names each attribute once, whatever a request repeats", () => {
    const names = many(1_500, (at) => (at % 2 ? "name" : `emails[type eq "t${at}"]`))
      .join(",")
      .slice(0, 7_900);
    expect(parseProjection({ attributes: names }, USER).attributes).toHaveLength(2);
  });
});
