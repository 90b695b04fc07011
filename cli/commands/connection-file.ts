// `portico connection export` and `import`: one connection in an encrypted file, from one Portico to another.

import type { Command } from "commander";
import * as z from "zod";
import { connection } from "../../src/routes/api-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { type Collected, collectConnection } from "../backup/collect.ts";
import { writeBackup } from "../backup/records.ts";
import { askTarget, checkBackup, restoreControl, restoreObjects } from "../backup/restore.ts";
import { readSecret, type SecretOptions, withSecret } from "../backup/secret.ts";
import { silentProgress } from "../simulate/progress.ts";
import { CliFailure, type Terminal } from "../terminal.ts";
import { SETTINGS_HELP } from "./connection-create.ts";
import { parseObject } from "./connection-options.ts";

interface ImportOptions extends SecretOptions {
  name?: string;
  settings?: string;
}

export function addConnectionFileCommands(group: Command, terminal: Terminal): void {
  withSecret(group.command("export <name> <file>"))
    .description(
      "write one connection with everything that is stored of it to a new encrypted file; secrets stay sealed",
    )
    .action(async (name: string, file: string, own: SecretOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const { mode } = await api.call("GET", connectionPath(name), z.looseObject({ mode: z.string() }));
      const secret = await readSecret(own, terminal, true);
      let what: Collected = { connections: 0, rows: 0 };
      await writeBackup(
        file,
        secret,
        collectConnection(api, name, (found) => {
          what = found;
        }),
      );
      terminal.out(options.json ? JSON.stringify({ file, ...what }) : `wrote ${name}, ${what.rows} rows, to ${file}`);
      if (mode === "paused") return;
      terminal.err(
        `${name} goes on here: pause it and export it again before it works elsewhere, or two change one account`,
      );
    });

  withSecret(group.command("import <file>"))
    .description("add the connection of a file to this Portico, paused; its users and groups keep their ids")
    .option("--name <name>", "as it is called here; else as before")
    .option(
      "--settings <json>",
      `where its secrets were sealed with another master key, all settings anew: ${SETTINGS_HELP}`,
    )
    .action(async (file: string, own: ImportOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const settings = own.settings === undefined ? undefined : await parseObject("--settings", own.settings, terminal);
      const secret = await readSecret(own, terminal, false);
      const checked = await checkBackup(file, secret);
      try {
        const [only] = checked.connections;
        if (checked.head.of !== "connection" || !only) {
          throw new CliFailure(`${file} is of a whole Portico: portico restore ${file}`);
        }
        const name = own.name ?? only.name;
        const missing = await askTarget(api, checked, { id: only.id, name });
        if (missing.length > 0 && settings === undefined) {
          throw new CliFailure(
            `its secrets are sealed with the master key ${missing.join(", ")}, which is missing here; give all settings, secrets too, with --settings @file`,
          );
        }
        await restoreObjects(api, file, secret, checked, silentProgress);
        await restoreControl(api, checked, (table, row) =>
          // Two writers on one account undo each other's changes: the operator says when this one begins.
          table === "connections" ? { ...row, name, mode: "paused" } : isLost(table) ? undefined : row,
        );
        const body = settings === undefined ? { mode: "paused" } : { settings, test: false };
        await api.call("PATCH", connectionPath(name), z.looseObject({ name: connection.shape.name }), body);
        if (options.json) return terminal.out(JSON.stringify({ name, id: only.id, rows: checked.rows }));
        terminal.out(
          `imported ${name}, ${checked.rows} rows of ${checked.head.at}; it is paused: portico mode ${name} live`,
        );

        function isLost(table: string): boolean {
          return table === "credentials" && settings !== undefined;
        }
      } finally {
        checked.control.close();
      }
    });
}
