// `portico invite`: links to the customer's page of a connection, for the customer's own administrator.

import type { Command } from "commander";
import * as z from "zod";
import { createdInvite, invites } from "../../src/routes/customer-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";

export function addInviteCommands(program: Command, terminal: Terminal): void {
  const group = program.command("invite").description("links to the customer's page of a connection");

  group
    .command("create <connection>")
    .description("make a link that opens the customer's page once, within 24 hours; it is shown once")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const made = await api.call("POST", connectionPath(name, "invites"), createdInvite);
      if (options.json) return terminal.out(JSON.stringify(made, null, 2));
      terminal.out(`Link       ${made.url}`);
      terminal.out(`Invite id  ${made.id} (can be used until ${formatTime(made.expiresAt)})`);
      terminal.out("The link is not shown again. Whoever opens it first has the page for eight hours.");
    });

  group
    .command("list <connection>")
    .description("list a connection's invites, without their links")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "invites"), invites);
      if (options.json) return terminal.out(JSON.stringify(found.invites, null, 2));
      const rows = found.invites.map((each) => [
        each.id,
        each.state,
        each.createdBy,
        formatTime(each.createdAt),
        formatTime(each.usedAt),
        formatTime(each.endsAt ?? each.expiresAt),
      ]);
      terminal.out(formatTable(["id", "state", "made by", "made", "used", "ends"], rows, "no invites"));
    });

  group
    .command("revoke <connection> <id>")
    .description("revoke an invite, and close the page that was opened with it")
    .action(async (name: string, id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.call("DELETE", connectionPath(name, "invites", id), z.unknown());
      terminal.out(options.json ? JSON.stringify({ revoked: id }) : `revoked ${id}`);
    });
}
