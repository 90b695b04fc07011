// `portico init` and `portico doctor`: from a clean clone to a deployment that works.

import { resolve } from "node:path";
import type { Command } from "commander";
import { type GlobalOptions, openApi } from "../api.ts";
import type { Finding, Verdict } from "../doctor/finding.ts";
import { type Terminal, toPrintable } from "../terminal.ts";

const MARKS: Record<Verdict, string> = { ok: "ok     ", wrong: "WRONG  ", unknown: "unknown" };

interface DoctorOptions extends GlobalOptions {
  config?: string;
  settings?: true;
}

export function addSetupCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  program
    .command("init")
    .description(
      "make the keys of a deployment, set its address, and say which commands are left for the account's owner",
    )
    .option("--public-url <url>", "the https origin that customers will use; asked for where it is left out")
    .option("--config <file>", "the deployment's wrangler.toml (default: the repository's)")
    .action(async (own: { publicUrl?: string; config?: string }, command: Command) => {
      const { initialise } = await import("../init.ts");
      const { askText, requireAsking } = await import("../connection-questions.ts");
      const { OWN_SETTINGS } = await import("../doctor/settings.ts");
      const publicUrl =
        own.publicUrl ??
        (await askText(requireAsking(terminal, "--public-url <https origin>"), "https origin that customers will use"));
      const done = initialise(own.config ? resolve(own.config) : OWN_SETTINGS, publicUrl);
      if (command.optsWithGlobals<GlobalOptions>().json) return terminal.out(JSON.stringify(done, null, 2));
      for (const line of done.wrote) terminal.out(`wrote ${line}`);
      terminal.out(done.wrote.length === 0 ? "Everything was there already." : "");
      terminal.out("wrangler dev works now: npm run dev. To deploy, with a Cloudflare account:");
      for (const [at, line] of done.next.entries()) terminal.out(`  ${at + 1}. ${line}`);
    });

  program
    .command("doctor")
    .description(
      "look at everything between a clean clone and a working deployment, and say what to do; exit 1 where something is wrong",
    )
    .option("--config <file>", "the deployment's wrangler.toml (default: the repository's)")
    .option("--settings", "only what the files tell, as npm run deploy asks before it deploys")
    .action(async (own: DoctorOptions, command: Command) => {
      const options = command.optsWithGlobals<DoctorOptions>();
      const found = await examine(own, options, terminal);
      const isWrong = found.some(({ verdict }) => verdict === "wrong");
      if (options.json) terminal.out(JSON.stringify(found, null, 2));
      else for (const finding of found) terminal.out(describe(finding));
      if (isWrong) exit(1);
    });
}

function describe({ verdict, says, wayOut }: Finding): string {
  return [`${MARKS[verdict]} ${toPrintable(says)}`, ...(wayOut ? [`          ${toPrintable(wayOut)}`] : [])].join("\n");
}

async function examine(own: DoctorOptions, options: DoctorOptions, terminal: Terminal): Promise<Finding[]> {
  const settings = await import("../doctor/settings.ts");
  const file = own.config ? resolve(own.config) : settings.OWN_SETTINGS;
  const read = await settings.readSettings(file);
  const byFiles = [...settings.checkPlaceholders(read), ...(await settings.checkBindings(read))];
  if (own.settings) return byFiles;
  const { checkAddress, checkInside } = await import("../doctor/gateway.ts");
  const { checkRemoteSecrets } = await import("../doctor/remote-secrets.ts");
  const api = await openApi(options, terminal);
  const answers = await checkAddress(api.url, terminal.fetch);
  const isThere = answers.every(({ verdict }) => verdict !== "wrong");
  return [
    ...byFiles,
    ...settings.checkLocalSecrets(file),
    ...(await checkRemoteSecrets(file)),
    ...answers,
    ...(isThere ? await checkInside(api) : []),
  ];
}
