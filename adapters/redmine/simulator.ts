// Redmine's user and group API, played as 5.0.4 from Debian's packages behaves (verified 2026-11-22; `npm run test:real`).

import { type Context, Hono } from "hono";
import * as z from "zod";
import { type Clock, createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import {
  checkGroup,
  checkUser,
  type Group,
  groupSchema,
  isLike,
  type User,
  userSchema,
  wordsIn,
} from "./simulated-rules.ts";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
/** Users and groups share one sequence of ids; a fresh account has used up to here for what it is born with. */
const LAST_BUILTIN_ID = 4;
const ACTIVE = 1;

const administrator: User = {
  ...{ id: 1, login: "admin", admin: true, firstname: "Redmine", lastname: "Admin", mail: "admin@example.net" },
  ...{ created_on: "2026-01-01T00:00:00Z", updated_on: "2026-01-01T00:00:00Z", last_login_on: null },
  ...{ passwd_changed_on: null, twofa_scheme: null, api_key: "fake-redmine-api-key", status: ACTIVE, language: "" },
};

/** The state of one Redmine; a seed may leave out any part. */
export const redmineState = z.strictObject({
  restEnabled: z.boolean().default(true),
  users: z.record(z.string(), userSchema).default(() => ({ "1": structuredClone(administrator) })),
  groups: z.record(z.string(), groupSchema).default({}),
});
type State = z.output<typeof redmineState>;

const userBody = z.object({ user: z.record(z.string(), z.unknown()) });
const ids = z.union([z.array(z.coerce.number()), z.coerce.number().transform((id) => [id])]);
const groupBody = z.object({ group: z.object({ name: z.string(), user_ids: ids }).partial().default({}) });
const membersBody = z.object({ user_ids: ids, user_id: ids }).partial();

/** A body that Redmine's code trips over. */
class Tripped extends Error {}

function createApp(state: State, clock: Clock): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const users = () => Object.values(state.users);
  const groups = () => Object.values(state.groups);
  const userAt = (id: string) => (Object.hasOwn(state.users, id) ? state.users[id] : undefined);
  const groupAt = (id: string) => (Object.hasOwn(state.groups, id) ? state.groups[id] : undefined);
  // Seen on SQLite: the next id is one above the highest that is in use, so the last one to go gives its id away.
  const nextId = () => Math.max(LAST_BUILTIN_ID, ...users().map(({ id }) => id), ...groups().map(({ id }) => id)) + 1;
  const now = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const caller = (c: Context) => {
    const key = state.restEnabled ? c.req.header("x-redmine-api-key") : undefined;
    return users().find(({ api_key, status }) => status === ACTIVE && api_key === key);
  };
  const words = (c: Context) => wordsIn(caller(c)?.language || (c.req.header("accept-language") ?? "").slice(0, 2));

  const head = (c: Context, status: 401 | 403 | 404 | 422) =>
    c.body("", status, {
      "content-type": "application/json",
      ...(status === 401 ? { "www-authenticate": 'Basic realm="Redmine API"' } : {}),
    });
  const refused = (c: Context, errors: string[]) => c.json({ errors }, 422);
  const unknownRecord = (c: Context) => c.json({ status: 404, error: "Not Found" }, 404);
  const place = (c: Context<SimulatorEnv>, path: string) => c.header("location", `${c.env.base}${path}`);

  app.use(async (c, next) => {
    // One user or group is shown to anybody, as far as it is public.
    if (c.req.method === "GET" && /^\/(users|groups)\/\d+\.json$/.test(c.req.path)) return next();
    const user = caller(c);
    if (!user) return head(c, state.restEnabled ? 401 : 403);
    return user.admin || c.req.path === "/users/current.json" ? next() : head(c, 403);
  });

  app.get("/users.json", (c) => {
    const { status = "1", name = "", sort = "login" } = c.req.query();
    const wanted = Number(c.req.query("limit")) || 0;
    const limit = wanted < 1 ? DEFAULT_LIMIT : Math.min(wanted, MAX_LIMIT);
    const offset = Math.max(0, Number(c.req.query("offset")) || 0);
    const found = users()
      .filter((user) => (status === "" || user.status === Number(status)) && isLike(user, name))
      .sort(sort.startsWith("created_on") ? byCreation : byLogin);
    const rows = found.slice(offset, offset + limit).map(({ api_key, status: _, language, ...row }) => row);
    return c.json({ users: rows, total_count: found.length, offset, limit });
  });

  const show = ({ language, ...user }: User) => ({ user });
  const showTo = (asking: User | undefined, user: User) => {
    if (asking?.admin) return show(user);
    const { language, status, ...own } = user;
    if (asking?.id === user.id) return { user: own };
    if (status !== ACTIVE) return undefined;
    const { admin, mail, twofa_scheme, api_key, ...open } = own;
    return { user: open };
  };
  app.get("/users/:file", (c) => {
    const id = idIn(c, "file");
    const user = id === "current" ? caller(c) : userAt(id);
    const shown = user && showTo(caller(c), user);
    return shown ? c.json(shown) : head(c, 404);
  });

  app.post("/users.json", async (c) => {
    const body = parse(userBody, await readJson(c)).user;
    const password = passwordIn(body);
    const id = nextId();
    const hasPassword = password !== undefined || body.generate_password === true;
    const user: User = {
      ...{ id, login: "", admin: false, firstname: "", lastname: "", mail: "", created_on: now(), updated_on: now() },
      ...{ last_login_on: null, passwd_changed_on: hasPassword ? now() : null, twofa_scheme: null },
      ...{ api_key: `fake-${crypto.randomUUID()}`, status: ACTIVE, language: "en" },
      ...fieldsIn(body),
    };
    const errors = checkUser(user, undefined, users(), words(c), password);
    if (errors.length > 0) return refused(c, errors);
    state.users[id] = user;
    place(c, `/users/${id}`);
    return c.json(show(user), 201);
  });

  app.put("/users/:file", async (c) => {
    const user = userAt(idIn(c, "file"));
    const body = await readJson(c);
    if (!user) return head(c, 404);
    const fields = parse(userBody, body).user;
    const next: User = { ...user, ...fieldsIn(fields) };
    const errors = checkUser(next, user, users(), words(c), passwordIn(fields));
    if (errors.length > 0) return refused(c, errors);
    const changes = JSON.stringify(next) !== JSON.stringify(user);
    state.users[user.id] = { ...next, updated_on: changes ? now() : user.updated_on };
    return c.body(null, 204);
  });

  app.delete("/users/:file", (c) => {
    const user = userAt(idIn(c, "file"));
    if (!user) return head(c, 404);
    const isLastAdministrator = !users().some(({ id, admin, status }) => admin && status === ACTIVE && id !== user.id);
    if (user.id === caller(c)?.id && isLastAdministrator) return head(c, 422);
    delete state.users[user.id];
    for (const group of groups()) group.users = group.users.filter((id) => id !== user.id);
    return c.body(null, 204);
  });

  const groupRow = ({ id, name }: Group) => ({ id, name });
  app.get("/groups.json", (c) => c.json({ groups: groups().sort(byName).map(groupRow) }));

  app.get("/groups/:file", (c) => {
    const group = groupAt(idIn(c, "file"));
    if (!group) return head(c, 404);
    const members = [...group.users].sort((a, b) => a - b).flatMap((id) => userAt(String(id)) ?? []);
    const shown = members.map(({ id, firstname, lastname }) => ({ id, name: `${firstname} ${lastname}` }));
    return c.json({ group: { ...groupRow(group), ...(c.req.query("include") === "users" ? { users: shown } : {}) } });
  });

  app.post("/groups.json", async (c) => {
    const { name = "", user_ids = [] } = parse(groupBody, await readJson(c)).group;
    if (!user_ids.every((id) => userAt(String(id)))) return unknownRecord(c);
    const group: Group = { id: nextId(), name, users: user_ids };
    const errors = checkGroup(group, groups(), words(c));
    if (errors.length > 0) return refused(c, errors);
    state.groups[group.id] = group;
    place(c, `/groups/${group.id}`);
    return c.json({ group: groupRow(group) }, 201);
  });

  app.put("/groups/:file", async (c) => {
    const group = groupAt(idIn(c, "file"));
    const body = await readJson(c);
    if (!group) return head(c, 404);
    const { name = group.name, user_ids = group.users } = parse(groupBody, body).group;
    if (!user_ids.every((id) => userAt(String(id)))) return unknownRecord(c);
    const next: Group = { ...group, name, users: user_ids };
    const errors = checkGroup(next, groups(), words(c));
    if (errors.length > 0) return refused(c, errors);
    state.groups[group.id] = next;
    return c.body(null, 204);
  });

  app.delete("/groups/:file", (c) => {
    const group = groupAt(idIn(c, "file"));
    if (!group) return head(c, 404);
    delete state.groups[group.id];
    return c.body(null, 204);
  });

  // Who is in already and who is unknown is passed over; only where nobody is left does Redmine refuse.
  app.post("/groups/:id/users.json", async (c) => {
    const group = groupAt(c.req.param("id"));
    const body = await readJson(c);
    if (!group) return head(c, 404);
    const { user_id, user_ids = [] } = parse(membersBody, body);
    const added = (user_id ?? user_ids).filter((id) => userAt(String(id)) && !group.users.includes(id));
    if (added.length === 0) return refused(c, [`${words(c).user} ${words(c).invalid()}`]);
    group.users.push(...new Set(added));
    return c.body(null, 204);
  });

  app.delete("/groups/:id/users/:file", (c) => {
    const group = groupAt(c.req.param("id"));
    if (!group) return head(c, 404);
    const user = userAt(idIn(c, "file"));
    if (!user) return unknownRecord(c);
    group.users = group.users.filter((id) => id !== user.id);
    return c.body(null, 204);
  });

  app.notFound((c) => c.html("<!DOCTYPE html><html><head><title>Redmine 404 error</title></head></html>", 404));
  app.onError((error, c) => {
    if (error instanceof Tripped) return c.json({ status: 500, error: "Internal Server Error" }, 500);
    if (error instanceof SyntaxError) return c.body("", 400, { "content-type": "text/html; charset=utf-8" });
    throw error;
  });
  return app;
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
const byLogin = (left: User, right: User) => compare(left.login, right.login);
const byCreation = (left: User, right: User) => compare(left.created_on, right.created_on) || byLogin(left, right);
const byName = (left: Group, right: Group) => compare(left.name, right.name);

/** What an administrator may set of a user; Redmine passes over the rest. */
function fieldsIn(body: Record<string, unknown>): Partial<User> {
  const fields: Partial<User> = {};
  const toText = (value: unknown) => (value === null ? "" : String(value));
  for (const name of ["login", "firstname", "lastname", "language"] as const) {
    if (body[name] !== undefined) fields[name] = toText(body[name]);
  }
  if (body.mail !== undefined) fields.mail = toText(body.mail).trim();
  if (body.status !== undefined) fields.status = Number(body.status);
  if (body.admin !== undefined) fields.admin = Boolean(body.admin);
  return fields;
}

const passwordIn = ({ password }: Record<string, unknown>) => (typeof password === "string" ? password : undefined);

/** The id of `/users/5.json`. */
const idIn = (c: Context, name: string) => (c.req.param(name) ?? "").replace(/\.json$/, "");

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Tripped(parsed.error.message);
  return parsed.data;
}

async function readJson(c: Context): Promise<unknown> {
  return JSON.parse(await c.req.text());
}

/** One Redmine with its administrator and nobody else. */
export function createRedmineSimulation(): Simulation {
  return createSimulation({
    name: "redmine",
    state: redmineState,
    initialState: () => redmineState.parse({}),
    createApp,
  });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function redmineDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl, apiKey: administrator.api_key };
}
