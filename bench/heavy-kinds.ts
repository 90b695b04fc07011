// The kinds of heavy requests, each with what can be varied: a search finds the worst one that is accepted.

type Range = readonly [from: number, to: number];
export type Values = Readonly<Record<string, number>>;

export interface Sent {
  method: string;
  path: string;
  body?: string;
}

/** What is there: a group with everybody in it, and a user who keeps nearly 64 KiB. */
export interface World {
  groupId: string;
  keeperId: string;
  userIds: readonly string[];
}

export interface Kind {
  what: string;
  /** What can be varied, from and to. */
  ranges: Readonly<Record<string, Range>>;
  make(at: (name: string) => number, world: World): Sent;
  /** Puts back what the request has changed. */
  restore?(world: World): Sent;
}

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const patch = (path: string, operations: readonly object[]): Sent => ({
  method: "PATCH",
  path,
  body: JSON.stringify({ Operations: operations }),
});
const query = (parameters: Readonly<Record<string, string | number>>): string =>
  `?${Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")}`;
const pick = (list: readonly string[], at: number): string => list[at % list.length] ?? "";

const OPERATORS = ["co", "sw", "ew", "eq", "ne", "gt", "le"];
/** Texts that are folded in different ways: ASCII, letters with marks, such whose case changes their length. */
const LETTERS = ["a", "é", "ß", "İ", "ﬁ", "e\u0301"];
const JUNCTIONS = [" or ", " and "];
const FILTER = {
  terms: [1, 500],
  operator: [0, OPERATORS.length],
  letter: [0, LETTERS.length - 1],
  length: [1, 40],
  negated: [0, 1],
  junction: [0, 1],
} as const;

/** So many conditions, as far as a filter may be long. */
function filterOf(at: (name: string) => number, subjects: readonly string[]): string {
  const terms: string[] = [];
  for (let term = 0, size = 0; term < at("terms"); term++) {
    const operator = pick(OPERATORS, at("operator") === OPERATORS.length ? term : at("operator"));
    const text = `${pick(LETTERS, at("letter")).repeat(at("length"))}${term.toString(36)}`;
    const condition = `${pick(subjects, term)} ${operator} ${JSON.stringify(text)}`;
    const part = at("negated") === 1 && term % 7 === 6 ? `not (${condition})` : condition;
    size += part.length + 5;
    if (size > 7_900) break;
    terms.push(part);
  }
  return terms.join(pick(JUNCTIONS, at("junction")));
}

/** As many operations as a body has room for. */
function operationsOf(count: number, make: (at: number) => object): object[] {
  const operations: object[] = [];
  for (let at = 0, size = 100; at < count; at++) {
    const operation = make(at);
    size += Buffer.byteLength(JSON.stringify(operation)) + 1;
    if (size > 1_048_000) break;
    operations.push(operation);
  }
  return operations;
}

const photoOf = (at: number, bytes = 0) => ({
  value: `https://e.com/${at}`,
  type: `t${at}`,
  ...(bytes > 0 ? { display: "x".repeat(bytes) } : {}),
});

/** What the user keeps from the beginning: as many photos as fit. */
export const KEPT_PHOTOS = many(990, (at) => photoOf(at));

const keepPhotos = ({ keeperId }: World): Sent =>
  patch(`/Users/${keeperId}`, [{ op: "replace", path: "photos", value: KEPT_PHOTOS }]);

