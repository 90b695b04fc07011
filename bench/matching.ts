// What a match costs on a vendor without search: 20,000 users at the vendor, 1,000 matches, before and after the first sweep.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";

const USERS = 20_000;
const MATCHES = 1_000;
const MAX_WAIT_MS = 5 * 60_000;
const NAME = "kpifire-demo";

const folder = mkdtempSync(join(tmpdir(), "portico-matching-"));
const started = await startAll({ port: Number(process.env.PORT ?? 8_798), stateDir: folder }, () => {});
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const connection = started.demo.connections.find((one) => one.name === NAME);
  if (!connection) throw new Error(`no connection ${NAME}`);
  const headers = { authorization: `Bearer ${connection.token}` };
  const login = (at: number) => `person${at}@example.com`;
  const match = (at: number) =>
    fetch(`${connection.tenantUrl}/Users?filter=${encodeURIComponent(`userName eq "${login(at)}"`)}`, { headers });
  const api = createAdministrator(started.demo.url, started.demo.adminToken);

  const users = Object.fromEntries(
    Array.from({ length: USERS }, (_, at) => [String(at + 1), { id: at + 1, login: login(at), licenseType: 1 }]),
  );
  const seeded = await fetch(`${started.simulatorUrl}/${NAME}/__simulator/state`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ users, nextId: USERS + 1 }),
  });
  if (!seeded.ok) throw new Error(`seeding failed: ${seeded.status} ${(await seeded.text()).slice(0, 300)}`);
  // A connection as new as the account: its own first sweep meets the 20,000.
  const settings = await api<{ settings: Record<string, unknown> }>("GET", `/connections/${NAME}`);
  const { simulators } = await import("../adapters/simulators.ts");
  await api("POST", "/connections", {
    name: "matching",
    vendor: "kpifire",
    settings: { ...simulators.kpifire?.demoSettings(`${started.simulatorUrl}/${NAME}`), ...settings.settings },
  });
  const minted = await api<{ token: string }>("POST", "/connections/matching/tokens");
  headers.authorization = `Bearer ${minted.token}`;

  const early = await match(USERS - 1);
  const body = (await early.json()) as { detail?: string };
  say(`before the first sweep: ${early.status}, Retry-After ${early.headers.get("retry-after")}, ${body.detail ?? ""}`);

  const begun = Date.now();
  for (;;) {
    const { sweeps } = await api<{ sweeps: { type: string; state: string; seen: number; total: number }[] }>(
      "GET",
      "/connections/matching/sweep",
    );
    const sweep = sweeps.find((one) => one.type === "User");
    if (sweep?.state === "complete") break;
    if (Date.now() - begun > MAX_WAIT_MS) throw new Error(`the sweep is not complete: ${JSON.stringify(sweep)}`);
    await sleep(1_000);
  }
  say(`first sweep of ${USERS} users: ${((Date.now() - begun) / 1_000).toFixed(0)} s`);

  let nativeCalls = 0;
  let found = 0;
  for (let at = 0; at < MATCHES; at++) {
    const response = await match(at * 40 >= USERS ? USERS + at : at * 40);
    nativeCalls += Number(response.headers.get("x-portico-native-calls"));
    found += ((await response.json()) as { totalResults: number }).totalResults;
  }
  say(`${MATCHES} matches, ${found} found: ${nativeCalls} native calls`);
  if (nativeCalls > MATCHES) process.exitCode = 1;
} finally {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
