// Inputs that have the structure of what clients send, and mistakes in it: filters, paths, bodies, queries.

import fc from "fast-check";

const ATTRIBUTES = [
  "userName",
  "displayName",
  "name.givenName",
  "name",
  "emails",
  "emails.value",
  "active",
  "externalId",
  "id",
  "schemas",
  "meta.created",
  "meta",
  "members",
  "members.value",
  "groups",
  "roles",
  "photos",
  "photos.value",
  "addresses",
  "phoneNumbers",
  "x509Certificates.value",
  "password",
  "manager",
  "title",
  "shoeSize",
  "a.b.c",
  "$ref",
  "value",
  "type",
  "primary",
  "urn:ietf:params:scim:schemas:core:2.0:User",
  "urn:ietf:params:scim:schemas:core:2.0:User:userName",
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
  "urn.ietf.params.scim.schemas.extension.enterprise.2.0.User.department",
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  "URN:x:y",
  "urn:",
  "__proto__",
  "constructor",
  "toString",
] as const;
const OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "EQ", "Pr", "eqq", "="] as const;
const LITERALS = [
  '"x"',
  '""',
  '"ada@example.com"',
  '"2026-01-01T00:00:00Z"',
  '"2026-02-30T25:00:00Z"',
  "true",
  "false",
  "null",
  "1",
  "-0.5",
  "1e999",
  '"\\u0000"',
  '"\\ud800"',
  '"a\\"b"',
  '"unclosed',
  "'x'",
  "True",
  "NaN",
  '"İß"',
  '"../Users/1"',
] as const;

/** The door takes nothing larger, so nothing larger is made. */
const MAX_LENGTH = 1_000_000;
const repeat = <T>(one: T, count: number): T[] => Array.from({ length: Math.max(1, count) }, () => one);

const attribute = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ATTRIBUTES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const literal = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LITERALS) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 9_000 }).map((length) => JSON.stringify("x".repeat(length))) },
);

const { filter: wellFormed } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 6, depthSize: "small" },
    fc
      .tuple(attribute, fc.constantFrom(...OPERATORS), literal)
      .map(([path, operator, value]) =>
        /^pr$/i.test(operator) ? `${path} ${operator}` : `${path} ${operator} ${value}`,
      ),
    fc
      .tuple(attribute, tie("filter"), fc.constantFrom("", ".value", ".type", ".x"))
      .map(([path, inner, sub]) => `${path}[${inner}]${sub}`),
    fc
      .tuple(tie("filter"), fc.constantFrom(" and ", " or ", " AND ", " xor "), tie("filter"))
      .map((parts) => parts.join("")),
    tie("filter").map((inner) => `not (${inner})`),
    tie("filter").map((inner) => `(${inner})`),
    fc
      .tuple(tie("filter"), fc.integer({ min: 1, max: 300 }), fc.constantFrom(" or ", " and "))
      .map(([one, count, join]) =>
        repeat(one, Math.min(count, Math.ceil(9_000 / one.length)))
          .join(join)
          .slice(0, 9_000),
      ),
  ),
}));

/** A text with one thing cut out, put in or written twice. */
const broken = (texts: fc.Arbitrary<string>) =>
  fc
    .tuple(
      texts,
      fc.nat(),
      fc.nat({ max: 8 }),
      fc.constantFrom("", "(", ")", "[", "]", '"', "\\", " ", "\u0000", "\ud800", "not "),
    )
    .map(([text, place, length, put]) => {
      const at = text.length === 0 ? 0 : place % text.length;
      return `${text.slice(0, at)}${put}${text.slice(at + length)}`;
    });
const mostly = (texts: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 3, arbitrary: texts },
    { weight: 1, arbitrary: broken(texts) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  );

export const filterText = mostly(wellFormed);
export const pathText = mostly(
  fc.oneof(
    attribute,
    fc
      .tuple(attribute, wellFormed, fc.constantFrom("", ".value", ".display", ".primary"))
      .map(([path, filter, sub]) => `${path}[${filter}]${sub}`),
  ),
);
const namesText = fc.array(pathText, { maxLength: 30 }).map((names) => names.join(","));

