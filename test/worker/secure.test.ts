// What holds for every answer, whatever the route: clear text is refused, and browsers and caches are told [S37] [S40].

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { API_ROUTES, type ApiRoute } from "../../src/routes/api-routes.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { bearer, ORIGIN } from "./gateway.ts";

const ADMINISTRATOR = bearer("test-administrator");
const ROUTES: [method: string, path: string][] = [
  ["GET", "/healthz"],
  ["GET", "/"],
  ["GET", "/nothing"],
  ["OPTIONS", "/api/connections"],
  ["GET", "/api/nothing"],
  ...Object.values(API_ROUTES).map(({ method, path }: ApiRoute): [string, string] => [method, `/api${path}`]),
  ["POST", "/oauth2/token"],
  ["GET", "/oauth2/token"],
  ["GET", "/.well-known/oauth-authorization-server"],
  ...["", "/Users", "/Groups/x", "/Me", "/.search", "/Schemas", "/nothing"].map((path): [string, string] => [
    "GET",
    `/scim/v2${path}`,
  ]),
  ["DELETE", "/scim/Users/x"],
];

const call = (url: string, init: RequestInit = {}, changed: object = {}) =>
  worker.fetch(new Request(url, init), { ...env, ...changed } as unknown as Env);

describe("every route", () => {
  it("C105: is refused in clear text, in the words of its kind, with and without a credential", async () => {
    const gateway = await open(KEEPNET);
    for (const [method, path] of ROUTES) {
      for (const headers of [{}, ADMINISTRATOR, bearer(gateway.token)]) {
        const url = `http://scim.example.com${path.replace(":name", gateway.name)}`;
        const response = await call(url, { method, headers, redirect: "manual" });
        expect([method, path, response.status]).toEqual([method, path, path.startsWith("/oauth2/") ? 400 : 403]);
        expect(response.headers.get("location")).toBeNull();
        // RFC 6797 section 7.2.
        expect(response.headers.get("strict-transport-security")).toBeNull();
        expect(response.headers.get("content-type")).toMatch(/json/);
        expect(await response.text()).toMatch(/https only/);
      }
    }
    // Nothing was done.
    const shown = await gateway.api("GET", `/connections/${gateway.name}`);
    expect(shown.body.mode).toBe("live");
  });

  it("C105: tells browsers to come by https, to believe the type, and caches to store nothing", async () => {
    const gateway = await open(KEEPNET);
    for (const [method, path] of ROUTES) {
      const response = await call(`${ORIGIN}${path.replace(":name", "nobody")}`, { method, headers: ADMINISTRATOR });
      const { headers } = response;
      const stored = path.startsWith("/.well-known/") ? null : "no-store";
      expect([method, path, headers.get("cache-control")]).toEqual([method, path, stored]);
      expect([path, headers.get("x-content-type-options")]).toEqual([path, "nosniff"]);
      expect([path, headers.get("strict-transport-security")]).toEqual([path, "max-age=31536000"]);
    }
    const found = await gateway.scim("GET", "/Users");
    expect(found.headers.get("cache-control")).toBe("no-store");
    for (const path of ["/Schemas", "/ResourceTypes/User", "/ServiceProviderConfig"]) {
      expect((await gateway.scim("GET", path)).headers.get("cache-control")).toBeNull();
    }
    for (const path of ["/Schemas/unknown", "/SchemasX"]) {
      expect((await gateway.scim("GET", path)).headers.get("cache-control")).toBe("no-store");
    }
  });

  it("S40: where the deployment itself is on this machine, http is what it answers on", async () => {
    const local = { PUBLIC_URL: "http://127.0.0.1:8787" };
    const response = await call("http://127.0.0.1:8787/healthz", {}, local);
    expect([response.status, response.headers.get("strict-transport-security")]).toEqual([200, null]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("S38 S40: is 503 where two master keys have one id, or customers would come in clear text", async () => {
    const key = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
    const wrong = [
      { MASTER_KEY: `a:${key(1)}`, MASTER_KEY_PREVIOUS: `a:${key(2)}` },
      { MASTER_KEY: `a:${key(1)}`, MASTER_KEY_PREVIOUS: `a:${key(1)}` },
      { PUBLIC_URL: "http://scim.example.com" },
      { PUBLIC_URL: undefined },
    ];
    for (const changed of wrong) {
      for (const [method, path] of ROUTES) {
        const response = await call(`${ORIGIN}${path}`, { method, headers: ADMINISTRATOR }, changed);
        expect([path, response.status, response.headers.get("retry-after")]).toEqual([
          path,
          503,
          path.startsWith("/api") ? null : "300",
        ]);
      }
    }
    const fine = { MASTER_KEY: `a:${key(1)}`, MASTER_KEY_PREVIOUS: `b:${key(2)}` };
    expect((await call(`${ORIGIN}/healthz`, {}, fine)).status).toBe(200);
  });
});

it("S37: what a request cost at the product is shown to administrators, and where the local start asks for it", async () => {
  const gateway = await open(KEEPNET);
  const cost = async (changed: object, headers: Record<string, string> = {}) => {
    const url = `${ORIGIN}/scim/v2/Users?filter=userName+eq+%22a@contoso.com%22`;
    const response = await call(url, { headers: { ...bearer(gateway.token), ...headers } }, changed);
    expect(response.status).toBe(200);
    return response.headers.get("x-portico-native-calls");
  };
  expect(await cost({ SHOW_NATIVE_CALLS: undefined })).toBeNull();
  expect(await cost({ SHOW_NATIVE_CALLS: "false" })).toBeNull();
  expect(await cost({ SHOW_NATIVE_CALLS: "true" })).toBe("1");
  const asked = (token: string) => cost({ SHOW_NATIVE_CALLS: undefined }, { "x-portico-administrator": token });
  expect(await asked("test-administrator")).toBe("1");
  for (const token of ["", "test-administratoR", gateway.token]) expect(await asked(token)).toBeNull();
  const off = { SHOW_NATIVE_CALLS: undefined, ADMIN_TOKEN_SHA256: undefined };
  expect(await cost(off, { "x-portico-administrator": "test-administrator" })).toBeNull();
});
