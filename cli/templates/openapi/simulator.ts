// Template's API as its OpenAPI document tells of it, played. What the document does not tell is marked TODO in the README.

import { type Context, Hono } from "hono";
import * as z from "zod";
import {
  createSimulation,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../../../adapters/simulation.ts";

type Fields = { [name: string]: unknown };
interface Call {
  method: string;
  /** With `{id}` for the record. */
  path: string;
  status: number;
  /** Where the answer has the record or the list; absent: the answer is it, null: the answer has no body. */
  at?: string | null;
  /** What the answer of a list has beside the rows. */
  total?: string;
  /** A creation is answered with the new id alone. */
  isIdOnly?: true;
}
interface Kind {
  id: string;
  isNumber: boolean;
  /** The field whose value only one record may have. */
  unique: string;
  /** A record's fields with the document's examples. */
  sample: Fields;
  calls: { [call: string]: Call };
}
interface Api {
  paging: { from?: string; size?: string; page?: string; first: number; max: number };
  kinds: { [kind: string]: Kind };
}

const API: Api = /* the document */ {
  paging: { from: "offset", size: "limit", first: 1, max: 100 },
  kinds: {
    users: {
      id: "id",
      isNumber: true,
      unique: "email",
      sample: { email: "", active: true },
      calls: {
        list: { method: "GET", path: "/users", status: 200, at: "items", total: "total" },
        read: { method: "GET", path: "/users/{id}", status: 200 },
        create: { method: "POST", path: "/users", status: 201 },
        update: { method: "PATCH", path: "/users/{id}", status: 200 },
        remove: { method: "DELETE", path: "/users/{id}", status: 204, at: null },
      },
    },
  },
}; /* the end */

const templateState = z.strictObject({
  nextId: z.int().default(10_001),
  records: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});
type State = z.output<typeof templateState>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((at, name) => (isFields(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);

/** An object with the value at a dotted place. */
const placed = (path: string, value: unknown): Fields =>
  path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Fields;

function merged(before: Fields, change: Fields): Fields {
  const after: Fields = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = after[name];
    after[name] = isFields(old) && isFields(value) ? merged(old, value) : value;
  }
  return after;
}

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  for (const [name, kind] of Object.entries(API.kinds)) {
    for (const [does, call] of Object.entries(kind.calls)) {
      app.on(call.method, call.path.replace("{id}", ":id"), async (c) =>
        answer(c, call, await play(c, state, name, kind, does, call)),
      );
    }
  }
  return app;
}

/** What a call is answered with; null where the record is not there, or its name is taken. */
type Outcome = { value: unknown; total?: number } | { status: 404 | 409 };

async function play(
  c: Context,
  state: State,
  name: string,
  kind: Kind,
  does: string,
  { method, isIdOnly }: Call,
): Promise<Outcome> {
  state.records[name] ??= {};
  const records = state.records[name];
  const body: unknown = method === "GET" || does === "remove" ? {} : await c.req.json().catch(() => ({}));
  const sent = isFields(body) ? body : {};
  const id = c.req.param("id") ?? "";
  const found = Object.hasOwn(records, id) ? records[id] : undefined;
  const isTaken = Object.entries(records).some(([key, one]) => {
    const [is, wanted] = [valueAt(one, kind.unique), valueAt(sent, kind.unique)];
    return key !== id && typeof is === "string" && typeof wanted === "string" && isSameIgnoringCase(is, wanted);
  });
  if (does === "list") return page(Object.values(records), { ...sent, ...c.req.query() });
  if (does !== "create" && !found) return { status: 404 };
  if ((does === "create" || does === "update") && isTaken) return { status: 409 };
  if (does === "create") {
    const made = state.nextId++;
    const own = placed(kind.id, kind.isNumber ? made : String(made));
    const record = merged(merged(kind.sample, sent), own);
    records[String(valueAt(record, kind.id))] = record;
    return { value: isIdOnly ? own : record };
  }
  if (does === "update") records[id] = merged(found ?? {}, sent);
  if (does === "remove") delete records[id];
  return { value: records[id] ?? found };
}

function page(all: readonly Fields[], asked: Fields): Outcome {
  const { from, page: number, size, first, max } = API.paging;
  const numberAt = (name: string | undefined, otherwise: number) =>
    name === undefined ? otherwise : Number(asked[name] ?? otherwise);
  const length = Math.min(max, numberAt(size, max));
  const start = number === undefined ? numberAt(from, 0) : (numberAt(number, first) - first) * length;
  return { value: all.slice(start, start + length), total: all.length };
}

function answer(c: Context, { status, at, total }: Call, outcome: Outcome): Response {
  if ("status" in outcome) return c.json({}, outcome.status);
  if (at === null || status === 204) return new Response(null, { status });
  const counted = total === undefined ? {} : placed(total, outcome.total);
  const body = at === undefined ? outcome.value : merged(placed(at, outcome.value), counted);
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** One account without records. */
export function createTemplateSimulation(): Simulation {
  return createSimulation({ name: "template", state: templateState, createApp });
}
