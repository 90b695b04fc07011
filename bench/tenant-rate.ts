// One tenant with 25 requests a second for a minute, as the gallery asks [G2], before a product that answers in 200 ms: how many
// were refused, how long they took, and how many calls were under way at once.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { simulators } from "../adapters/simulators.ts";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";
import { loginOf, patchOf, scimUser } from "./people.ts";

const PER_SECOND = 25;
const SECONDS = Math.min(120, Number(process.env.SECONDS ?? 60));
const USERS = 200;
const VENDOR_MS = 200;
/** Calls at once that the product is said to allow; the six of one object where nothing is given. */
const CONCURRENCY = Number(process.env.CONCURRENCY ?? 16);
const DEMO = "rest-demo";

const folder = mkdtempSync(join(tmpdir(), "portico-rate-"));
const started = await startAll({ port: Number(process.env.PORT ?? 8_797), stateDir: folder }, () => {});
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const api = createAdministrator(started.demo.url, started.demo.adminToken);
  const control = `${started.simulatorUrl}/${DEMO}/__simulator`;
  const given = (simulators.rest?.demoSettings(`${started.simulatorUrl}/${DEMO}`) ?? {}) as { description: object };
  const description = { ...given.description, limits: { concurrency: CONCURRENCY } };
  await api("PATCH", `/connections/${DEMO}`, {
    settings: { ...given, description },
    brake: { share: 1, count: 1_000_000, minutes: 60 },
  });
  const connection = started.demo.connections.find(({ name }) => name === DEMO);
  if (!connection) throw new Error(`no connection ${DEMO}`);
  const headers = { authorization: `Bearer ${connection.token}`, "content-type": "application/scim+json" };
  const scim = (method: string, path: string, body?: object) =>
    fetch(`${connection.tenantUrl}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const ids: string[] = [];
  for (let n = 0; n < USERS; n++) {
    const response = await scim("POST", "/Users", scimUser(n));
    if (response.status !== 201) throw new Error(`seeding: ${response.status} ${await response.text()}`);
    ids.push(((await response.json()) as { id: string }).id);
  }
  await fetch(`${control}/log`, { method: "DELETE" });
  await fetch(`${control}/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ kind: "delay", delayMs: VENDOR_MS, times: 1_000_000 }]),
  });

  let made = USERS;
  const idAt = (n: number) => ids[n % ids.length] ?? "";
  // What a cycle of Entra sends: it matches everybody in scope, changes some, creates a few.
  const act = (n: number): Promise<Response> => {
    const slot = n % 20;
    if (slot < 12) return scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${loginOf(n % USERS)}"`)}`);
    if (slot < 14) return scim("GET", `/Users/${idAt(n)}`);
    if (slot < 18)
      return scim("PATCH", `/Users/${idAt(n)}`, patchOf({ op: "replace", path: "name.givenName", value: `R${n}` }));
    if (slot < 19)
      return scim("PATCH", `/Users/${idAt(n)}`, patchOf({ op: "replace", path: "active", value: n % 40 < 20 }));
    return scim("POST", "/Users", scimUser(made++));
  };

  const times: number[] = [];
  const statuses = new Map<number, number>();
  let native = 0;
  const under: Promise<void>[] = [];
  const begun = performance.now();
  for (let n = 0; n < PER_SECOND * SECONDS; n++) {
    await sleep(Math.max(0, begun + (n * 1_000) / PER_SECOND - performance.now()));
    const sentAt = performance.now();
    under.push(
      act(n).then(async (response) => {
        await response.arrayBuffer();
        times.push(performance.now() - sentAt);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        native += Number(response.headers.get("x-portico-native-calls") ?? 0);
      }),
    );
  }
  await Promise.all(under);
  const took = (performance.now() - begun) / 1_000;
  times.sort((left, right) => left - right);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
  const { summary } = (await (await fetch(`${control}/log`)).json()) as { summary: { maxConcurrent: number } };
  say(
    `${times.length} requests in ${took.toFixed(1)} s, a product that answers in ${VENDOR_MS} ms, concurrency ${CONCURRENCY}`,
  );
  say(`statuses: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(", ")}`);
  say(`milliseconds: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
  say(`native calls: ${native}, at most ${summary.maxConcurrent} at once`);
} finally {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
