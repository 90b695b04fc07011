// What Portico costs on this machine: requests per second and added latency, over loopback, bounded in count and time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { startAll } from "../cli/start.ts";

const USERS = 500;
const CONCURRENCY = 16;
const REQUESTS = 2_000;
const MAX_SECONDS = 30;
const PORT = Number(process.env.PORT ?? 8_799);

interface Figures {
  what: string;
  perSecond: number;
  p50: number;
  p99: number;
  nativeCalls: number;
}

const folder = mkdtempSync(join(tmpdir(), "portico-bench-"));
const started = await startAll({ port: PORT, stateDir: folder }, () => {});

try {
  const connection = started.demo.connections.find((one) => one.name === "keepnet-demo");
  if (!connection) throw new Error("no connection keepnet-demo");
  const { tenantUrl, token } = connection;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };

  async function measure(what: string, count: number, send: (at: number) => Promise<Response>): Promise<Figures> {
    const times: number[] = [];
    let native = 0;
    let next = 0;
    const begun = performance.now();
    const worker = async () => {
      while (next < count && performance.now() - begun < MAX_SECONDS * 1_000) {
        const at = next++;
        const sent = performance.now();
        const response = await send(at);
        await response.arrayBuffer();
        if (response.status >= 400) throw new Error(`${what}: ${response.status}`);
        times.push(performance.now() - sent);
        native += Number(response.headers.get("x-portico-native-calls") ?? 0);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    const seconds = (performance.now() - begun) / 1_000;
    times.sort((left, right) => left - right);
    const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0;
    return { what, perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), nativeCalls: native / times.length };
  }

  const ids: string[] = [];
  const email = (at: number) => `bench${at}@example.com`;
  const get = (path: string) => fetch(`${tenantUrl}${path}`, { headers });
  const figures = [
    await measure("discovery (no vendor)", REQUESTS, () => get("/ServiceProviderConfig")),
    await measure("create user", USERS, async (at) => {
      const body = { userName: email(at), active: true, emails: [{ type: "work", value: email(at) }] };
      const response = await fetch(`${tenantUrl}/Users`, { method: "POST", headers, body: JSON.stringify(body) });
      const { id } = (await response.clone().json()) as { id: string };
      ids.push(id);
      return response;
    }),
    await measure("match user", REQUESTS, (at) =>
      get(`/Users?filter=${encodeURIComponent(`userName eq "${email(at % USERS)}"`)}`),
    ),
    await measure("read user", REQUESTS, (at) => get(`/Users/${ids[at % ids.length]}`)),
    await measure("vendor alone", REQUESTS, () => fetch(`${started.simulatorUrl}/keepnet-demo/__simulator/health`)),
  ];
  const table = new Table({ head: ["what", "requests/s", "p50 ms", "p99 ms", "native calls"] });
  for (const { what, perSecond, p50, p99, nativeCalls } of figures) {
    table.push([what, perSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), nativeCalls.toFixed(2)]);
  }
  process.stdout.write(`${table.toString()}\n${CONCURRENCY} connections, ${USERS} users, Node ${process.version}\n`);
} finally {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
