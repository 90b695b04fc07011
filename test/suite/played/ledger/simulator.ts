// Ledger's API, played: memberships are rows of their own, and what is not there is forbidden.

import { type Context, Hono } from "hono";
import * as z from "zod";
import {
  createSimulation,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../../../../adapters/simulation.ts";

const text = z.string().nullable().default(null);
const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  externalId: text,
  number: text,
  name: text,
  active: z.boolean().default(true),
  /** No attribute holds it. */
  shelf: z.string().default(""),
});
const groupSchema = z.object({ id: z.string(), name: z.string(), shelf: z.string().default("") });
const membershipSchema = z.object({ id: z.string(), groupId: z.string(), userId: z.string() });
const stateSchema = z.strictObject({
  apiKey: z.string().default("fake-api-key"),
  nextId: z.int().default(10_001),
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
  memberships: z.record(z.string(), membershipSchema).default({}),
});
type State = z.output<typeof stateSchema>;

const userChange = z
  .object({
    email: z.string().min(1),
    externalId: z.string().nullable(),
    number: z.string().nullable(),
    name: z.string().nullable(),
    active: z.boolean(),
  })
  .partial();
const groupChange = z.object({ name: z.string().min(1) });
const joining = z.object({ groupId: z.string(), userIds: z.array(z.string()) });
const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

/** An answer instead of an effect. */
class Refused extends Error {
  readonly status: 403 | 409 | 422;
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

/** The record with the id that the path has, or 403. */
function allowed<T>(records: Record<string, T>, c: Context): T {
  const found = records[c.req.param("id") ?? ""];
  if (found === undefined) throw new Refused(403, "id");
  return found;
}

function page(c: Context, all: readonly object[]) {
  const { offset, limit } = parse(pageQuery, c.req.query());
  return c.json({ items: all.slice(offset, offset + limit), total: all.length });
}

const isAsked = (value: string | null, asked: string | undefined) =>
  asked === undefined || (value !== null && isSameIgnoringCase(value, asked));

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath("/v1");
  const nextId = () => String(state.nextId++);
  const leave = (isIn: (row: z.output<typeof membershipSchema>) => boolean) => {
    for (const row of Object.values(state.memberships)) if (isIn(row)) delete state.memberships[row.id];
  };
  const requireFree = (records: Record<string, { id: string; email?: string; name?: string | null }>) => ({
    field: (field: "email" | "name", value: string | undefined, except?: string) => {
      const isTaken = Object.values(records).some(
        (one) => one.id !== except && isAsked(one[field] ?? null, value ?? ""),
      );
      if (value !== undefined && isTaken) throw new Refused(409, field);
    },
  });

  app.use(async (c, next) =>
    c.req.header("authorization") === `Bearer ${state.apiKey}` ? next() : c.json({ error: "forbidden" }, 403),
  );
  app.get("/users", (c) => {
    const { email, externalId, number } = c.req.query();
    const found = Object.values(state.users).filter(
      (one) => isAsked(one.email, email) && isAsked(one.externalId, externalId) && isAsked(one.number, number),
    );
    return page(c, found);
  });
  app.get("/users/:id", (c) => c.json(allowed(state.users, c)));
  app.post("/users", async (c) => {
    const body = parse(userChange.required({ email: true }), await c.req.json());
    requireFree(state.users).field("email", body.email);
    const user = userSchema.parse({ ...body, id: nextId() });
    state.users[user.id] = user;
    return c.json(user, 201);
  });
  app.patch("/users/:id", async (c) => {
    const user = allowed(state.users, c);
    const body = parse(userChange, await c.req.json());
    requireFree(state.users).field("email", body.email, user.id);
    return c.json(Object.assign(user, body));
  });
  app.delete("/users/:id", (c) => {
    const { id } = allowed(state.users, c);
    delete state.users[id];
    leave((row) => row.userId === id);
    return c.body(null, 204);
  });

  app.get("/groups", (c) => {
    const { name, ids } = c.req.query();
    const wanted = ids?.split(",");
    const found = Object.values(state.groups).filter(
      (one) => isAsked(one.name, name) && (wanted?.includes(one.id) ?? true),
    );
    return page(c, found);
  });
  app.get("/groups/:id", (c) => c.json(allowed(state.groups, c)));
  app.post("/groups", async (c) => {
    const { name } = parse(groupChange, await c.req.json());
    requireFree(state.groups).field("name", name);
    const group = groupSchema.parse({ id: nextId(), name });
    state.groups[group.id] = group;
    return c.json(group, 201);
  });
  app.patch("/groups/:id", async (c) => {
    const group = allowed(state.groups, c);
    const { name } = parse(groupChange, await c.req.json());
    requireFree(state.groups).field("name", name, group.id);
    return c.json(Object.assign(group, { name }));
  });
  app.delete("/groups/:id", (c) => {
    const { id } = allowed(state.groups, c);
    delete state.groups[id];
    leave((row) => row.groupId === id);
    return c.body(null, 204);
  });

  app.get("/memberships", (c) => {
    const groupId = c.req.query("groupId");
    return page(
      c,
      Object.values(state.memberships).filter((row) => row.groupId === groupId),
    );
  });
  app.post("/memberships", async (c) => {
    const { groupId, userIds } = parse(joining, await c.req.json());
    if (!(groupId in state.groups)) return c.json({ error: "no such group" }, 404);
    // One who is gone makes it refuse all of them.
    if (userIds.some((id) => !(id in state.users))) throw new Refused(422, "userIds");
    for (const userId of userIds) {
      const id = nextId();
      state.memberships[id] = { id, groupId, userId };
    }
    return c.body(null, 204);
  });
  app.delete("/memberships/:id", (c) => {
    delete state.memberships[allowed(state.memberships, c).id];
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

export const createLedgerSimulation = (): Simulation =>
  createSimulation({ name: "ledger", state: stateSchema, createApp });

export const ledgerSettings = (baseUrl: string): Record<string, unknown> => ({
  baseUrl: `${baseUrl}/v1`,
  apiKey: stateSchema.parse({}).apiKey,
});
