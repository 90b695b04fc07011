// Commander's commands for users and teams, as far as their documents tell ([N2.3], read 2026-11-22).

import { info, type Output } from "./info-command.ts";
import { CommandError, type Grammar, parse } from "./shell.ts";
import type { State } from "./state.ts";
import { changeTeams } from "./team-command.ts";
import { changeUsers } from "./user-command.ts";

const GRAMMARS: Record<string, Grammar> = {
  whoami: { flags: { "-v": "-v", "--verbose": "-v" }, options: {} },
  "enterprise-down": { flags: { "-f": "--force", "--force": "--force" }, options: {} },
  "enterprise-info": {
    flags: {
      ...Object.fromEntries(["--users", "--teams", "--roles", "--nodes"].map((name) => [name, name])),
      ...{ "-v": "-v", "--verbose": "-v" },
    },
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
  if (name === "whoami")
    return { object: { logged_in: true, user: state.loggedInAs, server: "keepersecurity.invalid" } };
  const change = { "enterprise-user": changeUsers, "enterprise-team": changeTeams }[name];
  const lines = change?.(state, parsed) ?? [];
  // A command that talks to the back end reads the enterprise again.
  state.cached = null;
  return { lines };
}
