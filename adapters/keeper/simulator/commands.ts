// Commander's commands for users and teams, as far as their documents tell (vendors.md 2.3, read 2026-11-22).

import { CommandError, type Grammar, type Parsed, parse } from "./shell.ts";
import { findNode, nodePath, type State, seen, type Team, type User } from "./state.ts";

/** Lines of the log, or rows for `--format json`. */
export type Output = { lines: string[] } | { rows: unknown[] };

const GRAMMARS: Record<string, Grammar> = {
  "enterprise-down": { flags: { "-f": "--force", "--force": "--force" }, options: {} },
  "enterprise-info": {
    flags: { "--users": "--users", "--teams": "--teams", "--nodes": "--nodes", "-v": "-v", "--verbose": "-v" },
    options: { "--format": "--format", "--columns": "--columns", "--node": "--node" },
  },
  "enterprise-user": {
    flags: Object.fromEntries(
      ["--add", "--delete", "--lock", "--unlock", "--force"].map((name) => [name, name]).concat([["-f", "--force"]]),
    ),
    options: Object.fromEntries(
      ["--name", "--job-title", "--node", "--add-alias", "--delete-alias"].map((name) => [name, name]),
    ),
  },
  "enterprise-team": {
    flags: Object.fromEntries(["--add", "--delete", "--force"].map((name) => [name, name]).concat([["-f", "--force"]])),
    options: {
      "--name": "--name",
      "--node": "--node",
      "--restrict-edit": "--restrict-edit",
      ...{ "-au": "--add-user", "--add-user": "--add-user", "-ru": "--remove-user", "--remove-user": "--remove-user" },
    },
  },
};

/** Runs one command. Throws CommandError. */
export function run(state: State, name: string, words: readonly string[]): Output {
  const grammar = GRAMMARS[name];
  if (!grammar) throw new CommandError(`unrecognized command ${name}`);
  const parsed = parse(words, grammar);
  if (name === "enterprise-info") return info(state, parsed);
  const lines = name === "enterprise-user" ? changeUsers(state, parsed) : changeTeams(state, name, parsed);
  // Whatever talks to the back end reads the enterprise anew.
  state.cached = null;
  return { lines };
}

const one = (parsed: Parsed, option: string): string | undefined => parsed.options.get(option)?.at(-1);

function resolveNode(state: State, parsed: Parsed): string | undefined {
  const text = one(parsed, "--node");
  if (text === undefined) return undefined;
  const node = findNode(state, text);
  if (node === undefined) throw new CommandError(`Node "${text}" is not found`);
  return node;
}

// ---- enterprise-info ------------------------------------------------------------------------------------------------

function info(state: State, parsed: Parsed): Output {
  if (one(parsed, "--format") !== "json") return { lines: ["(a table)"] };
  const columns = (one(parsed, "--columns") ?? "name,status,node").split(",").map((column) => column.trim());
  const pattern = parsed.operands[0]?.toLowerCase() ?? "";
  const rows = parsed.flags.has("--teams") ? teamRows(state) : userRows(state);
  const fixed = parsed.flags.has("--teams") ? ["team_uid", "name"] : ["user_id", "email"];
  const shown = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => fixed.includes(name) || columns.includes(name))),
  );
  return { rows: shown.filter((row) => Object.values(row).some((value) => text(value).includes(pattern))) };
}

const text = (value: unknown) => (Array.isArray(value) ? value.join(", ") : String(value)).toLowerCase();

function userRows(state: State): Record<string, unknown>[] {
  const { users, teams } = seen(state);
  const rows = Object.entries(users).map(([id, user]) => {
    const mine = Object.values(teams).filter((team) => team.users.includes(id));
    return {
      user_id: id,
      email: user.email,
      name: user.name,
      status: user.status,
      transfer_status: user.transferStatus,
      node: nodePath(state, user.node),
      team_count: mine.length,
      teams: mine.map((team) => team.name),
      role_count: user.roles.length,
      roles: user.roles,
      alias: user.aliases,
      "2fa_enabled": user.tfaEnabled,
      job_title: user.jobTitle,
    };
  });
  return rows.sort((a, b) => (a.email < b.email ? -1 : 1));
}

