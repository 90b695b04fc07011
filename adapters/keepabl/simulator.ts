// Keepabl's user API, played from the assumed contract ([N5.2], read 2026-11-22): no published API was found.

import { type Context, Hono } from "hono";
import * as z from "zod";
import {
  type Clock,
  createSimulation,
  foldName,
  isSameIgnoringCase,
  type Simulation,
  type SimulatorEnv,
} from "../simulation.ts";

const BASE_PATH = "/api/v1";
const MAX_PER_PAGE = 50;
const DEFAULT_PER_PAGE = 20;
const MAX_NAME_LENGTH = 100;
/** Versions kept per user for lagging reads; beyond it reads show the older of two. */
const MAX_VERSIONS = 50;

const userSchema = z.object({
  id: z.int(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  suspended: z.boolean(),
  createdAt: z.string(),
});
type User = z.output<typeof userSchema>;
const versionSchema = z.object({ at: z.int(), user: userSchema.nullable() });

/** The state of one Keepabl account; a seed may leave out any part. */
export const keepablState = z.strictObject({
  organisation: z.string().default("acme-simulated"),
  apiKey: z.string().default("fake-keepabl-api-key"),
  /** How far reads trail writes, in milliseconds ([N5.2]: up to 2 s). */
  lagMs: z.int().min(0).default(2000),
  nextId: z.int().default(1001),
  /** The truth, by id. */
  users: z.record(z.string(), userSchema).default({}),
  /** What reads see while they trail, oldest first; a user without versions is seen as in `users`. */
  versions: z.record(z.string(), z.array(versionSchema)).default({}),
});
type State = z.output<typeof keepablState>;

const name = z.string().max(MAX_NAME_LENGTH).nullable();
const patchBody = z.object({
  email: z.string().refine((email) => email.includes("@"), "is not an e-mail address"),
  firstName: name,
  lastName: name,
});
const createBody = patchBody.partial({ firstName: true, lastName: true });
const pageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  perPage: z.coerce.number().int().min(1).max(MAX_PER_PAGE).default(DEFAULT_PER_PAGE),
});

/** A body that the vendor refuses. */
class Refused extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath(BASE_PATH);

  const write = (id: number, next: User | null) => {
    const key = String(id);
    const at = clock.now();
    const before = state.users[key];
    const versions = state.versions[key] ?? (before ? [{ at: 0, user: structuredClone(before) }] : []);
    versions.push({ at, user: structuredClone(next) });
    if (versions.length > MAX_VERSIONS) versions.splice(1, 1);
    state.versions[key] = versions;
    if (next) state.users[key] = next;
    else delete state.users[key];
  };

  const find = (key: string): User | undefined => (Object.hasOwn(state.users, key) ? state.users[key] : undefined);

  const see = (key: string): User | undefined => {
    const versions = Object.hasOwn(state.versions, key) ? state.versions[key] : undefined;
    if (!versions) return find(key);
    const horizon = clock.now() - state.lagMs;
    const seen = versions.findLastIndex((version) => version.at <= horizon);
    const user = versions[seen]?.user ?? undefined;
    if (seen > 0) versions.splice(0, seen);
    if (seen >= 0 && versions.length === 1) delete state.versions[key];
    return user;
  };
  const seeAll = () =>
    [...new Set([...Object.keys(state.users), ...Object.keys(state.versions)])]
      .sort((a, b) => Number(a) - Number(b))
      .flatMap((key) => see(key) ?? []);

  const isTaken = (email: string, except?: number) =>
    Object.values(state.users).some((user) => user.id !== except && isSameIgnoringCase(user.email, email));

  // The contract names only the message's key; the sentences are assumed.
  const notFound = (c: Context) => c.json({ message: "User not found" }, 404);
  const duplicate = (c: Context) => c.json({ message: "A user with this email already exists" }, 409);

  app.use(async (c, next) => {
    const expected = `Basic ${btoa(`${state.organisation}:${state.apiKey}`)}`;
    if (c.req.header("authorization") !== expected) {
      c.header("www-authenticate", 'Basic realm="Keepabl"');
      return c.json({ message: "Unauthorized" }, 401);
    }
    return next();
  });

  app.get("/users", (c) => {
    const { page, perPage } = parse(pageQuery, c.req.query());
    const prefix = foldName(c.req.query("email") ?? "");
    const found = seeAll().filter((user) => foldName(user.email).startsWith(prefix));
    const items = found.slice((page - 1) * perPage, page * perPage);
    return c.json({ items, page, perPage, totalItems: found.length });
  });

  app.get("/users/:id", (c) => {
    const user = see(c.req.param("id"));
    return user ? c.json(user) : notFound(c);
  });

  app.post("/users", async (c) => {
    const body = parse(createBody, await readJson(c));
    if (isTaken(body.email)) return duplicate(c);
    const user: User = {
      id: state.nextId++,
      email: body.email,
      firstName: body.firstName ?? "",
      lastName: body.lastName ?? "",
      suspended: false,
      createdAt: new Date(clock.now()).toISOString(),
    };
    write(user.id, user);
    const { id, ...shown } = user;
    c.header("location", `${c.env.base}${BASE_PATH}/users/${id}`);
    return c.json(shown, 201);
  });

  app.patch("/users/:id", async (c) => {
    const user = find(c.req.param("id"));
    if (!user) return notFound(c);
    const body = parse(patchBody.partial(), await readJson(c));
    if (body.email !== undefined && isTaken(body.email, user.id)) return duplicate(c);
    const next = { ...user };
    if (body.email !== undefined) next.email = body.email;
    // Assumed: null clears a name, and an empty name reads as "".
    if (body.firstName !== undefined) next.firstName = body.firstName ?? "";
    if (body.lastName !== undefined) next.lastName = body.lastName ?? "";
    write(user.id, next);
    return c.json(next);
  });

  for (const [verb, suspended] of [
    ["suspend", true],
    ["unsuspend", false],
  ] as const) {
    app.post(`/users/:id/${verb}`, (c) => {
      const user = find(c.req.param("id") ?? "");
      if (!user) return notFound(c);
      if (user.suspended === suspended) {
        return c.json({ message: `User is ${suspended ? "already" : "not"} suspended` }, 409);
      }
      const next = { ...user, suspended };
      write(user.id, next);
      return c.json(next);
    });
  }

  app.delete("/users/:id", (c) => {
    const user = find(c.req.param("id"));
    if (!user) return notFound(c);
    write(user.id, null);
    return c.body(null, 204);
  });

  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ message: error.message, field: error.field }, 422);
    if (error instanceof SyntaxError) return c.json({ message: "Malformed JSON" }, 400);
    throw error;
  });
  return app;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refused(issue?.path.join(".") ?? "", issue?.message ?? "invalid");
}

async function readJson(c: Context): Promise<unknown> {
  return JSON.parse(await c.req.text());
}

/** One Keepabl account without users. */
export function createKeepablSimulation(): Simulation {
  return createSimulation({
    name: "keepabl",
    state: keepablState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function keepablDemoSettings(baseUrl: string): Record<string, unknown> {
  const { organisation, apiKey } = keepablState.parse({});
  return { baseUrl: `${baseUrl}${BASE_PATH}`, organisation, apiKey, onDelete: "remove" };
}
