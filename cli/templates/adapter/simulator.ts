// Template's API, played from the contract in README.md, never from the adapter.

import { type Context, Hono } from "hono";
import * as z from "zod";
import {
  createSimulation,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../../../adapters/simulation.ts";

const BASE_PATH = "/v1";
const MAX_LIMIT = 100;
/** Ids below it are free for seeds. */
const FIRST_ID = 10_001;

const word = z.string().max(100).nullable();
const userSchema = z.object({
  id: z.int(),
  email: z.string(),
  firstName: word.default(null),
  lastName: word.default(null),
  jobTitle: word.default(null),
  active: z.boolean().default(true),
  /** No attribute holds it: it shows that writes leave alone what they do not know. */
  costCode: z.string().default(""),
});
const groupSchema = z.object({
  id: z.int(),
  name: z.string(),
  colour: z.string().default("grey"),
  memberIds: z.array(z.int()).default([]),
});

/** The state of one account; a seed may leave out any part. */
const templateState = z.strictObject({
  apiKey: z.string().default("fake-api-key"),
  nextId: z.int().default(FIRST_ID),
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
});
type State = z.output<typeof templateState>;
type Group = z.output<typeof groupSchema>;

const userChange = z
  .object({
    email: z.string().max(254).includes("@"),
    firstName: word,
    lastName: word,
    jobTitle: word,
    active: z.boolean(),
  })
  .partial();
const groupChange = z.object({ name: z.string().min(1).max(100) });
const memberChange = z.object({ userIds: z.array(z.int()).max(100) });
const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(20),
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

function createApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath(BASE_PATH);

  const named = <T>(records: Record<string, T>, c: Context): T => {
    const id = c.req.param("id") ?? "";
    const found = Object.hasOwn(records, id) ? records[id] : undefined;
    if (found === undefined) throw new Refused(404, "id");
    return found;
  };
  const list = (c: Context, all: readonly object[]) => {
    const { offset, limit } = parse(pageQuery, c.req.query());
    return c.json({ items: all.slice(offset, offset + limit), total: all.length });
  };
  const requireFreeEmail = (email: string | undefined, except?: number) => {
    if (email === undefined) return;
    const isTaken = Object.values(state.users).some(
      (user) => user.id !== except && isSameIgnoringCase(user.email, email),
    );
    if (isTaken) throw new Refused(409, "email");
  };
  const requireFreeName = (name: string, except?: number) => {
    const isTaken = Object.values(state.groups).some(
      (group) => group.id !== except && isSameIgnoringCase(group.name, name),
    );
    if (isTaken) throw new Refused(409, "name");
  };
  const shown = ({ memberIds: _, ...group }: Group) => group;

  app.use(async (c, next) =>
    c.req.header("authorization") === `Bearer ${state.apiKey}` ? next() : c.json({ error: "unauthorized" }, 401),
  );

  app.get("/users", (c) => {
    const email = c.req.query("email");
    return list(
      c,
      Object.values(state.users).filter((user) => email === undefined || isSameIgnoringCase(user.email, email)),
    );
  });
  app.get("/users/:id", (c) => c.json(named(state.users, c)));
  app.post("/users", async (c) => {
    const body = parse(userChange.required({ email: true }), await c.req.json());
    requireFreeEmail(body.email);
    const user = userSchema.parse({ ...body, id: state.nextId++ });
    state.users[String(user.id)] = user;
    return c.json(user, 201);
  });
  app.patch("/users/:id", async (c) => {
    const user = named(state.users, c);
    const body = parse(userChange, await c.req.json());
    requireFreeEmail(body.email, user.id);
    const next = userSchema.parse({ ...user, ...body });
    state.users[String(user.id)] = next;
    return c.json(next);
  });
  app.delete("/users/:id", (c) => {
    const { id } = named(state.users, c);
    delete state.users[String(id)];
    for (const group of Object.values(state.groups)) group.memberIds = group.memberIds.filter((one) => one !== id);
    return c.body(null, 204);
  });

  app.get("/groups", (c) => {
    const name = c.req.query("name");
    const found = Object.values(state.groups).filter(
      (group) => name === undefined || isSameIgnoringCase(group.name, name),
    );
    return list(c, found.map(shown));
  });
  app.get("/groups/:id", (c) => c.json(shown(named(state.groups, c))));
  app.post("/groups", async (c) => {
    const { name } = parse(groupChange, await c.req.json());
    requireFreeName(name);
    const group = groupSchema.parse({ id: state.nextId++, name });
    state.groups[String(group.id)] = group;
    return c.json(shown(group), 201);
  });
  app.patch("/groups/:id", async (c) => {
    const group = named(state.groups, c);
    const { name } = parse(groupChange, await c.req.json());
    requireFreeName(name, group.id);
    group.name = name;
    return c.json(shown(group));
  });
  app.delete("/groups/:id", (c) => {
    delete state.groups[String(named(state.groups, c).id)];
    return c.body(null, 204);
  });
  app.get("/groups/:id/members", (c) =>
    list(
      c,
      named(state.groups, c).memberIds.map((userId) => ({ userId })),
    ),
  );
  app.post("/groups/:id/members", async (c) => {
    const group = named(state.groups, c);
    const { userIds } = parse(memberChange, await c.req.json());
    if (userIds.some((id) => !(String(id) in state.users))) throw new Refused(422, "userIds");
    group.memberIds = [...new Set([...group.memberIds, ...userIds])];
    return c.body(null, 204);
  });
  app.delete("/groups/:id/members", async (c) => {
    const group = named(state.groups, c);
    const { userIds } = parse(memberChange, await c.req.json());
    group.memberIds = group.memberIds.filter((id) => !userIds.includes(id));
    return c.body(null, 204);
  });

  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ error: "refused", field: error.field }, error.status);
    if (error instanceof SyntaxError) return c.json({ error: "malformed" }, 400);
    throw error;
  });
  return app;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(422, parsed.error.issues[0]?.path.join(".") ?? "");
}

/** One account without users. */
export function createTemplateSimulation(): Simulation {
  return createSimulation({
    name: "template",
    state: templateState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function templateDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl: `${baseUrl}${BASE_PATH}`, apiKey: templateState.parse({}).apiKey };
}
