// The users of the simulated Redmine (verified on 5.0.4, 2026-11-22).

import type { Hono } from "hono";
import * as z from "zod";
import type { SimulatorEnv } from "../../simulation.ts";
import type { Account } from "./account.ts";
import { head, idIn, parse, place, readJson, refused } from "./requests.ts";
import { checkUser, isLike } from "./rules.ts";
import { ACTIVE, type User } from "./state.ts";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
const userBody = z.object({ user: z.record(z.string(), z.unknown()) });

export function addUserRoutes(app: Hono<SimulatorEnv>, account: Account): void {
  const { state, users, groups, userAt, nextId, now, caller, words } = account;

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
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
const byLogin = (left: User, right: User) => compare(left.login, right.login);
const byCreation = (left: User, right: User) => compare(left.created_on, right.created_on) || byLogin(left, right);

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
