// Under which master key everything is sealed, as the administrator API counts it [S38].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readKeyRing, seal, unseal } from "../../src/auth/sealing.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { bearer, type Gateway, ORIGIN } from "./gateway.ts";

const keyOf = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
const NEXT = { MASTER_KEY: `next:${keyOf(9)}`, MASTER_KEY_PREVIOUS: `test:${keyOf(7)}` };
const rotated = readKeyRing(NEXT.MASTER_KEY, NEXT.MASTER_KEY_PREVIOUS);

/** The administrator API of a deployment whose operator has just given it another master key. */
async function asRotated(method: string, path: string, body?: object) {
  const request = new Request(`${ORIGIN}/api${path}`, {
    method,
    headers: bearer("test-administrator"),
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const response = await worker.fetch(request, { ...env, ...NEXT } as unknown as Env);
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
}

const sealedBy = async ({ id }: Gateway) =>
  (await env.CONTROL.prepare("select sealed_by from connections where id = ?").bind(id).first("sealed_by")) as string;

it("S38: a connection says under which key its object seals, also one of before that was asked", async () => {
  const gateway = await open(KEEPNET);
  expect(await sealedBy(gateway)).toBe("test");
  // As a connection was before it could say so.
  await env.CONTROL.prepare("update connections set sealed_by = null where id = ?").bind(gateway.id).run();
  expect((await gateway.api("GET", "/master-key")).body.remaining).toContain(gateway.name);
  for (let after: string | null = ""; after !== null; ) {
    const told: { status: number; body: { next: string | null } } = await gateway.api("POST", "/master-key/reseal", {
      after,
    });
    expect(told.status).toBe(202);
    after = told.body.next;
  }
  await runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));
  expect(await sealedBy(gateway)).toBe("test");
  expect((await gateway.api("GET", "/master-key")).body.remaining).not.toContain(gateway.name);
});

it("S38: after a change of the key, what is sealed with the one before is counted and named; a lost key, too", async () => {
  const gateway = await open(KEEPNET);
  const before = await asRotated("GET", "/master-key");
  const keys = before.body.keys as { id: string; is: string; values: number; connections: number }[];
  expect(before.body.isAllSealedNow).toBe(false);
  expect(keys.find(({ id }) => id === "next")).toMatchObject({ is: "current", values: 0, connections: 0 });
  const previous = keys.find(({ id }) => id === "test");
  expect(previous).toMatchObject({ is: "previous" });
  expect(previous?.values).toBeGreaterThan(0);
  // Of many the first hundred are named; files of a run share the control database.
  const named = before.body.remaining as string[];
  expect(named.length === 100 || named.includes(gateway.name)).toBe(true);
  const lost = await seal(readKeyRing(`lost:${keyOf(3)}`, undefined), gateway.id, "clientSecret", "x");
  await env.CONTROL.prepare("update credentials set sealed = ? where connection_id = ?").bind(lost, gateway.id).run();
  const after = (await asRotated("GET", "/master-key")).body.keys as typeof keys;
  expect(after.find(({ id }) => id === "lost")).toMatchObject({ is: "missing", values: 1 });
});

it("S38: signing keys are sealed again by the call, and open as before", async () => {
  const gateway = await open(KEEPNET);
  await gateway.api("POST", "/signing-keys/rotate?force=true");
  expect((await asRotated("POST", "/master-key/reseal")).status).toBe(202);
  const { results } = await env.CONTROL.prepare("select id, sealed from signing_keys").all<Record<string, string>>();
  for (const { id, sealed = "" } of results) {
    expect(sealed).toMatch(/^next\./);
    expect(JSON.parse(await unseal(rotated, "gateway", `signing_key:${id}`, sealed))).toHaveProperty("d");
  }
  // Back to what the other files of tests can open.
  await env.CONTROL.prepare("delete from signing_keys").run();
});

it("S38: the job that tells of a connection comes back while one of its secrets is sealed otherwise", async () => {
  const gateway = await open(KEEPNET);
  const lost = await seal(readKeyRing(`lost:${keyOf(3)}`, undefined), gateway.id, "apiKey", "x");
  await env.CONTROL.prepare("update connections set sealed_by = null where id = ?").bind(gateway.id).run();
  const stub = env.CONNECTION.getByName(gateway.id);
  await runInDurableObject(stub, async (object) => {
    await (object as unknown as { reload(id: string): Promise<void> }).reload(gateway.id);
  });
  await env.CONTROL.prepare("insert into credentials values (?, 'apiKey', ?, 0)").bind(gateway.id, lost).run();
  await runDurableObjectAlarm(stub);
  expect(await sealedBy(gateway)).toBeNull();
});
