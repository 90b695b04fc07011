// One tenant who floods, and strangers with tokens that are none: who waits, and who does not [S61].

import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { noteFailure } from "../../src/auth/failures.ts";
import { ask, expectError, KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, bearer, type Gateway, request } from "./gateway.ts";

const FEW = { perSecond: 1, burst: 5 };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const discovery = (gateway: Gateway) => gateway.scim("GET", "/ServiceProviderConfig");

describe("requests of one connection", () => {
  it("S61: beyond the rate it is 429 with a whole Retry-After, after which the request is taken", async () => {
    const gateway = await open(KEEPNET, { requestRate: FEW });
    const answers = await Promise.all(Array.from({ length: 12 }, () => discovery(gateway)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectError(answer, 429);
      expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    }
    await wait(1_000 * Number(refused[0]?.headers.get("retry-after")));
    expect((await discovery(gateway)).status).toBe(200);
  });

  it("S61 I2: beyond the rate every endpoint answers 429 with Retry-After", async () => {
    const gateway = await open(KEEPNET, { requestRate: { perSecond: 1, burst: 1 } });
    const endpoints = [
      ...["/Users", "/Groups", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Users/nobody", "/nowhere"].map(
        (path) => ["GET", path] as const,
      ),
      ...["/Users", "/Groups", "/Bulk", "/.search", "/Users/.search"].map((path) => ["POST", path] as const),
      ...["PUT", "PATCH", "DELETE"].flatMap((method) =>
        ["/Users/nobody", "/Groups/nobody"].map((path) => [method, path] as const),
      ),
    ];
    for (const [method, path] of endpoints) {
      const send = () => gateway.scim(method, path, method === "GET" || method === "DELETE" ? undefined : {});
      // On a slow machine a second can pass between two requests.
      await vi.waitFor(
        async () => {
          const [, answer] = await Promise.all([discovery(gateway), send()]);
          expect(answer.status, `${method} ${path}`).toBe(429);
          expect(answer.headers.get("retry-after"), `${method} ${path}`).toMatch(/^[1-9]\d*$/);
        },
        { timeout: 20_000 },
      );
    }
  });

  it("S61: a neighbour is not concerned, and the flood leaves one trace", async () => {
    const [flooder, neighbour] = await Promise.all([open(KEEPNET, { requestRate: FEW }), open(KEEPNET)]);
    const flood = Array.from({ length: 60 }, () => flooder.scim("GET", "/Users?count=1"));
    for (let at = 0; at < 10; at++) await ask(neighbour, "GET", "/Users?count=1", 200);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(40);
    const { body } = await api("GET", `/connections/${flooder.name}/traces?limit=100`);
    expect(body.traces.filter(({ status }: { status: number }) => status === 429)).toHaveLength(1);
  });

  it("S61: the rate is a setting, which counts at once; without it there is a default", async () => {
    const gateway = await open(KEEPNET, { requestRate: FEW });
    await Promise.all(Array.from({ length: 12 }, () => discovery(gateway)));
    const rate = { perSecond: 1_000, burst: 1_000 };
    expect((await api("PATCH", `/connections/${gateway.name}`, { requestRate: rate })).body.requestRate).toEqual(rate);
    // The Worker believes for a second what the object has said.
    await wait(1_001);
    const answers = await Promise.all(Array.from({ length: 30 }, () => discovery(gateway)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await api("PATCH", `/connections/${gateway.name}`, { requestRate: null });
    expect(body.requestRate).toEqual({ perSecond: 50, burst: 200 });
    const wrong = { requestRate: { perSecond: 0, burst: 1 } };
    expect((await api("PATCH", `/connections/${gateway.name}`, wrong)).status).toBe(400);
  });
});

describe("tokens that are refused", () => {
  const from = (address: string, token: string) =>
    request("GET", "/scim/v2/ServiceProviderConfig", {
      headers: { ...bearer(token), "cf-connecting-ip": address },
    });

  it("S61: failures are told to wait, a valid token from the same address is not", async () => {
    const gateway = await open(KEEPNET);
    const address = "192.0.2.77";
    const statuses: number[] = [];
    for (let at = 0; at < 40; at++) statuses.push((await from(address, "portico_floodedXXXXXXXX")).status);
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
    const refused = await from(address, "portico_floodedXXXXXXXX");
    expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect((await from(address, gateway.token)).status).toBe(200);
    expect((await from(address, "portico_another1XXXXXX")).status).toBe(401);
  });

  it("S61: the platform counts for all isolates: what another one has counted is told to wait, too", async () => {
    const key = `192.0.2.78 ${crypto.randomUUID().slice(0, 8)}`;
    // Another isolate has the same binding and a count of its own.
    for (let at = 0; at < 30; at++) await env.FAILURES?.limit({ key });
    expect(await noteFailure(env.FAILURES, key, Date.now())).toBe(60);
    expect(await noteFailure(undefined, `${key}x`, Date.now())).toBeUndefined();
  });
});
