// How the product is reached: address, credential, paging, and what its refusals say.

import { child, children, numberOf, type Part, textOf } from "./document.ts";
import type { Operation, Resource } from "./operations.ts";
import type { Found, Line, Rule, Todo } from "./rules.ts";
import { deepFieldsOf, type Field, fieldsOf, plain, typeOf } from "./shapes.ts";

const UNKNOWN_BASE = "https://todo.example.com";

export function draftAddress(document: Part, today: string): Found {
  const info = child(document, "info");
  const title = (textOf(info, "title") ?? "").replace(/[^\p{L}\p{N} .&+'-]/gu, "").slice(0, 60) || "TODO";
  const servers = children(document, "servers");
  const server = servers.find(([, one]) => /^https:\/\/[^{}\s]+$/.test(textOf(one, "url") ?? ""))?.[1];
  const docs = [child(document, "externalDocs"), child(info, "contact")].find((one) =>
    URL.canParse(textOf(one, "url") ?? ""),
  );
  const line = (name: string, value: unknown, at: string, rule: Rule): Line => ({ place: [name], value, at, rule });
  return {
    lines: [
      line("title", title, "/info/title", "constant"),
      line("docs", textOf(docs, "url") ?? UNKNOWN_BASE, docs?.at ?? "", "constant"),
      line("checked", today, "", "constant"),
      line("baseUrl", (textOf(server, "url") ?? UNKNOWN_BASE).replace(/\/+$/, ""), server?.at ?? "/servers", "base"),
    ],
    todos: [
      ...(server
        ? []
        : [
            todo(
              "connection",
              "baseUrl",
              "the document names no address; enter the product's, or each customer's as the setting baseUrl",
              "/servers",
            ),
          ]),
      ...(docs ? [] : [todo("later", "docs", "where is the API documented?")]),
      todo("later", "limits", "how many calls does the product allow in a second, a minute, a day?"),
    ],
  };
}

const todo = (blocks: Todo["blocks"], place: string, text: string, at?: string): Todo => ({
  blocks,
  place,
  text,
  ...(at === undefined ? {} : { at }),
});

/** The credential that the operation asks for. */
export function draftAuth(document: Part, operation: Operation | undefined): Found {
  const schemes = child(document, "components", "securitySchemes");
  const asked = operation && Array.isArray(operation.part.value.security) ? operation.part : document;
  const names = children(asked, "security").flatMap(([, one]) => Object.keys(one.value));
  const all = [...names, ...children(schemes).map(([name]) => name)].flatMap((name) => child(schemes, name) ?? []);
  for (const scheme of all) {
    const auth = toAuth(scheme);
    if (!auth) continue;
    const lines = Object.entries(auth).map(
      ([name, value]): Line => ({ place: ["auth", name], value, at: scheme.at, rule: "auth" }),
    );
    const isGuess = auth.kind === "bearer" && textOf(scheme, "type") === "apiKey";
    return {
      lines,
      todos: isGuess
        ? [
            todo(
              "connection",
              "auth",
              'the header Authorization has a key; is it "Bearer <key>"? Else give kind header, name and prefix',
              scheme.at,
            ),
          ]
        : openAuth(auth),
    };
  }
  const why =
    all.length > 0 ? "the document has no credential that a description can show" : "the document names no credential";
  return {
    lines: [{ place: ["auth", "kind"], value: "bearer", at: "/components/securitySchemes", rule: "auth" }],
    todos: [todo("connection", "auth", `${why}; bearer is a guess`, "/components/securitySchemes")],
  };
}

const openAuth = (auth: Record<string, string>): Todo[] =>
  Object.entries(auth).flatMap(([name, value]) =>
    value === "TODO" ? [todo("connection", `auth.${name}`, "the document does not say")] : [],
  );

function toAuth(scheme: Part): Record<string, string> | undefined {
  const [type, name, kind] = ["type", "name", "scheme"].map((one) => textOf(scheme, one) ?? "");
  if (type === "http" && kind?.toLowerCase() === "bearer") return { kind: "bearer" };
  if (type === "http" && kind?.toLowerCase() === "basic") return { kind: "basic", user: "TODO" };
  if (type === "apiKey" && textOf(scheme, "in") === "header") {
    return /^authorization$/i.test(name ?? "") ? { kind: "bearer" } : { kind: "header", name: name ?? "" };
  }
  const tokenUrl = textOf(child(scheme, "flows", "clientCredentials"), "tokenUrl");
  return tokenUrl === undefined ? undefined : { kind: "clientCredentials", tokenUrl, clientId: "TODO" };
}

const OFFSET = ["offset", "skip", "startindex", "startat"];
const PAGE = ["page", "pagenumber", "pageindex", "pageno", "currentpage"];
const CURSOR = ["cursor", "after", "pagetoken", "nexttoken", "continuationtoken", "startingafter"];
const SIZE = ["limit", "pagesize", "perpage", "size", "count", "take", "maxresults", "top"];
const TOTAL = [
  "total",
  "totalcount",
  "totalrecords",
  "totalitems",
  "totalresults",
  "totalnumberofrecords",
  "recordstotal",
  "filtercount",
];
const NEXT = ["nextcursor", "nextpagetoken", "nexttoken", "next", "endcursor", "continuationtoken", "cursor"];

export function draftPaging(list: Operation | undefined): Found {
  if (!list) return { lines: [], todos: [] };
  const isInBody = list.method !== "GET";
  const all = isInBody
    ? fieldsOf(list.body).map(({ path, schema }) => ({ name: path, schema, at: schema.at }))
    : list.parameters
        .filter((one) => textOf(one, "in") === "query")
        .map((one) => ({ name: textOf(one, "name") ?? "", schema: child(one, "schema"), at: one.at }));
  const find = (names: readonly string[]) => names.flatMap((name) => all.filter((one) => plain(one.name) === name))[0];
  const [offset, page, cursor, size] = [OFFSET, PAGE, CURSOR, SIZE].map(find);
  const answered = (names: readonly string[], types: readonly string[]) => {
    const fields = deepFieldsOf(list.answer).filter((field) => types.includes(typeOf(field.schema) ?? ""));
    return names.flatMap((name) =>
      fields.filter(({ path }) => plain(path.slice(path.lastIndexOf(".") + 1)) === name),
    )[0];
  };
  const lines: Line[] = [];
  const add = (name: string, value: unknown, at: string) =>
    lines.push({ place: ["paging", name], value, at, rule: "paging" });
  const next = answered(NEXT, ["string", "integer"]);
  const kind = offset && size ? "offset" : page && size ? "page" : cursor && next ? "cursor" : "none";
  const first = { offset, page, cursor, none: undefined }[kind];
  add("kind", kind, first?.at ?? list.part.at);
  if (!first) {
    return {
      lines,
      todos: [
        todo(
          "lists",
          "paging",
          "the list has no parameters for pages that the rules know; does one answer hold everybody?",
          list.part.at,
        ),
      ],
    };
  }
  if (isInBody) add("in", "body", list.part.at);
  add(kind, first.name, first.at);
  if (size) add(kind === "page" ? "size" : "limit", size.name, size.at);
  if (kind === "page" && (numberOf(first.schema, "minimum") === 0 || numberOf(first.schema, "default") === 0))
    add("first", 0, first.at);
  const largest = numberOf(size?.schema, "maximum");
  add("max", largest !== undefined && largest >= 1 && largest <= 10_000 ? largest : 100, size?.at ?? first.at);
  if (kind === "cursor" && next) add("next", next.path, next.schema.at);
  const total = kind === "cursor" ? undefined : answered(TOTAL, ["integer", "number"]);
  if (total) add("total", total.path, total.schema.at);
  return {
    lines,
    todos:
      largest === undefined
        ? [todo("lists", "paging.max", "the document names no largest page; 100 is a guess", size?.at ?? first.at)]
        : [],
  };
}

const FIELD_NAMES = ["field", "property", "attribute", "param", "parameter", "fieldname"];

const STATUSES = { "409": "conflict", "400": "invalid", "422": "invalid" } as const;

/** The refusals that the document tells of. */
export function draftFaults({ create, update }: Pick<Resource, "create" | "update">): Found {
  const all = [create, update].flatMap((operation) => children(child(operation?.part, "responses")));
  const lines = Object.entries(STATUSES).flatMap(([status, fault], at): Line[] => {
    const names = all.flatMap(([one, answer]) => (one === status ? (namesIn(answer) ?? []) : []))[0];
    const line = (name: string, value: unknown, of: Field): Line => ({
      place: ["faults", at, name],
      value,
      at: of.schema.at,
      rule: "faults",
    });
    return names
      ? [line("status", Number(status), names), line("names", names.path, names), line("fault", fault, names)]
      : [];
  });
  const conflict = all.find(([status]) => status === "409")?.[1];
  const isTold = lines.some(({ value }) => value === "conflict");
  const text = conflict
    ? "a 409 is documented, and not which value it is about; ask for it once with a taken name"
    : "the document tells of no 409; what does the product answer to a name that is taken?";
  return { lines: inOrder(lines), todos: isTold ? [] : [todo("refusals", "faults", text, conflict?.at)] };
}

/** Rules with places one behind the other: a status that the document does not have leaves a gap. */
function inOrder(lines: readonly Line[]): Line[] {
  const places = [...new Set(lines.map(({ place }) => place[1]))];
  return lines.map((line) => ({ ...line, place: ["faults", places.indexOf(line.place[1]), ...line.place.slice(2)] }));
}

function namesIn(answer: Part): Field | undefined {
  const schema = child(children(child(answer, "content"))[0]?.[1], "schema");
  return deepFieldsOf(schema).find(({ path }) => FIELD_NAMES.includes(plain(path.slice(path.lastIndexOf(".") + 1))));
}
