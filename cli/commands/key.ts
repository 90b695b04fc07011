// `portico key`: who may call the administrator API, with which role, on which connections, until when.

import { type Command, Option } from "commander";
import * as z from "zod";
import * as shapes from "../../src/routes/api-key-shapes.ts";
import { ROLES } from "../../src/store/administrator-tables.ts";
import { openFor } from "../api.ts";
import { formatLife, formatTable, formatTime } from "../print.ts";
import type { Terminal } from "../terminal.ts";
import { parseCount } from "./token.ts";

interface CreateOptions {
  role: string;
  connections?: string[];
  expiresInDays?: number;
}

const reachOf = (connections: readonly string[] | null) => (connections === null ? "all" : connections.join(", "));

export function addKeyCommands(program: Command, terminal: Terminal): void {
  const group = program.command("key").description("who may call the administrator API, and what they may do");

  group
    .command("create <name>")
    .description("make an API key; it is shown once")
    .addOption(
      new Option("--role <role>", "reader looks, operator works on connections, owner also manages keys")
        .choices(ROLES)
        .makeOptionMandatory(),
    )
    .option("--connections <list>", "only for these connections (default: for all)", (text) =>
      text.split(/[\s,]+/).filter(Boolean),
    )
    .option("--expires-in-days <n>", `lifetime in days (default: ${shapes.DEFAULT_KEY_DAYS})`, parseCount)
    .action(async (name: string, own: CreateOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { role, connections, expiresInDays } = own;
      const body = {
        ...{ name, role },
        ...(connections === undefined ? {} : { connections }),
        ...(expiresInDays === undefined ? {} : { expiresInDays }),
      };
      const made = await api.call("POST", "/keys", shapes.createdKey, body);
      if (options.json) return terminal.out(JSON.stringify(made, null, 2));
      terminal.out(`API key  ${made.key}`);
      terminal.out(`Role     ${made.role}, connections: ${reachOf(made.connections)}`);
      terminal.out(`Key id   ${made.id} (expires ${formatTime(made.expiresAt)})`);
      terminal.out("The key is not shown again. Commands take it from PORTICO_ADMIN_TOKEN.");
    });

  group
    .command("list")
    .description("list the API keys, without the keys themselves")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { keys } = await api.call("GET", "/keys", shapes.keys);
      if (options.json) return terminal.out(JSON.stringify(keys, null, 2));
      const rows = keys.map((each) => [
        each.id,
        each.name,
        each.role,
        reachOf(each.connections),
        `…${each.hint}`,
        each.createdBy,
        ...formatLife(each),
      ]);
      const head = ["id", "name", "role", "connections", "ends with", "made by", "expires", "last used"];
      terminal.out(formatTable(head, rows, "no API keys"));
    });

  group
    .command("revoke <id>")
    .description("revoke an API key; the next call with it is refused")
    .action(async (id: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      await api.call("DELETE", `/keys/${encodeURIComponent(id)}`, z.unknown());
      terminal.out(options.json ? JSON.stringify({ revoked: id }) : `revoked ${id}`);
    });

  group
    .command("show")
    .description("whose key the commands use now, and what it may do")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const me = await api.call("GET", "/me", shapes.me);
      if (options.json) return terminal.out(JSON.stringify(me, null, 2));
      terminal.out(`${me.name}: ${me.role}, connections: ${reachOf(me.connections)}`);
    });
}