function teamRows(state: State): Record<string, unknown>[] {
  const { users, teams } = seen(state);
  const addresses = (ids: readonly string[]) => ids.map((id) => users[id]?.email ?? id);
  const rows = Object.entries(teams).map(([uid, team]) => ({
    team_uid: uid,
    name: team.name,
    restricts: team.queued ? "Queued" : team.restricts,
    node: nodePath(state, team.node),
    user_count: team.queued ? "" : team.users.length,
    users: team.queued ? "" : addresses(team.users),
    queued_user_count: team.queuedUsers.length,
    queued_users: addresses(team.queuedUsers),
    role_count: team.roles.length,
    roles: team.roles,
  }));
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

// ---- enterprise-user ------------------------------------------------------------------------------------------------

/** By id, address or alias, in what Commander shows. */
function findUser(state: State, name: string): string | undefined {
  const key = name.toLowerCase();
  const all = Object.entries(seen(state).users);
  const isNamed = ([id, user]: [string, User]) => id === key || user.email.toLowerCase() === key;
  return (all.find(isNamed) ?? all.find(([, user]) => user.aliases.some((alias) => alias.toLowerCase() === key)))?.[0];
}

function changeUsers(state: State, parsed: Parsed): string[] {
  const node = resolveNode(state, parsed);
  if (parsed.flags.has("--add"))
    return parsed.operands.map((email) => invite(state, email.toLowerCase(), parsed, node));
  const lines: string[] = [];
  const matched: [string, User][] = [];
  for (const name of parsed.operands) {
    const id = findUser(state, name);
    const user = id === undefined ? undefined : state.users[id];
    if (id !== undefined && user) matched.push([id, user]);
    else lines.push(`User ${name.toLowerCase()} is not found: Skipping`);
  }
  if (matched.length === 0) throw new CommandError("No such user(s)");
  for (const [id, user] of matched) lines.push(...changeUser(state, id, user, parsed, node));
  return lines;
}

function invite(state: State, email: string, parsed: Parsed, node: string | undefined): string {
  const known = findUser(state, email);
  const user = known === undefined ? undefined : state.users[known];
  if (user) {
    if (user.status !== "Invited") return `${user.email} has already accepted invitation. Skipping`;
    state.mails.push(user.email);
    return `Invitation has been re-sent to ${user.email}`;
  }
  const others = [
    ...state.elsewhere,
    ...Object.values(state.users).flatMap((other) => [other.email, ...other.aliases]),
  ];
  if (others.some((other) => other.toLowerCase() === email)) {
    return `${email} failed to invite user: User already exists`;
  }
  if (state.seats !== null && Object.keys(state.users).length >= state.seats) {
    return `${email} failed to invite user: The enterprise has no seats left on its license`;
  }
  const id = String((BigInt(state.enterpriseId) << 32n) + BigInt(state.nextUser++));
  state.users[id] = {
    email,
    name: one(parsed, "--name") ?? "",
    status: "Invited",
    node: node ?? state.enterpriseName,
    jobTitle: one(parsed, "--job-title") ?? "",
    aliases: [],
    roles: [],
    transferStatus: "",
    tfaEnabled: false,
    hasKeys: true,
  };
  state.mails.push(email);
  return `${email} user invited with Enterprise User ID : ${id}`;
}

function changeUser(state: State, id: string, user: User, parsed: Parsed, node: string | undefined): string[] {
  const { email } = user;
  if (parsed.flags.has("--delete")) {
    // Without it the server would wait for an answer that nobody gives.
    if (!parsed.flags.has("--force")) throw new CommandError("EOF when reading a line");
    delete state.users[id];
    for (const team of Object.values(state.teams)) leave(team, id);
    return [`${email} user deleted`];
  }
  const added = one(parsed, "--add-alias")?.toLowerCase();
  if (added !== undefined) return [addAlias(state, id, user, added)];
  const deleted = one(parsed, "--delete-alias");
  if (deleted !== undefined) {
    if (!user.aliases.includes(deleted)) return [`Failed to delete alias "${deleted}" from user "${email}": no alias`];
    user.aliases = user.aliases.filter((alias) => alias !== deleted);
    return [`Alias "${deleted}" deleted from user "${email}"`];
  }
  const lines: string[] = [];
  for (const [flag, status, what] of [
    ["--lock", "Locked", "locked"],
    ["--unlock", "Active", "unlocked"],
  ] as const) {
    if (!parsed.flags.has(flag)) continue;
    if (user.status === "Invited") lines.push(`${email} has not accepted invitation yet: Skipping`);
    // Whether Commander can undo it is not documented (vendors.md 2.6).
    else if (user.status === "Locked by IdP") lines.push(` ${email} failed to ${flag.slice(2)} user: locked by IdP`);
    else {
      user.status = status;
      lines.push(`${email} is ${what}`);
    }
  }
  // An empty value counts as not given.
  const name = one(parsed, "--name");
  const jobTitle = one(parsed, "--job-title");
  if (!name && !jobTitle && !node) return lines.length > 0 ? lines : [`User ID: ${id}`, `Email: ${email}`];
  if (name) user.name = name;
  if (jobTitle) user.jobTitle = jobTitle;
  if (node) user.node = node;
  return [...lines, `${email} user updated`];
}

function addAlias(state: State, id: string, user: User, alias: string): string {
  const before = user.email;
  const owner = Object.entries(state.users).find(
    ([other, { email, aliases }]) => other !== id && [email, ...aliases].some((one) => one.toLowerCase() === alias),
  );
  if (owner || state.elsewhere.includes(alias)) {
    return `Failed to add alias for user "${before}": The alias already exists`;
  }
  user.aliases = [...user.aliases.filter((one) => one !== alias), ...(before === alias ? [] : [before])];
  user.email = alias;
  return `Added alias "${alias}" for user "${before}"`;
}

// ---- enterprise-team ------------------------------------------------------------------------------------------------

function leave(team: Team, id: string): boolean {
  const isIn = team.users.includes(id) || team.queuedUsers.includes(id);
  team.users = team.users.filter((one) => one !== id);
  team.queuedUsers = team.queuedUsers.filter((one) => one !== id);
  return isIn;
}

function changeTeams(state: State, command: string, parsed: Parsed): string[] {
  if (command === "enterprise-down") return [];
  const node = resolveNode(state, parsed) ?? state.enterpriseName;
  const lines: string[] = [];
  for (const name of parsed.operands) {
    const found = Object.entries(seen(state).teams).find(
      ([uid, team]) => uid === name || team.name.toLowerCase() === name.toLowerCase(),
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
