// The shadow of a connection in plan mode: whole or not answering, never left behind [S21] [S31].

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const person = (name: string) => ({
  userName: `${name}@example.com`,
  emails: [{ type: "work", value: `${name}@example.com` }],
});
const setMode = (gateway: Gateway, body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);

function objectsOf(gateway: Gateway) {
  const objects = env.CONNECTION as DurableObjectNamespace<Connection>;
  return { own: objects.getByName(gateway.id), shadow: objects.getByName(`${gateway.id}:plan`) };
}

const tablesIn = (stub: DurableObjectStub<Connection>): Promise<unknown[]> =>
  runInDurableObject(stub, (_object, state) =>
    state.storage.sql.exec("select name from sqlite_master where name = 'links'").toArray(),
  );

const setFact = (stub: DurableObjectStub<Connection>, value: string) =>
  runInDurableObject(stub, (_object, state) => {
    state.storage.sql.exec("insert or replace into facts (name, value) values ('shadow', ?)", value);
  });

it("S21: a shadow that a kill left unfinished answers 503 until the alarm has created it again", async () => {
  const gateway = await createGateway("keepnet");
  const known = await gateway.scim("POST", "/Users", person("ada"));
  expect((await setMode(gateway, { mode: "plan" })).status).toBe(200);
  const { own } = objectsOf(gateway);
  await setFact(own, "casting");
  await evictDurableObject(own);
  const early = await gateway.scim("GET", `/Users/${known.body.id}`);
  expect([early.status, early.headers.get("retry-after")]).toEqual([503, "5"]);
  await runDurableObjectAlarm(own);
  expect((await gateway.scim("GET", `/Users/${known.body.id}`)).status).toBe(200);
});

it("S21: every plan begins with a copy of what is then; nothing of an earlier one is left", async () => {
  const gateway = await createGateway("keepnet");
  await setMode(gateway, { mode: "plan" });
  expect((await gateway.scim("POST", "/Users", person("planned"))).status).toBe(201);
  expect((await setMode(gateway, { mode: "live", confirm: true })).status).toBe(200);
  expect(await tablesIn(objectsOf(gateway).shadow)).toEqual([]);
  const real = await gateway.scim("POST", "/Users", person("real"));
  await setMode(gateway, { mode: "plan" });
  const { body } = await gateway.scim("GET", "/Users");
  expect(body.Resources.map((user: { id: string }) => user.id)).toEqual([real.body.id]);
  expect((await gateway.api("GET", `/connections/${gateway.name}/plan`)).body).toMatchObject({ writes: 0, steps: [] });
});

it("S21: a plan whose end the object slept through is erased when it wakes", async () => {
  const gateway = await createGateway("keepnet");
  await setMode(gateway, { mode: "plan" });
  expect((await gateway.scim("POST", "/Users", person("planned"))).status).toBe(201);
  const { own, shadow } = objectsOf(gateway);
  await env.CONTROL.prepare("update connections set mode = 'live', version = version + 1 where id = ?")
    .bind(gateway.id)
    .run();
  await evictDurableObject(own);
  expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(0);
  await runDurableObjectAlarm(own);
  expect(await tablesIn(shadow)).toEqual([]);
});

it("S21: two administrators who begin a plan at once begin one", async () => {
  const gateway = await createGateway("keepnet");
  for (const name of ["a", "b", "c"]) await gateway.scim("POST", "/Users", person(name));
  const answers = await Promise.all([1, 2, 3].map(() => setMode(gateway, { mode: "plan" })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await gateway.scim("GET", "/Users")).body.totalResults).toBe(3);
});
