// List parameters and sorting.

import { describe, expect, it } from "vitest";
import { USER } from "../../src/scim/core-schemas.ts";
import { toText } from "../../src/scim/filter.ts";
import { parsePath } from "../../src/scim/path.ts";
import { compareSortKeys, readListQuery, readSearchRequest, toSortKey } from "../../src/scim/query.ts";
import type { Resource } from "../../src/scim/schema.ts";
import { createWork } from "../../src/scim/work.ts";
import { VENDOR_USER } from "./ada.ts";
import { refusalOf } from "./outcome.ts";

const LIMITS = { maxResults: 200, defaultPageSize: 100 };
const read = (query: string) => readListQuery(new URLSearchParams(query), USER, LIMITS);

describe("parameters", () => {
  it.each([
    ["C81: none", "", 1, 100],
    ["C81: below one", "startIndex=0", 1, 100],
    ["C81: negative", "startIndex=-5", 1, 100],
    ["C81: beyond any end", "startIndex=999999999999999", 999_999_999_999_999, 100],
    ["C82: negative count", "count=-1", 1, 0],
    ["C82: count of none", "count=0", 1, 0],
    ["C82: above the most", "count=5000", 1, 200],
    ["C82: the page size that Okta sends", "startIndex=1&count=100", 1, 100],
    ["C81: in another case", "StartIndex=6&COUNT=5", 6, 5],
    ["E23: the page that the validator asks for", "startIndex=11&count=5", 11, 5],
    ["Q20: a stray flag", "aadOptscim062020&startIndex=2", 2, 100],
  ])("%s", (_, query, startIndex, count) => {
    expect(read(query)).toMatchObject({ startIndex, count });
  });

  it.each([
    ["C81: startIndex that is no integer", "startIndex=one", "invalidValue"],
    ["C81: startIndex with a fraction", "startIndex=1.5", "invalidValue"],
    ["C81: startIndex in another notation", "startIndex=1e3", "invalidValue"],
    ["C81: empty startIndex", "startIndex=", "invalidValue"],
    ["C81: endless digits", `startIndex=${"9".repeat(1000)}`, "invalidValue"],
    ["C82: count that is no integer", "count=all", "invalidValue"],
    ["C50: empty filter", "filter=", "invalidFilter"],
    ["C50: a malformed filter", "filter=userName", "invalidFilter"],
    ["C54: a sensitive filter", "filter=password+pr", "sensitive"],
  ])("%s", (_, query, refused) => {
    expect(refusalOf(() => read(query))).toBe(refused);
  });

  it("Q12 E2: plus stands for space", () => {
    const { filter } = read('filter=userName+eq+"ada%2Bx@contoso.com"&attributes=id');
    expect(filter && toText(filter)).toBe('userName eq "ada+x@contoso.com"');
  });

  it("C86: attributes may be repeated", () => {
    const { projection } = read("attributes=userName&attributes=name.givenName&excludedAttributes=id");
    expect(projection.attributes?.map(({ text }) => text)).toEqual(["userName", "name.givenName"]);
  });

  it("C95: a search request has the same parameters", () => {
    const body = {
      schemas: ["x"],
      filter: "active eq true",
      startIndex: 3,
      count: "7",
      sortBy: "userName",
      sortOrder: "Descending",
      attributes: ["id"],
      excludedAttributes: null,
    };
    expect(readSearchRequest(body, USER, LIMITS)).toEqual(
      readListQuery(
        new URLSearchParams(
          "filter=active+eq+true&startIndex=3&count=7&sortBy=userName&sortOrder=descending&attributes=id",
        ),
        USER,
        LIMITS,
      ),
    );
  });

  it.each([
    ["C95: no object", [], "invalidSyntax"],
    ["C95: a filter that is no text", { filter: 5 }, "invalidFilter"],
    ["C95: a count with a fraction", { count: 1.5 }, "invalidValue"],
    ["C95: a count that is an object", { count: {} }, "invalidValue"],
    ["C95: attributes that are no names", { attributes: [5] }, "invalidValue"],
    ["C95: nothing at all", {}, undefined],
  ])("%s", (_, body, refused) => {
    expect(refusalOf(() => readSearchRequest(body, USER, LIMITS))).toBe(refused);
  });

  it.each([
    ["C85: a simple attribute", "sortBy=USERNAME", "userName"],
    ["C85: a sub-attribute", "sortBy=name.familyName", "name.familyName"],
    ["C85: a plural attribute stands for its value", "sortBy=emails", "emails.value"],
    ["C85: meta.created", "sortBy=meta.created", "meta.created"],
    ["C85: complex without a value is ignored", "sortBy=name", undefined],
    ["C85: unknown is ignored", "sortBy=shoeSize", undefined],
    ["C85: malformed is ignored", "sortBy=no+path", undefined],
    ["C85: password is ignored", "sortBy=password", undefined],
    ["C85: empty is ignored", "sortBy=", undefined],
  ])("%s", (_, query, text) => {
    expect(read(query).sortBy?.text).toBe(text);
    expect(read(query).descending).toBe(false);
  });
});

describe("sorting", () => {
  const sorted = (resources: readonly Resource[], by: string, descending = false) => {
    const keyOf = (one: Resource) => toSortKey(one, parsePath(by, VENDOR_USER), createWork());
    return [...resources].sort((a, b) => compareSortKeys(keyOf(a), keyOf(b), descending)).map(({ id }) => id);
  };

  it("C85: missing values come last, and first when descending", () => {
    const people = [{ id: "none" }, { id: "b", userName: "B" }, { id: "a", userName: "a" }];
    expect(sorted(people, "userName")).toEqual(["a", "b", "none"]);
    expect(sorted(people, "userName", true)).toEqual(["none", "b", "a"]);
  });

  it("C85: caseExact is respected", () => {
    const people = [
      { id: "1", externalId: "a" },
      { id: "2", externalId: "B" },
    ];
    expect(sorted(people, "externalId")).toEqual(["2", "1"]);
  });

  it("C85: a plural attribute by its primary, else its first value", () => {
    const people = [
      { id: "1", emails: [{ value: "a" }, { value: "z", primary: true }] },
      { id: "2", emails: [{ value: "m" }, { value: "b" }] },
    ];
    expect(sorted(people, "emails.value")).toEqual(["2", "1"]);
  });

  it("C43 C85: instants and numbers by what they are", () => {
    const times = [
      { id: "1", meta: { created: "2026-01-01T01:00:00Z" } },
      { id: "2", meta: { created: "2026-01-01T01:30:00+01:00" } },
    ];
    expect(sorted(times, "meta.created")).toEqual(["2", "1"]);
    const urn = VENDOR_USER.extensions[1]?.schema.id ?? "";
    expect(
      sorted(
        [
          { id: "10", [urn]: { level: 10 } },
          { id: "9", [urn]: { level: 9 } },
        ],
        `${urn}:level`,
      ),
    ).toEqual(["9", "10"]);
  });

  it("C84: equal values keep their order", () => {
    expect(
      sorted(
        [
          { id: "1", title: "A" },
          { id: "2", title: "a" },
        ],
        "title",
        true,
      ),
    ).toEqual(["1", "2"]);
  });
});
