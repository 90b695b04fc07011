// Harbour's API, played from what its OpenAPI document tells (simulator/documented.ts), never from the adapter.

import { type Context, Hono } from "hono";
import {
  createSimulation,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../../../../adapters/simulation.ts";
import { api, type Call, type Fields, type Kind } from "./simulator/documented.ts";
import { changeMembers, membersOf, namedIn, shownGroup, shownUser, takeList, toRow } from "./simulator/memberships.ts";
import { harbourState, isFields, merged, placed, type State, valueAt } from "./simulator/state.ts";

/** An answer instead of an effect. */
class Refused extends Error {
  readonly status: 401 | 404 | 409 | 422;
  readonly field: string;
  constructor(status: Refused["status"], field: string) {
    super(field);
    this.status = status;
    this.field = field;
  }
}

type KindName = "users" | "groups";

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  if (api.tokens !== undefined) {
    app.post(api.tokens, (c) => c.json({ access_token: "fake-token", token_type: "bearer", expires_in: 3600 }));
  }
  app.use(async (c, next) => {
    if (c.req.header(api.credential.header) !== api.credential.value) throw new Refused(401, api.credential.header);
    await next();
  });
  // A path without a placeholder comes before one that would take it for an id.
  const routes = [...memberRoutes(state), ...recordRoutes(state, "users", api.users)];
  if (api.groups) routes.push(...recordRoutes(state, "groups", api.groups));
  for (const { call, play } of routes.sort((a, b) => placesIn(a.call) - placesIn(b.call))) {
    app.on(call.method, call.path.replace(/\{(\w+)\}/g, ":$1"), play);
  }
  app.onError((error, c) => {
    if (error instanceof Refused) {
      return c.json(api.names === undefined ? {} : placed(api.names, error.field), error.status);
    }
    if (error instanceof SyntaxError) return c.json({}, 400);
    throw error;
  });
  return app;
}

interface Route {
  call: Call;
  play: (c: Context) => Promise<Response>;
}

const placesIn = ({ path }: Call) => path.split("{").length;

const bodyOf = async (c: Context, { envelope }: Call): Promise<Fields> => {
  const text = await c.req.text();
  const body: unknown = text === "" ? {} : JSON.parse(text);
  const inner = envelope === undefined ? body : valueAt(body, envelope);
  return isFields(inner) ? inner : {};
};

/** The calls of a group's members. */
function memberRoutes(state: State): Route[] {
  return Object.entries(api.members?.calls ?? {}).map(([does, call]) => ({
    call,
    async play(c) {
      const body = await bodyOf(c, call);
      const named = namedIn(call, body, c.req.param("id") ?? "", c.req.param("member") ?? "");
      for (const group of named.groups) if (!Object.hasOwn(state.groups, group)) throw new Refused(404, "id");
      if (does === "list") {
        const rows = membersOf(state.groups[named.groups[0] ?? ""]).map((id) => toRow(id, call, api.users.isNumber));
        return listed(c, call, rows, body);
      }
      if (does !== "remove" && named.users.some((id) => !Object.hasOwn(state.users, id))) throw new Refused(422, "ids");
      for (const group of named.groups) {
        changeMembers(state, group, (former) => {
          if (does === "replace") return named.users;
          const others = former.filter((id) => !named.users.includes(id));
          return does === "add" ? [...others, ...named.users] : others;
        });
      }
      return answer(call, { ok: true });
    },
  }));
}

