// How long lists are walked: one page of any kind of paging, and the opaque cursor that leads to the next.

import * as z from "zod";
import { type CallOptions, Fault, type Page, type Paging } from "../adapter.ts";
import { isObject, Misread, toShape, valueAt } from "./json.ts";
import { onOrigin } from "./url.ts";

/** Where a walk through a list stands; as JSON it is the cursor. */
const State = z.strictObject({
  kind: z.enum(["page", "offset", "cursor", "link"]),
  /** Page number, offset, the vendor's cursor, or path and query of the next link. */
  at: z.union([z.int().min(0), z.string().min(1)]),
  /** Rows before this place. */
  seen: z.int().min(0),
  /** How many rows there were in all when the last page came, where the vendor counts. */
  total: z.int().min(0).optional(),
  /** How often the walk has gone back for rows that had moved to earlier pages. */
  returns: z.int().min(0).optional(),
  /** A page seen before, how many pages ago, and after how many it is replaced: Brent's cycle detection. */
  mark: z.string(),
  steps: z.int().min(0),
  reach: z.int().min(1),
});
type State = z.output<typeof State>;

/** A vendor whose count goes up and down is walked on after so many returns. */
const MAX_RETURNS = 20;

/** The parts of a call's options that paging changes. */
export interface Paged {
  query?: CallOptions<never>["query"] | undefined;
  json?: unknown;
  form?: CallOptions<never>["form"] | undefined;
}

/** A page to be asked for. */
export interface PageTurn {
  options: Pick<CallOptions<never>, keyof Paged>;
  /** Path and query to call instead of the template's. */
  link: string | undefined;
  /** Throws `Misread` for a page of another shape, a link elsewhere, or pages that repeat. */
  read<T>(item: z.ZodType<T>, answer: { json: unknown; headers: Headers }, requested: URL): Page<T>;
}

/** Begins or goes on with a list. Throws fault `invalid` for a cursor of another list. */
export function toPageTurn(paging: Paging, cursor: string | undefined, options: Paged, baseUrl: string): PageTurn {
  const state = cursor === undefined ? undefined : parseCursor(paging, cursor);
  const { query, form, json, link } = toRequest(paging, state, options);
  return {
    options: {
      ...(query === undefined ? {} : { query }),
      ...(form === undefined ? {} : { form }),
      ...(json === undefined ? {} : { json }),
    },
    link,
    read(item, { json: body, headers }, requested) {
      const rows = readRows(paging, body);
      const counted = "total" in paging && paging.total !== undefined ? valueAt(body, paging.total) : undefined;
      const total = readTotal(counted);
      const back = toReturn(paging, state, total);
      const next = back ?? readNext(paging, state, rows.length, total, { body, headers, requested, baseUrl });
      const sign = () => (typeof next?.at === "string" ? next.at : JSON.stringify(rows));
      // Where a list of one page leads nowhere, nothing has to be recognised.
      const walk = state || next ? toWalk(back ? undefined : state, sign()) : undefined;
      const returns = (state?.returns ?? 0) + (back ? 1 : 0);
      return {
        items: toShape(listOf(item), rows),
        ...(next === undefined || walk === undefined
          ? {}
          : { next: JSON.stringify({ ...next, total, returns, ...walk } satisfies State) }),
        ...(total === undefined ? {} : { total }),
      };
    },
  };
}

const lists = new WeakMap<z.ZodType, z.ZodType>();

/** The shape of a page: made once for each shape of its rows, because making one costs more than checking a page. */
function listOf<T>(item: z.ZodType<T>): z.ZodType<T[]> {
  const list = lists.get(item) ?? z.array(item);
  lists.set(item, list);
  // It was made of the same shape.
  return list as z.ZodType<T[]>;
}

function parseCursor(paging: Paging, cursor: string): State {
  try {
    const state = State.parse(JSON.parse(cursor));
    const numbered = paging.kind === "page" || paging.kind === "offset";
    if (state.kind === paging.kind && (typeof state.at === "number") === numbered) return state;
  } catch {
    // Falls through to the same refusal.
  }
  throw new Fault("invalid", { detail: "The list cannot go on from this cursor. Begin it again." });
}

function toRequest(paging: Paging, state: State | undefined, options: Paged): Paged & { link?: string } {
  switch (paging.kind) {
    case "page":
      return put(paging.in, options, { [paging.page]: state?.at ?? paging.first ?? 1, [paging.size]: paging.max });
    case "offset":
      return put(paging.in, options, { [paging.offset]: state?.at ?? 0, [paging.limit]: paging.max });
    case "cursor":
      return put(paging.in, options, {
        ...(state ? { [paging.cursor]: state.at } : {}),
        ...(paging.limit === undefined ? {} : { [paging.limit]: paging.max }),
      });
    case "link":
      if (state) return { ...options, link: String(state.at) };
      return put("query", options, paging.limit === undefined ? {} : { [paging.limit]: paging.max });
    case "none":
      return options;
  }
}

