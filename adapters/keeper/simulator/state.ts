// The state of one simulated Keeper enterprise behind its Service Mode.

import * as z from "zod";
import { CommandError } from "./shell.ts";

const userSchema = z.object({
  email: z.string(),
  name: z.string().default(""),
  /** What `get_user_status_dict` makes of status and lock: the lock wins [N2.3]. */
  status: z.enum(["Active", "Invited", "Locked", "Locked by IdP"]).default("Active"),
  /** Name of a node. */
  node: z.string().default("Acme"),
  jobTitle: z.string().default(""),
  aliases: z.array(z.string()).default([]),
  roles: z.array(z.string()).default([]),
  transferStatus: z.string().default(""),
  tfaEnabled: z.boolean().default(false),
  /** A user without keys cannot be put into a team [N2.2]. */
  hasKeys: z.boolean().default(true),
});
export type User = z.output<typeof userSchema>;

const teamSchema = z.object({
  name: z.string(),
  node: z.string().default("Acme"),
  restricts: z.string().default("R W S"),
  /** A queued team waits for approval, and users who join it wait with it. */
  queued: z.boolean().default(false),
  /** Ids of users. */
  users: z.array(z.string()).default([]),
  queuedUsers: z.array(z.string()).default([]),
  roles: z.array(z.string()).default([]),
});
export type Team = z.output<typeof teamSchema>;

/** A role without managed nodes is one of policies only. */
const roleSchema = z.object({ node: z.string().default("Acme"), managedNodes: z.array(z.string()).default([]) });

const enterprise = {
  users: z.record(z.string(), userSchema).default({}),
  teams: z.record(z.string(), teamSchema).default({}),
};
const ALL_COMMANDS = ["enterprise-info", "enterprise-user", "enterprise-team", "enterprise-down", "whoami"];

/** A seed may leave out any part. */
export const keeperState = z.strictObject({
  /** Each key with the first words that it may send. */
  keys: z
    .record(z.string(), z.object({ commands: z.array(z.string()), isExpired: z.boolean().default(false) }))
    .default({ "fake-service-mode-key": { commands: ALL_COMMANDS, isExpired: false } }),
  /** Per endpoint. The service's own defaults are 60, 600 and 6,000; an operator may set others, as here. */
  rateLimits: z
    .object({ perMinute: z.int(), perHour: z.int(), perDay: z.int() })
    .default({ perMinute: 100_000, perHour: 1_000_000, perDay: 10_000_000 }),
  /** How long each command takes, in milliseconds. */
  commandMs: z.int().min(0).default(0),
  /** How rows of `--format json` come back [N2.2]. */
  dataAs: z.enum(["array", "string"]).default("array"),
  /** User ids are this, shifted by 32 bits, plus a number: here beyond 2^53 [N2.3]. */
  enterpriseId: z.int().default(4_200_000),
  nextUser: z.int().default(1),
  enterpriseName: z.string().default("Acme"),
  /** Who Commander is logged in as; a seed puts them among the users where that matters. */
  loggedInAs: z.string().default("commander@example.net"),
  /** Names of nodes with their parents; the enterprise itself is the root. */
  nodes: z.record(z.string(), z.string()).default({ Staff: "Acme" }),
  /** Commander's environment variables, which every command line expands. */
  environment: z.record(z.string(), z.string()).default({ server: "keepersecurity.invalid" }),
  /** By name; those that users or teams have and that are not listed are of policies only. */
  roles: z.record(z.string(), roleSchema).default({}),
  /** False: an older Commander, which does not know the column `admin` and leaves it out. */
  showsRoles: z.boolean().default(true),
  ...enterprise,
  /** What Commander's process still shows while others change the enterprise; null: what there is. */
  cached: z.object(enterprise).nullable().default(null),
  /** How many users the licence covers; null: any number. */
  seats: z.int().nullable().default(null),
  /** Addresses of other Keeper accounts. */
  elsewhere: z.array(z.string()).default([]),
  /** Invitations in the order in which they were mailed. */
  mails: z.array(z.string()).default([]),
});
export type State = z.output<typeof keeperState>;
export type Enterprise = Pick<State, "users" | "teams">;

/** What Commander shows. */
export const seen = (state: State): Enterprise => state.cached ?? state;

/** Commander compares what it was given with Python's `lower`, which keeps "ß" from "ss"; the server compares addresses. */
export const isSameToCommander = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** "Acme\\Staff", as Commander writes a node. */
export function nodePath(state: State, name: string): string {
  const parent = state.nodes[name];
  return parent === undefined ? name : `${nodePath(state, parent)}\\${name}`;
}

/** The node that a name or path means. */
function findNode(state: State, text: string): string | undefined {
  const names = [state.enterpriseName, ...Object.keys(state.nodes)];
  return names.find((name) => [name, nodePath(state, name)].some((one) => isSameToCommander(one, text)));
}

/** The node that an option names, if it was given. Throws CommandError for a node that there is none of. */
export function resolveNode(state: State, text: string | undefined): string | undefined {
  const node = text === undefined ? undefined : findNode(state, text);
  if (text !== undefined && node === undefined) throw new CommandError(`Node "${text}" is not found`);
  return node;
}

/** By id, address or alias, in what Commander shows. */
export function findUser(state: State, name: string): string | undefined {
  const key = name.toLowerCase();
  const all = Object.entries(seen(state).users);
  const isNamed = ([id, user]: [string, User]) => id === key || user.email.toLowerCase() === key;
  return (all.find(isNamed) ?? all.find(([, user]) => user.aliases.some((alias) => alias.toLowerCase() === key)))?.[0];
}

/** Whether the user was in the team. */
export function leave(team: Team, id: string): boolean {
  const isIn = team.users.includes(id) || team.queuedUsers.includes(id);
  team.users = team.users.filter((one) => one !== id);
  team.queuedUsers = team.queuedUsers.filter((one) => one !== id);
  return isIn;
}