/** The calls of one kind of record. */
function recordRoutes(state: State, name: KindName, kind: Kind): Route[] {
  const shown = (id: string): Fields => {
    const record = state[name][id] ?? {};
    return name === "groups" ? shownGroup(record, api) : shownUser(record, id, state, api);
  };
  const write = (id: string, before: Fields, sent: Fields) => {
    requireFree(state[name], kind, id, sent);
    requireLengths(kind, sent);
    state[name][id] = merged(before, sent);
  };
  return Object.entries(kind.calls).map(([does, call]) => ({
    call,
    async play(c) {
      const sent = toRecord(does === "list" || does === "read" ? {} : await bodyOf(c, call), kind);
      const id = c.req.param("id") ?? "";
      if (does === "list") {
        const rows = Object.keys(state[name]).map(shown);
        return listed(c, call, rows.filter(isAskedFor(c, kind)), call.method === "GET" ? {} : await bodyOf(c, call));
      }
      if (does === "create") {
        const missing = kind.required.find((field) => (valueAt(sent, field) ?? "") === "");
        if (missing !== undefined) throw new Refused(422, missing);
        const made = state.nextId++;
        const own = kind.id in sent ? {} : placed(kind.id, kind.isNumber ? made : String(made));
        const key = String(valueAt({ ...sent, ...own }, kind.id));
        write(key, { ...kind.sample, ...own }, takeList(name, key, sent, state, api));
        if (name === "groups") changeMembers(state, key, (ids) => ids);
        const headers = call.isLocated ? { location: `${c.env.base}${call.path}/${encodeURIComponent(key)}` } : {};
        return answer(call, call.idAt === undefined ? shown(key) : { [call.idAt]: shown(key)[kind.id] }, headers);
      }
      const found = Object.hasOwn(state[name], id) ? state[name][id] : undefined;
      if (!found) throw new Refused(404, "id");
      if (does === "remove") remove(state, name, id);
      else if (does !== "read") {
        const own = takeList(name, id, { ...sent, ...call.sets }, state, api);
        write(id, kept(state[name][id] ?? found, call), own);
      }
      return answer(call, shown(id));
    },
  }));
}

/** What a record keeps of its fields when a body without them is written. */
const kept = (found: Fields, { loses = [] }: Call): Fields =>
  Object.fromEntries(Object.entries(found).filter(([name]) => !loses.includes(name)));

function remove(state: State, name: KindName, id: string): void {
  delete state[name][id];
  if (name === "users") {
    for (const group of Object.keys(state.groups))
      changeMembers(state, group, (ids) => ids.filter((one) => one !== id));
  }
}

/** A body with the record's own names. */
function toRecord(body: Fields, { written }: Kind): Fields {
  return Object.entries(written).reduce((sent, [from, to]) => {
    const value = valueAt(sent, from);
    return value === undefined ? sent : merged(sent, placed(to, value));
  }, body);
}

function requireFree(records: State["users"], { unique }: Kind, own: string, sent: Fields): void {
  const wanted = valueAt(sent, unique);
  const isTaken = Object.entries(records).some(([id, one]) => {
    const value = valueAt(one, unique);
    return id !== own && typeof value === "string" && typeof wanted === "string" && isSameIgnoringCase(value, wanted);
  });
  if (isTaken) throw new Refused(409, unique);
}

function requireLengths({ longest }: Kind, sent: Fields): void {
  for (const [field, most] of Object.entries(longest)) {
    const value = valueAt(sent, field);
    if (typeof value === "string" && value.length > most) throw new Refused(422, field);
  }
}

const isAskedFor =
  (c: Context, { searched }: Kind) =>
  (record: Fields) =>
    Object.entries(searched).every(([parameter, field]) => {
      const wanted = c.req.query(parameter);
      const value = valueAt(record, field);
      return wanted === undefined || (value !== null && isSameIgnoringCase(String(value), wanted));
    });

/** One page of rows. */
function listed(c: Context, call: Call, all: readonly unknown[], body: Fields): Response {
  const { from, page, cursor, size, first, max, next } = api.paging;
  const asked: Fields = { ...body, ...c.req.query() };
  const numberAt = (name: string | undefined, otherwise: number) =>
    name === undefined ? otherwise : Number(asked[name] ?? otherwise);
  const length = Math.min(max, numberAt(size, max));
  const start = page === undefined ? numberAt(from ?? cursor, 0) : (numberAt(page, first) - first) * length;
  const rows = all.slice(start, start + length).map((row) => (isFields(row) ? toShown(row, call) : row));
  const counted = call.total === undefined ? {} : placed(call.total, all.length);
  const following = next !== undefined && start + length < all.length ? placed(next, String(start + length)) : {};
  return answer(call, rows, {}, merged(counted, following));
}

const toShown = (row: Fields, { shows }: Call): Fields =>
  shows ? Object.fromEntries(Object.entries(row).filter(([name]) => shows.includes(name))) : row;

function answer(
  { status, at }: Call,
  value: unknown,
  headers: Record<string, string> = {},
  beside: Fields = {},
): Response {
  if (at === null || status === 204) return new Response(null, { status, headers });
  const body = at === undefined ? value : merged(placed(at, value), beside);
  return Response.json(body, { status, headers });
}

/** One account without records. */
export function createHarbourSimulation(): Simulation {
  return createSimulation({ name: "harbour", state: harbourState, createApp });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function harbourDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl, apiKey: "fake-api-key" };
}
