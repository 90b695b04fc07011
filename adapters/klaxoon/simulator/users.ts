// The users and licences of the simulated Klaxoon account ([N3.2], stated 2026-11-22).

import type { Context, Hono } from "hono";
import * as z from "zod";
import { type Clock, isSameIgnoringCase, type SimulatorEnv } from "../../simulation.ts";
import { pageOf, Refused, readBody } from "./requests.ts";
import type { State, User } from "./state.ts";

const text = z.string().trim().min(1).max(255);
const userBody = z.object({
  username: text,
  email: text.refine((email) => /^[^@\s]+@[^@\s]+$/.test(email), "is not an e-mail address"),
  external_id: text,
  first_name: text,
  last_name: text,
});
const licenseBody = z.object({ license: z.enum(["FREE", "PRO"]) });

export function addUserRoutes(app: Hono<SimulatorEnv>, state: State, clock: Clock): void {
  const now = () => new Date(clock.now()).toISOString();
  const find = (c: Context): User => {
    const id = c.req.param("id") ?? "";
    const user = Object.hasOwn(state.users, id) ? state.users[id] : undefined;
    if (!user) throw new Refused(404, "not_found", "no such user");
    return user;
  };
  const requireFree = (body: { username?: string | undefined; email?: string | undefined }, except?: string) => {
    for (const field of ["username", "email"] as const) {
      const value = body[field];
      if (value === undefined) continue;
      const isTaken = Object.values(state.users).some(
        (user) => user.id !== except && isSameIgnoringCase(user[field], value),
      );
      if (isTaken) throw new Refused(409, "already_exists", `a user with this ${field} exists`, field);
    }
  };
  const used = () => Object.values(state.users).filter((user) => user.license === "PRO").length;

  app.get("/users", (c) => {
    const { email, username } = c.req.query();
    const ids = Object.values(state.users)
      .filter((user) => email === undefined || isSameIgnoringCase(user.email, email))
      .filter((user) => username === undefined || isSameIgnoringCase(user.username, username))
      .map((user) => user.id);
    return c.json(pageOf(c, ids, (id) => state.users[id]));
  });

  app.post("/users", async (c) => {
    const body = await readBody(c, userBody);
    requireFree(body);
    const user: User = {
      ...body,
      id: crypto.randomUUID(),
      status: "active",
      license: "FREE",
      created_at: now(),
      updated_at: now(),
    };
    state.users[user.id] = user;
    return c.json(user, 201);
  });

  app.get("/users/:id", (c) => c.json(find(c)));

  app.patch("/users/:id", async (c) => {
    const user = find(c);
    const body = await readBody(c, userBody.partial());
    requireFree(body, user.id);
    for (const [field, value] of Object.entries(body)) if (value !== undefined) Object.assign(user, { [field]: value });
    user.updated_at = now();
    return c.json(user);
  });

  app.delete("/users/:id", (c) => {
    c.header("allow", "GET, PATCH");
    throw new Refused(405, "method_not_allowed", "users cannot be deleted");
  });

  app.post("/users/:id/deactivate", (c) => {
    const user = find(c);
    Object.assign(user, { status: "deactivated", license: "FREE", updated_at: now() });
    return c.json(user);
  });

  app.post("/users/:id/reactivate", (c) => {
    const user = find(c);
    if (user.status === "deactivated") Object.assign(user, { status: "active", updated_at: now() });
    return c.json(user);
  });

  app.put("/users/:id/license", async (c) => {
    const user = find(c);
    const { license } = await readBody(c, licenseBody);
    if (license === "PRO" && user.license !== "PRO") {
      // Assumed: the contract does not say what a deactivated user's licence does.
      if (user.status === "deactivated") throw new Refused(422, "user_deactivated", "the user is deactivated");
      if (state.awaitingConsent.includes(user.email.toLowerCase())) {
        user.status = "pending_consent";
        throw new Refused(409, "user_confirmation_pending", "User confirmation pending");
      }
      if (used() >= state.proSeats) throw new Refused(422, "no_seat_left", "no PRO licence is left");
    }
    if (user.status === "pending_consent") user.status = "active";
    Object.assign(user, { license, updated_at: now() });
    return c.json(user);
  });

  app.get("/licenses", (c) => c.json({ pro: { total: state.proSeats, used: used() } }));
}