function put(where: "query" | "body", options: Paged, values: Record<string, string | number>): Paged {
  if (where === "query") return { ...options, query: { ...options.query, ...values } };
  if (options.form !== undefined) return { ...options, form: { ...options.form, ...values } };
  return { ...options, json: { ...(isObject(options.json) ? options.json : {}), ...values } };
}

function readRows(paging: Paging, body: unknown): unknown[] {
  const rows = paging.items === undefined ? body : valueAt(body, paging.items);
  if (!Array.isArray(rows)) throw new Misread(`has no list at ${paging.items ?? "its root"}`);
  return rows;
}

function readTotal(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const total = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof total !== "number" || !Number.isSafeInteger(total) || total < 0) {
    throw new Misread("has a total that is not a number");
  }
  return total;
}

type Place = Pick<State, "kind" | "at" | "seen">;
const firstOf = (paging: Paging): number => (paging.kind === "page" ? (paging.first ?? 1) : 0);

// Rows that went away on earlier pages have drawn as many others there, past a reader who goes by numbers.
function toReturn(paging: Paging, state: State | undefined, total: number | undefined): Place | undefined {
  if (typeof state?.at !== "number" || state.total === undefined || total === undefined) return undefined;
  const [gone, first] = [state.total - total, firstOf(paging)];
  if (gone <= 0 || state.at <= first || (state.returns ?? 0) >= MAX_RETURNS) return undefined;
  if (paging.kind !== "page") {
    const at = Math.max(0, state.at - gone);
    return { kind: state.kind, at, seen: at };
  }
  const size = Math.max(1, Math.round(state.seen / (state.at - first)));
  const at = Math.max(first, state.at - Math.ceil(gone / size));
  return { kind: state.kind, at, seen: (at - first) * size };
}

function readNext(
  paging: Paging,
  state: State | undefined,
  rows: number,
  total: number | undefined,
  answer: { body: unknown; headers: Headers; requested: URL; baseUrl: string },
): Place | undefined {
  const seen = (state?.seen ?? 0) + rows;
  switch (paging.kind) {
    case "page":
    case "offset": {
      // Where the vendor counts, its count decides: a short page can be a smaller limit or rows that went away.
      if (rows === 0 || (total === undefined ? rows < paging.max : seen >= total)) return undefined;
      const at = typeof state?.at === "number" ? state.at : firstOf(paging);
      return { kind: paging.kind, at: paging.kind === "page" ? at + 1 : at + rows, seen };
    }
    case "cursor": {
      const at = readCursor(valueAt(answer.body, paging.next));
      return at === undefined ? undefined : { kind: paging.kind, at, seen };
    }
    case "link": {
      const link = findNextLink(answer.headers.get("link") ?? "");
      if (link === undefined) return undefined;
      if (!URL.canParse(link, answer.requested.href)) throw new Misread("has a next link that is not a URL");
      const url = new URL(link, answer.requested);
      if (!onOrigin(answer.baseUrl, url)) throw new Misread("has a next link to another origin");
      return { kind: paging.kind, at: url.pathname + url.search, seen };
    }
    case "none":
      return undefined;
  }
}

function readCursor(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "" || value === false) return undefined;
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new Misread("has a next cursor that is not a string");
}

const PARAM = /;\s*([^\s;,="]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?/g;

/** The target of `rel="next"` (RFC 8288 section 3). */
export function findNextLink(header: string): string | undefined {
  const links = /<([^<>]*)>((?:\s*;\s*[^\s;,="]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
  for (const [, target, params] of header.matchAll(links)) {
    for (const [, name, quoted, plain] of (params ?? "").matchAll(PARAM)) {
      if (name?.toLowerCase() !== "rel") continue;
      if ((quoted ?? plain ?? "").toLowerCase().split(/\s+/).includes("next")) return target;
      break;
    }
  }
  return undefined;
}

// A vendor that ignores its own page parameter, or whose cursors run in a circle, would keep a sweep busy for ever or
// pass for complete.
function toWalk(state: State | undefined, page: string): Pick<State, "mark" | "steps" | "reach"> {
  const mark = hash(page);
  if (state === undefined) return { mark, steps: 0, reach: 1 };
  if (state.mark === mark) throw new Misread("repeats an earlier page");
  const steps = state.steps + 1;
  return steps === state.reach
    ? { mark, steps: 0, reach: state.reach * 2 }
    : { mark: state.mark, steps, reach: state.reach };
}

/** Two rounds of FNV-1a: enough to recognise a page, too little to tell who is on it. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01234567;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
