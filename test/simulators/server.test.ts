// Simulators over real HTTP: cut sockets, absolute locations, and the same handler behind a Worker's outbound fetch.

import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterEach, expect, it } from "vitest";
import { keepablState } from "../../adapters/keepabl/simulator.ts";
import { createSimulatorHost } from "../../adapters/simulation/host.ts";
import { createNodeHandler, type SimulatorServer, serveSimulators } from "../../adapters/simulation/server.ts";
import type { Phase, Simulation } from "../../adapters/simulation.ts";
import { simulators } from "../../adapters/simulators.ts";

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

const instances = () =>
  new Map(Object.entries(simulators).map(([name, { create }]): [string, Simulation] => [name, create()]));

async function serve(hosted: ReadonlyMap<string, Simulation>): Promise<SimulatorServer> {
  const server = await serveSimulators(createSimulatorHost(hosted), 0);
  running.push(server);
  return server;
}

interface KeepablSettings {
  baseUrl: string;
  organisation: string;
  apiKey: string;
}
const keepablAt = (url: string) => simulators.keepabl?.demoSettings(url) as unknown as KeepablSettings;

function createUser(url: string, email: string): Promise<Response> {
  const { baseUrl, organisation, apiKey } = keepablAt(url);
  return fetch(`${baseUrl}/users`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${organisation}:${apiKey}`)}`, "content-type": "application/json" },
    body: JSON.stringify({ email }),
  });
}

it("serves every registered vendor on loopback", async () => {
  const server = await serve(instances());
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  for (const name of Object.keys(simulators)) {
    const health = await fetch(`${server.url}/${name}/__simulator/health`);
    expect(await health.json()).toEqual({ status: "ok", name });
  }
});

it("gives locations that its client can follow", async () => {
  const server = await serve(instances());
  const created = await createUser(`${server.url}/keepabl`, "ann@acme.example");
  expect(created.headers.get("location")).toBe(`${server.url}/keepabl/api/v1/users/1001`);
});

it("destroys the socket, before or after the effect", async () => {
  const hosted = instances();
  const server = await serve(hosted);
  const url = `${server.url}/keepabl`;
  const users = () => keepablState.parse(hosted.get("keepabl")?.state).users;
  hosted.get("keepabl")?.inject([{ kind: "drop" }, { kind: "lostResponse" }]);
  await expect(createUser(url, "ann@acme.example")).rejects.toThrow();
  expect(users()).toEqual({});
  await expect(createUser(url, "ann@acme.example")).rejects.toThrow();
  expect(Object.keys(users())).toHaveLength(1);
  expect((await createUser(url, "ann@acme.example")).status).toBe(409);
});

it("tells when an answer has been sent", async () => {
  const hosted = instances();
  const phases: Phase[] = [];
  hosted.get("keepabl")?.watch((_, phase) => void phases.push(phase));
  const server = await serve(hosted);
  await createUser(`${server.url}/keepabl`, "ann@acme.example");
  await expect.poll(() => phases).toEqual(["before", "after", "sent"]);
});

it("stands behind a Worker's fetch, where a cut is a network error and no answer", async () => {
  const hosted = instances();
  const options = convertV4MiniflareOptions({
    modules: true,
    compatibilityDate: "2026-10-01",
    script: `export default { async fetch(request) {
      try {
        const answer = await fetch(request.headers.get("x-to"));
        return new Response(answer.status + " " + answer.headers.get("x-simulator"));
      } catch { return new Response("network error"); }
    } }`,
    outboundService: { node: createNodeHandler(createSimulatorHost(hosted)) },
  });
  const worker = new Miniflare(options);
  running.push({ close: () => worker.dispose() });
  const ask = async () => {
    const answer = await worker.dispatchFetch("https://portico.invalid/", {
      headers: { "x-to": "https://vendors.invalid/keepnet/api/target-groups?companyId=a%20b" },
    });
    return answer.text();
  };
  expect(await ask()).toBe("401 portico-simulator");
  expect(hosted.get("keepnet")?.calls.at(-1)?.target).toBe("/api/target-groups?companyId=a%20b");
  hosted.get("keepnet")?.inject([{ kind: "drop" }]);
  expect(await ask()).toBe("network error");
  expect(await ask()).toBe("401 portico-simulator");
});
