// `portico mode` and `portico plan`: whether a connection works, only plans, or waits, and what it would have done.

import { Argument, type Command } from "commander";
import * as z from "zod";
import { type AdminApi, connectionPath, openFor } from "../api.ts";
import { formatTable, formatTime, time } from "../print.ts";
import { confirm, type Terminal } from "../terminal.ts";

const planShape = z.looseObject({
  writes: z.number(),
  deactivations: z.number(),
  steps: z.array(
    z.looseObject({
      at: time,
      step: z.string(),
      type: z.string(),
      nativeId: z.string(),
      what: z.array(z.string()),
      isDeactivation: z.boolean(),
    }),
  ),
});
const connectionShape = z.looseObject({ name: z.string(), mode: z.string() });

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
    .option("--yes", "discard a plan without being asked")
    .action(async (name: string, mode: string, own: { yes?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const before = await api.call("GET", connectionPath(name), connectionShape);
      const leavesPlan = before.mode === "plan" && mode !== "plan";
      if (leavesPlan) await confirm(terminal, await describeLoss(api, name), own);
      const body = { mode, ...(leavesPlan ? { confirm: true } : {}) };
      const changed = await api.call("PATCH", connectionPath(name), connectionShape, body);
      if (options.json) return terminal.out(JSON.stringify(changed, null, 2));
      terminal.out(MEANING[changed.mode]?.(name) ?? changed.mode);
      if (leavesPlan) terminal.out("Now restart provisioning at the identity provider: it sends only changes.");
    });

  program
    .command("plan")
    .description("what a connection in plan mode would have done")
    .command("list <connection>")
    .description("the writes that were not sent, newest first")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const plan = await api.call("GET", connectionPath(name, "plan"), planShape);
      if (options.json) return terminal.out(JSON.stringify(plan, null, 2));
      const rows = plan.steps.map((step) => [
        formatTime(step.at),
        `${step.step}, ${step.type}`,
        step.nativeId,
        step.what,
        step.isDeactivation ? "yes" : "",
      ]);
      terminal.out(
        formatTable(
          ["at", "would", "at the product", "what", "deactivates"],
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
