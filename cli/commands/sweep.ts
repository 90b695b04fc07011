// `portico sweep` and `portico drift`: the pass over a product's records, and what it found changed behind Portico's back.

import { setTimeout as sleep } from "node:timers/promises";
import { Argument, type Command } from "commander";
import type * as z from "zod";
import { connection } from "../../src/routes/api-answers.ts";
import { drift as driftShape } from "../../src/routes/report-answers.ts";
import { startedSweep, sweeps as sweepsShape } from "../../src/routes/sweep-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import { CliFailure, type Terminal } from "../terminal.ts";

type Passes = z.infer<typeof startedSweep>["passes"];
type Sweeps = z.infer<typeof sweepsShape>;

const POLL_MS = 1_000;
/** The exit code where a pass is complete and has raised an alarm, so that a person must look. */
const ALARMED = 2;

export function addSweepCommands(program: Command, terminal: Terminal, exit: (code: number) => void): void {
  const sweeps = program.command("sweep").description("the pass over a product's records that keeps matching possible");

  sweeps
    .command("status <connection>", { isDefault: true })
    .description("how far the pass is")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      show(await sweepsOf(api, name), options);
    });

  sweeps
    .command("start <connection>")
    .description("begin a pass now, or let a running one go on")
    .option(
      "--wait",
      `show how far it is until it is complete; exit 0: it is; 1: it cannot go on; ${ALARMED}: it is, with an alarm`,
    )
    .action(async (name: string, own: { wait?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const started = await api.call("POST", connectionPath(name, "sweep"), startedSweep);
      if (!own.wait) return show(await sweepsOf(api, name), options);
      const found = await watch(api, name, started.passes);
      show(found, options);
      if (!found.sweeps.some(({ alarm }) => alarm !== null)) return;
      terminal.err(`portico: the pass has raised an alarm: portico connection alarms ${name}`);
      exit(ALARMED);
    });

  const drift = program.command("drift").description("what the last pass found otherwise than Portico had left it");

  drift
    .command("show <connection>", { isDefault: true })
    .description("the findings, and which of them were repaired")
    .action(async (name: string, _own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const found = await api.call("GET", connectionPath(name, "drift"), driftShape);
      if (options.json) return terminal.out(JSON.stringify(found, null, 2));
      const rows = found.findings.map((each) => [
        formatTime(each.at),
        each.kind,
        each.name ?? each.linkId,
        each.path ?? each.memberName ?? each.memberId ?? "",
        each.isRepaired ? "repaired" : "reported",
      ]);
      terminal.out(formatTable(["at", "what", "user or group", "attribute or member", ""], rows, "no differences", ""));
      const counts = Object.entries(found.counts).map(([kind, count]) => `${count} ${kind}`);
      if (counts.length > 0) terminal.out(counts.join(", "));
    });

  drift
    .command("set <connection>")
    .description("what a pass does with memberships and licences that differ")
    .addArgument(new Argument("<choice>").choices(["report", "repair"]))
    .option("--activated", "instead: what is done about disabled users who are active at the product again")
    .action(async (name: string, choice: string, own: { activated?: true }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      if (own.activated) {
        const after = await api.call("PATCH", connectionPath(name), connection, { driftActivated: choice });
        if (options.json) return terminal.out(JSON.stringify(after, null, 2));
        const what = after.driftActivated === "repair" ? "disabled once more, at most once a day" : "reported only";
        return terminal.out(`${name}: disabled users who are active at the product again are ${what}`);
      }
      const changed = await api.call("PATCH", connectionPath(name), connection, { drift: choice });
      if (options.json) return terminal.out(JSON.stringify(changed, null, 2));
      terminal.out(
        `${name}: differences are ${changed.drift === "repair" ? "reported and repaired" : "reported only"}`,
      );
    });

  /** Waits for these passes and no others: another one may have begun, or be wrong, since. */
  async function watch(api: AdminApi, name: string, passes: Passes): Promise<Sweeps> {
    let said = "";
    const own = new Map(passes.map(({ type, pass }) => [type, pass]));
    for (;;) {
      const all = await sweepsOf(api, name);
      const found = { ...all, sweeps: all.sweeps.filter(({ type, pass }) => own.get(type) === pass) };
      const running = found.sweeps.filter(({ state }) => state === "running");
      const stopped = running.find(({ alarm }) => alarm !== null);
      if (stopped) throw new CliFailure(`${stopped.type}: ${stopped.alarm}`);
      if (running.length === 0) return found;
      const now = running.map(describe).join("; ");
      if (now !== said) terminal.err(now);
      said = now;
      await sleep(POLL_MS);
    }
  }

  function show(found: Sweeps, options: GlobalOptions): void {
    const rows = found.sweeps.map((each) => [
      each.type,
      each.state,
      `${each.seen} of ${each.total ?? "?"}`,
      formatTime(each.completedAt),
      each.alarm,
    ]);
    const head = ["records", "state", "seen", "last complete", "alarm"];
    terminal.out(
      options.json ? JSON.stringify(found.sweeps, null, 2) : formatTable(head, rows, "nothing to pass over"),
    );
  }
}

const sweepsOf = (api: AdminApi, name: string) => api.call("GET", connectionPath(name, "sweep"), sweepsShape);

const describe = ({ type, seen, total }: Sweeps["sweeps"][number]) => `${type}: ${seen} of ${total ?? "?"}`;
