// Who gets into the console, and what another site can do with whoever is in it: nothing.

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createBrowser, signIn } from "./console.ts";
import { api, bearer, request } from "./gateway.ts";
import { createKey } from "./keys.ts";

const BREAK_GLASS = "test-administrator";

describe("signing in", () => {
  it("sets one cookie that scripts and other sites cannot use, and that lasts for eight hours", async () => {
    const { key } = await createKey("reader");
    const answer = await createBrowser().post("/console/sign-in", { key, next: "/console" });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-portico=portico_console_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("stores nothing of the cookie but its hash", async () => {
    const { key } = await createKey("reader");
    const browser = await signIn(key);
    const secret = String(browser.cookie).split("=")[1] ?? "";
    const { results } = await env.CONTROL.prepare("select * from console_sessions").all();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify(results)).not.toContain(secret);
    expect(JSON.stringify(results)).not.toContain(key);
  });

  it("refuses a key that is wrong, revoked or no key at all, and says so on the page", async () => {
    const { id, key } = await createKey("reader");
    await api("DELETE", `/keys/${id}`);
    for (const wrong of [key, "portico_key_wrong", "", "ключ\nx", "<script>"]) {
      const browser = createBrowser();
      const answer = await browser.post("/console/sign-in", { key: wrong, next: "/console" });
      expect([wrong, answer.status, browser.cookie]).toEqual([wrong, 401, undefined]);
      expect(answer.text).toContain("No open key is like this one");
      expect(answer.text).not.toContain("<script>");
    }
  });

  it("a session from before cannot be planted: each sign-in has a new one, and ends the one that the browser had", async () => {
    const { key } = await createKey("reader");
    const browser = await signIn(key);
    const before = browser.cookie;
    await browser.post("/console/sign-in", { key, next: "/console" });
    expect(browser.cookie).not.toBe(before);
    expect((await browser.get("/console")).status).toBe(200);
    const planted = createBrowser();
    planted.cookie = before;
    expect((await planted.get("/console")).status).toBe(303);
    planted.cookie = "__Host-portico=chosen-by-another";
    await planted.post("/console/sign-in", { key, next: "/console" });
    expect(planted.cookie).not.toContain("chosen-by-another");
  });

  it("leads to the page that was asked for, and to no other site", async () => {
    const { key } = await createKey("reader");
    const asked = await createBrowser().get("/console/c/acme/activity?status=failed");
    expect(asked.headers.get("location")).toBe(
      `/console/sign-in?next=${encodeURIComponent("/console/c/acme/activity?status=failed")}`,
    );
    const wishes: [string, string][] = [
      ["/console/c/acme/activity?status=failed", "/console/c/acme/activity?status=failed"],
      ["https://evil.example/console", "/console"],
      ["//evil.example/console", "/console"],
      ["/console/../api/me", "/console"],
      ["/console/..//evil.example", "/console"],
      ["/console@evil.example", "/console"],
      ["/console\\..\\..\\evil", "/console"],
      ["/consolex", "/console"],
      ["javascript:alert(1)", "/console"],
      ["/console/sign-in", "/console"],
    ];
    for (const [next, where] of wishes) {
      const answer = await createBrowser().post("/console/sign-in", { key, next });
      expect([next, answer.status, answer.headers.get("location")]).toEqual([next, 303, where]);
    }
  });

  it("a link of another site leads to the page all the same: it is asked for once more, with the cookie", async () => {
    const answer = await createBrowser().get("/console/c/acme", { "sec-fetch-site": "cross-site" });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('<meta http-equiv="refresh" content="0"');
  });
});

describe("the end of a session", () => {
  it("comes with signing out, here or everywhere", async () => {
    const { key } = await createKey("reader");
    const [one, other, third] = [await signIn(key), await signIn(key), await signIn(key)];
    const cookie = one.cookie;
    const out = await one.post("/console/sign-out", { secret: await one.secretOf("/console") });
    expect([out.status, out.headers.get("location"), one.cookie]).toEqual([303, "/console/sign-in", undefined]);
    one.cookie = cookie;
    expect((await one.get("/console")).status).toBe(303);
    expect((await other.get("/console")).status).toBe(200);
    await other.post("/console/sign-out/everywhere", { secret: await other.secretOf("/console") });
    expect((await third.get("/console")).status).toBe(303);
  });

  it("comes with the key's, at once, and after eight hours", async () => {
    const { id, key } = await createKey("reader");
    const browser = await signIn(key);
    const other = await signIn(key);
    await env.CONTROL.prepare("update console_sessions set expires_at = 1 where hash = ?")
      .bind(await hashOf(String(other.cookie).split("=")[1] ?? ""))
      .run();
    expect((await other.get("/console")).status).toBe(303);
    expect((await browser.get("/console")).status).toBe(200);
    await api("DELETE", `/keys/${id}`);
    expect((await browser.get("/console")).status).toBe(303);
  });

  it("is no end for another key's session", async () => {
    const [mine, theirs] = [await createKey("owner"), await createKey("owner")];
    const browser = await signIn(theirs.key);
    await request("DELETE", "/api/console/sessions", { headers: bearer(mine.key) });
    expect((await browser.get("/console")).status).toBe(200);
  });
});

describe("an address that signs in once", () => {
  it("is used up by its form and not by a look at it", async () => {
    const { key, name } = await createKey("operator");
    const made = await request("POST", "/api/console/links", { headers: bearer(key) });
    expect(made.status).toBe(201);
    const { pathname } = new URL(made.body.url);
    const browser = createBrowser();
    const looked = await browser.get(pathname);
    expect([looked.status, browser.cookie, looked.headers.get("referrer-policy")]).toEqual([
      200,
      undefined,
      "no-referrer",
    ]);
    const used = await browser.post(pathname);
    expect([used.status, used.headers.get("location")]).toEqual([303, "/console"]);
    expect((await browser.get("/console")).text).toContain(name);
    const again = createBrowser();
    const refused = await again.post(pathname);
    expect([refused.status, again.cookie]).toEqual([403, undefined]);
    expect(refused.text).toContain("does not sign in any more");
  });

  it("gets one of two who use it at the same time in", async () => {
    const { key } = await createKey("operator");
    const { pathname } = new URL((await request("POST", "/api/console/links", { headers: bearer(key) })).body.url);
    const answers = await Promise.all([createBrowser().post(pathname), createBrowser().post(pathname)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
  });

  it("signs nobody in after an hour, nor after its key was revoked", async () => {
    const { id, key } = await createKey("operator");
    const links = [];
    for (let n = 0; n < 2; n++) {
      links.push(new URL((await request("POST", "/api/console/links", { headers: bearer(key) })).body.url).pathname);
    }
    const [late = "", orphan = ""] = links;
    await env.CONTROL.prepare("update console_links set expires_at = 1 where hash = ?")
      .bind(await hashOf(late.split("/").at(-1) ?? ""))
      .run();
    expect((await createBrowser().post(late)).status).toBe(403);
    await api("DELETE", `/keys/${id}`);
    expect((await createBrowser().post(orphan)).status).toBe(403);
  });
});

describe("another site", () => {
  it("sends no form that does anything", async () => {
    const { key } = await createKey("reader");
    const browser = await signIn(key);
    const secret = await browser.secretOf("/console");
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "same-site", origin: "https://other.example.com" },
      { "sec-fetch-site": "cross-site", origin: "null" },
    ];
    for (const headers of foreign) {
      expect((await browser.post("/console/sign-out", { secret }, headers)).status).toBe(403);
      expect((await browser.post("/console/sign-in", { key }, headers)).status).toBe(403);
    }
    for (const wrong of ["", "wrong", `${secret}x`]) {
      const answer = await browser.post("/console/sign-out", { secret: wrong });
      expect([answer.status, answer.text.includes("older than your sign-in")]).toEqual([403, true]);
    }
    expect((await browser.get("/console")).status).toBe(200);
  });

  it("shows no page in a frame, and loads and runs nothing in one", async () => {
    const { headers } = await (await signIn((await createKey("reader")).key)).get("/console");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });
});

describe("what is written down", () => {
  it("a sign-in and signing out stand in the audit under the key's name", async () => {
    const { key, name } = await createKey("reader");
    const browser = await signIn(key);
    await browser.post("/console/sign-out", { secret: await browser.secretOf("/console") });
    const { calls } = (await api("GET", "/audit?limit=100")).body;
    const mine = calls.filter((call: { actor: string }) => call.actor === name);
    expect(mine.map(({ method, route, status }: Record<string, unknown>) => [method, route, status])).toEqual([
      ["DELETE", "/api/console/sessions/:id", 204],
      ["POST", "/api/console/sessions", 201],
    ]);
  });

  it("the break-glass token signs in, too, and raises its alarm once an owner has a key", async () => {
    await createKey("owner");
    const browser = await signIn(BREAK_GLASS);
    expect((await browser.get("/console")).text).toContain("break glass");
    const { alarms } = (await api("GET", "/alarms")).body;
    expect(alarms.map(({ id }: { id: string }) => id)).toContain("break-glass");
  });
});

async function hashOf(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}
