// Pausing, planning and erasing from the command line: what is open is shown before, what was waited for after [S47].

import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import { connection } from "../../src/routes/api-answers.ts";
import { type erased, unfinished } from "../../src/routes/connection-answers.ts";
import { type AdminApi, connectionPath } from "../api.ts";
import { CliFailure, type Terminal, toPrintable } from "../terminal.ts";

const POLL_MS = 500;
/** Longer than a request that had begun can take. */
const MAX_WAIT_MS = 120_000;

type Unfinished = z.infer<typeof unfinished>;

export const readUnfinished = (api: AdminApi, name: string): Promise<Unfinished> =>
  api.call("GET", connectionPath(name, "unfinished"), unfinished);

/** What somebody should know before nothing is sent any more; undefined: there is nothing. */
export function describeOpen({ owedDisables, heldDisables, inDoubt }: z.infer<typeof erased>): string | undefined {
  const parts = [
    ...listed("disables that the product has still to do", owedDisables),
    ...(heldDisables > 0 ? [`${heldDisables} disables that the brake holds`] : []),
    ...listed(
      "users and groups in doubt",
      inDoubt.map(({ id, until }) => `${id} until ${until}`),
    ),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** What was left open, a line for each. */
export function linesOfOpen(open: z.infer<typeof erased>): string[] {
  const tickets = open.openWrites.reduce((sum, write) => sum + write.tickets, 0);
  return [
    ...listed(
      "writes whose outcome is not known stay open",
      open.openWrites.map(({ kind, id }) => `${kind} ${id}`),
    ),
    ...(tickets > 0 ? [`${tickets} requests are still at the product, which may carry them out`] : []),
    ...listed("disables are owed", open.owedDisables),
    ...(open.heldDisables > 0 ? [`${open.heldDisables} disables are held by the brake`] : []),
    ...listed(
      "users and groups are in doubt",
      open.inDoubt.map(({ id, until }) => `${id} until ${until}`),
    ),
  ].map(toPrintable);
}

const listed = (what: string, ids: readonly string[]) =>
  ids.length === 0 ? [] : [`${ids.length} ${what}: ${ids.slice(0, 20).join(", ")}${ids.length > 20 ? ", …" : ""}`];

/** Changes the mode and waits until nothing is sent any more. @returns how long, and for how many requests */
export async function changeMode(
  api: AdminApi,
  name: string,
  body: { mode: string; confirm?: true; now?: true },
  terminal: Terminal,
): Promise<{ changed: z.infer<typeof connection>; open: Unfinished; waitedFor: number; seconds: number }> {
  const startedAt = Date.now();
  const changed = await api.call("PATCH", connectionPath(name), connection, body);
  let open = await readUnfinished(api, name);
  const waitedFor = changed.fence === "draining" ? Math.max(open.underWay, 1) : 0;
  if (open.fence === "draining") terminal.err(`waiting for ${open.underWay} requests that had begun`);
  while (open.fence === "draining") {
    if (Date.now() - startedAt > MAX_WAIT_MS) {
      throw new CliFailure(
        `${name} accepts nothing new, but ${open.underWay} requests have not ended; look again with portico connection show ${name}`,
      );
    }
    await sleep(POLL_MS);
    open = await readUnfinished(api, name);
  }
  return { changed, open, waitedFor, seconds: Math.round((Date.now() - startedAt) / 1_000) };
}
