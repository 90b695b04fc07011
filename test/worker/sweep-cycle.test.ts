// Sweeps that run through a whole Entra cycle, told to repair: they take nothing for drift that the cycle has just written [S10] [S13].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { simulateEntra } from "../../cli/simulate/entra/cycle.ts";
import { silentProgress } from "../../cli/simulate/progress.ts";
import { subjectOf } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";

interface Listed {
  Resources?: { id: string; userName: string; displayName: string; members?: { value: string }[] }[];
}

/** Members by group, in the vendor's words and in SCIM's. */
async function membersOf(world: World): Promise<{ native: Record<string, string[]>; shown: Record<string, string[]> }> {
  const users = await world.users();
  const keyOf = new Map(users.map(({ id, key }) => [id, key.toLowerCase()]));
  const native = (await world.groups()).map(({ name, memberIds }) => [
    name,
    memberIds.map((id) => keyOf.get(id)).sort(),
  ]);
  const people = ((await world.get("/Users?count=200")).body as Listed).Resources ?? [];
  const nameOf = new Map(people.map(({ id, userName }) => [id, userName.toLowerCase()]));
  const groups = ((await world.get("/Groups?count=200")).body as Listed).Resources ?? [];
  const shown = groups.map(({ displayName, members = [] }) => [
    displayName,
    members.map(({ value }) => nameOf.get(value)).sort(),
  ]);
  return { native: Object.fromEntries(native), shown: Object.fromEntries(shown) };
}

describe.each([
  ["keepnet", 8],
  ["kpifire", 4],
] as const)("a sweep while a cycle runs, %s", (vendor, users) => {
  it("S10 S13 S26: the cycle deviates nowhere, nothing is repaired that was meant, and both sides agree", async () => {
    const subject = subjectOf(vendor);
    const strangers = [1, 2, 3, 4, 5].map((n) => strangerOf(subject, 900 + n));
    const world = await open(subject, { strangers, drift: "repair" });
    const { gateway } = world;
    const stub = env.CONNECTION.getByName(gateway.id);
    let sweeps = 0;
    let isOver = false;
    const sweeping = (async () => {
      for (; !isOver; sweeps++) {
        await gateway.api("POST", `/connections/${gateway.name}/sweep`);
        await runDurableObjectAlarm(stub);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const report = await simulateEntra({
      tenantUrl: new URL("https://scim.example.com/scim/v2"),
      token: async () => gateway.token,
      users,
      groups: 2,
      flag: false,
      seed: 2,
      concurrency: 4,
      keep: true,
      fetch: (input, init) => exports.default.fetch(new Request(input, init)),
      progress: silentProgress,
    });
    isOver = true;
    await sweeping;
    expect(report.deviations).toEqual([]);
    expect(sweeps).toBeGreaterThan(3);
    await world.sweep();
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
    expect(body.findings).toEqual([]);
    const { native, shown } = await membersOf(world);
    expect(shown).toEqual(native);
    expect(Object.keys(native).length).toBeGreaterThan(0);
  });
});

it("S10 S27: a page that was read before a change says nothing about it, however late it comes", async () => {
  const world = await open(subjectOf("kpifire"));
  const { gateway } = world;
  const id = await world.create(1);
  await world.create(2);
  await world.fail({ kind: "delay", delayMs: 800, when: "after", match: { path: "^/api/users$", method: "GET" } });
  const { calls } = (await gateway.vendor("GET", "/log")).body as { calls: RecordedCall[] };
  await gateway.api("POST", `/connections/${gateway.name}/sweep`);
  await expect
    .poll(async () => (await gateway.vendor("GET", `/log?since=${calls.at(-1)?.seq}`)).body.calls, { timeout: 5_000 })
    .toMatchObject([{ path: "/api/users", fault: "delay" }]);
  expect((await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false })).status).toBe(200);
  const states = async () => (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps;
  await expect
    .poll(states, { timeout: 10_000 })
    .toMatchObject([{ state: "complete" }, { state: "complete" }, { state: "complete" }]);
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
  expect(body.findings).toEqual([]);
  const rows = await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) =>
    storage.sql.exec("select is_active from links where id = ?", id).toArray(),
  );
  expect(rows).toEqual([{ is_active: 0 }]);
});
