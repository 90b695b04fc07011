// The demo connections of the local start: two for each vendor, and how far their indexes are.

import { setTimeout as sleep } from "node:timers/promises";
import { adapters } from "../adapters/index.ts";
import { simulators } from "../adapters/simulators.ts";
import { sweeps } from "../src/routes/sweep-answers.ts";
import type { Demo } from "./demo.ts";
import { CliFailure } from "./terminal.ts";

/** How long the start waits for indexes before it says how far they are. */
const MAX_INDEXING_MS = 3_000;

/** A demo connection: one vendor account with one of the two profiles [S1] [S2], or for the gallery exam [S62]. */
interface Plan {
  name: string;
  vendor: string;
  profile: Record<string, unknown>;
}

/** The default lines; but a person who tries Portico out creates as many users as they like, and none of them costs anything. */
const BRAKE = { share: 0.1, count: 20, minutes: 60, kinds: { creation: { action: "warn" } } };

/** What one machine asks itself, such as a benchmark. */
const RATE = { perSecond: 10_000, burst: 100_000 };

export const PLANS: Plan[] = Object.keys(simulators).flatMap((vendor) => [
  { name: `${vendor}-demo`, vendor, profile: { brake: BRAKE, requestRate: RATE } },
  {
    name: `${vendor}-full`,
    vendor,
    profile: { unmapped: "keep", coupling: "separate", brake: BRAKE, requestRate: RATE },
  },
  {
    name: `${vendor}-exam`,
    vendor,
    profile: { purpose: "exam", coupling: "separate", requestRate: RATE, ...groupsHeldFor(vendor) },
  },
]);

/** Without groups the exam is failed [G30], so Portico holds them where the vendor has none. */
function groupsHeldFor(vendor: string): Record<string, unknown> {
  const adapter = adapters[vendor];
  const hasNone = adapter !== undefined && !adapter.specialise && adapter.group === undefined;
  return hasNone ? { groups: "held" } : {};
}

/** Creates the demo connections that are missing; the others follow the simulators to their address. */
export async function ensureConnections(url: string, saved: Demo, simulatorUrl: string): Promise<Demo["connections"]> {
  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${saved.adminToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok && response.status !== 404) {
      throw new CliFailure(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    }
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const connections: Demo["connections"] = [];
  for (const { name, vendor, profile } of PLANS) {
    const settings = simulators[vendor]?.demoSettings(`${simulatorUrl}/${name}`) ?? {};
    const known = saved.connections.find((one) => one.name === name);
    const present = await api("GET", `/connections/${name}`);
    if (present.status === 404) await api("POST", "/connections", { name, vendor, settings, test: false, ...profile });
    else {
      // A connection of an earlier version has no line of its own for users who are created.
      const { brake } = present.body as { brake?: unknown };
      await api("PATCH", `/connections/${name}`, {
        settings,
        test: false,
        requestRate: RATE,
        ...(brake === null && profile.brake ? { brake: BRAKE } : {}),
      });
    }
    if (present.status !== 404 && known) {
      connections.push({ ...known, tenantUrl: `${url}/scim/v2` });
      continue;
    }
    const minted = await api("POST", `/connections/${name}/tokens`, { label: "npm start" });
    connections.push({ name, vendor, tenantUrl: minted.body.tenantUrl ?? "", token: minted.body.token ?? "" });
  }
  return connections;
}

const canSearch = (vendor: string) => {
  const adapter = adapters[vendor];
  return adapter === undefined || adapter.specialise !== undefined || adapter.user.find !== undefined;
};

/** A vendor that cannot search is read through first; an empty one takes moments, a full one is told of. */
export async function awaitIndexes({ url, adminToken, connections }: Demo): Promise<Map<string, string>> {
  const indexing = new Map<string, string>();
  const endsAt = Date.now() + MAX_INDEXING_MS;
  for (const { name } of connections.filter((one) => !canSearch(one.vendor))) {
    for (;;) {
      const headers = { authorization: `Bearer ${adminToken}` };
      const answer = await fetch(`${url}/api/connections/${name}/sweep`, { headers });
      const users = sweeps.parse(await answer.json()).sweeps.find(({ type }) => type === "User");
      if (users?.state === "complete") break;
      if (Date.now() >= endsAt) {
        indexing.set(name, `indexing ${users?.seen ?? 0} of ${users?.total ?? "an unknown number"}`);
        break;
      }
      await sleep(100);
    }
  }
  return indexing;
}
