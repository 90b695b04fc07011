// The groups of the simulated Redmine and their members (verified on 5.0.4, 2026-11-22).

import type { Hono } from "hono";
import * as z from "zod";
import type { SimulatorEnv } from "../../simulation.ts";
import type { Account } from "./account.ts";
import { head, idIn, ids, parse, place, readJson, refused, unknownRecord } from "./requests.ts";
import { checkGroup } from "./rules.ts";
import type { Group } from "./state.ts";

const groupBody = z.object({ group: z.object({ name: z.string(), user_ids: ids }).partial().default({}) });
const membersBody = z.object({ user_ids: ids, user_id: ids }).partial();

const groupRow = ({ id, name }: Group) => ({ id, name });
const byName = (left: Group, right: Group) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);

export function addGroupRoutes(app: Hono<SimulatorEnv>, account: Account): void {
  const { state, groups, userAt, groupAt, nextId, words } = account;

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

  // Redmine passes over members and unknown users; it refuses only where no user is left.
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
}
