// Zabbix's JSON-RPC API for users and user groups, played as 6.0.14 from Debian's packages behaves (seen 2026-11-29).

import { type Context, Hono } from "hono";
import { createSimulation, type Simulation, type SimulatorEnv } from "../simulation.ts";
import { type Params, Refusal } from "./simulator/checks.ts";
import { createGroups, deleteGroups, updateGroups } from "./simulator/groups.ts";
import { getGroups, getTokens, getUsers } from "./simulator/queries.ts";
import { isOwnerSuperAdmin, type State, zabbixState } from "./simulator/state.ts";
import { createUsers, deleteUsers, updateUsers } from "./simulator/users.ts";

const TOKEN_LENGTH = 64;

/** Reading is for everybody, and so is a change of oneself. */
const METHODS: Record<string, { run(state: State, params: unknown): unknown; forSuperAdmins?: true }> = {
  "user.get": { run: (state, params) => getUsers(state, params as Params) },
  "user.update": { run: updateUsers },
  "user.create": { run: createUsers, forSuperAdmins: true },
  "user.delete": { run: deleteUsers, forSuperAdmins: true },
  "usergroup.get": { run: (state, params) => getGroups(state, params as Params) },
  "usergroup.create": { run: createGroups, forSuperAdmins: true },
  "usergroup.update": { run: updateGroups, forSuperAdmins: true },
  "usergroup.delete": { run: deleteGroups, forSuperAdmins: true },
  "token.get": { run: (state, params) => getTokens(state, params as Params) },
};

const MESSAGES: Record<number, string> = {
  [-32700]: "Parse error",
  [-32601]: "Method not found.",
  [-32602]: "Invalid params.",
  [-32500]: "Application error.",
};

function answer(state: State, { method, params, auth }: Params): unknown {
  const found = METHODS[String(method)];
  if (!found) throw new Refusal(`Incorrect method "${method}".`, -32601);
  if (auth !== state.token) {
    throw new Refusal(
      String(auth).length === TOKEN_LENGTH || auth === null
        ? "Not authorized."
        : "Session terminated, re-login, please.",
    );
  }
  if (found.forSuperAdmins && !isOwnerSuperAdmin(state)) throw new Refusal(`No permissions to call "${method}".`);
  return found.run(state, params);
}

async function call(c: Context<SimulatorEnv>, state: State) {
  let request: Params;
  try {
    request = JSON.parse(await c.req.text());
  } catch {
    const data = "Invalid JSON. An error occurred on the server while parsing the JSON text.";
    return c.json({ jsonrpc: "2.0", error: { code: -32700, message: MESSAGES[-32700], data }, id: null });
  }
  const { id = null } = request;
  try {
    return c.json({ jsonrpc: "2.0", result: answer(state, request), id });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message: data } = error;
    return c.json({ jsonrpc: "2.0", error: { code, message: MESSAGES[code], data }, id });
  }
}

function createApp(state: State): Hono<SimulatorEnv> {
  return new Hono<SimulatorEnv>().post("/api_jsonrpc.php", (c) => call(c, state));
}

/**
 * One Zabbix with Admin and guest, of which an administrator has taken away the groups that Zabbix ships with, but Disabled,
 * and made the group of all whom Portico creates.
 */
export function createZabbixSimulation(): Simulation {
  return createSimulation({ name: "zabbix", state: zabbixState, createApp });
}

/** The settings that reach an account at `baseUrl` in its initial state. */
export function zabbixDemoSettings(baseUrl: string): Record<string, unknown> {
  return { baseUrl, token: zabbixState.parse({}).token, userGroup: "13" };
}
