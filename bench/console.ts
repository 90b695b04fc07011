// What the console's first page costs where there are many connections: processor time of the whole deployment for each load of it.
// `node bench/console.ts --connections 1000 --loads 40`

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";
import { runToEnd } from "./hosts.ts";
import { onlyWorkerd, processorOf } from "./processes.ts";

const { values: options } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    loads: { type: "string", default: "40" },
    port: { type: "string", default: "8919" },
  },
});
const CONNECTIONS = Number(options.connections);
const LOADS = Number(options.loads);
/** The first loads warm up and count for nothing. */
const WARM_UP = 5;
/** So many connections are made at once. */
const AT_ONCE = 8;
/** For so long the objects tell of themselves and rest. */
const QUIET_MS = 20_000;

/** Signs in with the address that works once; the cookie that the browser would keep. */
async function signIn(consoleUrl: string): Promise<string> {
  const { origin } = new URL(consoleUrl);
  const answer = await fetch(consoleUrl, { method: "POST", redirect: "manual", headers: { origin } });
  const [cookie] = answer.headers.getSetCookie();
  if (!cookie) throw new Error(`signing in answered ${answer.status}`);
  return cookie.split(";", 1)[0] ?? "";
}

await runToEnd(async (ends) => {
  const stateDir = mkdtempSync(join(tmpdir(), "portico-console-"));
  ends.push(() => rmSync(stateDir, { recursive: true, force: true }));
  const started = await startAll({ port: Number(options.port), stateDir, isEmpty: true }, () => {});
  ends.push(() => started.close());
  const { url, adminToken } = started.demo;
  const administer = createAdministrator(url, adminToken);
  const settings = { baseUrl: `${started.simulatorUrl}/nobody`, clientId: "c", clientSecret: "s" };
  for (let made = 0; made < CONNECTIONS; made += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, CONNECTIONS - made) }, (_, at) => `customer-${made + at}`);
    const create = (name: string) =>
      administer("POST", "/connections", { name, vendor: "keepnet", settings, test: false, mode: "paused" });
    await Promise.all(names.map(create));
  }
  await sleep(QUIET_MS);
  const cookie = await signIn(started.consoleUrl);
  const load = async () => {
    const page = await fetch(`${url}/console`, { headers: { cookie } });
    const text = await page.text();
    if (!page.ok) throw new Error(`the page answered ${page.status}`);
    return text;
  };
  for (let at = 0; at < WARM_UP; at++) await load();
  const pid = onlyWorkerd();
  const before = processorOf(pid);
  const begun = performance.now();
  let kib = 0;
  for (let at = 0; at < LOADS; at++) kib = (await load()).length / 1_024;
  const processorMs = ((processorOf(pid) - before) / LOADS) * 1_000;
  const waitedMs = (performance.now() - begun) / LOADS;
  process.stdout.write(
    `${CONNECTIONS} connections: ${processorMs.toFixed(0)} ms of processor and ${waitedMs.toFixed(0)} ms of waiting for a page of ${kib.toFixed(0)} KiB, of ${LOADS} loads\n`,
  );
});
