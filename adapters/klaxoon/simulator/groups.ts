// The groups of the simulated Klaxoon account ([N3.2], stated 2026-11-22).

import type { Context, Hono } from "hono";
import * as z from "zod";
import { isSameIgnoringCase, type SimulatorEnv } from "../../simulation.ts";
import { pageOf, Refused, readBody } from "./requests.ts";
import type { Group, State } from "./state.ts";

const MAX_ADDED = 100;

const text = z.string().trim().min(1).max(255);
const groupBody = z.object({ name: text, external_id: text, license: z.boolean() });
/** Assumed: a group without a flag gives the licence, as the product documents. */
const newGroup = groupBody.partial({ license: true });
const membersBody = z.object({ user_ids: z.array(z.string()).min(1).max(MAX_ADDED) });

const show = ({ members: _, ...group }: Group) => group;

export function addGroupRoutes(app: Hono<SimulatorEnv>, state: State): void {
  const find = (c: Context): Group => {
    const id = c.req.param("id") ?? "";
    const group = Object.hasOwn(state.groups, id) ? state.groups[id] : undefined;
    if (!group) throw new Refused(404, "not_found", "no such group");
    return group;
  };
  const requireFree = (name: string, except?: string) => {
    const isTaken = Object.values(state.groups).some(
      (group) => group.id !== except && isSameIgnoringCase(group.name, name),
    );
    if (isTaken) throw new Refused(409, "already_exists", "a group with this name exists", "name");
  };

  app.get("/groups", (c) => {
    const page = pageOf(c, Object.keys(state.groups), (id) => state.groups[id]);
    return c.json({ ...page, data: page.data.flatMap((group) => (group ? show(group) : [])) });
  });

  app.post("/groups", async (c) => {
    const body = await readBody(c, newGroup);
    requireFree(body.name);
    const group: Group = {
      id: crypto.randomUUID(),
      name: body.name,
      external_id: body.external_id,
      license: body.license ?? true,
      members: [],
    };
    state.groups[group.id] = group;
    return c.json(show(group), 201);
  });

  app.get("/groups/:id", (c) => c.json(show(find(c))));

  app.patch("/groups/:id", async (c) => {
    const group = find(c);
    const body = await readBody(c, groupBody.partial());
    if (body.name !== undefined) requireFree(body.name, group.id);
    for (const [field, value] of Object.entries(body))
      if (value !== undefined) Object.assign(group, { [field]: value });
    return c.json(show(group));
  });

  app.delete("/groups/:id", (c) => {
    delete state.groups[find(c).id];
    return c.body(null, 204);
  });

  app.get("/groups/:id/members", (c) => c.json(pageOf(c, find(c).members, (id) => ({ id }))));

  app.post("/groups/:id/members", async (c) => {
    const group = find(c);
    const { user_ids: ids } = await readBody(c, membersBody);
    const unknown = ids.find((id) => !Object.hasOwn(state.users, id));
    if (unknown !== undefined) throw new Refused(422, "unknown_user", "no such user", "user_ids");
    group.members = [...new Set([...group.members, ...ids])];
    return c.body(null, 204);
  });

  app.delete("/groups/:id/members/:userId", (c) => {
    const group = find(c);
    const userId = c.req.param("userId");
    if (!group.members.includes(userId)) throw new Refused(404, "not_found", "no such member");
    group.members = group.members.filter((id) => id !== userId);
    return c.body(null, 204);
  });
}
