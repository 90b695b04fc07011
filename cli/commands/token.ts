// `portico token`: mint, list and revoke the secrets that identity providers show.

import { type Command, InvalidArgumentError } from "commander";
import * as z from "zod";
import { createdToken, tokens as tokenList } from "../../src/routes/api-credential-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";

export function addTokenCommands(program: Command, terminal: Terminal): void {
  const group = program.command("token").description("what an identity provider shows to use a connection");

  group
    .command("mint <connection>")
    .description("make a token; it is shown once")
    .option("--label <text>", "what it is for")
    .option("--expires-in-days <days>", "lifetime in days", parseCount)
    .action(async (name: string, own: { label?: string; expiresInDays?: number }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const body = {
        ...(own.label === undefined ? {} : { label: own.label }),
        ...(own.expiresInDays === undefined ? {} : { expiresInDays: own.expiresInDays }),
      };
      const minted = await api.call("POST", connectionPath(name, "tokens"), createdToken, body);
      if (options.json) return terminal.out(JSON.stringify(minted, null, 2));
      terminal.out(`Tenant URL    ${minted.tenantUrl}`);
      terminal.out(`Secret Token  ${minted.token}`);
      terminal.out(`Token id      ${minted.id} (expires ${formatTime(minted.expiresAt)})`);
      terminal.out("The secret is not shown again.");
    });

  group
    .command("list <connection>")
    .description("list a connection's tokens, without their secrets")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { tokens } = await api.call("GET", connectionPath(name, "tokens"), tokenList);
      if (options.json) return terminal.out(JSON.stringify(tokens, null, 2));
      const rows = tokens.map((each) => [each.id, each.label, formatTime(each.expiresAt)]);
      terminal.out(formatTable(["id", "label", "expires"], rows, "no tokens"));
    });

  group
    .command("revoke <connection> <id>")
    .description("revoke a token; it is refused everywhere within 30 seconds")
    .option("--force", "also where it was used within the last two hours")
    .action(async (name: string, id: string, own: { force?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.call("DELETE", connectionPath(name, "tokens", id) + toForce(own), z.unknown());
      terminal.out(options.json ? JSON.stringify({ revoked: id }) : `revoked ${id}`);
    });
}

/** The query that revokes what was used lately, too. */
export const toForce = ({ force }: { force?: true }): string => (force ? "?force=true" : "");

/** Throws InvalidArgumentError for anything but a whole number of at least 1. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("a whole number of at least 1 is needed");
  return Number(text);
}

/** As parseCount, 0 included. */
export function parseCountOrZero(text: string): number {
  return text === "0" ? 0 : parseCount(text);
}
