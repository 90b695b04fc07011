// Which paths are about users and which about groups, and what each operation there does.

import { child, children, type Part } from "./document.ts";
import { fieldsOf, listIn, plain } from "./shapes.ts";

/** An operation of the document. */
export interface Operation {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As the document spells it. */
  path: string;
  part: Part;
  /** Parameters of the operation and of its path. */
  parameters: Part[];
  /** The schema of the JSON body. */
  body: Part | undefined;
  /** The schema of the JSON answer of the first success. */
  answer: Part | undefined;
  success: string | undefined;
}

export interface Resource {
  /** `user`, in letters and digits. */
  noun: string;
  nouns: string[];
  collection: string;
  list?: Operation;
  read?: Operation;
  create?: Operation;
  update?: Operation;
  remove?: Operation;
  enable?: Operation;
  disable?: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
/** In the order of preference. */
export const USER_NOUNS = ["user", "people", "person", "employee", "member", "account", "contact"];
export const GROUP_NOUNS = ["group", "team", "usergroup", "circle", "policy", "role"];
const ENABLE = ["enable", "activate", "unlock", "unsuspend", "reactivate", "unblock", "restore"];
const DISABLE = ["disable", "deactivate", "lock", "suspend", "block", "archive"];

/** Words of a path whose POST reads. */
const SEARCHES = ["search", "list", "query"];

const isParameter = (segment: string) => /^\{[^{}]+\}$/.test(segment);
const segmentsOf = (path: string) => path.split("/").filter((segment) => segment !== "");
const singular = (word: string) => word.replace(/ies$/, "y").replace(/(?<!s)s$/, "");

/** The schema of a JSON content. */
function jsonOf(part: Part | undefined): Part | undefined {
  const contents = children(child(part, "content"));
  const json =
    contents.find(([type]) => /^application\/json\b/.test(type)) ?? contents.find(([type]) => /[/+]json\b/.test(type));
  return child(json?.[1], "schema");
}

export function operationsOf(document: Part): Operation[] {
  return children(child(document, "paths")).flatMap(([path, item]) =>
    METHODS.flatMap((name): Operation[] => {
      const part = child(item, name);
      if (!part) return [];
      const responses = children(child(part, "responses"));
      const success = responses.find(([status]) => /^2/.test(status));
      return [
        {
          method: name.toUpperCase() as Operation["method"],
          path,
          part,
          parameters: [...children(part, "parameters"), ...children(item, "parameters")].map(([, one]) => one),
          body: jsonOf(child(part, "requestBody")),
          answer: jsonOf(success?.[1]),
          success: success?.[0],
        },
      ];
    }),
  );
}

/** Whether a segment names one of these, also as the end of a longer word: `target-users`. */
function nounOf(segment: string, nouns: readonly string[]): string | undefined {
  const word = singular(plain(segment));
  return nouns.find((noun) => word === noun) ?? nouns.find((noun) => word.endsWith(noun));
}

/** The collection with most operations; of several the one whose noun comes first, then the shorter path. */
export function findResource(operations: readonly Operation[], nouns: readonly string[]): Resource | undefined {
  const candidates = [...new Set(operations.map(({ path }) => path))].flatMap((path) => {
    const segments = segmentsOf(path);
    const last = segments.at(-1) ?? "";
    const noun = isParameter(last) ? undefined : nounOf(last, nouns);
    // A list inside one record is no collection of its own.
    const isInside = segments.slice(0, -1).some((segment) => isParameter(segment));
    return noun === undefined || isInside
      ? []
      : [{ resource: toResource(operations, path, noun), length: segments.length }];
  });
  const score = ({ list, read, create, update, remove }: Resource) =>
    (create ? 3 : 0) + (update ? 3 : 0) + (read ? 2 : 0) + (list ? 2 : 0) + (remove ? 1 : 0);
  return candidates
    .filter(({ resource }) => resource.create || resource.update)
    .sort(
      (a, b) =>
        score(b.resource) - score(a.resource) ||
        nouns.indexOf(a.resource.noun) - nouns.indexOf(b.resource.noun) ||
        a.length - b.length,
    )[0]?.resource;
}

function toResource(operations: readonly Operation[], collection: string, noun: string): Resource {
  const base = collection.replace(/\/$/, "");
  const word = plain(segmentsOf(base).at(-1) ?? noun);
  const at = (method: Operation["method"], ...tails: string[]) =>
    operations.find(
      (one) => one.method === method && tails.some((tail) => one.path.replace(/\/$/, "") === base + tail),
    );
  const inItem = (method: Operation["method"], tails: readonly string[] = [""]) =>
    operations.find((one) => {
      const rest = one.path.startsWith(`${base}/`) ? segmentsOf(one.path.slice(base.length)) : [];
      const [id = "", verb = "", ...more] = rest;
      return one.method === method && isParameter(id) && more.length === 0 && tails.includes(plain(verb));
    });
  const search = at("POST", ...SEARCHES.map((word) => `/${word}`));
  const found = {
    list: at("GET", "") ?? search,
    read: inItem("GET"),
    create: at("POST", "", "/create"),
    update: inItem("PATCH") ?? inItem("PUT") ?? inItem("POST"),
    remove: inItem("DELETE"),
    enable: inItem("POST", ENABLE) ?? inItem("PUT", ENABLE),
    disable: inItem("POST", DISABLE) ?? inItem("PUT", DISABLE),
  };
  const known = Object.fromEntries(Object.entries(found).filter(([, one]) => one !== undefined));
  return { noun, nouns: [noun, `${noun}s`, word, singular(word)], collection, ...known };
}

/**
 * The operations on what stands inside one record of a collection: `/groups/{id}/users`, `/groups/{id}/users/{user}`, and
 * beside its records: `/groups/users`.
 */
export function findInside(operations: readonly Operation[], outer: Resource, nouns: readonly string[]) {
  const below = operations.filter(({ path }) => path.startsWith(`${outer.collection.replace(/\/$/, "")}/`));
  const inside = below.flatMap((operation) => {
    const [id = "", list = "", one, ...more] = segmentsOf(operation.path.slice(outer.collection.length));
    const isMeant = isParameter(id) && nounOf(list, nouns) !== undefined && more.length === 0;
    const isAsked = one !== undefined && SEARCHES.includes(plain(one)) && operation.method === "POST";
    if (!isMeant || (one !== undefined && !isParameter(one) && !isAsked)) return [];
    return [{ operation, isAsked: isAsked || isListing(operation, nouns), isOne: one !== undefined && !isAsked }];
  });
  const of = (methods: readonly string[], isOne: boolean) =>
    inside.find(({ operation, isAsked, isOne: is }) => !isAsked && is === isOne && methods.includes(operation.method))
      ?.operation;
  const beside = (methods: readonly string[]) =>
    below.find(({ method, path }) => {
      const [list = "", ...more] = segmentsOf(path.slice(outer.collection.length));
      return methods.includes(method) && more.length === 0 && nounOf(list, nouns) !== undefined && !isParameter(list);
    });
  return {
    list: of(["GET"], false),
    asked: inside.find(({ isAsked }) => isAsked)?.operation,
    add: of(["POST"], false) ?? of(["PUT", "POST"], true),
    remove: of(["DELETE"], false) ?? of(["DELETE"], true),
    replace: of(["PUT"], false),
    addBoth: beside(["PUT", "POST"]),
    removeBoth: beside(["DELETE"]),
  };
}

/** Whether a POST answers a list of rows: it reads. */
const isListing = ({ method, answer }: Operation, nouns: readonly string[]): boolean => {
  const rows = method === "POST" ? listIn(answer, nouns) : undefined;
  return fieldsOf(rows?.schema).length > 0;
};
