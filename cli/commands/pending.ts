// `portico pending`: what was accepted and is still to be done at the product, and what is not tried any more.

import type { Command } from "commander";
import * as z from "zod";
import { decided, pending as pendingShape } from "../../src/routes/owed-answers.ts";
import { type AdminApi, connectionPath, type GlobalOptions, openApi, openFor } from "../api.ts";
import { formatTable, formatTime } from "../print.ts";
import { CliFailure, confirm, type Terminal } from "../terminal.ts";

const DONE = { retry: "is tried now", drop: "is given up" } as const;
type Decision = keyof typeof DONE;

interface ShowOptions {
  kind?: string;
  parked?: true;
  limit: string;
}

export function addPendingCommands(program: Command, terminal: Terminal): void {
  const group = program
    .command("pending")
    .description("what was accepted and is still to be done at the product, and what is not tried any more");

  group
    .command("show <connection>", { isDefault: true })
    .description("how much of each kind is owed, what it is, and why it waits or is parked")
    .option("--kind <kind>", "only one kind, such as disable, membership or write")
    .option("--parked", "only what is not tried any more")
    .option("--limit <count>", "so many at most", "200")
    .action(async (name: string, own: ShowOptions, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const pending = await pendingOf(api, name, own);
      if (options.json) return terminal.out(JSON.stringify(pending, null, 2));
      const kinds = pending.kinds.filter(({ waiting, parked }) => waiting + parked > 0);
      const counts = kinds.map(({ kind, waiting, failing, parked, nextAttemptAt }) => [
        kind,
        String(waiting),
        String(failing),
        String(parked),
        nextAttemptAt === null ? "" : formatTime(nextAttemptAt),
      ]);
      terminal.out(formatTable(["kind", "waiting", "failing", "parked", "next attempt"], counts, "nothing is owed"));
      if (pending.owed.length === 0) return;
      const rows = pending.owed.map((one) => [
        one.id,
        one.kind,
        one.userName ?? one.user ?? "",
        one.groupName ?? one.group ?? "",
        one.what,
        one.isParked ? "parked" : one.nextAttemptAt === null ? "by a request" : formatTime(one.nextAttemptAt),
        formatTime(one.since),
        one.why,
      ]);
      terminal.out(formatTable(["id", "kind", "user", "group", "what", "tried", "since", "because"], rows, ""));
    });

  decide("retry", "try something now, parked or not");
  decide("drop", "give something up; what reads show then stands in docs/operate.md");

  function decide(decision: Decision, description: string): void {
    group
      .command(`${decision} <connection> [id]`)
      .description(description)
      .option("--all", "everything that is parked")
      .option("--yes", "without being asked")
      .action(async (name: string, id: string | undefined, own: { all?: true; yes?: true }, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        if ((id === undefined) !== (own.all === true)) throw new CliFailure("give the id of one thing, or --all");
        const api = await openApi(options, terminal);
        if (decision === "drop") await confirmDrop(api, name, id, own);
        if (id === undefined) {
          const { changes } = await api.call("POST", connectionPath(name, "pending", decision), decided);
          const told = changes === 0 ? "nothing is parked" : `everything that is parked ${DONE[decision]}: ${changes}`;
          return terminal.out(options.json ? JSON.stringify({ [decision]: changes }) : told);
        }
        await api.call("POST", connectionPath(name, "pending", id, decision), z.unknown());
        terminal.out(options.json ? JSON.stringify({ [decision]: 1 }) : `${id} ${DONE[decision]}`);
      });
  }

  async function confirmDrop(api: AdminApi, name: string, id: string | undefined, own: { yes?: true }): Promise<void> {
    const { kinds, owed } = await pendingOf(api, name, { limit: "1000" });
    if (owed.some((one) => one.id === id && one.kind === "disable")) {
      return confirm(terminal, "the user is shown as active again and keeps their access at the product", own);
    }
    const count = id === undefined ? kinds.reduce((sum, { parked }) => sum + parked, 0) : 1;
    const what =
      count === 1
        ? "1 thing is given up and will not reach the product"
        : `${count} things are given up and will not reach the product`;
    if (count > 0) await confirm(terminal, what, own);
  }
}

function pendingOf(api: AdminApi, name: string, { kind, parked, limit }: ShowOptions) {
  const query = new URLSearchParams({ limit, ...(kind ? { kind } : {}), ...(parked ? { parked: "true" } : {}) });
  return api.call("GET", `${connectionPath(name, "pending")}?${query}`, pendingShape);
}
