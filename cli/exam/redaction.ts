// Exchanges with every value replaced by a placeholder: evidence is handed on, and nobody's data, no id and no secret goes
// along. The same value has the same placeholder, so that what an exchange shows can still be followed.

import type { Json } from "../simulate/patch.ts";
import type { Exchange } from "./dialogue.ts";

interface Redacted {
  method: string;
  target: string;
  sent: Json | undefined;
  status: number;
  body: Json | undefined;
  problem: string | undefined;
}

export interface Redactor {
  exchange(exchange: Exchange): Redacted;
  /** A sentence about an exchange. */
  text(text: string): string;
}

/** Members whose texts are words of the protocol. */
const WORDS = new Set(
  [
    "schemas op scimType status resourceType grant_type scope client_assertion_type token_type error mutability returned uniqueness",
  ].flatMap((names) => names.split(" ")),
);
/** Elements' types that the RFCs name, or Entra's mapping. */
const TYPES = new Set(["work", "home", "other", "mobile", "fax", "pager", "User", "Group", "direct", "indirect"]);
/** Counts that a list says of itself, and how long a token lives. */
const COUNTS = new Set(["totalResults", "startIndex", "itemsPerPage", "expires_in"]);
/** What these answer is the server's, and nobody's in particular. */
const DISCOVERY = /^\/(?:Schemas|ResourceTypes|ServiceProviderConfig)\b/;
/** The hidden fields of a token request. */
const PLACEHOLDER = /^<[^<>]+>$/;

const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;
const ADDRESS = /[^\s"'<>()=,;]+@[^\s"'<>()=,;]+/g;
const URL = /\bhttps?:\/\/[^\s"'<>)]+/g;
/** What may be a token: long, and of letters and digits without a blank. */
const LONG = /\b(?=[\w.-]*\d)[\w.-]{24,}\b/g;
const SCIM_URN = /^urn:[\w.:-]+$/i;
const MIN_KNOWN = 3;

/** @param baseAddress where SCIM is served, and which evidence names by what it is */
export function createRedactor(baseAddress: string): Redactor {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();

  function placeholder(name: string, value: string): string {
    const present = known.get(value);
    if (present) return present;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const made = `<${name}-${count}>`;
    known.set(value, made);
    return made;
  }

  const withoutBase = (text: string) => text.replaceAll(baseAddress, "<Tenant URL>");

  /** Known values first, the longest before those that are parts of it; then whatever has the look of a value. */
  function text(input: string): string {
    let output = withoutBase(input);
    const values = [...known.keys()].filter((value) => value.length >= MIN_KNOWN).sort((a, b) => b.length - a.length);
    for (const value of values) if (output.includes(value)) output = output.replaceAll(value, known.get(value) ?? "");
    return output.replace(URL, "<address>").replace(ADDRESS, "<address>").replace(UUID, "<id>").replace(LONG, "<text>");
  }

  function scalar(value: string | number | boolean | null, name: string, isOfRequest: boolean): Json {
    if (value === null || typeof value === "boolean" || value === "") return value;
    if (typeof value === "number") return COUNTS.has(name) ? value : placeholder(name, String(value));
    if (PLACEHOLDER.test(value) || WORDS.has(name) || (name === "type" && TYPES.has(value))) return value;
    if (/^(?:true|false)$/i.test(value)) return value;
    if (name === "detail") return text(value);
    return name === "path" && isOfRequest ? toPath(value) : placeholder(name, value);
  }

  /** A path without the values in its filters. */
  const toPath = (path: string) =>
    path.replace(/(\w+) eq "([^"]*)"/g, (whole, name: string, value: string) =>
      TYPES.has(value) || /^(?:true|false)$/i.test(value)
        ? whole
        : `${name} eq "${placeholder(name === "value" ? "id" : name, value)}"`,
    );

  function walk(value: unknown, name: string, isOfRequest: boolean): Json {
    if (Array.isArray(value)) return value.map((each: unknown) => walk(each, name, isOfRequest));
    if (typeof value !== "object" || value === null) {
      return scalar(isScalar(value) ? value : String(value), name, isOfRequest);
    }
    // The value of an operation, or of an element, belongs to what its path or its list is called.
    const path = "path" in value && typeof value.path === "string" ? attributeOf(value.path) : undefined;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]): [string, Json] => {
        const own = key === "value" ? (path ?? name) : lastOf(key);
        return [SCIM_URN.test(key) ? key : text(key), walk(each, own, isOfRequest)];
      }),
    );
  }

  function discovery(value: unknown): Json {
    if (typeof value === "string") return withoutBase(value).replace(URL, "<address>");
    if (Array.isArray(value)) return value.map(discovery);
    if (typeof value !== "object" || value === null) return isScalar(value) ? value : null;
    return Object.fromEntries(Object.entries(value).map(([key, each]): [string, Json] => [key, discovery(each)]));
  }

  function toTarget(target: string): string {
    const [path = "", query] = decode(target).split(/\?(.*)/s);
    const shown = path.startsWith("http")
      ? "<token endpoint>"
      : path.replace(/^(\/(?:Users|Groups)\/)(.+)$/, (_, kind: string, id: string) => kind + placeholder("id", id));
    return query === undefined ? shown : `${shown}?${toPath(query)}`;
  }

  return {
    text,
    exchange({ method, target, sent, status, body, problem }) {
      const isDiscovery = DISCOVERY.test(target);
      return {
        method,
        target: toTarget(target),
        sent: sent === undefined ? undefined : walk(sent, "value", true),
        status,
        body: body === undefined ? undefined : isDiscovery ? discovery(body) : walk(body, "value", false),
        problem: problem === undefined ? undefined : text(problem),
      };
    },
  };
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

/** What a path is about: `emails` of `emails[type eq "work"].value`. */
function attributeOf(path: string): string {
  const [, attribute = "value", sub = "value"] =
    /^(\w+)(?:\[.*\])?(?:\.(\w+))?/.exec(path.replace(/^urn:.+:(?=[^:]+$)/i, "")) ?? [];
  return sub === "value" ? attribute : sub;
}

const lastOf = (path: string): string => /([A-Za-z$][\w$-]*)$/.exec(path)?.[1] ?? "value";

function decode(target: string): string {
  try {
    return decodeURIComponent(target.replaceAll("+", " "));
  } catch {
    return target;
  }
}
