// The object that plays a connection in plan mode, by itself: where it is, whether it is whole, how it ends [S21] [S31].

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { answeringStubOf, shadowStubOf, stubOf } from "../../src/routes/stub.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  emails: [{ type: "work", value: `${name}@example.com` }],
});
const setMode = (gateway: Gateway, body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);
const objectsOf = ({ id }: Gateway) => ({
  own: stubOf(env, { id, jurisdiction: null }),
  shadow: shadowStubOf(env, { id, jurisdiction: null }),
});

/** Links in an object that has not been restarted. */
const linksIn = (stub: DurableObjectStub<Connection>): Promise<unknown[]> =>
  runInDurableObject(stub, (_object, { storage }) => {
    const [table] = storage.sql.exec("select name from sqlite_master where name = 'links'").toArray();
    return table ? storage.sql.exec("select id from links").toArray() : [];
  });
const alarmOf = (stub: DurableObjectStub<Connection>) =>
  runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());

async function openPlanned(): Promise<{ gateway: Gateway; known: string }> {
  const gateway = await createGateway("keepnet");
  const { body } = await gateway.scim("POST", "/Users", person("ada"));
  expect((await setMode(gateway, { mode: "plan" })).status).toBe(200);
  return { gateway, known: body.id };
}

async function expectNothingLeft(gateway: Gateway): Promise<void> {
  for (const stub of Object.values(objectsOf(gateway))) {
    expect(await linksIn(stub)).toEqual([]);
    expect(await alarmOf(stub)).toBeNull();
  }
}

it("S31: erasing a connection in plan mode erases its shadow too", async () => {
  const { gateway } = await openPlanned();
  expect((await gateway.scim("POST", "/Users", person("planned"))).status).toBe(201);
  expect(await linksIn(objectsOf(gateway).shadow)).toHaveLength(2);
  expect((await gateway.api("DELETE", `/connections/${gateway.name}`)).status).toBe(200);
  await expectNothingLeft(gateway);
});

it("S31: a shadow that is being created while its connection is erased does not stay", async () => {
  const gateway = await createGateway("keepnet");
  await gateway.scim("POST", "/Users", person("ada"));
  const [, erased] = await Promise.all([
    setMode(gateway, { mode: "plan" }),
    new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
      gateway.api("DELETE", `/connections/${gateway.name}`),
    ),
  ]);
  expect(erased.status).toBe(200);
  await expectNothingLeft(gateway);
});

it("S31: what an erasure could not reach is erased by the alarm, the shadow too", async () => {
  const { gateway } = await openPlanned();
  const { own } = objectsOf(gateway);
  await env.CONTROL.prepare("update connections set state = 'erased', version = version + 1 where id = ?")
    .bind(gateway.id)
    .run();
  await evictDurableObject(own);
  await runDurableObjectAlarm(own);
  await expectNothingLeft(gateway);
});

it("S21: plan mode that the object has not heard of answers 503 until the shadow is there, never without end", async () => {
  const gateway = await createGateway("keepnet");
  const { body } = await gateway.scim("POST", "/Users", person("ada"));
  await env.CONTROL.prepare("update connections set mode = 'plan', version = version + 1 where id = ?")
    .bind(gateway.id)
    .run();
  const later = Date.now() + 31_000;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => later);
  try {
    const early = await gateway.scim("GET", `/Users/${body.id}`);
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "5"]);
    await runDurableObjectAlarm(objectsOf(gateway).own);
    expect((await gateway.scim("GET", `/Users/${body.id}`)).status).toBe(200);
  } finally {
    clock.mockRestore();
  }
});

it("S21: a shadow that is not whole says so itself: 503, never a 404 for a user who is there", async () => {
  const { gateway, known } = await openPlanned();
  const { own, shadow } = objectsOf(gateway);
  const ask = async () => (await gateway.scim("GET", `/Users/${known}`)).status;
  expect(await ask()).toBe(200);

  await runInDurableObject(shadow, (object) => object.becomeShadow());
  expect(await ask()).toBe(503);
  await runDurableObjectAlarm(shadow);
  expect(await ask()).toBe(503);

  await runInDurableObject(shadow, (object) => object.erase());
  await evictDurableObject(shadow);
  // An administrator's question must not make it whole either.
  await gateway.api("GET", `/connections/${gateway.name}/sweep`);
  expect(await ask()).toBe(503);
  await runDurableObjectAlarm(shadow);
  expect(await ask()).toBe(503);

  await setMode(gateway, { mode: "live", confirm: true });
  await setMode(gateway, { mode: "plan" });
  expect(await ask()).toBe(200);
  expect(await linksIn(own)).toHaveLength(1);
});

it("S19 S21: a pending disable is a deactivation in the plan, too", async () => {
  const gateway = await createGateway("keepnet");
  const { body } = await gateway.scim("POST", "/Users", person("ada"));
  await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 100, match: { method: "PUT" } }]);
  const off = { op: "replace", path: "active", value: false };
  const kept = await gateway.scim("PATCH", `/Users/${body.id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [off],
  });
  expect(kept.status).toBe(503);
  expect((await gateway.scim("GET", `/Users/${body.id}`)).body.active).toBe(false);
  expect((await setMode(gateway, { mode: "plan" })).status).toBe(200);
  expect((await gateway.scim("GET", `/Users/${body.id}`)).body.active).toBe(false);
  expect((await gateway.api("GET", `/connections/${gateway.name}/plan`)).body.writes).toBe(0);
});

it("S21: the shadow of a connection that must stay in a jurisdiction is there, for every question", () => {
  const asked: string[] = [];
  const namespace = (place: string) => ({
    jurisdiction: (inner: string) => namespace(inner),
    getByName: (name: string) => asked.push(`${place}/${name}`),
  });
  const fake = { ...env, CONNECTION: namespace("anywhere") } as unknown as Env;
  for (const jurisdiction of [null, "eu"] as const) {
    const row = { id: "c", jurisdiction, mode: "plan" as const };
    stubOf(fake, row);
    shadowStubOf(fake, row);
    answeringStubOf(fake, row);
  }
  expect(asked).toEqual(["anywhere/c", "anywhere/c:plan", "anywhere/c:plan", "eu/c", "eu/c:plan", "eu/c:plan"]);
});
