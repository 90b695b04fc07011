// Example HR's present API: JSON, as `example.json` describes it.

import { type Context, Hono } from "hono";
import * as z from "zod";
import { isSameIgnoringCase, type SimulatorEnv } from "../../simulation.ts";
import { type Person, personSchema, type State, type Team, teamSchema } from "./state.ts";

const MAX_LIMIT = 100;
const MAX_LOGIN = 60;

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

const page = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(20),
});
const word = z.string().nullable();
const personChange = z.object({
  login: z.string().min(1).max(MAX_LOGIN).optional(),
  contact: z
    .object({ email: z.string().includes("@"), phone: z.string().nullable() })
    .partial()
    .optional(),
  profile: z.object({ firstName: word, lastName: word, title: word, department: word }).partial().optional(),
  status: z.enum(["active", "suspended"]).optional(),
  managerId: z.int().nullable().optional(),
});
const teamChange = z.object({ name: z.string().min(1).max(80) });
const memberChange = z.object({ personIds: z.array(z.int()).max(100) });

const byKey = <T>(records: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(records, key) ? records[key] : undefined;
/** The present API of the account with this state. */
export function createPresentApp(state: State): Hono<SimulatorEnv> {
  const api = new Hono<SimulatorEnv>();

  const person = (c: Context) => byKey(state.people, c.req.param("id") ?? "") ?? refuse(404, "id");
  const team = (c: Context) => byKey(state.teams, c.req.param("id") ?? "") ?? refuse(404, "id");
  const refuse = (status: Refused["status"], field: string): never => {
    throw new Refused(status, field);
  };
  const list = <T extends { id: number }>(c: Context, all: readonly T[]) => {
    const { offset, limit } = parse(page, c.req.query());
    return c.json({ data: all.slice(offset, offset + limit), meta: { total: all.length, offset, limit } });
  };
  const shown = ({ id, name, colour }: Team) => ({ id, name, colour });
  const requireFree = (login: string | undefined, except?: number) => {
    const isTaken = (one: Person) => one.id !== except && login !== undefined && isSameIgnoringCase(one.login, login);
    if (Object.values(state.people).some(isTaken)) refuse(409, "login");
  };
  const requirePerson = (id: number | null | undefined) => {
    if (typeof id === "number" && !byKey(state.people, String(id))) refuse(422, "managerId");
  };

  api.use(async (c, next) =>
    c.req.header("x-api-key") === state.apiKey ? next() : c.json({ error: { code: "UNAUTHENTICATED" } }, 401),
  );

  api.get("/me", (c) => c.json({ data: { id: state.ownerId } }));

  api.get("/people", (c) => {
    const { login, email } = c.req.query();
    const fits = (one: Person) =>
      (login === undefined || isSameIgnoringCase(one.login, login)) &&
      (email === undefined || isSameIgnoringCase(one.contact.email, email));
    return list(c, Object.values(state.people).filter(fits));
  });
  api.get("/people/:id", (c) => c.json({ data: person(c) }));
  api.post("/people", async (c) => {
    const change = parse(personChange, await c.req.json());
    if (change.login === undefined) throw new Refused(422, "login");
    if (change.contact?.email === undefined) throw new Refused(422, "contact.email");
    requireFree(change.login);
    requirePerson(change.managerId);
    const made = personSchema.parse({ ...change, id: state.nextId++ });
    state.people[String(made.id)] = made;
    return c.json({ data: made }, 201);
  });
  api.patch("/people/:id", async (c) => {
    const before = person(c);
    const change = parse(personChange, await c.req.json());
    requireFree(change.login, before.id);
    requirePerson(change.managerId);
    const after = personSchema.parse({
      ...before,
      ...change,
      contact: { ...before.contact, ...change.contact },
      profile: { ...before.profile, ...change.profile },
    });
    state.people[String(before.id)] = after;
    return c.json({ data: after });
  });
  api.delete("/people/:id", (c) => {
    const { id } = person(c);
    delete state.people[String(id)];
    for (const one of Object.values(state.teams)) {
      one.memberIds = one.memberIds.filter((member) => member !== id);
      one.leadIds = one.leadIds.filter((lead) => lead !== id);
    }
    for (const one of Object.values(state.people)) if (one.managerId === id) one.managerId = null;
    return c.body(null, 204);
  });

  api.get("/teams", (c) => {
    const { name } = c.req.query();
    const found = Object.values(state.teams).filter((one) => name === undefined || isSameIgnoringCase(one.name, name));
    return list(c, found.map(shown));
  });
  api.get("/teams/:id", (c) => c.json({ data: shown(team(c)) }));
  api.post("/teams", async (c) => {
    const { name } = parse(teamChange, await c.req.json());
    if (Object.values(state.teams).some((one) => isSameIgnoringCase(one.name, name))) refuse(409, "name");
    const made = teamSchema.parse({ id: state.nextId++, name });
    state.teams[String(made.id)] = made;
    return c.json({ data: shown(made) }, 201);
  });
  api.patch("/teams/:id", async (c) => {
    const one = team(c);
    one.name = parse(teamChange, await c.req.json()).name;
    return c.json({ data: shown(one) });
  });
  api.delete("/teams/:id", (c) => {
    delete state.teams[String(team(c).id)];
    return c.body(null, 204);
  });
  api.get("/teams/:id/members", (c) =>
    list(
      c,
      team(c).memberIds.map((id) => ({ id, personId: id })),
    ),
  );
  api.post("/teams/:id/members", async (c) => {
    const one = team(c);
    const { personIds } = parse(memberChange, await c.req.json());
    if (personIds.some((id) => !byKey(state.people, String(id)))) refuse(422, "personIds");
    one.memberIds = [...new Set([...one.memberIds, ...personIds])];
    return c.body(null, 204);
  });
  api.delete("/teams/:id/members", async (c) => {
    const one = team(c);
    const { personIds } = parse(memberChange, await c.req.json());
    one.memberIds = one.memberIds.filter((id) => !personIds.includes(id));
    return c.body(null, 204);
  });

  api.onError((error, c) => {
    if (error instanceof Refused) {
      const code = { 404: "NOT_FOUND", 409: "DUPLICATE", 422: "INVALID" }[error.status];
      return c.json({ error: { code, field: error.field } }, error.status);
    }
    if (error instanceof SyntaxError) return c.json({ error: { code: "MALFORMED" } }, 400);
    throw error;
  });
  return api;
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refused(422, parsed.error.issues[0]?.path.join(".") ?? "");
}
