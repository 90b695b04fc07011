// enterprise-team: teams and their members ([N2.2] [N2.3], read 2026-11-22).

import { CommandError, one, type Parsed } from "./shell.ts";
import { findUser, isSameToCommander, leave, resolveNode, type State, seen, type Team } from "./state.ts";

/** What Commander logs. Throws CommandError. */
export function changeTeams(state: State, parsed: Parsed): string[] {
  const node = resolveNode(state, one(parsed, "--node")) ?? state.enterpriseName;
  const lines: string[] = [];
  for (const name of parsed.operands) {
    const found = Object.entries(seen(state).teams).find(
      ([uid, team]) => uid === name || isSameToCommander(team.name, name),
    );
    const team = found && state.teams[found[0]];
    if (parsed.flags.has("--add")) {
      if (team) lines.push(`Team '${team.name}' already exists: Skipping`);
      else lines.push(addTeam(state, name, node));
    } else if (found && team) lines.push(...changeTeam(state, found[0], team, parsed));
    else throw new CommandError(`Team "${name}" is not found`);
  }
  return lines;
}

function addTeam(state: State, name: string, node: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // Commander's own ids never begin with a hyphen.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  const uid = btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
  state.teams[uid] = { name, node, restricts: "     ", queued: false, users: [], queuedUsers: [], roles: [] };
  return `'${name}' team is created with Team ID: ${uid}`;
}

function changeTeam(state: State, uid: string, team: Team, parsed: Parsed): string[] {
  if (parsed.flags.has("--delete")) {
    if (!parsed.flags.has("--force")) throw new CommandError("EOF when reading a line");
    delete state.teams[uid];
    return [`'${team.name}' team is deleted`];
  }
  const lines: string[] = [];
  for (const name of parsed.options.get("--add-user") ?? []) lines.push(join(state, team, name));
  for (const name of parsed.options.get("--remove-user") ?? []) {
    const id = findUser(state, name);
    if (id === undefined) lines.push(`User ${name} is not found: Skipping`);
    else if (leave(team, id)) lines.push(`'${name}' user removed from team '${team.name}'`);
    else lines.push(`User ${name} is not a member of team '${team.name}'`);
  }
  const renamed = one(parsed, "--name");
  if (!renamed) return lines;
  team.name = renamed;
  return [...lines, `'${renamed}' team is updated`];
}

function join(state: State, team: Team, name: string): string {
  const id = findUser(state, name);
  const user = id === undefined ? undefined : state.users[id];
  if (id === undefined || !user) return `User ${name} is not found: Skipping`;
  if (team.users.includes(id) || team.queuedUsers.includes(id)) {
    return `User ${name} is already a member of team '${team.name}'`;
  }
  if (user.status === "Invited" || team.queued) team.queuedUsers.push(id);
  else if (!user.hasKeys) return `User ${name} does not have RSA key`;
  else team.users.push(id);
  return `'${name}' user added to team '${team.name}'`;
}
