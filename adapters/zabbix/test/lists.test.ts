// Lists of more users than one page has: Zabbix has no offset, so pages are made of ids.

import { beforeEach, expect, it } from "vitest";
import { pagesOf } from "../../../src/adapter.ts";
import { createTokens } from "../../../src/upstream/auth.ts";
import { createBudget } from "../../../src/upstream/budget.ts";
import { createApi } from "../../../src/upstream/client.ts";
import type { Simulation } from "../../simulation.ts";
import adapter from "../index.ts";
import { createZabbixSimulation, zabbixDemoSettings } from "../simulator.ts";

const ORIGIN = "https://zabbix.invalid";
const MANY = 1_200;
const settings = adapter.settings.parse(zabbixDemoSettings(ORIGIN));

let simulation: Simulation;
beforeEach(() => {
  simulation = createZabbixSimulation();
  const ids = Array.from({ length: MANY }, (_, at) => String(at + 3));
  const { users, groups } = structuredClone(simulation.state) as { users: object; groups: Record<string, object> };
  const made = Object.fromEntries(ids.map((userid) => [userid, { userid, username: `user${userid}` }]));
  simulation.seed({
    users: { ...users, ...made },
    groups: { ...groups, "13": { ...groups["13"], users: ["1", ...ids] } },
  });
});

const transport = adapter.connect(settings);
const open = () =>
  createApi({
    ...{ transport, settings, budget: createBudget(transport.limits), tokens: createTokens(), lane: "background" },
    ...{ deadline: () => Date.now() + 60_000, record: () => {} },
    fetch: (url, init) => simulation.fetch(new Request(url, init)),
  });

async function readAll(onPage: () => Promise<unknown> = async () => {}): Promise<string[]> {
  const api = open();
  const seen: string[] = [];
  for await (const { items } of pagesOf((cursor) => adapter.user.list(api, cursor))) {
    seen.push(...items.map(adapter.user.id));
    await onPage();
  }
  return seen;
}

it("S27: every user comes once, in the order of ids, and Zabbix's guest never", async () => {
  const seen = await readAll();
  expect(seen).toEqual(["1", ...Array.from({ length: MANY }, (_, at) => String(at + 3))]);
  // Of each page the ids and the rows, and at the end whether all are seen.
  expect(simulation.calls).toHaveLength(3 * 2 + 1);
});

it("S27: nobody is missed where users leave whose pages were read", async () => {
  const api = open();
  const left = ["3", "4", "5"];
  const seen = await readAll(async () => {
    const id = left.shift();
    if (id !== undefined) await adapter.user.remove?.(api, id);
  });
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toContain(String(MANY + 2));
  expect(seen).toHaveLength(MANY + 1);
});

it("S10: a list is not believed whose token has lost its rights meanwhile", async () => {
  const { users } = structuredClone(simulation.state) as { users: Record<string, object> };
  const reading = readAll(async () => simulation.seed({ users: { ...users, "1": { ...users["1"], roleid: "1" } } }));
  await expect(reading).rejects.toMatchObject({ kind: "unauthorized" });
});
