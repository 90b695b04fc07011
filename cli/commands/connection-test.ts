// `portico connection test`, and what trying the credentials of new settings has shown.

import type { Command } from "commander";
import type * as z from "zod";
import { trial } from "../../src/routes/connection-answers.ts";
import { connectionPath, openFor } from "../api.ts";
import { type Terminal, toPrintable } from "../terminal.ts";

export function addTestCommand(group: Command, terminal: Terminal, exit: (code: number) => void): void {
  group
    .command("test <name>")
    .description(
      "try the credentials at the product: what is wrong and who acts, and whose account it is; exit 1 where they do not work",
    )
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("POST", connectionPath(name, "test"), trial);
      if (options.json) terminal.out(JSON.stringify(found, null, 2));
      else for (const line of linesOf(found)) terminal.out(line);
      if (found.works !== true) exit(1);
    });
}

/** What an administrator should read of a trial. */
export function linesOf({ says, acts, account, warnings }: z.infer<typeof trial>): string[] {
  const whose = account ? [`account at the product: ${[account.name, account.id].filter(Boolean).join(", id ")}`] : [];
  const who = acts === null ? [] : [`the ${acts} has to act`];
  return [says, ...who, ...whose, ...warnings.map((one) => `warning: ${one}`)].map(toPrintable);
}
