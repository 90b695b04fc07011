// Roster's API, played: accents do not count in names, there is no address for one user to read, and a group whose members are disabled.

import { type Context, Hono } from "hono";
import * as z from "zod";
import { createSimulation, foldAccents, type Simulation, type SimulatorEnv } from "../../../../adapters/simulation.ts";

/** The group whose members are disabled. */
export const DISABLED = "0";

const userSchema = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string().nullable().default(null),
  /** No attribute holds it. */
  desk: z.string().default(""),
});
const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  desk: z.string().default(""),
  memberIds: z.array(z.string()).default([]),
});
const stateSchema = z.strictObject({
  apiKey: z.string().default("fake-api-key"),
  nextId: z.int().default(10_001),
  users: z.record(z.string(), userSchema).default({}),
  groups: z
    .record(z.string(), groupSchema)
    .default(() => ({ [DISABLED]: { id: DISABLED, name: "disabled users", desk: "", memberIds: [] } })),
});
type State = z.output<typeof stateSchema>;
type User = z.output<typeof userSchema>;

const isSame = (left: string, right: string) => foldAccents(left) === foldAccents(right);

const userChange = z.object({ login: z.string().min(1), name: z.string().nullable() }).partial();
const groupChange = z.object({ name: z.string().min(1) });
const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

/** An answer instead of an effect. */
class Refused extends Error {
  readonly status: 404 | 409 | 422;
  readonly field: string;
  constructor(status: Refused["status"], field: string) {
    super(field);
    this.status = status;
    this.field = field;
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(422, parsed.error.issues[0]?.path.join(".") ?? "");
}

function named<T>(records: Record<string, T>, id: string | undefined): T {
  const found = records[id ?? ""];
  if (found === undefined) throw new Refused(404, "id");
  return found;
}

function page(c: Context, all: readonly object[]) {
  const { offset, limit } = parse(pageQuery, c.req.query());
  return c.json({ items: all.slice(offset, offset + limit), total: all.length });
}

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath("/v1");
  const groupsOf = (id: string) => Object.values(state.groups).filter((one) => one.memberIds.includes(id));
  const shown = (user: User) => ({ ...user, groupIds: groupsOf(user.id).map((one) => one.id) });
  const isDisabled = (id: string) => state.groups[DISABLED]?.memberIds.includes(id) ?? false;
  const requireFreeLogin = (login: string | undefined, except?: string) => {
    const isTaken = Object.values(state.users).some(
      (one) => login !== undefined && one.id !== except && isSame(one.login, login),
    );
    if (isTaken) throw new Refused(409, "login");
  };
  const requireFreeName = (name: string, except?: string) => {
    const isTaken = Object.values(state.groups).some((one) => one.id !== except && isSame(one.name, name));
    if (isTaken) throw new Refused(409, "name");
  };

  app.use(async (c, next) =>
    c.req.header("authorization") === `Bearer ${state.apiKey}` ? next() : c.json({ error: "unauthorized" }, 401),
  );
  app.get("/users", (c) => {
    const { id, login } = c.req.query();
    const found = Object.values(state.users).filter(
      (one) => (id === undefined || one.id === id) && (login === undefined || isSame(one.login, login)),
    );
    return page(c, found.map(shown));
  });
  app.post("/users", async (c) => {
    const body = parse(userChange.required({ login: true }), await c.req.json());
    requireFreeLogin(body.login);
    const user = userSchema.parse({ ...body, id: String(state.nextId++) });
    state.users[user.id] = user;
    return c.json(shown(user), 201);
  });
  app.patch("/users/:id", async (c) => {
    const user = named(state.users, c.req.param("id"));
    const body = parse(userChange, await c.req.json());
    requireFreeLogin(body.login, user.id);
    return c.json(shown(Object.assign(user, body)));
  });
  app.delete("/users/:id", (c) => {
    const { id } = named(state.users, c.req.param("id"));
    delete state.users[id];
    for (const group of groupsOf(id)) group.memberIds = group.memberIds.filter((one) => one !== id);
    return c.body(null, 204);
  });

  app.get("/groups", (c) => {
    const name = c.req.query("name");
    const found = Object.values(state.groups).filter((one) => name === undefined || isSame(one.name, name));
    return page(
      c,
      found.map(({ memberIds: _, ...group }) => group),
    );
  });
  app.get("/groups/:id", (c) => {
    const { memberIds: _, ...group } = named(state.groups, c.req.param("id"));
    return c.json(group);
  });
  app.post("/groups", async (c) => {
    const { name } = parse(groupChange, await c.req.json());
    requireFreeName(name);
    const { memberIds: _, ...group } = groupSchema.parse({ id: String(state.nextId++), name });
    state.groups[group.id] = { ...group, memberIds: [] };
    return c.json(group, 201);
  });
  app.patch("/groups/:id", async (c) => {
    const group = named(state.groups, c.req.param("id"));
    const { name } = parse(groupChange, await c.req.json());
    requireFreeName(name, group.id);
    group.name = name;
    return c.json({ id: group.id, name, desk: group.desk });
  });
  app.delete("/groups/:id", (c) => {
    delete state.groups[named(state.groups, c.req.param("id")).id];
    return c.body(null, 204);
  });
  app.get("/groups/:id/members", (c) => {
    const { memberIds } = named(state.groups, c.req.param("id"));
    return page(
      c,
      memberIds.filter((id) => !isDisabled(id)).map((id) => ({ id })),
    );
  });
  app.put("/groups/:id/members/:userId", (c) => {
    const group = named(state.groups, c.req.param("id"));
    const { id } = named(state.users, c.req.param("userId"));
    group.memberIds = [...new Set([...group.memberIds, id])];
    return c.body(null, 204);
  });
  app.delete("/groups/:id/members/:userId", (c) => {
    const group = named(state.groups, c.req.param("id"));
    group.memberIds = group.memberIds.filter((id) => id !== c.req.param("userId"));
    return c.body(null, 204);
  });

  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ error: "refused", field: error.field }, error.status);
    if (error instanceof SyntaxError) return c.json({ error: "malformed" }, 422);
    throw error;
  });
  return app;
}

export const createRosterSimulation = (): Simulation =>
  createSimulation({ name: "roster", state: stateSchema, createApp });

export const rosterSettings = (baseUrl: string): Record<string, unknown> => ({
  baseUrl: `${baseUrl}/v1`,
  apiKey: stateSchema.parse({}).apiKey,
  disabledGroup: DISABLED,
});
