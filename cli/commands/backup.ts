// `portico backup` and `portico restore`: everything of a deployment in one encrypted file, and back into an empty one.

import type { Command } from "commander";
import { openFor } from "../api.ts";
import { type Collected, collectDeployment } from "../backup/collect.ts";
import { writeBackup } from "../backup/records.ts";
import { askTarget, type Checked, checkBackup, restoreControl, restoreObjects, wakeAll } from "../backup/restore.ts";
import { readSecret, type SecretOptions, withSecret } from "../backup/secret.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { CliFailure, type Terminal } from "../terminal.ts";

interface RestoreOptions extends SecretOptions {
  check?: true;
  paused?: true;
  withoutMasterKey?: true;
}

export function addBackupCommands(program: Command, terminal: Terminal): void {
  withSecret(program.command("backup <file>"))
    .description("write everything of this Portico to one new encrypted file; secrets stay sealed in it")
    .action(async (file: string, own: SecretOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const secret = await readSecret(own, terminal, true);
      const progress = options.json ? silentProgress : createProgress(terminal);
      let what: Collected = { connections: 0, rows: 0 };
      await writeBackup(
        file,
        secret,
        collectDeployment(api, progress, (found) => {
          what = found;
        }),
      );
      if (options.json) return terminal.out(JSON.stringify({ file, ...what }));
      terminal.out(`wrote ${what.connections} connections, ${what.rows} rows to ${file}`);
      terminal.out(
        "It opens with its passphrase or key file, and works only with this Portico's MASTER_KEY: keep both, elsewhere.",
      );
    });

  withSecret(program.command("restore <file>"))
    .description("fill an empty Portico from a backup")
    .option("--check", "only read the file to its end and ask whether it could be restored here")
    .option("--paused", "every connection begins paused, so that nothing is sent to a product: to try a backup out")
    .option("--without-master-key", "although the key that sealed the secrets is missing: each must be entered again")
    .action(async (file: string, own: RestoreOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const secret = await readSecret(own, terminal, false);
      const checked = await checkBackup(file, secret);
      try {
        if (checked.head.of !== "deployment") {
          throw new CliFailure(`${file} is of one connection: portico connection import ${file}`);
        }
        const missing = await askTarget(api, checked, null);
        const { connections, rows, head } = checked;
        const found = { of: head.publicUrl, at: head.at, connections: connections.length, rows, missingKeys: missing };
        if (own.check) return terminal.out(options.json ? JSON.stringify(found) : describe(file, checked, missing));
        refuseWithoutKeys(missing, own);
        const progress = options.json ? silentProgress : createProgress(terminal);
        await restoreObjects(api, file, secret, checked, progress);
        const pause = own.paused === true;
        await restoreControl(api, checked, (table, row) =>
          pause && table === "connections" && row.state !== "erased" ? { ...row, mode: "paused" } : row,
        );
        await wakeAll(api);
        if (options.json) return terminal.out(JSON.stringify(found));
        terminal.out(`restored ${connections.length} connections, ${rows} rows, of ${head.at}`);
      } finally {
        checked.control.close();
      }
    });
}

/** @throws CliFailure where sealed secrets would open for nobody and nobody has said so */
function refuseWithoutKeys(missing: readonly string[], own: { withoutMasterKey?: true }): void {
  if (missing.length === 0 || own.withoutMasterKey) return;
  const names = missing.map((id) => `"${id}"`).join(" and ");
  throw new CliFailure(
    `the backup's secrets are sealed with the master key ${names}, which is missing here: set it as MASTER_KEY or MASTER_KEY_PREVIOUS; if it is lost, --without-master-key restores everything else`,
  );
}

function describe(file: string, { head, connections, rows }: Checked, missing: readonly string[]): string {
  const keys = missing.length === 0 ? "its master key is here" : `its master key ${missing.join(", ")} is missing here`;
  return `${file} is whole: ${connections.length} connections, ${rows} rows of ${head.publicUrl}, ${head.at}; ${keys}`;
}
