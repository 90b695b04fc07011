// enterprise-user: invitations, changes, locks and aliases ([N2.2] [N2.3], read 2026-11-22).

import { isSameIgnoringCase } from "../../simulation.ts";
import { CommandError, one, type Parsed } from "./shell.ts";
import { findUser, leave, resolveNode, type State, type User } from "./state.ts";

/** What Commander logs. Throws CommandError. */
export function changeUsers(state: State, parsed: Parsed): string[] {
  const node = resolveNode(state, one(parsed, "--node"));
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
  if (others.some((other) => isSameIgnoringCase(other, email))) {
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
    // Without it the server would wait for an answer that never comes.
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
    // Whether Commander can undo it is not documented [N2.6].
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
    ([other, { email, aliases }]) => other !== id && [email, ...aliases].some((one) => isSameIgnoringCase(one, alias)),
  );
  if (owner || state.elsewhere.includes(alias)) {
    return `Failed to add alias for user "${before}": The alias already exists`;
  }
  user.aliases = [...user.aliases.filter((one) => one !== alias), ...(before === alias ? [] : [before])];
  user.email = alias;
  return `Added alias "${alias}" for user "${before}"`;
}
