// kpifire's user API, played from the assumed contract ([N4.2], stated 2026-11-22): no published one was found.

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

const BASE_PATH = "/api";
const MAX_LIMIT = 50;
const MAX_TEXT_LENGTH = 255;

const userSchema = z.object({
  id: z.int(),
  login: z.string(),
  firstName: z.string().default(""),
  lastName: z.string().default(""),
  workPhone: z.string().default(""),
  department: z.string().default(""),
  isActive: z.literal([0, 1]).default(1),
  licenseType: z.int().min(1).max(7).default(1),
});
type User = z.output<typeof userSchema>;
const groupSchema = z.object({ id: z.int(), name: z.string(), memberIds: z.array(z.int()).default([]) });
type Group = z.output<typeof groupSchema>;

/** The state of one kpifire account; a seed may leave out any part. */
export const kpifireState = z.strictObject({
  apiToken: z.string().default("fake-kpifire-token"),
  /** Calls in any second before 503 without a header; null is unlimited. */
  burst: z.int().min(1).nullable().default(10),
  nextId: z.int().default(1),
  /** By id. */
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
});
type State = z.output<typeof kpifireState>;

/** What answers `success: false`. */
class Refused extends Error {}

const TEXTS = ["login", "firstName", "lastName", "workPhone", "department"] as const;

/** The user fields that a form sends, checked; the others stay away. */
function readUser(form: URLSearchParams): Partial<User> {
  const sent: Partial<User> = {};
  for (const field of TEXTS) {
    const value = form.get(field);
    if (value === null) continue;
    if (value.length > MAX_TEXT_LENGTH) throw new Refused(`${field} is too long`);
    sent[field] = value;
  }
  if (sent.login !== undefined && sent.login.trim() === "") throw new Refused("Login is required");
  const isActive = form.get("isActive");
  if (isActive !== null) {
    if (isActive !== "0" && isActive !== "1") throw new Refused("isActive must be 0 or 1");
    sent.isActive = isActive === "1" ? 1 : 0;
  }
  const licenseType = form.get("licenseType");
  if (licenseType !== null) {
    if (!/^[1-7]$/.test(licenseType)) throw new Refused("licenseType must be 1 to 7");
    sent.licenseType = Number(licenseType);
  }
  return sent;
}

