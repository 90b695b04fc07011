// What the console's first page costs where there are many connections: processor time of the whole deployment for each load of it.
// `node bench/console.ts --connections 1000 --loads 40`

import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";
import { runToEnd } from "./hosts.ts";
import { onlyWorkerd, processorOf } from "./processes.ts";

const { values: given } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    loads: { type: "string", default: "40" },
    port: { type: "string", default: "8919" },
  },
});
const CONNECTIONS = Number(given.connections);
const LOADS = Number(given.loads);
const { port } = given;
/** The first loads warm up and count for nothing. */
const WARM_UP = 5;
const HOUR_MS = 3_600_000;

/** Copies of the one connection, each with what its object would have told: making each through the API is not what is measured. */
function multiply(stateDir: string): void {
  const hour = Math.floor(Date.now() / HOUR_MS);
  const hours = JSON.stringify(Array.from({ length: 24 }, (_, at) => [hour - at, 40 + at, at % 3]));
  for (const file of globSync(`${stateDir}/state/**/*.sqlite`)) {
    const database = new DatabaseSync(file);
    const columns = database.prepare("select name from pragma_table_info('connections')").all();
    if (columns.length > 0) {
      const names = columns.map(({ name }) => `"${String(name)}"`);
      const values = names.map((name) =>
        ['"id"', '"name"'].includes(name) ? "printf('customer-%05d', value)" : `connections.${name}`,
      );
      const numbers = `with recursive numbers (value) as (select 2 union all select value + 1 from numbers where value < ${CONNECTIONS})`;
      database.exec(`${numbers} insert into connections (${names.join()}) select ${values.join()} from connections join numbers;
        insert or replace into rollups select id, 0, ${Date.now()}, 5000, 20, ${Date.now()}, '${hours}', 0, 0, 3, 0,
          '{"state":"complete","seen":1000,"total":1000}' from connections`);
    }
    database.close();
  }
}

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
  const options = { port: Number(port), stateDir, isEmpty: true };
  const first = await startAll(options, () => {});
  const { url, adminToken } = first.demo;
  const settings = { baseUrl: `${first.simulatorUrl}/nobody`, clientId: "c", clientSecret: "s" };
  const body = { name: "customer-00001", vendor: "keepnet", settings, test: false, mode: "paused" };
  await createAdministrator(url, adminToken)("POST", "/connections", body);
  await first.close();
  multiply(stateDir);
  const started = await startAll(options, () => {});
  ends.push(() => started.close());
  const cookie = await signIn(started.consoleUrl);
  const load = async () => {
    const page = await fetch(`${url}/console`, { headers: { cookie } });
    const text = await page.text();
    if (!page.ok) throw new Error(`the page answered ${page.status}`);
    if (!text.includes(`of ${CONNECTIONS}</span>`)) throw new Error("the page does not show all of them");
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
