// `npm start` as a new user meets it: the built bundle, real HTTP, state on disk.

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Started, startAll } from "../../cli/start.ts";

const say = () => {};
let folder: string;
let port: number;
let started: Started;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portico-start-"));
  port = await freePort();
  started = await startAll({ port, stateDir: folder }, say);
});

afterAll(async () => {
  await started.close();
  rmSync(folder, { recursive: true, force: true });
});

function connection(name: string) {
  const found = started.demo.connections.find((one) => one.name === name);
  if (!found) throw new Error(`no connection ${name}`);
  return found;
}

async function scim(name: string, method: string, path: string, body?: unknown, signal?: AbortSignal) {
  const { tenantUrl, token } = connection(name);
  return fetch(`${tenantUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

const vendor = async (name: string, path: string, body?: unknown) =>
  fetch(`${started.simulatorUrl}/${name}/__simulator${path}`, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });

async function usersAt(name: string): Promise<{ email: string }[]> {
  const state = await (await vendor(name, "/state")).json();
  return Object.values((state as { users: Record<string, { email: string }> }).users);
}

const person = (email: string) => ({ userName: email, active: true, emails: [{ type: "work", value: email }] });
const match = (email: string) => `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`;

describe("the console", () => {
  const cookieOf = (response: Response) => response.headers.getSetCookie().join();

  it("is signed in to once by the address that is printed, over http on this machine without Secure", async () => {
    const entered = await fetch(started.consoleUrl, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/console"]);
    expect(cookieOf(entered)).toMatch(
      /^portico=portico_console_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(entered).split(";", 1)[0] ?? "";
    const home = await fetch(`http://127.0.0.1:${port}/console`, { headers: { cookie } });
    const page = await home.text();
    expect(home.status).toBe(200);
    expect(page).toContain("keepnet-demo");
    const files = [...page.matchAll(/(?:href|src)="(\/console\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
    expect(files).toHaveLength(3);
    for (const path of files) {
      const file = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([path, file.status, file.headers.get("cache-control")]).toEqual([
        path,
        200,
        "public, max-age=31536000, immutable",
      ]);
    }
    const again = await fetch(started.consoleUrl, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(again.status).toBe(403);
  });
});

describe("npm start", () => {
  it("E1 E3: an empty list, then a user who is in the vendor's state", async () => {
    const empty = await scim("keepnet-demo", "GET", match("ada@example.com"));
    expect([empty.status, await empty.json()]).toMatchObject([200, { totalResults: 0 }]);
    const created = await scim("keepnet-demo", "POST", "/Users", person("ada@example.com"));
    expect(created.status).toBe(201);
    const body = (await created.json()) as { id: string; meta: { location: string } };
    expect(created.headers.get("location")).toBe(body.meta.location);
    expect(await usersAt("keepnet-demo")).toMatchObject([{ email: "ada@example.com" }]);
  });

  it("S38: keeps its secrets in a file for its owner only", () => {
    if (process.platform !== "win32") expect(statSync(join(folder, "demo.json")).mode & 0o777).toBe(0o600);
  });

  it("S40: prints the public address, never the Host header", async () => {
    const { token } = connection("keepnet-demo");
    const response = await fetch(`http://localhost:${port}/scim/v2/ServiceProviderConfig`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const body = (await response.json()) as { meta: { location: string } };
    expect(body.meta.location).toBe(`http://127.0.0.1:${port}/scim/v2/ServiceProviderConfig`);
  });

  it("S34: a write goes on when its client goes away", async () => {
    await vendor("keepnet-demo", "/faults", [
      { match: { method: "POST", path: "^/api/target-users$" }, kind: "delay", delayMs: 600 },
    ]);
    const abort = AbortSignal.timeout(100);
    await expect(scim("keepnet-demo", "POST", "/Users", person("gone@example.com"), abort)).rejects.toThrow();
    await expect
      .poll(async () => (await usersAt("keepnet-demo")).map((user) => user.email), { timeout: 10_000 })
      .toContain("gone@example.com");
    // Whatever became of the first attempt, the second finds one user and makes no other.
    await expect
      .poll(async () => (await (await scim("keepnet-demo", "GET", match("gone@example.com"))).json()) as object, {
        timeout: 10_000,
      })
      .toMatchObject({ totalResults: 1 });
    const again = await scim("keepnet-demo", "POST", "/Users", person("gone@example.com"));
    expect([201, 409]).toContain(again.status);
    const twins = (await usersAt("keepnet-demo")).filter((user) => user.email === "gone@example.com");
    expect(twins).toHaveLength(1);
  });

  it("S39: uses a key of its own, and the token of the deployment for nothing else", async () => {
    const { url, adminToken } = started.demo;
    const get = async (path: string) =>
      (await fetch(`${url}/api${path}`, { headers: { authorization: `Bearer ${adminToken}` } })).json();
    expect(await get("/me")).toMatchObject({ kind: "key", name: "npm start", role: "owner", connections: null });
    expect(await get("/alarms")).toEqual({ alarms: [] });
    const { calls } = (await get("/audit?limit=500&changes=true")) as { calls: { actor: string; route: string }[] };
    const byGlass = calls.filter(({ actor }) => actor === "break glass");
    expect(byGlass.map(({ route }) => route)).toEqual(["/api/keys"]);
  });

  it("says that the port is taken, with the way out", async () => {
    const other = mkdtempSync(join(tmpdir(), "portico-other-"));
    await expect(startAll({ port, stateDir: other }, say)).rejects.toThrow(/is taken.*--port/s);
    rmSync(other, { recursive: true, force: true });
  });

  it("S38: a second start in the same folder is refused on any port, and names the process that has it", async () => {
    const settings = async () => {
      const { url, adminToken } = started.demo;
      const response = await fetch(`${url}/api/connections/keepnet-demo`, {
        headers: { authorization: `Bearer ${adminToken}` },
      });
      return ((await response.json()) as { settings: object; version: number }).settings;
    };
    const before = await settings();
    for (const wanted of [port, await freePort()]) {
      const second = startAll({ port: wanted, stateDir: folder }, say);
      await expect(second).rejects.toThrow(new RegExp(`process ${process.pid} since .*:${port};.*--state`));
    }
    expect(await settings()).toEqual(before);
    expect((await scim("keepnet-demo", "GET", match("ada@example.com"))).status).toBe(200);
  });

  it("S38: nobody else on the machine can read anything that it keeps", () => {
    if (process.platform === "win32") return;
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
    expect(paths.length).toBeGreaterThan(20);
    // A database's shared memory may be gone by now.
    const modeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    const open = [folder, ...paths].filter((path) => (modeOf(path) & 0o077) !== 0);
    expect(open).toEqual([]);
  });

  it("S35: finds tokens, users and links again after a restart", async () => {
    const { connections: before, adminToken } = started.demo;
    const found = (await (await scim("keepnet-demo", "GET", match("ada@example.com"))).json()) as {
      Resources: { id: string }[];
    };
    await started.close();
    started = await startAll({ port, stateDir: folder }, say);
    expect(started.demo).toMatchObject({ connections: before, adminToken });
    const again = await scim("keepnet-demo", "GET", `/Users/${found.Resources[0]?.id}`);
    expect([again.status, await again.json()]).toMatchObject([200, { userName: "ada@example.com" }]);
  });
});
