// `portico user`: what an administrator does to users that no identity provider can.

import type { Command } from "commander";
import { swapped } from "../../src/routes/user-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import type { Terminal } from "../terminal.ts";

export function addUserCommands(program: Command, terminal: Terminal): void {
  const users = program.command("user").description("what no identity provider can do to users");

  users
    .command("swap <id> <other>")
    .description("let two users, named by their SCIM ids, swap their userNames")
    .requiredOption("--connection <connection>", "whose users they are")
    .action(async (first: string, second: string, own: { connection: string }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const path = connectionPath(own.connection, "users", "swap");
      const answer = await api.call("POST", path, swapped, { first, second });
      if (options.json) return terminal.out(JSON.stringify(answer, null, 2));
      terminal.out(
        answer.outcome === "swapped"
          ? `${own.connection}: the two users have swapped their userNames`
          : `${own.connection}: an earlier try had swapped them; run it again only to swap them back`,
      );
    });
}
