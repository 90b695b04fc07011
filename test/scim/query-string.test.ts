// The query string: what a plus sign means, and bytes that are no UTF-8 [Q12].

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQueryString } from "../../src/scim/query-string.ts";

const filterOf = (search: string) => parseQueryString(search).get("filter");

describe("a plus sign", () => {
  it.each([
    ["spaces as plus", "?filter=userName+eq+%22a@example.com%22", 'userName eq "a@example.com"'],
    ["spaces as plus, and in the value", "?filter=displayName+eq+%22Sales+EMEA%22", 'displayName eq "Sales EMEA"'],
    ["spaces as %20", "?filter=userName%20eq%20%22ann+crm@example.com%22", 'userName eq "ann+crm@example.com"'],
    [
      "spaces as %20, quotes bare",
      '?filter=userName%20eq%20"ann+crm@example.com"',
      'userName eq "ann+crm@example.com"',
    ],
    ["an encoded plus", "?filter=userName+eq+%22ann%2Bcrm@example.com%22", 'userName eq "ann+crm@example.com"'],
    [
      "spaces as plus outside and as %20 inside",
      "?filter=displayName+eq+%22Sales%20EMEA%22",
      'displayName eq "Sales EMEA"',
    ],
    ["two values", "?filter=a%20eq%20%22x+y%22+and%20b%20eq%20%22z+%22", 'a eq "x+y" and b eq "z+"'],
    ["a quote in the value", "?filter=a%20eq%20%22x%5C%22+y%22", 'a eq "x\\"+y"'],
    ["another parameter tells", "?attributes=a,%20b&filter=userName+eq+%22x+y%22", 'userName eq "x+y"'],
  ])("Q12 C51: %s", (_what, search, filter) => {
    expect(filterOf(search)).toBe(filter);
  });
});

describe("what is encoded", () => {
  it.each(["%F6", "m%F6ller", "%C3", "%ED%A0%80", "%80"])("C23: %s is no UTF-8", (value) => {
    expect(() => filterOf(`?filter=${value}`)).toThrow(
      expect.objectContaining({ status: 400, scimType: "invalidSyntax" }),
    );
  });

  it.each([
    ["100%", "100%"],
    ["%zz", "%zz"],
    ["%EF%BB%BFx", "\uFEFFx"],
    ["a=b=c", "a=b=c"],
    ["", ""],
  ])("C51: %s is %s", (value, filter) => {
    expect(filterOf(`?filter=${value}`)).toBe(filter);
  });

  it("C51: reads back what was encoded, in both ways", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 40 });
    fc.assert(
      fc.property(text, (value) => {
        const quoted = `userName eq ${JSON.stringify(value)}`;
        expect(filterOf(`?filter=${encodeURIComponent(quoted)}`)).toBe(quoted);
        expect(filterOf(`?${new URLSearchParams({ filter: quoted })}`)).toBe(quoted);
      }),
    );
  });
});
