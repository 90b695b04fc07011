// Webhooks as administrators manage them: which addresses, what is shown of them, who may, how many [S63] [S36].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, createGateway, type Gateway } from "./gateway.ts";
import { createKey } from "./keys.ts";
import { createHook, deployment, type Hook, noticeOf, removeHooks, runDeliveries } from "./webhook-receiver.ts";

let gateway: Gateway;
let hook: Hook;
beforeAll(async () => {
  await removeHooks();
  gateway = await open(KEEPNET);
  hook = await createHook();
});
afterAll(removeHooks);

it("S36 S63: an address that may be private is refused when it is stored and before each attempt", async () => {
  const urls = [
    ...[
      "http://hooks.example.com/in",
      "https://127.0.0.1/in",
      "https://169.254.169.254/latest",
      "https://localhost/in",
    ],
    ...[
      "https://[::1]/in",
      "https://box.internal/in",
      "https://10-0-0-1.nip.io/in",
      "https://hooks.example.com:8443/in",
    ],
    ...["https://user:password@hooks.example.com/in", "https://scim.example.com/in", "not an address"],
  ];
  for (const url of urls) {
    const { status, body } = await api("POST", "/webhooks", { name: "x", url });
    expect([url, status, body.errors?.[0]?.field]).toEqual([url, 400, "url"]);
    expect(JSON.stringify(body)).not.toMatch(/--allow-host/);
  }
  // As if the rules had become stricter since; the secret is bound to the address, too.
  await env.CONTROL.prepare("update webhooks set url = 'https://10-0-0-1.nip.io/in' where id = ?").bind(hook.id).run();
  const refused = (await api("POST", `/webhooks/${hook.id}/test`)).body;
  expect(refused).toMatchObject({ delivered: false, status: null, why: expect.stringContaining("public host") });
  const elsewhere = hook.url.replace("/in", "/other");
  await env.CONTROL.prepare("update webhooks set url = ? where id = ?").bind(elsewhere, hook.id).run();
  expect((await api("POST", `/webhooks/${hook.id}/test`)).body.why).toMatch(/^the secret cannot be opened/);
  await env.CONTROL.prepare("update webhooks set url = ? where id = ?").bind(hook.url, hook.id).run();
  await deployment().webhooksChanged();
});

it("S38 S63: nobody is shown the secret again, or the whole address", async () => {
  const [, key = ""] = hook.url.split("key=");
  const texts = [await hook.show(), await api("GET", "/webhooks"), await api("GET", "/audit?limit=500")];
  for (const text of texts.map((one) => JSON.stringify(one))) {
    expect(text).not.toContain(hook.secret);
    expect(text).not.toContain(key);
    expect(text).not.toContain("hook.");
  }
  expect((await hook.show()).receiver).toBe(`https://hooks.example.net/…${key.slice(-4)}`);
  const stored = (await env.CONTROL.prepare("select * from webhook_secrets").all()).results;
  expect(JSON.stringify(stored)).not.toContain(hook.secret.slice(6));
});

it("S39 S63: operators manage those of connections, owners those of the deployment; a key for others sees none", async () => {
  const url = "https://hooks.example.net/hook.rights/in";
  const [reader, operator, owner] = [await createKey("reader"), await createKey("operator"), await createKey("owner")];
  const mine = await createKey("owner", { connections: [gateway.name] });
  const foreign = await createKey("owner", { connections: [(await open(KEEPNET)).name] });
  const add = async (key: { call: typeof owner.call }, connection: string | null) =>
    (await key.call("POST", "/webhooks", { name: "rights", url, connection })).status;
  expect(await Promise.all([reader, operator, owner, mine].map((key) => add(key, null)))).toEqual([403, 403, 201, 403]);
  expect([await add(reader, gateway.name), await add(foreign, gateway.name)]).toEqual([403, 404]);
  expect([await add(operator, gateway.name), await add(mine, gateway.name)]).toEqual([201, 201]);
  const listed = async (key: { call: typeof owner.call }): Promise<(string | null)[]> =>
    (await key.call("GET", "/webhooks")).body.webhooks.map(({ connection }: { connection: string }) => connection);
  expect(new Set(await listed(mine))).toEqual(new Set([gateway.name]));
  expect(await listed(foreign)).toEqual([]);
  expect(new Set(await listed(reader))).toEqual(new Set([null, gateway.name]));
  const test = async (key: { call: typeof owner.call }, id: string) =>
    (await key.call("POST", `/webhooks/${id}/test`)).status;
  expect([await test(operator, hook.id), await test(mine, hook.id), await test(owner, hook.id)]).toEqual([
    403, 404, 200,
  ]);
  const { calls } = (await owner.call("GET", "/audit?changes=true&limit=100")).body;
  const call = calls.find(({ actor }: { actor: string }) => actor === owner.name);
  expect(call).toMatchObject({ route: "/api/webhooks/:id/test", target: hook.id, status: 200 });
  await env.CONTROL.prepare("delete from api_keys").run();
});

it("S63: a connection has 5 webhooks at most; those of one that is erased go with it, and what waits for them", async () => {
  const doomed = await createGateway("keepnet");
  const hooks = await Promise.all(Array.from({ length: 5 }, () => createHook({ connection: doomed.name })));
  const more = { name: "sixth", url: hooks[0]?.url, connection: doomed.name };
  expect((await api("POST", "/webhooks", more)).status).toBe(409);
  await Promise.all(hooks.map((one) => one.order({ status: 500 })));
  await deployment().take([noticeOf({ connection: { id: doomed.id, name: doomed.name } })]);
  await runDeliveries();
  const waiting = () =>
    runInDurableObject(
      deployment(),
      (_, { storage }) =>
        storage.sql.exec("select webhook_id from deliveries where state = 'waiting'").toArray().length,
    );
  expect(await waiting()).toBe(5);
  expect((await api("DELETE", `/connections/${doomed.name}`)).status).toBe(200);
  expect(await waiting()).toBe(0);
  const left = await env.CONTROL.prepare("select count(*) as n from webhooks where connection_id = ?")
    .bind(doomed.id)
    .first();
  expect(left).toEqual({ n: 0 });
});
