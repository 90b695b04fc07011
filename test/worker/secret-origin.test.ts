// A secret goes to no other address than the one that it was entered for [S38].

import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import example from "../../adapters/rest/example.json";
import { readKeyRing, SealingError, seal, unseal } from "../../src/auth/sealing.ts";
import { ask, KEEPNET, open } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import type { Gateway } from "./gateway.ts";

const MATCH = "/Users?filter=userName+eq+%22a@contoso.com%22";
const change = (gateway: Gateway, body: object) =>
  gateway.api("PATCH", `/connections/${gateway.name}`, "settings" in body ? { ...body, test: false } : body);
/** The same account under another name. */
const elsewhere = ({ vendorUrl }: Gateway) => vendorUrl.replace("vendors.example.net", "elsewhere.example.net");
/** Another's account. */
const theirs = ({ vendorUrl }: Gateway) => `${elsewhere({ vendorUrl } as Gateway)}-theirs`;
const sealedOf = async (id: string, field = "clientSecret") =>
  String(
    (
      await env.CONTROL.prepare("select sealed from credentials where connection_id = ? and field = ?")
        .bind(id, field)
        .first()
    )?.sealed,
  );
/** What another's account was sent. */
async function heard(gateway: Gateway): Promise<unknown[]> {
  const response = await fetch(`${theirs(gateway)}/__simulator/log`);
  return ((await response.json()) as { calls: unknown[] }).calls;
}
const key = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
const ring = readKeyRing(`test:${key}`, undefined);

/** As values were sealed before they were bound to an origin. */
async function sealAsBefore(connectionId: string, field: string, secret: string): Promise<string> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  const base = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), "HKDF", false, ["deriveKey"]);
  const info = encode(`portico connection ${connectionId}`);
  const derived = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encode("test"), info },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = encode(`${connectionId}|${field}|test`);
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, derived, encode(secret));
  return `test.${base64(iv)}.${base64(new Uint8Array(text))}`;
}

it("S38: a base URL on another origin asks for the secrets again, and the new host hears nothing before", async () => {
  const gateway = await open(KEEPNET);
  const refused = await change(gateway, { settings: { baseUrl: theirs(gateway) } });
  expect(refused.status).toBe(400);
  expect(refused.body.errors).toEqual([
    { field: "settings.clientSecret", message: expect.stringContaining("enter it again") },
  ]);
  expect((await gateway.api("GET", `/connections/${gateway.name}`)).body.settings.baseUrl).toBe(gateway.vendorUrl);
  expect(await heard(gateway)).toEqual([]);
  // A path below the same origin asks for nothing.
  expect((await change(gateway, { settings: { baseUrl: `${gateway.vendorUrl}/` } })).status).toBe(200);
  const { clientSecret } = (await gateway.vendor("GET", "/state")).body;
  const entered = await change(gateway, { settings: { baseUrl: elsewhere(gateway), clientSecret } });
  expect(entered.status).toBe(200);
  await ask(gateway, "GET", MATCH, 200);
});

it("S38: a token URL on another origin asks for the secrets again, too, each by its name", async () => {
  const auth = { kind: "clientCredentials", tokenUrl: "https://login.example.net/token", clientId: "c" };
  const description = { ...example, auth };
  const name = `token-url-${crypto.randomUUID().slice(0, 8)}`;
  const gateway = await open(KEEPNET);
  const settings = { description, credential: "canary-secret" };
  const made = await gateway.api("POST", "/connections", { name, vendor: "rest", settings, test: false });
  expect(made.body).toMatchObject({ name });
  const moved = { ...description, auth: { ...description.auth, tokenUrl: "https://other.example.net/token" } };
  const refused = await gateway.api("PATCH", `/connections/${name}`, {
    test: false,
    settings: { description: moved },
  });
  expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([400, "settings.credential"]);
  const entered = await gateway.api("PATCH", `/connections/${name}`, {
    test: false,
    settings: { description: moved, credential: "another" },
  });
  expect(entered.status).toBe(200);
});

it("S38: a secret whose address was changed behind Portico's back opens for nobody", async () => {
  const gateway = await open(KEEPNET);
  await env.CONTROL.prepare(
    "update connections set version = version + 1, settings = json_set(settings, '$.baseUrl', ?) where id = ?",
  )
    .bind(theirs(gateway), gateway.id)
    .run();
  const answer = await atTimeFromNow(31_000, () => ask(gateway, "GET", MATCH, 503));
  expect(answer.body.detail).toContain("operator");
  expect(await heard(gateway)).toEqual([]);
});

it("S38: a value that was sealed before is read, and sealed again for its address when it is", async () => {
  const gateway = await open(KEEPNET);
  const { clientSecret } = (await gateway.vendor("GET", "/state")).body;
  const old = await sealAsBefore(gateway.id, "clientSecret", clientSecret);
  expect(await unseal(ring, gateway.id, "clientSecret", old)).toBe(clientSecret);
  await env.CONTROL.prepare("update credentials set sealed = ? where connection_id = ?").bind(old, gateway.id).run();
  // A change of anything makes the object read its secrets again.
  expect((await change(gateway, { drift: "repair" })).status).toBe(200);
  await ask(gateway, "GET", MATCH, 200);
  const renewed = await sealedOf(gateway.id);
  expect(renewed).not.toBe(old);
  const { origin } = new URL(gateway.vendorUrl);
  expect(await unseal(ring, gateway.id, "clientSecret", renewed, origin)).toBe(clientSecret);
  await expect(unseal(ring, gateway.id, "clientSecret", renewed, "https://elsewhere.example.net")).rejects.toThrow(
    SealingError,
  );
  await expect(unseal(ring, gateway.id, "clientSecret", renewed)).rejects.toThrow(SealingError);
});

it("S38: what is sealed is not taken for what was sealed before by cutting its version off", async () => {
  const sealed = await seal(ring, "c", "f", "canary", "https://one.example.net");
  expect(await unseal(ring, "c", "f", sealed, "https://one.example.net")).toBe("canary");
  const cut = sealed.split(".").slice(0, 3).join(".");
  await expect(unseal(ring, "c", "f", cut, "https://two.example.net")).rejects.toThrow(SealingError);
});

it("S31 S38: who rotates a secret while another changes the address does not send it there", async () => {
  const gateway = await open(KEEPNET);
  const { clientSecret } = (await gateway.vendor("GET", "/state")).body;
  const answers = await Promise.all([
    change(gateway, { settings: { baseUrl: elsewhere(gateway), clientSecret } }),
    change(gateway, { settings: { clientSecret: "for-the-old-address" } }),
  ]);
  const { settings } = (await gateway.api("GET", `/connections/${gateway.name}`)).body;
  const moved = answers[0].status === 200;
  // Whoever came second knew another address than the one that holds now.
  expect(answers.map(({ status }) => status)).toEqual(
    settings.baseUrl === gateway.vendorUrl ? [409, 200] : moved && answers[1].status === 200 ? [200, 200] : [200, 409],
  );
  const origin = new URL(settings.baseUrl).origin;
  const opened = await unseal(ring, gateway.id, "clientSecret", await sealedOf(gateway.id), origin);
  // The second change may begin when the first one is done; then it means the address that it finds.
  const [moving, rotating] = answers.map(({ status, body }) => (status === 200 ? body.version : 0));
  const isRotatedAfter = moving > 0 && rotating > moving;
  if (origin.includes("elsewhere")) expect(opened).toBe(isRotatedAfter ? "for-the-old-address" : clientSecret);
});