const own = <T>(records: Record<string, T>, id: string): T | undefined =>
  Object.hasOwn(records, id) ? records[id] : undefined;

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>().basePath(BASE_PATH);
  // Built once for each state, so that a page of a large account costs no more than its rows.
  const order = Object.keys(state.users).map(Number);
  const byLogin = new Map(Object.values(state.users).map((user) => [foldName(user.login), user.id]));
  const lastSecond: number[] = [];

  const ok = (c: Context, result: unknown = null) => c.json({ success: true, result, error: null });
  const findUser = (c: Context): User => {
    const user = own(state.users, c.req.param("id") ?? "");
    if (!user) throw new Refused("User not found");
    return user;
  };
  const findGroup = (c: Context): Group => {
    const group = own(state.groups, c.req.param("id") ?? "");
    if (!group) throw new Refused("Group not found");
    return group;
  };
  const requireFreeLogin = (login: string, except?: number) => {
    const holder = byLogin.get(foldName(login));
    if (holder !== undefined && holder !== except) throw new Refused("Login already in use");
  };
  const readName = (form: URLSearchParams, except?: number): string | undefined => {
    const name = form.get("name");
    if (name === null) return undefined;
    if (name.trim() === "" || name.length > MAX_TEXT_LENGTH) throw new Refused("Name is required");
    const isTaken = Object.values(state.groups).some(
      (group) => group.id !== except && isSameIgnoringCase(group.name, name),
    );
    // Assumed, as for logins.
    if (isTaken) throw new Refused("Group name already in use");
    return name;
  };
  const readMembers = (form: URLSearchParams): number[] | undefined => {
    const list = form.get("memberIds");
    if (list === null) return undefined;
    const ids = list === "" ? [] : list.split(",").map((id) => Number(id.trim()));
    if (ids.some((id) => !own(state.users, String(id)))) throw new Refused("Unknown member");
    return [...new Set(ids)];
  };

  app.use(async (c, next) => {
    const now = clock.now();
    while ((lastSecond[0] ?? now) <= now - 1000) lastSecond.shift();
    if (state.burst !== null && lastSecond.length >= state.burst) return c.text("Service Unavailable", 503);
    lastSecond.push(now);
    if (c.req.header("x-api-token") !== state.apiToken) {
      return c.json({ success: false, result: null, error: "Invalid API token" }, 401);
    }
    return next();
  });

  app.get("/users", (c) => {
    const offset = Number(c.req.query("offset") ?? 0);
    const limit = Number(c.req.query("limit") ?? MAX_LIMIT);
    if (!Number.isInteger(offset) || offset < 0) throw new Refused("offset must be 0 or more");
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new Refused(`limit must be 1 to ${MAX_LIMIT}`);
    const rows = order.slice(offset, offset + limit).map((id) => state.users[String(id)]);
    return ok(c, { rows, total: order.length });
  });

  app.get("/users/:id", (c) => ok(c, findUser(c)));

  app.post("/users", async (c) => {
    const { login, ...sent } = readUser(await readForm(c));
    if (login === undefined) throw new Refused("Login is required");
    requireFreeLogin(login);
    const user = userSchema.parse({ ...sent, login, id: state.nextId++ });
    state.users[String(user.id)] = user;
    order.push(user.id);
    byLogin.set(foldName(login), user.id);
    return ok(c, user);
  });

  app.post("/users/:id", async (c) => {
    const user = findUser(c);
    const sent = readUser(await readForm(c));
    if (sent.login !== undefined) {
      requireFreeLogin(sent.login, user.id);
      byLogin.delete(foldName(user.login));
      byLogin.set(foldName(sent.login), user.id);
    }
    Object.assign(user, sent);
    return ok(c, user);
  });

  app.post("/users/:id/delete", (c) => {
    const user = findUser(c);
    delete state.users[String(user.id)];
    order.splice(order.indexOf(user.id), 1);
    byLogin.delete(foldName(user.login));
    for (const group of Object.values(state.groups)) {
      group.memberIds = group.memberIds.filter((id) => id !== user.id);
    }
    return ok(c);
  });

  app.get("/groups", (c) =>
    ok(
      c,
      Object.values(state.groups).map(({ id, name }) => ({ id, name })),
    ),
  );

  app.get("/groups/:id", (c) => ok(c, findGroup(c)));

  app.post("/groups", async (c) => {
    const form = await readForm(c);
    const name = readName(form);
    if (name === undefined) throw new Refused("Name is required");
    const group: Group = { id: state.nextId++, name, memberIds: readMembers(form) ?? [] };
    state.groups[String(group.id)] = group;
    return ok(c, group);
  });

  app.post("/groups/:id", async (c) => {
    const group = findGroup(c);
    const form = await readForm(c);
    const name = readName(form, group.id);
    const memberIds = readMembers(form);
    if (name !== undefined) group.name = name;
    if (memberIds !== undefined) group.memberIds = memberIds;
    return ok(c, group);
  });

  app.post("/groups/:id/delete", (c) => {
    delete state.groups[String(findGroup(c).id)];
    return ok(c);
  });

  app.notFound((c) => c.json({ success: false, result: null, error: "Unknown method" }));
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ success: false, result: null, error: error.message });
    throw error;
  });
  return app;
}

/** An old API: a body of another kind is not understood, and so has no fields. */
async function readForm(c: Context): Promise<URLSearchParams> {
  const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const text = await c.req.text();
  return new URLSearchParams(isForm ? text : "");
}

/** Part of a state: so many users with the ids from 1 on. */
export function toKpifireUsers(count: number): Pick<State, "users" | "nextId"> {
  const users: State["users"] = {};
  for (let id = 1; id <= count; id++) {
    users[String(id)] = userSchema.parse({ id, login: `user${id}@acme.example`, firstName: "User", lastName: `${id}` });
  }
  return { users, nextId: count + 1 };
}

/** One kpifire account without users. */
export function createKpifireSimulation(): Simulation {
  return createSimulation({
    name: "kpifire",
    state: kpifireState,
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function kpifireDemoSettings(baseUrl: string): Record<string, unknown> {
  const { apiToken } = kpifireState.parse({});
  return { baseUrl: `${baseUrl}${BASE_PATH}`, apiToken, licenseDefault: 1 };
}
