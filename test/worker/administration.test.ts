// Administrators at work at the same time, what they can take back, and refused calls [S31] [S39].

import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import worker from "../../worker.ts";
import { api, createGateway, type Gateway, request } from "./gateway.ts";

/** No settings of these tests are the vendor's. */
const change = (gateway: Gateway, body: object) =>
  gateway.api("PATCH", `/connections/${gateway.name}`, "settings" in body ? { ...body, test: false } : body);
const show = (gateway: Gateway) => gateway.api("GET", `/connections/${gateway.name}`);
const rowOf = (id: string) => env.CONTROL.prepare("select * from connections where id = ?").bind(id).first();
const secretsOf = async (id: string) =>
  (await env.CONTROL.prepare("select field from credentials where connection_id = ?").bind(id).all()).results;

it("S31: administrators who change one connection at once lose nothing of each other's work", async () => {
  const gateway = await createGateway("keepnet");
  const changes = [
    { mode: "paused" },
    { coupling: "separate" },
    { protected: { users: ["boss@example.com"], groups: [] } },
    { drift: "repair" },
  ];
  const answers = await Promise.all(changes.map((body) => change(gateway, body)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await show(gateway)).body).toMatchObject(Object.assign({}, ...changes));
});

it("S31: of the settings, too, each administrator's part is kept, secrets with their address", async () => {
  const gateway = await createGateway("keepnet");
  const answers = await Promise.all([
    change(gateway, { settings: { clientId: "another" } }),
    change(gateway, { settings: { baseUrl: `${gateway.vendorUrl}/v2` } }),
    change(gateway, { settings: { clientSecret: "rotated" } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await show(gateway)).body.settings).toMatchObject({
    clientId: "another",
    baseUrl: `${gateway.vendorUrl}/v2`,
  });
});

it("S31: a connection that is erased while an administrator changes it stays erased, without settings or secrets", async () => {
  for (const body of [{ mode: "paused" }, { settings: { clientSecret: "rotated" } }, { name: "again" }]) {
    const gateway = await createGateway("keepnet");
    const [changed, , erased] = await Promise.all([
      change(gateway, body),
      change(gateway, body),
      gateway.api("DELETE", `/connections/${gateway.name}`),
    ]);
    // Whoever renames it first leaves nothing under the former name.
    const last = erased.status === 404 ? await api("DELETE", "/connections/again") : erased;
    expect(last.status).toBe(200);
    expect([200, 404, 409]).toContain(changed.status);
    expect(await rowOf(gateway.id)).toMatchObject({ state: "erased", settings: "{}", name: `erased:${gateway.id}` });
    expect(await secretsOf(gateway.id)).toEqual([]);
    expect((await show(gateway)).status).toBe(404);
    expect((await api("GET", "/connections/again")).status).toBe(404);
  }
});

it("S31: what is made out of what was read is refused where it has changed since, and nothing is changed", async () => {
  const gateway = await createGateway("keepnet");
  const { body } = await show(gateway);
  const changeRead = (users: string[]) =>
    request("PATCH", `/api/connections/${gateway.name}`, {
      headers: { authorization: "Bearer test-administrator", "if-match": `"${body.version}"` },
      body: JSON.stringify({ protected: { users, groups: [] } }),
    });
  const answers = await Promise.all([changeRead(["a@example.com"]), changeRead(["b@example.com"])]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const winner = answers.find(({ status }) => status === 200);
  expect(winner?.headers.get("etag")).toBe(`"${body.version + 1}"`);
  expect((await show(gateway)).body.protected).toEqual(winner?.body.protected);
});

it("S39: of connections that are created with one name at once there is one; the others are 409", async () => {
  const gateway = await createGateway("keepnet");
  const body = {
    name: `${gateway.name}-twin`,
    vendor: "keepnet",
    test: false,
    settings: { baseUrl: gateway.vendorUrl, clientId: "c", clientSecret: "s" },
  };
  const answers = await Promise.all([1, 2, 3].map(() => api("POST", "/connections", body)));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  for (const { status, body } of answers) if (status === 409) expect(body.detail).toContain("has this name");
  const { results } = await env.CONTROL.prepare("select id from connections where name = ?").bind(body.name).all();
  const made = answers.find(({ status }) => status === 201)?.body.id;
  expect(results).toEqual([{ id: made }]);
  expect(await secretsOf(made)).toEqual([{ field: "clientSecret" }]);
});

it("S39: of connections that take one name at once one has it; the other is 409 and keeps its own", async () => {
  const [first, second] = [await createGateway("keepnet"), await createGateway("keepnet")];
  const name = `${first.name}-wanted`;
  const answers = await Promise.all([first, second].map((gateway) => change(gateway, { name })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const loser = answers[0]?.status === 409 ? first : second;
  expect((await show(loser)).status).toBe(200);
});

it("S39: null takes an optional setting away, secret or not; what the product needs stays", async () => {
  const gateway = await createGateway("rest");
  const { description } = (await show(gateway)).body.settings;
  const second = { ...description, auth: { ...description.auth, secondHeader: "X-Second" } };
  const added = await change(gateway, {
    settings: { description: second, baseUrl: gateway.vendorUrl, secondCredential: "second" },
  });
  expect(added.status, JSON.stringify(added.body)).toBe(200);
  expect(added.body).toMatchObject({
    settings: { baseUrl: gateway.vendorUrl },
    sealedSettings: expect.arrayContaining(["credential", "secondCredential"]),
  });

  for (const settings of [
    { credential: null },
    { description: null },
    { secondCredential: null },
    { nothing: null },
    { constructor: null },
  ]) {
    expect([settings, (await change(gateway, { settings })).status]).toEqual([settings, 400]);
  }
  const removed = await change(gateway, {
    settings: { description, baseUrl: null, secondCredential: null, credential: "another address" },
  });
  expect(removed.status, JSON.stringify(removed.body)).toBe(200);
  for (const { body } of [removed, await show(gateway)]) {
    expect(body).toMatchObject({ settings: { description }, sealedSettings: ["credential"] });
    expect(body.settings).not.toHaveProperty("baseUrl");
  }
  expect(await secretsOf(gateway.id)).toEqual([{ field: "credential" }]);
});

it("S39: every refused call is counted, by network and minute, and nothing of it is kept", async () => {
  const refusals = async () => (await api("GET", "/audit/refused")).body.refused;
  await env.CONTROL.prepare("delete from refused_calls").run();
  const now = Math.floor(Date.now() / 60_000) * 60_000 + 3_600_000;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
  const call = async (address: string, authorization = "Bearer canary-token") =>
    (await request("DELETE", "/api/connections/canary", { headers: { authorization, "cf-connecting-ip": address } }))
      .status;
  const minute = new Date(now).toISOString();
  try {
    for (const token of ["", "Bearer canary-token", "Bearer another"]) expect(await call("192.0.2.7", token)).toBe(401);
    // A flood is written down together; nothing of it is lost.
    await Promise.all(Array.from({ length: 60 }, () => call("192.0.2.200")));
    await Promise.all(Array.from({ length: 5 }, (_, at) => call(`2001:db8:1:${at}::1`)));
    await vi.waitFor(
      async () =>
        expect(await refusals()).toEqual([
          { minute, address: "192.0.2.0/24", count: 63 },
          { minute, address: "2001:db8:1::/48", count: 5 },
        ]),
      { timeout: 10_000, interval: 100 },
    );
    expect(JSON.stringify(await refusals())).not.toContain("canary");
    clock.mockImplementation(() => now + 60_000);
    await Promise.all(Array.from({ length: 60 }, (_, at) => call(`10.0.${at}.1`)));
    await vi.waitFor(
      async () => {
        const later = (await refusals()).filter((one: { minute: string }) => one.minute !== minute);
        expect(later).toHaveLength(51);
        expect(later[0]).toEqual({ minute: expect.any(String), address: "others", count: 10 });
      },
      { timeout: 10_000, interval: 100 },
    );
  } finally {
    clock.mockRestore();
  }
});

it("S39: a refusal that cannot be written down is a refusal all the same", async () => {
  const broken = {
    prepare() {
      throw new Error("D1_ERROR: network connection lost");
    },
  };
  const now = Date.now() + 7_200_000;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now);
  try {
    const response = await worker.fetch(new Request("https://scim.example.com/api/connections"), {
      ...env,
      CONTROL: broken as unknown as D1Database,
    } as Env);
    expect(response.status).toBe(401);
  } finally {
    clock.mockRestore();
  }
});
