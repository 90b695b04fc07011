// Notary's API, played: it mails whoever gets another address, and goes on with the former one until the person confirms.

import { Hono } from "hono";
import * as z from "zod";
import {
  createSimulation,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../../../../adapters/simulation.ts";

const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  /** Waits for the person's confirmation. */
  newEmail: z.string().nullable().default(null),
  name: z.string().nullable().default(null),
  active: z.boolean().default(true),
  /** How many mails have asked this person to confirm an address. */
  mails: z.int().default(0),
  /** How many sessions are open. */
  sessions: z.int().default(2),
  /** No attribute holds it. */
  desk: z.string().default(""),
});
const stateSchema = z.strictObject({
  apiKey: z.string().default("fake-api-key"),
  nextId: z.int().default(10_001),
  users: z.record(z.string(), userSchema).default({}),
});
type State = z.output<typeof stateSchema>;
type User = z.output<typeof userSchema>;

const userChange = z.object({ email: z.string().min(1), name: z.string().nullable(), active: z.boolean() }).partial();
const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

/** An answer instead of an effect. */
class Refused extends Error {
  readonly status: 404 | 409 | 422;
  constructor(status: Refused["status"], field: string) {
    super(field);
    this.status = status;
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(422, parsed.error.issues[0]?.path.join(".") ?? "");
}

/** A former address is asked for again: nothing waits any more. Another one is mailed, each time that it is asked for. */
function changeAddress(user: User, email: string): void {
  if (isSameIgnoringCase(user.email, email)) {
    Object.assign(user, { email, newEmail: null });
    return;
  }
  Object.assign(user, { newEmail: email, mails: user.mails + 1 });
}

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath("/v1");
  const named = (id: string): User => {
    const found = state.users[id];
    if (!found) throw new Refused(404, "id");
    return found;
  };
  const requireFree = (email: string | undefined, except?: string) => {
    const isTaken = Object.values(state.users).some(
      (one) => email !== undefined && one.id !== except && isSameIgnoringCase(one.email, email),
    );
    if (isTaken) throw new Refused(409, "email");
  };

  app.use(async (c, next) =>
    c.req.header("authorization") === `Bearer ${state.apiKey}` ? next() : c.json({ error: "unauthorized" }, 401),
  );
  app.get("/users", (c) => {
    const { offset, limit } = parse(pageQuery, c.req.query());
    const email = c.req.query("email");
    const found = Object.values(state.users).filter(
      (one) => email === undefined || isSameIgnoringCase(one.email, email),
    );
    return c.json({ items: found.slice(offset, offset + limit), total: found.length });
  });
  app.get("/users/:id", (c) => c.json(named(c.req.param("id"))));
  app.post("/users", async (c) => {
    const body = parse(userChange.required({ email: true }), await c.req.json());
    requireFree(body.email);
    const user = userSchema.parse({ ...body, id: String(state.nextId++) });
    state.users[user.id] = user;
    return c.json(user, 201);
  });
  app.patch("/users/:id", async (c) => {
    const user = named(c.req.param("id"));
    const { email, ...body } = parse(userChange, await c.req.json());
    requireFree(email, user.id);
    if (email !== undefined) changeAddress(user, email);
    return c.json(Object.assign(user, body));
  });
  app.post("/users/:id/sign-out", (c) => {
    named(c.req.param("id")).sessions = 0;
    return c.body(null, 204);
  });
  app.delete("/users/:id", (c) => {
    delete state.users[named(c.req.param("id")).id];
    return c.body(null, 204);
  });

  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ error: "refused", field: error.message }, error.status);
    if (error instanceof SyntaxError) return c.json({ error: "malformed" }, 422);
    throw error;
  });
  return app;
}

export const createNotarySimulation = (): Simulation =>
  createSimulation({ name: "notary", state: stateSchema, createApp });

export const notarySettings = (baseUrl: string): Record<string, unknown> => ({
  baseUrl: `${baseUrl}/v1`,
  apiKey: stateSchema.parse({}).apiKey,
});
