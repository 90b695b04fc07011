// Directus's API for users, policies and the rows between them, played as 11.17.4 behaves with SQLite (seen 2026-11-29).

import { type Context, Hono } from "hono";
import { createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { type Query, select, show } from "./simulator/query.ts";
import { hidden, Refusal, wrongKey, wrongQuery, wrongValue } from "./simulator/refusals.ts";
import { type Caller, callerOf, requireAdministrator, visible } from "./simulator/rights.ts";
import {
  ADMIN_ID,
  type Collection,
  directusState,
  fieldsIn,
  type Row,
  type State,
  toPolicy,
} from "./simulator/state.ts";
import { createUser, removeUser, updateUser } from "./simulator/users.ts";

type Body = Record<string, unknown>;

function queryIn(c: Context): Query {
  const { fields, filter, deep, limit, offset } = c.req.query();
  const toNumber = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const parsed = (text: string | undefined, what: string) => {
    try {
      return text === undefined ? undefined : JSON.parse(text);
    } catch {
      throw wrongQuery(`Invalid JSON for ${what} object`);
    }
  };
  const rows = toNumber(limit);
  if (rows !== undefined && !(rows >= -1)) throw wrongQuery('"limit" must be greater than or equal to -1');
  return {
    fields,
    filter: parsed(filter, "filter"),
    deep: parsed(deep, "deep"),
    limit: rows,
    offset: toNumber(offset),
  };
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw new Refusal(400, "INVALID_PAYLOAD", "Invalid payload.", { reason: "no JSON" });
  }
}

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();

  const rowsFor = (caller: Caller, collection: Collection, query: Query) =>
    visible(caller, collection, Object.values<Row>(state[collection]), query.fields);
  /** One row as it is answered. @throws Refusal where the caller sees none */
  const shown = (c: Context, collection: Collection, id: string) => {
    const query = queryIn(c);
    const { rows, fields } = rowsFor(callerOf(state, c), collection, query);
    const row = rows.find((one) => one.id === id);
    if (!row) throw hidden();
    return c.json({ data: show(state, collection, row, { ...query, fields }) });
  };
  /** A change by an administrator; 204 where there is no such record. */
  const changing = async (c: Context, collection: Collection, change: (id: string) => Promise<void> | void) => {
    requireAdministrator(callerOf(state, c), collection);
    const id = c.req.param("id") ?? "";
    const isThere = Object.hasOwn(state[collection], id);
    if (isThere) await change(id);
    return isThere && c.req.method === "PATCH" ? shown(c, collection, id) : c.body(null, 204);
  };

  app.get("/policies/me/globals", (c) => {
    const { user, policies, isAdministrator } = callerOf(state, c);
    if (!user) return c.json({ data: { app_access: false } });
    const app_access = policies.some((policy) => policy.app_access);
    return c.json({ data: { app_access, admin_access: isAdministrator, enforce_tfa: false } });
  });
  app.get("/users/me", (c) => {
    const { user } = callerOf(state, c);
    if (!user) throw new Refusal(401, "INVALID_CREDENTIALS", "Invalid user credentials.");
    return shown(c, "users", user.id);
  });

  for (const collection of ["users", "roles", "policies", "access"] as const) {
    app.get(`/${collection}`, (c) => {
      const query = queryIn(c);
      const { rows, fields } = rowsFor(callerOf(state, c), collection, query);
      const page = select(state, collection, rows, query);
      const data = page.rows.map((row) => show(state, collection, row, { ...query, fields }));
      return c.json({ data, ...(c.req.query("meta") ? { meta: { filter_count: page.count } } : {}) });
    });
    app.get(`/${collection}/:id`, (c) => shown(c, collection, c.req.param("id")));
  }

  app.post("/users", async (c) => {
    requireAdministrator(callerOf(state, c), "users");
    return shown(c, "users", createUser(state, (await readJson(c)) as Body).id);
  });
  app.patch("/users/:id", async (c) => {
    const body = (await readJson(c)) as Body;
    return changing(c, "users", (id) => state.users[id] && updateUser(state, state.users[id], body));
  });
  app.delete("/users/:id", (c) => changing(c, "users", (id) => state.users[id] && removeUser(state, state.users[id])));

  app.post("/policies", async (c) => {
    requireAdministrator(callerOf(state, c), "policies");
    const body = (await readJson(c)) as Body;
    if (body.name === undefined || body.name === null) throw wrongValue("name", "required");
    const policy = toPolicy(fieldsIn("policies", body));
    state.policies[policy.id] = policy;
    return shown(c, "policies", policy.id);
  });
  app.patch("/policies/:id", async (c) => {
    const body = (await readJson(c)) as Body;
    if (body.name === null) throw wrongValue("name", "nnull");
    return changing(c, "policies", (id) => void Object.assign(state.policies[id] ?? {}, fieldsIn("policies", body)));
  });
  app.delete("/policies/:id", (c) =>
    changing(c, "policies", (id) => {
      delete state.policies[id];
      for (const row of Object.values(state.access)) if (row.policy === id) delete state.access[row.id];
    }),
  );

  // A user may get a policy twice; of several rows all are made or none.
  app.post("/access", async (c) => {
    requireAdministrator(callerOf(state, c), "access");
    const body = await readJson(c);
    const rows = (Array.isArray(body) ? body : [body]).map(({ user = null, role = null, policy }) => ({
      ...{ id: crypto.randomUUID() as string, user, role, policy },
    }));
    const isThere = (part: object, id: string | null) => id === null || Object.hasOwn(part, id);
    const isRight = rows.every(
      ({ user, policy }) => isThere(state.users, user) && isThere(state.policies, policy ?? ""),
    );
    if (!isRight) throw wrongKey();
    for (const row of rows) state.access[row.id] = row;
    const data = rows.map((row) => show(state, "access", row, queryIn(c)));
    return c.json({ data: Array.isArray(body) ? data : data[0] });
  });
  app.delete("/access", async (c) => {
    requireAdministrator(callerOf(state, c), "access");
    for (const id of (await readJson(c)) as string[]) delete state.access[id];
    return c.body(null, 204);
  });

  app.notFound((c) => {
    const path = c.req.path;
    return c.json(
      { errors: [{ message: `Route ${path} doesn't exist.`, extensions: { path, code: "ROUTE_NOT_FOUND" } }] },
      404,
    );
  });
  app.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error;
    return c.json({ errors: [{ message: error.message, extensions: error.extensions }] }, error.status);
  });
  return app;
}

/** One Directus with its administrator as the only user. */
export function createDirectusSimulation(): Simulation {
  return createSimulation({ name: "directus", state: directusState, createApp });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function directusDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl, token: directusState.parse({}).users[ADMIN_ID]?.token };
}
