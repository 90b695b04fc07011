// The users of the simulated Request Tracker (seen on 5.0.3, 2026-11-29).

import type { Context, Hono } from "hono";
import { type Clock, foldAscii, type SimulatorEnv } from "../../simulation.ts";
import { missing, Refusal, readHash, search, toPage } from "./answers.ts";
import { COLUMNS, type Column, LENGTHS, type State, type User } from "./state.ts";

const SYSTEM = [1, 6];
const ROOT = { type: "user", id: "root" };

export function addUserRoutes(app: Hono<SimulatorEnv>, state: State, clock: Clock): void {
  const users = () => Object.values(state.users);
  const named = (c: Context): User => {
    const found = users().find(({ id }) => String(id) === c.req.param("id"));
    if (!found) throw missing();
    return found;
  };
  const now = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const holds = (field: Column, value: string, except?: User) =>
    users().some((one) => one !== except && foldAscii(one[field] ?? "") === foldAscii(value));
  /** Why a value is refused. */
  const refusalOf = (field: Column, value: string, of?: User): string | undefined => {
    if (field === "Name" && value === "") return "empty name";
    if (field === "Name" && holds("Name", value, of)) return "Name in use";
    if (field !== "EmailAddress" || value === "") return undefined;
    if (!/^[\x21-\x7e]+@[\w.-]+$/.test(value) || value.includes(",")) return "Invalid syntax for email address";
    return holds("EmailAddress", value, of) ? "Email address in use" : undefined;
  };

  app.get("/users", (c) => {
    const fields = (c.req.query("fields") ?? "").split(",");
    const found = search(c, users()).filter((one) => c.req.query("find_disabled_rows") === "1" || !one.Disabled);
    // Neither flag can be asked for: their fields are empty.
    const texts = COLUMNS.filter((column) => fields.includes(column));
    return toPage(c, found, (one) => ({
      ...{
        type: "user",
        id: fields.includes("id") ? one.id : one.Name,
        _url: `${c.env.base}/REST/2.0/user/${one.Name}`,
      },
      ...Object.fromEntries(texts.map((column) => [column, one[column] ?? ""])),
    }));
  });

  app.get("/user/:id", (c) => {
    const { id, Disabled, Privileged, Created, ...texts } = named(c);
    const url = `${c.env.base}/REST/2.0/user/${id}`;
    const root = { ...ROOT, _url: `${c.env.base}/REST/2.0/user/root` };
    const groups = Object.values(state.groups).filter((group) => group.members.includes(id) && !group.Disabled);
    return c.json({
      ...texts,
      ...{ id, Created, LastUpdated: Created, Creator: root, LastUpdatedBy: root, CustomFields: [] },
      ...{ Disabled: Disabled ? "1" : "0", Privileged: Privileged ? 1 : 0 },
      Memberships: groups.map((one) => ({
        ...{ type: "group", id: String(one.id), _url: `${c.env.base}/REST/2.0/group/${one.id}` },
      })),
      _hyperlinks: [
        { ref: "self", type: "user", id, _url: url },
        { ref: "history", _url: `${url}/history` },
        { ref: "memberships", _url: `${url}/groups` },
      ],
    });
  });

  app.post("/user", async (c) => {
    const body = await readHash(c);
    const text = (field: Column) => String(body[field] ?? "").slice(0, LENGTHS[field]);
    const Name = text("Name") || text("EmailAddress");
    if (Name === "") throw new Refusal(400, "Must specify 'Name' attribute");
    const refusal = refusalOf("Name", Name) ?? refusalOf("EmailAddress", text("EmailAddress"));
    if (refusal) throw new Refusal(400, refusal);
    const id = state.nextId;
    // A user takes the id after the next, too: RT makes a group for each.
    state.nextId += 2;
    const given = COLUMNS.filter((field) => body[field] !== undefined).map((field) => [field, text(field)]);
    state.users[String(id)] = {
      ...{ EmailAddress: "", ...Object.fromEntries(given), id, Name, Created: now() },
      ...{ Disabled: isSet(body.Disabled), Privileged: isSet(body.Privileged) },
    };
    c.header("location", `${new URL(c.env.base).pathname.replace(/\/$/, "")}/REST/2.0/user/${id}`);
    return c.json({ type: "user", id: Name, _url: `${c.env.base}/REST/2.0/user/${Name}` }, 201);
  });

  app.put("/user/:id", async (c) => {
    const body = await readHash(c);
    const user = users().find(({ id }) => String(id) === c.req.param("id"));
    if (!user) throw new Refusal(404, "Resource does not exist; use POST to create");
    const messages: string[] = [];
    for (const field of COLUMNS) {
      if (body[field] === undefined || body[field] === null) continue;
      const value = String(body[field]).slice(0, LENGTHS[field]);
      const former = user[field] ?? "";
      if (value === former) continue;
      const refusal = SYSTEM.includes(user.id) ? "Can not modify system users" : refusalOf(field, value, user);
      if (refusal === undefined) user[field] = value;
      const quoted = (text: string) => (text === "" ? "(no value)" : `'${text}'`);
      messages.push(`User ${user.Name}: ${refusal ?? `${field} changed from ${quoted(former)} to ${quoted(value)}`}`);
    }
    messages.push(...setFlag(user, "Disabled", body.Disabled), ...setFlag(user, "Privileged", body.Privileged));
    return c.json(messages);
  });

  app.delete("/user/:id", (c) => {
    const user = named(c);
    if (user.Disabled) return c.json({ message: "Internal Server Error" }, 500);
    user.Disabled = true;
    return c.body(null, 204);
  });
}

const isSet = (value: unknown) => value === 1 || value === "1";

/** RT passes over a flag that is neither 0 nor 1. */
function setFlag(user: User, flag: "Disabled" | "Privileged", value: unknown): string[] {
  if (!["0", "1"].includes(String(value))) return [];
  const next = isSet(value);
  if (user[flag] === next)
    return [flag === "Disabled" ? "That is already the current value" : "That user is already so"];
  user[flag] = next;
  if (flag === "Disabled") return [next ? "User disabled" : "User enabled"];
  return [`That user is now ${next ? "privileged" : "unprivileged"}`];
}
