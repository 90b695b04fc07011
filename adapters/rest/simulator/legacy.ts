// Example HR's older API, invented too: forms in, envelopes with errors in status 200 out (`example-legacy.json`).

import { type Context, Hono } from "hono";
import { isSameIgnoringCase, type SimulatorEnv } from "../../simulation.ts";
import type { Person, State, Team } from "./state.ts";

const MAX_SIZE = 25;

/** The reason in the envelope of a refusal. */
class Refused extends Error {}

/** The older API of the account with this state; it knows people by mail and cannot remove them. */
export function createLegacyApp(state: State): Hono<SimulatorEnv> {
  const app = new Hono<SimulatorEnv>();
  const ok = (c: Context, result: unknown = null) => c.json({ ok: true, result });

  const account = ({ id, contact, profile, status, role }: Person) => ({
    id: String(id),
    mail: contact.email,
    first: profile.firstName,
    last: profile.lastName,
    locked: status === "suspended" ? "1" : "0",
    role,
  });
  const circle = ({ id, name, memberIds }: Team) => ({
    id: String(id),
    label: name,
    people: memberIds.flatMap((member) => state.people[String(member)]?.contact.email ?? []),
  });
  const named = <T>(records: Record<string, T>, id: string): T => {
    const found = Object.hasOwn(records, id) ? records[id] : undefined;
    if (found === undefined) throw new Refused("NOT_FOUND");
    return found;
  };
  const byMail = (mail: string) =>
    Object.values(state.people).find((one) => isSameIgnoringCase(one.contact.email, mail));
  const readForm = async (c: Context) => {
    if (!/^application\/x-www-form-urlencoded/.test(c.req.header("content-type") ?? "")) throw new Refused("NO_FORM");
    return new URLSearchParams(await c.req.text());
  };
  const apply = (one: Person, form: URLSearchParams) => {
    const mail = form.get("mail");
    if (mail !== null && mail !== mail.toLowerCase()) throw new Refused("BAD_VALUE mail");
    if (mail !== null && ![undefined, one].includes(byMail(mail))) throw new Refused("mail already exists");
    if (mail !== null) one.contact.email = mail;
    if (form.has("name[first]")) one.profile.firstName = form.get("name[first]") || null;
    if (form.has("name[last]")) one.profile.lastName = form.get("name[last]") || null;
  };

  app.use(async (c, next) => {
    const isKnown = c.req.header("authorization") === `Basic ${btoa(`${state.apiKey}:x`)}`;
    if (!isKnown || c.req.header("x-requested-by") !== "portico") return c.json({ ok: false, error: "LOGIN" });
    return next();
  });

  app.get("/accounts", (c) => {
    const { mail, page = "0", size = "10" } = c.req.query();
    const all = Object.values(state.people).filter(
      (one) => mail === undefined || isSameIgnoringCase(one.contact.email, mail),
    );
    const length = Math.min(MAX_SIZE, Number(size));
    const rows = all.slice(Number(page) * length, (Number(page) + 1) * length).map(account);
    return ok(c, { rows, count: String(all.length) });
  });
  app.get("/accounts/:id", (c) => ok(c, account(named(state.people, c.req.param("id")))));
  app.post("/accounts", async (c) => {
    const form = await readForm(c);
    const mail = form.get("mail");
    if (!mail || !form.get("role")) throw new Refused("BAD_VALUE");
    if (byMail(mail)) throw new Refused("mail already exists");
    const id = state.nextId++;
    const made: Person = {
      id,
      login: mail,
      contact: { email: mail, phone: null },
      profile: { firstName: null, lastName: null, title: null, department: null },
      status: "active",
      managerId: null,
      badge: null,
      role: form.get("role") ?? "",
    };
    apply(made, form);
    state.people[String(id)] = made;
    return ok(c, { id: String(id) });
  });
  app.post("/accounts/:id", async (c) => {
    apply(named(state.people, c.req.param("id")), await readForm(c));
    return ok(c);
  });
  for (const [verb, status] of [
    ["lock", "suspended"],
    ["unlock", "active"],
  ] as const) {
    app.post(`/accounts/:id/${verb}`, (c) => {
      named(state.people, c.req.param("id") ?? "").status = status;
      return ok(c);
    });
  }

  app.get("/circles", (c) => ok(c, Object.values(state.teams).map(circle)));
  app.get("/circles/:id", (c) => ok(c, circle(named(state.teams, c.req.param("id")))));
  app.post("/circles", async (c) => {
    const label = (await readForm(c)).get("label");
    if (!label) throw new Refused("BAD_VALUE label");
    if (Object.values(state.teams).some((one) => isSameIgnoringCase(one.name, label)))
      throw new Refused("label already exists");
    const id = state.nextId++;
    state.teams[String(id)] = { id, name: label, colour: "grey", memberIds: [], leadIds: [], hasOffice: true };
    return ok(c, { id: String(id) });
  });
  app.post("/circles/:id", async (c) => {
    named(state.teams, c.req.param("id")).name = (await readForm(c)).get("label") ?? "";
    return ok(c);
  });
  app.post("/circles/:id/delete", (c) => {
    named(state.teams, c.req.param("id"));
    delete state.teams[c.req.param("id")];
    return ok(c);
  });
  for (const verb of ["join", "leave"] as const) {
    app.post(`/circles/:id/${verb}`, async (c) => {
      const one = named(state.teams, c.req.param("id") ?? "");
      const person = byMail((await readForm(c)).get("mail") ?? "");
      if (!person) throw new Refused("BAD_VALUE mail");
      const others = one.memberIds.filter((id) => id !== person.id);
      one.memberIds = verb === "join" ? [...others, person.id] : others;
      return ok(c);
    });
  }

  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ ok: false, error: error.message });
    throw error;
  });
  return app;
}