export const KINDS: readonly Kind[] = [
  {
    what: "PATCH of a group: members by filters",
    ranges: { ...FILTER, operations: [1, 200] },
    make: (at, { groupId }) =>
      patch(
        `/Groups/${groupId}`,
        operationsOf(at("operations"), (one) => ({
          op: "remove",
          // Selects nobody, so that the group stays as it is.
          path: `members[(${filterOf(at, ["value", "display", "$ref", "type"])}) and value eq "${one}"]`,
        })),
      ),
  },
  {
    what: "PATCH of a group: members in and out",
    ranges: { members: [1, 10_000], operations: [1, 10], verb: [0, 2] },
    make: (at, { groupId, userIds }) =>
      patch(
        `/Groups/${groupId}`,
        operationsOf(at("operations"), (one) => ({
          op: pick(["add", "remove", "replace"], at("verb") + one),
          path: "members",
          value: userIds.slice(one, at("members")).map((value) => ({ value })),
        })),
      ),
    restore: ({ groupId, userIds }) =>
      patch(`/Groups/${groupId}`, [{ op: "add", path: "members", value: userIds.map((value) => ({ value })) }]),
  },
  {
    what: "PATCH of a user: values by filters",
    ranges: { ...FILTER, operations: [1, 300], bytes: [0, 200] },
    make: (at, { keeperId }) =>
      patch(
        `/Users/${keeperId}`,
        operationsOf(at("operations"), () => ({
          op: "replace",
          path: `photos[${filterOf(at, ["value", "display", "type"])}].display`,
          value: "x".repeat(at("bytes")),
        })),
      ),
    restore: keepPhotos,
  },
  {
    what: "PATCH of a user: values added and removed",
    ranges: { operations: [1, 1_000], values: [1, 1_000], bytes: [0, 500], verb: [0, 2] },
    make: (at, { keeperId }) =>
      patch(
        `/Users/${keeperId}`,
        operationsOf(at("operations"), (one) => ({
          op: pick(["add", "remove", "replace"], at("verb")),
          path: "photos",
          value: many(at("values"), (value) => photoOf(value + one, at("bytes"))),
        })),
      ),
    restore: keepPhotos,
  },
  {
    what: "PATCH of a user: many attributes without a path",
    ranges: { operations: [1, 1_000], names: [1, 500], length: [1, 60], nested: [0, 1], known: [0, 1] },
    make: (at, { keeperId }) =>
      patch(
        `/Users/${keeperId}`,
        operationsOf(at("operations"), (one) => ({
          op: "replace",
          value: at("nested") ? { name: names(at, one) } : names(at, one),
        })),
      ),
    restore: keepPhotos,
  },
  {
    what: "PUT of a user: many names",
    ranges: { names: [1, 150_000], length: [1, 60], nested: [0, 1], known: [0, 1] },
    make: (at, { keeperId }) => ({
      method: "PUT",
      path: `/Users/${keeperId}`,
      body: fitting(at("names"), (count) => ({
        userName: "person0@example.com",
        ...(at("nested") ? { name: names(at, 0, count) } : names(at, 0, count)),
      })),
    }),
    restore: keepPhotos,
  },
  {
    what: "POST of a user: refused for what it keeps",
    ranges: { values: [1, 1_000], bytes: [0, 2_000], letter: [0, LETTERS.length - 1], text: [0, 1] },
    make: (at) => ({
      method: "POST",
      path: "/Users",
      body: fitting(at("values"), (count) => {
        const photos = many(count, (one) => photoOf(one, at("bytes"))).map((photo) => ({
          ...photo,
          display: pick(LETTERS, at("letter")).repeat(at("bytes") + 1),
        }));
        return {
          userName: "new@example.com",
          emails: [{ value: "new@example.com", type: "work" }],
          photos: at("text") ? JSON.stringify(photos).slice(0, 65_000) : photos,
        };
      }),
    }),
  },
  {
    what: "POST of a group: everybody in it",
    ranges: { members: [1, 10_000], unknown: [0, 1] },
    make: (at, { userIds }) => ({
      method: "POST",
      path: "/Groups",
      body: JSON.stringify({
        // A name that is taken: nothing is made.
        displayName: "Everybody",
        members: userIds.slice(0, at("members")).map((value) => ({ value: at("unknown") ? `${value}x` : value })),
      }),
    }),
  },
  {
    what: "GET of users: a filter",
    ranges: { ...FILTER, page: [0, 200] },
    make: (at) => ({
      method: "GET",
      path: `/Users${query({
        filter: `userName eq "person1@example.com" and (${filterOf(at, ["userName", "title", "name.familyName", "meta.location"])})`,
        count: at("page"),
      })}`,
    }),
  },
  {
    what: "POST of a search: filter, order and projection",
    ranges: { ...FILTER, names: [0, 4_000], page: [0, 200], sorted: [0, 1] },
    make: (at) => ({
      method: "POST",
      path: "/Users/.search",
      body: JSON.stringify({
        ...(at("sorted") ? { sortBy: `photos[${filterOf(at, ["value", "type", "display"])}].value` } : {}),
        filter: `photos[${filterOf(at, ["value", "type", "display"])}]`,
        attributes: [
          many(at("names"), (one) => `a${one % 90}`)
            .join(",")
            .slice(0, 7_900),
        ],
        count: at("page"),
      }),
    }),
  },
  {
    what: "GET of users: a page",
    ranges: { page: [1, 200], names: [0, 1_500], excluded: [0, 1] },
    make: (at) => ({
      method: "GET",
      path: `/Users${query({
        count: at("page"),
        [at("excluded") ? "excludedAttributes" : "attributes"]: many(at("names"), (one) =>
          one % 3 === 0 ? `emails[type eq "${one}"]` : pick(["name.givenName", "photos", "userName", `x${one}`], one),
        )
          .join(",")
          .slice(0, 7_900),
      })}`,
    }),
  },
  {
    what: "GET of groups: a page with members",
    ranges: { page: [1, 200] },
    make: (at) => ({ method: "GET", path: `/Groups${query({ count: at("page") })}` }),
  },
];

/** So many names of attributes: known ones in other spellings, or invented ones. */
function names(at: (name: string) => number, first: number, count = at("names")): Record<string, number | string> {
  const spelled = [
    "URN:ietf:params:scim:schemas:core:2.0:User:title",
    "ietf.core.2.1.user.nickName",
    "name.middleName",
  ];
  return Object.fromEntries(
    many(count, (one): [string, number | string] =>
      at("known") && one < spelled.length
        ? [spelled[one] ?? "", "x"]
        : [`${"n".repeat(at("length"))}${(first + one).toString(36)}${one % 2 ? "]" : ""}`, 1],
    ),
  );
}

/** A body with as much of something as it has room for. */
function fitting(count: number, make: (count: number) => object): string {
  for (let size = count; ; size = Math.floor(size / 2)) {
    const body = JSON.stringify(make(size));
    if (Buffer.byteLength(body) <= 1_048_000 || size <= 1) return body;
  }
}
