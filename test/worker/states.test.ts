// Paused, suspended and erased connections, and changes of their settings [S18] [S29] [S31].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { ask, createUser, entraUser, KEEPNET, nativeLog, natives, open, patchOf } from "../dialogues/dialogue.ts";
import { atTimeFromNow } from "./clock.ts";
import { bearer, type Gateway, request } from "./gateway.ts";

const users = (token: string) => request("GET", "/scim/v2/Users", { headers: bearer(token) });

describe("states of a connection", () => {
  const change = (gateway: Gateway, body: object) => gateway.api("PATCH", `/connections/${gateway.name}`, body);

  it("S18 S29: paused is 503 with Retry-After for reads and writes, discovery apart, and the vendor hears nothing", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    expect((await change(gateway, { mode: "paused" })).body.mode).toBe("paused");
    await gateway.vendor("DELETE", "/log");
    for (const [method, path, body] of [
      ["GET", "/Users"],
      ["GET", `/Users/${id}`],
      ["POST", "/Users", entraUser({ email: "bob@contoso.com" })],
      ["PATCH", `/Users/${id}`, patchOf({ op: "Replace", path: "active", value: "False" })],
      ["DELETE", `/Users/${id}`],
    ] as [string, string, object?][]) {
      const answer = await ask(gateway, method, path, 503, body);
      expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    }
    await ask(gateway, "GET", "/ServiceProviderConfig", 200);
    expect(await nativeLog(gateway)).toEqual([]);
    // Held means not kept: after the pause nothing of it has happened.
    await change(gateway, { mode: "live" });
    expect((await ask(gateway, "GET", `/Users/${id}`, 200)).body.active).toBe(true);
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", active: true }]);
  });

  it("S29 D4: suspended is 403 for everything, at once, and works again when activated", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await change(gateway, { state: "suspended" });
    await gateway.vendor("DELETE", "/log");
    for (const [method, path] of [
      ["GET", "/Users"],
      ["GET", "/Schemas"],
      ["DELETE", `/Users/${id}`],
    ] as const) {
      const answer = await ask(gateway, method, path, 403);
      expect(answer.headers.get("www-authenticate")).toBeNull();
    }
    expect(await nativeLog(gateway)).toEqual([]);
    await change(gateway, { state: "active" });
    await ask(gateway, "GET", `/Users/${id}`, 200);
  });

  it("S31: an erased connection is gone: its tokens are 401, its object is empty, its name is free", async () => {
    const gateway = await open(KEEPNET);
    await createUser(gateway, "ada@contoso.com");
    expect((await gateway.api("DELETE", `/connections/${gateway.name}`)).status).toBe(200);
    await ask(gateway, "GET", "/Users", 401);
    expect((await atTimeFromNow(60_000, () => users(gateway.token))).status).toBe(401);
    expect((await gateway.api("GET", `/connections/${gateway.name}`)).status).toBe(404);
    const row = await env.CONTROL.prepare("select * from connections where id = ?").bind(gateway.id).first();
    expect(row).toMatchObject({ state: "erased", settings: "{}" });
    const credentials = await env.CONTROL.prepare("select * from credentials where connection_id = ?")
      .bind(gateway.id)
      .all();
    expect(credentials.results).toEqual([]);
    const stub = env.CONNECTION.getByName(gateway.id);
    const alarm = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(alarm).toBeNull();
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S31: a change of settings reaches the object at once", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { clientSecret: "rotated-secret", tokens: [] });
    await ask(gateway, "GET", "/Users?filter=userName+eq+%22a@contoso.com%22", 503);
    const changed = await change(gateway, { settings: { clientSecret: "rotated-secret" } });
    expect(changed.status).toBe(200);
    await ask(gateway, "GET", "/Users?filter=userName+eq+%22a@contoso.com%22", 200);
  });
});
