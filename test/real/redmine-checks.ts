// What only Redmine is asked: native exchanges beside the simulator's, and behaviour through the gateway.

import { createRedmineSimulation, redmineDemoSettings } from "../../adapters/redmine/simulator.ts";
import { redmineChecks } from "../../adapters/redmine/test/checks.ts";
import type { Inspector, NativeUser } from "../../adapters/redmine/test/world.ts";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { serveSimulators } from "../../adapters/simulation/server.ts";
import { EXCHANGES, play } from "./exchanges.ts";
import { type Portico, scimOf } from "./portico.ts";
import type { Cycle, Sight } from "./product.ts";
import type { RealRedmine } from "./redmine.ts";
import { toReply } from "./reply.ts";
import { check, checkQuietly, counts, say } from "./said.ts";

/** Redmine's pages, at most. */
const PAGE = 100;
const LOCKED = 3;

export async function compare(real: RealRedmine): Promise<void> {
  const simulation = createRedmineSimulation();
  const simulated = await serveSimulators(createSimulatorHost(new Map([["redmine", simulation]])), 0);
  const url = `${simulated.url}/redmine`;
  const key = String(redmineDemoSettings(url).apiKey);
  const failedBefore = counts.failed;
  try {
    for (const [index, exchange] of EXCHANGES.entries()) {
      const { method, path } = exchange;
      await checkQuietly(`exchange ${index + 1}: ${method} ${path}`, async () => {
        const [expected, got] = [await play(real.url, real.apiKey, exchange), await play(url, key, exchange)];
        if (JSON.stringify(expected) === JSON.stringify(got)) return;
        throw new Error(
          `${JSON.stringify(exchange.body)}\n      real      ${JSON.stringify(expected)}\n      simulator ${JSON.stringify(got)}`,
        );
      });
    }
    const unlike = counts.failed - failedBefore;
    if (unlike === 0) say(`ok    ${EXCHANGES.length} native exchanges: the simulator answers as Redmine does`);
  } finally {
    await simulated.close();
  }
}

export function inspect({ url, apiKey }: RealRedmine): Inspector {
  const call: Inspector["call"] = async (method, path, body) =>
    toReply(
      await fetch(`${url}${path}`, {
        method,
        headers: { "x-redmine-api-key": apiKey, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return {
    call,
    async users() {
      const users: NativeUser[] = [];
      // Rows do not show the status, so each status is asked for.
      for (const status of [1, 2, 3]) {
        for (let offset = 0, total = 1; offset < total; offset += PAGE) {
          const { body } = await call("GET", `/users.json?status=${status}&limit=${PAGE}&offset=${offset}`);
          total = body.total_count;
          users.push(...body.users.map((row: NativeUser) => ({ ...row, status })));
        }
      }
      return users;
    },
    async groups() {
      const { body } = await call("GET", "/groups.json");
      return Promise.all(
        body.groups.map(async ({ id, name }: { id: number; name: string }) => {
          const { body: read } = await call("GET", `/groups/${id}.json?include=users`);
          return { id, name, users: read.group.users.map((user: { id: number }) => user.id) };
        }),
      );
    },
  };
}

export const toSight = (redmine: Inspector): Sight => ({
  users: async () => (await redmine.users()).map(({ id, status }) => ({ id: String(id), isActive: status !== LOCKED })),
  groups: () => redmine.groups(),
});

export async function checkBehaviour(portico: Portico, real: RealRedmine, redmine: Inspector): Promise<void> {
  for (const onDelete of ["lock", "remove"] as const) {
    const scim = scimOf(await portico.connect(`checks-${onDelete}`, "redmine", { ...real.settings, onDelete }));
    for (const [index, one] of redmineChecks.entries()) {
      if (one.onDelete !== undefined && one.onDelete !== onDelete) continue;
      const tag = `${onDelete[0]}${index.toString(36)}`;
      await check(`${onDelete}: ${one.name}`, () => one.run({ scim, redmine, onDelete, tag }));
    }
  }
}

/** One connection deletes by locking and takes Entra's old shapes, the other removes, holds everything and takes the new. */
export const CYCLES: Cycle[] = [
  {
    ...{ name: "entra-lock", users: 30, groups: 4, flag: false, leaves: "disabled" },
    ...{ settings: { onDelete: "lock" }, profile: {} },
  },
  {
    ...{ name: "entra-remove", users: 30, groups: 4, flag: true, leaves: "nothing" },
    ...{ settings: { onDelete: "remove" }, profile: { unmapped: "keep", coupling: "separate" } },
  },
];
