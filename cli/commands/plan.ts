// `portico mode` and `portico plan`: whether a connection works, only plans, or waits, and what it would have done.

import { Argument, type Command } from "commander";
import type * as z from "zod";
import { connection as connectionShape } from "../../src/routes/api-answers.ts";
import { plan as planShape } from "../../src/routes/report-answers.ts";
import { type AdminApi, connectionPath, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import { confirm, type Terminal } from "../terminal.ts";
import { changeMode, describeOpen, linesOfOpen, readUnfinished } from "./fence.ts";

const NOW_HELP = "cut requests that had begun at their next call to the product, instead of letting them finish";
const YES_HELP = "without being asked about a plan that is discarded, disables that are owed and who is in doubt";

interface ModeOptions {
  now?: true;
  yes?: true;
}

const MEANING: Record<string, (name: string) => string> = {
  live: (name) => `${name} is live: what is asked is done at the product`,
  plan: (name) => `${name} plans: it answers as if and writes nothing; see portico plan list ${name}`,
  paused: (name) => `${name} is paused: it answers 503, and the identity provider tries again later`,
};

export function addPlanCommands(program: Command, terminal: Terminal): void {
  program
    .command("mode <connection>")
    .description("live does what is asked, plan only writes it down, paused answers 503")
    .addArgument(new Argument("<mode>").choices(["live", "plan", "paused"]))
    .option("--now", NOW_HELP)
    .option("--yes", YES_HELP)
    .action(async (name: string, mode: string, own: ModeOptions, command: Command) => {
      await setMode(name, mode, own, command);
    });

  program
    .command("pause <connection>")
    .description("answer 503 and send nothing more: the same as mode <connection> paused")
    .option("--now", NOW_HELP)
    .option("--yes", YES_HELP)
    .action(async (name: string, own: ModeOptions, command: Command) => {
      await setMode(name, "paused", own, command);
    });

  async function setMode(name: string, mode: string, own: ModeOptions, command: Command): Promise<void> {
    const { options, api } = await openFor(command, terminal);
    const before = await api.call("GET", connectionPath(name), connectionShape);
    const leavesPlan = before.mode === "plan" && mode !== "plan";
    if (leavesPlan) await confirm(terminal, await describeLoss(api, name), own);
    if (before.mode === "live" && mode !== "live") {
      const open = describeOpen(await readUnfinished(api, name));
      if (open) await confirm(terminal, `${open}. None of it goes on until ${name} is live again`, own);
    }
    const body = { mode, ...(leavesPlan ? { confirm: true as const } : {}), ...(own.now ? { now: own.now } : {}) };
    const { changed, open, waitedFor, seconds } = await changeMode(api, name, body, terminal);
    if (options.json) {
      return terminal.out(JSON.stringify({ ...changed, fence: open.fence, unfinished: open, waitedFor }, null, 2));
    }
    terminal.out(MEANING[changed.mode]?.(name) ?? changed.mode);
    if (waitedFor > 0) terminal.out(`waited ${seconds} s for ${waitedFor} requests that had begun`);
    if (mode !== "live") for (const line of linesOfOpen(open)) terminal.out(line);
    if (leavesPlan) terminal.out("Now restart provisioning at the identity provider: it sends only changes.");
  }

  program
    .command("plan")
    .description("what a connection in plan mode would have done")
    .command("list <connection>", { isDefault: true })
    .description("the writes that were not sent, newest first")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const plan = await api.call("GET", connectionPath(name, "plan"), planShape);
      if (options.json) return terminal.out(JSON.stringify(plan, null, 2));
      const rows = plan.steps.map((step) => [
        formatTime(step.at),
        `${step.step}, ${step.type}`,
        step.name ?? step.nativeId,
        step.what,
        step.isDeactivation ? "yes" : "",
      ]);
      terminal.out(
        formatTable(
          ["at", "would", "user or group", "what", "deactivates"],
          rows,
          "nothing would have been written",
          "",
        ),
      );
      if (plan.writes > 0) terminal.out(countOf(plan));
    });
}

const countOf = ({ writes, deactivations }: z.infer<typeof planShape>) =>
  `${writes} planned writes, ${deactivations} deactivations among them`;

async function describeLoss(api: AdminApi, name: string): Promise<string> {
  const plan = await api.call("GET", connectionPath(name, "plan"), planShape);
  return (
    `Leaving plan mode discards ${countOf(plan)}: none of it has happened at the product. ` +
    "Provisioning must then be restarted at the identity provider, because it sends only changes"
  );
}