const short = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    "",
    "x",
    "True",
    "ada@example.com",
    0,
    -1,
    1e308,
    true,
    false,
    "2026-01-01T00:00:00Z",
    '{"value":"x"}',
    "[1]",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double(),
);
const scalar = fc.oneof(
  { weight: 8, arbitrary: short },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 70_000 }).map((length) => "ß".repeat(length)) },
);
const small = fc.oneof(
  short,
  fc.dictionary(fc.constantFrom("value", "type", "primary", "display"), short, { maxKeys: 4 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(attribute, fc.constantFrom("value", "type", "primary", "display", "$ref", "givenName")),
      tie("value"),
      { maxKeys: 5 },
    ),
    fc
      .tuple(small, fc.integer({ min: 1, max: 1_200 }))
      .map(([one, count]) => repeat(one, Math.min(count, Math.ceil(MAX_LENGTH / (JSON.stringify(one) ?? "").length)))),
  ),
}));

/** A user or group as a client writes it, with anything in the place of any value. */
export const resourceBody = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .dictionary(attribute, value, { maxKeys: 12 })
      .map((body) => ({ userName: "fuzz@example.com", ...body })),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        schemas: fc.constant(["urn:ietf:params:scim:schemas:core:2.0:User"]),
        userName: fc.nat({ max: 200 }).map((at) => `fuzz${at}@example.com`),
        displayName: fc.nat({ max: 50 }).map((at) => `Group ${at}`),
        emails: fc.oneof(
          fc.nat({ max: 200 }).map((at) => [{ type: "work", value: `fuzz${at}@example.com` }]),
          value,
        ),
        name: fc.oneof(fc.constant({ givenName: "Ada", familyName: "Lovelace" }), value),
        active: fc.oneof(fc.boolean(), scalar),
        members: value,
      },
      { requiredKeys: ["userName"] },
    ),
  },
  { weight: 1, arbitrary: value },
);

const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record(
      {
        op: fc.constantFrom<unknown>("add", "replace", "remove", "Add", "REPLACE", "move", 1, null),
        path: pathText,
        value,
      },
      { requiredKeys: ["op"] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("add", "replace"), value: resourceBody }) },
  { weight: 1, arbitrary: value },
);
const repeated = fc
  .tuple(operation, fc.integer({ min: 1, max: 1_100 }))
  .map(([one, count]) => repeat(one, Math.min(count, Math.ceil(MAX_LENGTH / (JSON.stringify(one) ?? "").length))));
export const patchBody = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      schemas: fc.constant(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]),
      Operations: fc.array(operation, { maxLength: 8 }),
    }),
  },
  { weight: 1, arbitrary: repeated.map((Operations) => ({ Operations })) },
  { weight: 1, arbitrary: value.map((Operations) => ({ Operations })) },
  { weight: 1, arbitrary: value },
);

const number = fc.oneof(fc.integer().map(String), fc.constantFrom("", "0", "-1", "1", "201", "1e9", "x", "９"));
const parameters = fc.record(
  {
    filter: filterText,
    attributes: namesText,
    excludedAttributes: namesText,
    sortBy: pathText,
    sortOrder: fc.constantFrom("ascending", "descending", "x"),
    startIndex: number,
    count: number,
  },
  { requiredKeys: [] },
);
export const searchBody = fc.oneof(
  { weight: 6, arbitrary: parameters as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: value },
);
const encoded = parameters.map((all) =>
  Object.entries(all)
    .map(([name, text]) => `${name}=${encodeURIComponent(String(text).toWellFormed())}`)
    .join("&"),
);
export const queryText = fc.oneof(
  { weight: 5, arbitrary: encoded },
  { weight: 1, arbitrary: broken(encoded) },
  { weight: 1, arbitrary: fc.webQueryParameters() },
);

export const headerText = mostly(
  fc.constantFrom(
    'W/"abc"',
    '"abc"',
    "*",
    'W/"a", "b"',
    "Bearer portico_x",
    "Basic eDp5",
    "bearer",
    "application/scim+json",
    "application/json; charset=utf-16",
    "gzip",
    "br",
  ),
);
