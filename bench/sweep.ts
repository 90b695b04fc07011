// What a sweep costs with 50,000 users at the vendor, half of them in one group: time, native calls, memory of workerd.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { simulators } from "../adapters/simulators.ts";
import { startAll } from "../cli/start.ts";
import { createAdministrator } from "./administrator.ts";
import { memoryOf, onlyWorkerd, processorOf } from "./processes.ts";

const USERS = Number(process.env.USERS ?? 50_000);
const MEMBERS = USERS / 2;
/** Changed at the vendor behind Portico's back, between the second and the third sweep. */
const CHANGED = USERS / 100;
const REMOVED = USERS / 100;
/** The longest that one alarm works, with the call that it has begun. */
const SLICE_MS = 30_000;
let longestSlice = 0;
const MAX_WAIT_MS = 15 * 60_000;
const ACCOUNT = "keepnet-demo";
const NAME = "sweeping";

// ---- The vendor's account -------------------------------------------------------------------------------------------

const userId = (at: number) => `benchUser${String(at).padStart(6, "0")}`;
const mail = (at: number) => `person${at}@example.com`;
const person = (at: number, more: object = {}) => ({
  ...{ resourceId: userId(at), id: at + 1, email: mail(at), firstName: "Ada", lastName: `Lovelace ${at % 997}` },
  ...{ department: `Dept ${at % 50}`, phoneNumber: `+3120555${at}`, createTime: new Date(at * 1_000).toISOString() },
  ...more,
});
const accountOf = (edit: (at: number) => object = () => ({})) =>
  Object.fromEntries(Array.from({ length: USERS }, (_, at) => [userId(at), person(at, edit(at))]));
const groupOf = (from: number) => ({
  benchGroup01: {
    ...{ resourceId: "benchGroup01", name: "Everybody", createTime: new Date(0).toISOString() },
    members: Array.from({ length: MEMBERS }, (_, at) => userId(at + from)),
  },
});

// ---- The run --------------------------------------------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), "portico-sweep-"));
const started = await startAll({ port: Number(process.env.PORT ?? 8_797), stateDir: folder }, () => {});
const table = new Table({
  head: [
    "sweep",
    "seconds",
    "of workerd's processor",
    "native calls",
    "findings",
    "workerd MB before",
    "after",
    "peak so far",
  ],
  style: { head: [], border: [] },
  colAligns: ["left", "right", "right", "right", "right", "right", "right", "right"],
});

try {
  const pid = onlyWorkerd();
  const vendorUrl = `${started.simulatorUrl}/${ACCOUNT}`;
  const vendor = (method: string, path: string, body?: object) =>
    fetch(`${vendorUrl}/__simulator${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const api = createAdministrator(started.demo.url, started.demo.adminToken);
  const requireOk = async (response: Response, what: string) => {
    if (!response.ok) throw new Error(`${what}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    return response;
  };
  const callsSoFar = async () =>
    ((await (await vendor("GET", "/log?since=999999999")).json()) as { summary: { total: number } }).summary.total;

  async function measure(what: string, begin: () => Promise<unknown>): Promise<void> {
    const [before, calls, worked, begun] = [memoryOf(pid), await callsSoFar(), processorOf(pid), Date.now()];
    const samples: { at: number; processor: number }[] = [];
    await begin();
    for (;;) {
      const [at, processor] = [Date.now(), processorOf(pid)];
      samples.push({ at, processor });
      // No alarm has more of the processor than the whole process while one slice can last.
      const earlier = samples.findLast((one) => one.at <= at - SLICE_MS) ?? samples[0];
      longestSlice = Math.max(longestSlice, processor - (earlier?.processor ?? processor));
      const { sweeps } = await api<{ sweeps: { state: string; alarm: string | null }[] }>(
        "GET",
        `/connections/${NAME}/sweep`,
      );
      const alarm = sweeps.find((one) => one.alarm !== null)?.alarm;
      if (alarm) throw new Error(alarm);
      if (sweeps.every((one) => one.state === "complete")) break;
      if (Date.now() - begun > MAX_WAIT_MS) throw new Error(`not complete: ${JSON.stringify(sweeps)}`);
      await sleep(250);
    }
    const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
    const after = memoryOf(pid);
    const { counts } = await api<{ counts: Record<string, number> }>("GET", `/connections/${NAME}/drift`);
    const findings = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
    const native = (await callsSoFar()) - calls;
    const processor = (processorOf(pid) - worked).toFixed(1);
    table.push([what, seconds, processor, native, findings.join("\n") || "0", before.now, after.now, after.peak]);
    process.stdout.write(`${what}: ${seconds} s, ${processor} s of processor, ${native} calls, ${after.now} MB\n`);
  }

  await requireOk(await vendor("PATCH", "/state", { users: accountOf(), groups: groupOf(0) }), "seeding");
  await measure("first, of an account without links", async () => {
    const settings = { ...simulators.keepnet?.demoSettings(vendorUrl), baseUrl: vendorUrl };
    const body = { name: NAME, vendor: "keepnet", settings };
    await api("POST", "/connections", body);
  });

  const minted = await api<{ token: string }>("POST", `/connections/${NAME}/tokens`);
  const scim = (method: string, path: string, body?: object) =>
    fetch(`${started.demo.url}/scim/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${minted.token}`, "content-type": "application/scim+json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const firstOf = async (path: string) => {
    const { Resources } = (await (await requireOk(await scim("GET", path), path)).json()) as {
      Resources: { id: string }[];
    };
    return Resources[0]?.id ?? "";
  };
  // A first change of its members makes Portico load the group's list.
  const group = await firstOf("/Groups?count=1&excludedAttributes=members");
  const value = await firstOf(`/Users?filter=${encodeURIComponent(`userName eq "${mail(0)}"`)}`);
  await requireOk(
    await scim("PATCH", `/Groups/${group}`, {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "add", path: "members", value: [{ value }] }],
    }),
    "loading the group",
  );
  const again = () => api("POST", `/connections/${NAME}/sweep`);
  await measure("second, nothing has changed", again);

  const edited = accountOf((at) =>
    at < CHANGED ? { lastName: "King" } : at >= USERS - REMOVED ? { isDeleted: true } : {},
  );
  await requireOk(await vendor("PATCH", "/state", { users: edited, groups: groupOf(100) }), "changing");
  await measure("third, with changes at the vendor", again);
  process.stdout.write(`${USERS} users, ${MEMBERS} in one group\n${table.toString()}\n`);
} catch (error) {
  // The exit below would swallow it.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  process.stdout.write(`most of the processor in any ${SLICE_MS / 1_000} s: ${longestSlice.toFixed(1)} s\n`);
  await started.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}
