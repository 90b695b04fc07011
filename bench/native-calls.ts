// How many calls to the product each operation costs, before each vendor as its simulator plays it.

import { createSimulatorHost } from "../adapters/simulation/host.ts";
import { serveSimulators } from "../adapters/simulation/server.ts";
import { simulators } from "../adapters/simulators.ts";
import type { Ends, Gateway } from "./hosts.ts";
import type { Parts } from "./parts.ts";
import { loginOf, patchOf, scimUser } from "./people.ts";
import type { Target } from "./requests.ts";

/** Native calls of each operation, before each vendor as it is played. */
export type NativeCalls = Record<string, Record<string, number | string>>;

export async function countNativeCalls(parts: Parts, ends: Ends): Promise<NativeCalls> {
  const { plan, counted, say } = parts;
  const instances = new Map(Object.entries(simulators).map(([name, one]) => [name, one.create()]));
  const served = await serveSimulators(createSimulatorHost(instances), 0);
  ends.push(() => served.close());
  const table: NativeCalls = {};
  for (const [name, { demoSettings }] of Object.entries(simulators)) {
    say(`native calls: ${name}`);
    const target = await counted.connectTo(`played-${name}`, name, demoSettings(`${served.url}/${name}`));
    table[name] = await callsOf(target, plan.played, () => sweepAgain(counted, `played-${name}`));
  }
  return table;
}

async function sweepAgain(gateway: Gateway, name: string): Promise<void> {
  await gateway.api("POST", `/connections/${name}/sweep`);
  await gateway.settle(name);
}

async function callsOf(
  target: Target,
  people: number,
  sweep: () => Promise<void>,
): Promise<Record<string, number | string>> {
  const calls: Record<string, number | string> = {};
  const ask = async (what: string | undefined, method: string, path: string, body?: object) => {
    const response = await fetch(`${target.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${target.token}`, "content-type": "application/scim+json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    const native = Number(response.headers.get("x-portico-native-calls"));
    if (what) calls[what] = response.ok ? native : `refused, ${response.status}`;
    return text === "" ? {} : (JSON.parse(text) as { id?: string; totalResults?: number });
  };
  const match = (what: string, at: number) =>
    ask(what, "GET", `/Users?filter=${encodeURIComponent(`userName eq "${loginOf(at)}"`)}`);
  const patch = (what: string | undefined, path: string, operation: object) =>
    ask(what, "PATCH", path, patchOf(operation));
  const ids: string[] = [];
  await match("miss", 0);
  for (let at = 0; at < people; at++) ids.push((await ask("create", "POST", "/Users", scimUser(at))).id ?? "");
  await match("match", 0);
  await ask("get", "GET", `/Users/${ids[0]}`);
  await patch("patch", `/Users/${ids[0]}`, { op: "replace", path: "name.givenName", value: "Grace" });
  await patch("disable", `/Users/${ids[1]}`, { op: "replace", path: "active", value: false });
  const displayName = "Benchmark";
  const group = (await ask("create group", "POST", "/Groups", { displayName })).id;
  if (group) {
    await ask("match group", "GET", `/Groups?filter=${encodeURIComponent(`displayName eq "${displayName}"`)}`);
    await patch(undefined, `/Groups/${group}`, { op: "add", path: "members", value: [{ value: ids[2] }] });
    await patch("member add", `/Groups/${group}`, { op: "add", path: "members", value: [{ value: ids[3] }] });
    await patch("member remove", `/Groups/${group}`, { op: "remove", path: `members[value eq "${ids[3]}"]` });
  }
  await sweep();
  const page = await ask("page", "GET", "/Users?count=100");
  calls["users in the page"] = page.totalResults ?? 0;
  await ask("page of groups", "GET", "/Groups?count=100&excludedAttributes=members");
  await ask("delete", "DELETE", `/Users/${ids[4]}`);
  return calls;
}
