// `portico master-key`: under which key a deployment's secrets are sealed, and sealing them all again after a change of the key.

import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type * as z from "zod";
import { MASTER_KEY_ROUTES, masterKey } from "../../src/routes/api-master-key-routes.ts";
import { type AdminApi, openFor } from "../api.ts";
import { formatTable } from "../print.ts";
import { createProgress, silentProgress } from "../simulate/progress.ts";
import { CliFailure, type Terminal } from "../terminal.ts";

const POLL_MS = 500;
/** Without any progress for so long, waiting ends. */
const STILL_MS = 90_000;

type Status = z.infer<typeof masterKey>;

export function addMasterKeyCommands(program: Command, terminal: Terminal): void {
  const group = program.command("master-key").description("the key that seals the secrets of this Portico");

  group
    .command("status")
    .description("under which keys everything is sealed, and whether the key before may be taken away")
    .action(async (_own: unknown, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const status = await read(api);
      terminal.out(options.json ? JSON.stringify(status, null, 2) : describe(status));
    });

  group
    .command("rotate")
    .description("seal everything again with MASTER_KEY, in the background; MASTER_KEY_PREVIOUS must be the key before")
    .option("--no-wait", "only begin; portico master-key status shows how far it is")
    .action(async (own: { wait: boolean }, command: Command) => {
      const { options, api } = await openFor(command, terminal);
      const missing = (await read(api)).keys.find(({ is, values }) => is === "missing" && values > 0);
      if (missing) {
        terminal.err(`the key "${missing.id}" is not configured: ${missing.values} secrets stay as they are`);
      }
      for (let after: string | null = ""; after !== null; ) {
        const { answer } = MASTER_KEY_ROUTES.resealAll;
        const told: z.infer<typeof answer> = await api.call("POST", "/master-key/reseal", answer, { after });
        after = told.next;
      }
      const status = own.wait ? await watch(api, options.json ?? false) : await read(api);
      terminal.out(options.json ? JSON.stringify(status, null, 2) : describe(status));
    });

  async function watch(api: AdminApi, isSilent: boolean): Promise<Status> {
    const progress = isSilent ? silentProgress : createProgress(terminal);
    let status = await read(api);
    const done = () => (status.remaining.length === 0 ? status.connections : status.sealedNow);
    progress.begin("sealing", status.connections);
    let [shown, movedAt] = [0, Date.now()];
    for (;;) {
      for (; shown < done(); shown++) {
        progress.tick();
        movedAt = Date.now();
      }
      if (status.remaining.length === 0) break;
      if (Date.now() - movedAt > STILL_MS) {
        progress.end();
        throw new CliFailure(
          `${status.remaining.length} connections could not be opened, and try again by themselves: ${status.remaining.join(", ")}; portico connection test <name> says why`,
        );
      }
      await sleep(POLL_MS);
      status = await read(api);
    }
    progress.end();
    return status;
  }
}

const read = (api: AdminApi) => api.call("GET", "/master-key", masterKey);

const ROLES = { current: "MASTER_KEY", previous: "MASTER_KEY_PREVIOUS", missing: "not configured" } as const;

function describe({ keys, remaining, isAllSealedNow }: Status): string {
  const rows = keys.map((key) => [key.id, ROLES[key.is], key.values, key.connections]);
  const previous = keys.find(({ is }) => is === "previous");
  const others = keys.filter(({ is, values }) => is !== "current" && values > 0).map(({ id }) => `"${id}"`);
  const verdict = isAllSealedNow
    ? previous
      ? `the key "${previous.id}" is not used any more: take MASTER_KEY_PREVIOUS away`
      : "everything is sealed with MASTER_KEY"
    : remaining.length > 0
      ? `still to be sealed again: ${remaining.join(", ")}; portico master-key rotate does it now`
      : `secrets are sealed with ${others.join(", ")}`;
  return `${formatTable(["key", "is", "secrets", "connections"], rows, "no key")}\n${verdict}`;
}
