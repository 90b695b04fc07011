// The groups of the simulated Request Tracker and their members (seen on 5.0.3, 2026-11-29).

import type { Context, Hono } from "hono";
import { foldAscii, type SimulatorEnv } from "../../simulation.ts";
import { missing, Refusal, readHash, readList, search, toPage } from "./answers.ts";
import { type Group, LENGTHS, type State } from "./state.ts";

export function addGroupRoutes(app: Hono<SimulatorEnv>, state: State): void {
  const groups = () => Object.values(state.groups);
  const named = (c: Context): Group => {
    const found = groups().find(({ id }) => String(id) === c.req.param("id"));
    if (!found) throw missing();
    return found;
  };
  const toName = (value: unknown) =>
    String(value ?? "")
      .trim()
      .slice(0, LENGTHS.Name);
  // A disabled group keeps its name.
  const isTaken = (name: string, except?: Group) =>
    groups().some((one) => one !== except && foldAscii(one.Name) === foldAscii(name));
  const isWrong = (name: string) => name === "" || /^\d+$/.test(name);

  app.get("/groups", (c) => {
    const found = search(c, groups()).filter((one) => c.req.query("find_disabled_rows") === "1" || !one.Disabled);
    return toPage(c, found, ({ id, Name }) => ({
      type: "group",
      id,
      _url: `${c.env.base}/REST/2.0/group/${id}`,
      Name,
    }));
  });

  app.get("/group/:id", (c) => {
    const { id, Name, Description, Disabled, members } = named(c);
    const url = `${c.env.base}/REST/2.0/group/${id}`;
    const root = { type: "user", id: "root", _url: `${c.env.base}/REST/2.0/user/root` };
    return c.json({
      ...{ id, Name, Domain: "UserDefined", Instance: "0", CustomFields: [], Created: CREATED, LastUpdated: CREATED },
      ...(Description === undefined ? {} : { Description }),
      ...{ Creator: root, LastUpdatedBy: root, Disabled: Disabled ? "1" : "0" },
      Members: members.map((one) => ({
        ...{
          type: "user",
          id: state.users[one]?.Name ?? "",
          _url: `${c.env.base}/REST/2.0/user/${state.users[one]?.Name}`,
        },
      })),
      _hyperlinks: [
        { ref: "self", type: "group", id, _url: url },
        { ref: "history", _url: `${url}/history` },
        { ref: "members", _url: `${url}/members` },
      ],
    });
  });

  app.post("/group", async (c) => {
    const Name = toName((await readHash(c)).Name);
    if (Name === "") throw new Refusal(400, "Name is required");
    if (isTaken(Name)) throw new Refusal(400, `Group name '${Name}' is already in use`);
    if (isWrong(Name)) throw new Refusal(400, "Could not create group");
    const id = state.nextId;
    state.nextId += 1;
    state.groups[String(id)] = { id, Name, Disabled: false, members: [] };
    c.header("location", `${new URL(c.env.base).pathname.replace(/\/$/, "")}/REST/2.0/group/${id}`);
    return c.json({ type: "group", id: String(id), _url: `${c.env.base}/REST/2.0/group/${id}` }, 201);
  });

  app.put("/group/:id", async (c) => {
    const body = await readHash(c);
    const group = groups().find(({ id }) => String(id) === c.req.param("id"));
    if (!group) throw new Refusal(404, "Resource does not exist; use POST to create");
    const Name = toName(body.Name);
    if (body.Name === undefined || Name === group.Name) return c.json([]);
    if (isWrong(Name) || isTaken(Name, group)) return c.json([`Group ${group.Name}: Illegal value for Name`]);
    const former = group.Name;
    group.Name = Name;
    return c.json([`Group ${Name}: Name changed from '${former}' to '${Name}' by root`]);
  });

  app.delete("/group/:id", (c) => {
    named(c).Disabled = true;
    return c.body(null, 204);
  });

  app.get("/group/:id/members", (c) => {
    const members = named(c).members.map((id) => ({ id }));
    return toPage(c, members, ({ id }) => ({ type: "user", id, _url: `${c.env.base}/REST/2.0/user/${id}` }), false);
  });

  app.put("/group/:id/members", async (c) => {
    const group = named(c);
    const add = (id: string): string => {
      const user = state.users[id];
      if (!user) return "Couldn't find that principal";
      if (group.members.includes(user.id)) return `Group already has member: ${user.Name}`;
      group.members.push(user.id);
      return `Member added: ${user.Name}`;
    };
    return c.json((await readList(c)).map((id) => add(String(id))));
  });

  app.delete("/group/:id/member/:user", (c) => {
    const group = named(c);
    group.members = group.members.filter((id) => String(id) !== c.req.param("user"));
    return c.body(null, 204);
  });
}

const CREATED = "2026-01-01T00:00:00Z";
