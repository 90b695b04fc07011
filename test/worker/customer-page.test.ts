// A customer's page: who gets to it, for how long, and what it never shows.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, createBrowser, signInAs } from "./console.ts";
import { createGateway, type Gateway, request } from "./gateway.ts";

const COOKIE = "__Host-portico-customer";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await open(KEEPNET);
});

interface Invite {
  id: string;
  /** Of the address. */
  path: string;
}

async function invite(to = gateway): Promise<Invite> {
  const { status, body } = await to.api("POST", `/connections/${to.name}/invites`);
  expect(status).toBe(201);
  expect(body.url).toMatch(/^https:\/\/scim\.example\.com\/customer\/enter\/portico_customer_[\w-]{43}$/);
  return { id: body.id, path: new URL(body.url).pathname };
}

/** A browser that has the page. */
async function enter(to = gateway, invited?: Invite): Promise<Browser> {
  const browser = createBrowser();
  const answer = await browser.post((invited ?? (await invite(to))).path);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/customer"]);
  return browser;
}

/** A value that stands in a page for no other reason. */
const isTelling = (value: unknown): value is string => typeof value === "string" && value.length > 6;
const change = (id: string, set: string) =>
  env.CONTROL.prepare(`update customer_invites set ${set} where id = ?`).bind(id).run();
const secretOf = async (browser: Browser) => browser.secretOf("/customer");
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
const stateOf = async ({ id }: Invite, of = gateway) => {
  const { body } = await of.api("GET", `/connections/${of.name}/invites`);
  return body.invites.find((one: Invite) => one.id === id)?.state;
};

describe("the address", () => {
  it("is used up by its form and not by a look at it, and gives a cookie that scripts and other sites cannot use", async () => {
    const invited = await invite();
    for (let look = 0; look < 2; look++) {
      const browser = createBrowser();
      const looked = await browser.get(invited.path, { "sec-fetch-site": "cross-site" });
      expect([looked.status, browser.cookie, looked.headers.get("referrer-policy")]).toEqual([
        200,
        undefined,
        "no-referrer",
      ]);
    }
    expect(await stateOf(invited)).toBe("open");
    const browser = createBrowser();
    const used = await browser.post(invited.path);
    expect(used.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-portico-customer=portico_customer_[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect(await stateOf(invited)).toBe("used");
    expect((await browser.get("/customer")).status).toBe(200);
    const again = createBrowser();
    for (const refused of [await again.post(invited.path), await again.get(invited.path)]) {
      expect([refused.status, again.cookie]).toEqual([403, undefined]);
      expect(refused.text).toContain("This link does not open the page");
      expect(refused.text).toContain('<a href="/customer">Open my page</a>');
    }
  });

  it("lets one of two in who use it at the same time", async () => {
    const { path } = await invite();
    const answers = await Promise.all([createBrowser().post(path), createBrowser().post(path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403]);
  });

  it("lets nobody in after 24 hours, after it was revoked, or where it was never made", async () => {
    const [late, revoked] = [await invite(), await invite()];
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/invites`);
    const [made] = body.invites.filter(({ id }: Invite) => id === late.id);
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(24 * 3_600_000);
    await change(late.id, "expires_at = 1");
    expect((await gateway.api("DELETE", `/connections/${gateway.name}/invites/${revoked.id}`)).status).toBe(204);
    const never = `/customer/enter/portico_customer_${"a".repeat(43)}`;
    for (const path of [late.path, revoked.path, never, "/customer/enter/%3Cscript%3E"]) {
      const browser = createBrowser();
      for (const answer of [await browser.get(path), await browser.post(path)]) {
        expect([path, answer.status, browser.cookie]).toEqual([path, 403, undefined]);
        expect(answer.text).toContain("This link does not open the page");
        expect(answer.text).not.toContain("<script>");
      }
    }
    expect([await stateOf(late), await stateOf(revoked)]).toEqual(["expired", "revoked"]);
  });

  it("is stored as a hash alone, as is what the cookie holds", async () => {
    const invited = await invite();
    const browser = await enter(gateway, invited);
    const { results } = await env.CONTROL.prepare("select * from customer_invites").all();
    const stored = JSON.stringify(results);
    expect(stored).toContain(invited.id);
    expect(stored).not.toContain(invited.path.split("/").at(-1));
    expect(stored).not.toContain(String(browser.cookie).split("=")[1]);
  });

  it("is made and revoked by an operator, and listed for a reader of the connection", async () => {
    const other = await open(KEEPNET);
    const invited = await invite();
    const [reader, operator, foreign] = [
      await signInAs("reader"),
      await signInAs("operator"),
      await signInAs("owner", other),
    ];
    const made = async (browser: Browser) =>
      browser.post(`/console/c/${gateway.name}/invites`, { secret: await browser.secretOf("/console") });
    expect((await made(reader)).status).toBe(403);
    expect((await made(foreign)).status).toBe(404);
    const shown = await made(operator);
    expect([shown.status, shown.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const [, url = ""] = /<code>(https:[^<]+)<\/code>/.exec(shown.text) ?? [];
    expect(url).toContain("/customer/enter/portico_customer_");
    const page = await reader.get(`/console/c/${gateway.name}`);
    expect(textOf(page.text)).toContain("not used yet");
    expect(page.text).not.toContain(`/console/c/${gateway.name}/invites`);
    expect((await operator.get(`/console/c/${gateway.name}`)).text).not.toContain("portico_customer_");
    const revoke = async (browser: Browser, of = gateway) =>
      browser.post(`/console/c/${of.name}/do/revokeInvite`, {
        secret: await browser.secretOf("/console"),
        id: invited.id,
      });
    expect((await revoke(reader)).status).toBe(403);
    // Of another connection there is no such invite.
    expect((await revoke(foreign, other)).status).toBe(404);
    expect(await stateOf(invited)).toBe("open");
    expect((await revoke(operator)).status).toBe(303);
    expect((await createBrowser().post(invited.path)).status).toBe(403);
  });
});

describe("the page is open", () => {
  it("for eight hours, and until the operator revokes the invite or the connection is erased", async () => {
    const own = await open(KEEPNET);
    const [first, second] = [await invite(own), await invite(own)];
    const [late, revoked, orphan] = [await enter(own, first), await enter(own, second), await enter(own)];
    const row = await env.CONTROL.prepare("select used_at, ends_at from customer_invites where id = ?")
      .bind(first.id)
      .first<{ used_at: number; ends_at: number }>();
    const hours = ((row?.ends_at ?? 0) - (row?.used_at ?? 0)) / 3_600_000;
    expect(Math.round(hours * 100) / 100).toBe(8);
    await change(first.id, "ends_at = 1");
    await own.api("DELETE", `/connections/${own.name}/invites/${second.id}`);
    for (const browser of [late, revoked]) {
      const answer = await browser.get("/customer");
      expect([answer.status, textOf(answer.text).includes("This page is closed")]).toEqual([401, true]);
      expect((await browser.get("/customer/live", { "hx-request": "true" })).status).toBe(401);
      expect((await browser.post("/customer/credentials", { kind: "bearer" })).status).toBe(401);
    }
    expect((await orphan.get("/customer")).status).toBe(200);
    await own.api("DELETE", `/connections/${own.name}`);
    expect((await orphan.get("/customer")).status).toBe(401);
    const left = await env.CONTROL.prepare("select count(*) as n from customer_invites where connection_id = ?")
      .bind(own.id)
      .first<{ n: number }>();
    expect(left?.n).toBe(0);
  });

  it("until it is closed by its own button, which does not open again with the cookie of before", async () => {
    const browser = await enter();
    const { cookie } = browser;
    const answer = await browser.post("/customer/leave", { secret: await secretOf(browser) });
    expect([answer.status, answer.headers.get("location"), browser.cookie]).toEqual([303, "/customer/left", undefined]);
    expect((await browser.get("/customer/left")).text).toContain("The page is closed");
    browser.cookie = cookie;
    expect((await browser.get("/customer")).status).toBe(401);
  });

  it("a cookie of before cannot be planted: each use has a new one, and ends the one that the browser had", async () => {
    const browser = await enter();
    const before = browser.cookie;
    await browser.post((await invite()).path);
    expect(browser.cookie).not.toBe(before);
    const planted = createBrowser();
    planted.cookie = before;
    expect((await planted.get("/customer")).status).toBe(401);
    planted.cookie = `${COOKIE}=chosen-by-another`;
    await planted.post((await invite()).path);
    expect(planted.cookie).not.toContain("chosen-by-another");
    expect((await planted.get("/customer")).status).toBe(200);
  });

  it("to a link of another site all the same: it is asked for once more, with the cookie", async () => {
    const answer = await createBrowser().get("/customer", { "sec-fetch-site": "cross-site" });
    expect([answer.status, answer.text.includes('<meta http-equiv="refresh" content="0"')]).toEqual([200, true]);
  });
});

describe("a customer's cookie", () => {
  it("opens nothing of the console or the administrator API, and an administrator's opens no customer's page", async () => {
    const customer = await enter();
    const value = String(customer.cookie).split("=")[1] ?? "";
    const paths = ["/console", `/console/c/${gateway.name}`, `/console/c/${gateway.name}/activity`];
    for (const cookie of [`${COOKIE}=${value}`, `__Host-portico=${value}`]) {
      customer.cookie = cookie;
      for (const path of paths) expect([path, (await customer.get(path)).status]).toEqual([path, 303]);
      for (const path of [`/api/connections/${gateway.name}`, "/api/me", `/api/connections/${gateway.name}/customer`]) {
        const bare = await request("GET", path, { headers: { cookie } });
        const shown = await request("GET", path, { headers: { cookie, authorization: `Bearer ${value}` } });
        expect([path, bare.status, shown.status]).toEqual([path, 401, 401]);
      }
    }
    expect((await createBrowser().post("/console/sign-in", { key: value, next: "/console" })).status).toBe(401);
    const operator = await signInAs("owner");
    const theirs = String(operator.cookie).split("=")[1] ?? "";
    for (const cookie of [`${COOKIE}=${theirs}`, `__Host-portico=${theirs}`]) {
      operator.cookie = cookie;
      expect((await operator.get("/customer")).status).toBe(401);
    }
  });

  it("is for one connection: of another one nothing is shown, and its credentials are not there", async () => {
    const other = await open(KEEPNET);
    const credential = (await other.api("GET", `/connections/${other.name}/credentials`)).body.credentials[0].id;
    const browser = await enter();
    const secret = await secretOf(browser);
    for (const path of ["rotate", "revoke"]) {
      const answer = await browser.post(`/customer/credentials/${path}`, { secret, id: credential, force: "on" });
      expect([path, answer.status]).toEqual([path, 404]);
    }
    const { body } = await other.api("GET", `/connections/${other.name}/credentials`);
    expect(body.credentials.map(({ revokedAt }: { revokedAt: string | null }) => revokedAt)).toEqual([null]);
    const page = await browser.get("/customer");
    for (const foreign of [other.name, other.id, credential]) expect(page.text).not.toContain(foreign);
    expect((await browser.get(`/customer/c/${other.name}`)).status).toBe(404);
  });

  it("may call what its page calls and nothing else of the API, whatever role a route asks for", async () => {
    const { API_ROUTES } = await import("../../src/routes/api-routes.ts");
    const open = Object.entries(API_ROUTES).filter(([, route]) => "isForCustomers" in route);
    expect(open.map(([name]) => name).sort()).toEqual([
      "createCredential",
      "endCustomerSession",
      "revokeCredential",
      "rotateCredential",
      "showCustomerPage",
      "startCustomerSession",
      "watchCustomerPage",
    ]);
    expect(open.every(([, { path }]) => path.startsWith("/connections/:name/"))).toBe(true);
    // For an administrator there is no session to begin or to end.
    const session = `/connections/${gateway.name}/customer/session`;
    expect((await gateway.api("POST", session)).status).toBe(409);
    expect((await gateway.api("DELETE", session)).status).toBe(409);
  });
});

describe("another site", () => {
  it("sends no form that does anything", async () => {
    const browser = await enter();
    const secret = await secretOf(browser);
    const unused = await invite();
    const foreign: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
      { "sec-fetch-site": "same-site", origin: "https://other.example.com" },
      { "sec-fetch-site": "cross-site", origin: "null" },
    ];
    for (const headers of foreign) {
      expect((await browser.post("/customer/leave", { secret }, headers)).status).toBe(403);
      expect((await browser.post("/customer/credentials", { secret, kind: "bearer" }, headers)).status).toBe(403);
      // Nobody is put into a page that somebody else has chosen.
      expect((await browser.post(unused.path, {}, headers)).status).toBe(403);
    }
    for (const wrong of ["", "wrong", `${secret}x`]) {
      expect((await browser.post("/customer/credentials", { secret: wrong, kind: "bearer" })).status).toBe(403);
    }
    expect(await stateOf(unused)).toBe("open");
    expect((await browser.get("/customer")).status).toBe(200);
  });

  it("shows no page in a frame, loads nothing in one, and is led to by none", async () => {
    const invited = await invite();
    const browser = await enter(gateway, await invite());
    for (const page of [await browser.get("/customer?next=https://evil.example"), await browser.get(invited.path)]) {
      expect(page.headers.get("content-security-policy")).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(page.headers.get("x-frame-options")).toBe("DENY");
      expect(page.headers.get("referrer-policy")).toBe("no-referrer");
      expect(page.headers.get("cache-control")).toBe("no-store");
      expect(page.text).not.toContain("evil.example");
    }
    const used = await browser.post(`${invited.path}?next=https://evil.example`, { next: "https://evil.example" });
    expect(used.headers.get("location")).toBe("/customer");
  });
});

describe("what the page shows", () => {
  it("one call to the object, and no secret of the product or of the gateway in any page of a customer", async () => {
    const own = await open(KEEPNET, { settings: { clientSecret: "a-vendor-secret-that-nobody-sees" } });
    const browser = await enter(own);
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    const page = await browser.get("/customer");
    expect([page.status, objects.mock.calls.length]).toEqual([200, 1]);
    vi.restoreAllMocks();
    const secret = await secretOf(browser);
    const made = await browser.post("/customer/credentials", { secret, kind: "bearer", label: "Entra" });
    const pages = [
      page,
      made,
      await browser.get("/customer/live?after=1.x&index=none"),
      await browser.get("/customer/x"),
    ];
    const { body } = await own.api("GET", `/connections/${own.name}`);
    for (const { text } of pages) {
      for (const hidden of [
        "a-vendor-secret-that-nobody-sees",
        own.token,
        own.vendorUrl,
        ...Object.values(body.settings).filter(isTelling),
      ]) {
        expect(text).not.toContain(hidden);
      }
    }
    expect(page.text).toContain(`<code>${body.tenantUrl}</code>`);
    expect(page.text).toContain(`${body.tenantUrl}?aadOptscim062020`);
    expect(page.text).toContain("Allowed domains");
    expect(page.text).not.toContain("{tenantUrl}");
  });

  it("names with markup are names: of a connection's people, of a credential, of a request", async () => {
    const own = await open(KEEPNET);
    const markup = '<script>alert("x")</script>';
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    await own.scim("POST", "/Groups", { schemas, displayName: markup });
    const browser = await enter(own);
    const secret = await secretOf(browser);
    await browser.post("/customer/credentials", { secret, kind: "bearer", label: markup });
    const { text } = await browser.get("/customer");
    expect(text).not.toContain("<script>alert");
    expect(text.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;/g)?.length).toBeGreaterThan(1);
  });

  it("what arrives: Entra's test, a credential that was revoked, a wrong client secret, a wrong Tenant URL", async () => {
    const own = await open(KEEPNET);
    const browser = await enter(own);
    const contact = async () => textOf((await browser.get("/customer")).text);
    expect(await contact()).toContain("No request has arrived since this page was made.");
    const filter = encodeURIComponent(`userName eq "${crypto.randomUUID()}"`);
    await own.scim("GET", `/Users?filter=${filter}`);
    expect(await contact()).toContain("Entra's test connection arrived, and the answer was right.");
    await own.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    expect(await contact()).toContain("Requests arrive and are answered.");
    const cut = { authorization: `Bearer ${own.token.slice(0, -3)}` };
    expect((await request("GET", "/scim/v2/Users", { headers: cut })).status).toBe(401);
    await vi.waitFor(
      async () => expect(await contact()).toContain("The Secret Token begins like one of this connection"),
      { timeout: 20_000 },
    );
    const secret = await secretOf(browser);
    const made = await browser.post("/customer/credentials", { secret, kind: "secret" });
    expect(made.text).toContain("Client secret");
    const form = new URLSearchParams({ grant_type: "client_credentials", client_id: own.id, client_secret: "wrong" });
    expect((await request("POST", "/oauth2/token", { body: form })).status).toBe(401);
    await vi.waitFor(async () => expect(await contact()).toContain("the client secret is wrong"), { timeout: 20_000 });
    const bearer = { authorization: `Bearer ${own.token}` };
    await own.scim("GET", `/Users/Users?filter=${filter}`);
    expect(await contact()).toContain("The last request was refused. The Tenant URL or a path in it is wrong.");
    await own.scim("POST", "/Users", { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"] });
    expect(await contact()).toContain("The sentence in the log of the identity provider names the attribute");
    expect((await request("GET", `/Users?filter=${filter}`, { headers: bearer })).status).toBe(404);
    await vi.waitFor(
      async () => expect(await contact()).toContain("The credential is right and the Tenant URL is wrong."),
      { timeout: 20_000 },
    );
    const { body } = await own.api("GET", `/connections/${own.name}/credentials`);
    await own.api("DELETE", `/connections/${own.name}/credentials/${body.credentials[0].id}?force=true`);
    expect((await request("GET", `/scim/v2/Users?filter=${filter}`, { headers: bearer })).status).toBe(401);
    await vi.waitFor(
      async () => {
        const text = await contact();
        expect(text).toContain("The last request was refused. The credential is revoked.");
      },
      { timeout: 20_000 },
    );
  });

  it("only news: as long as nothing has come the page asks without reading anybody's data", async () => {
    const own = await open(KEEPNET);
    const browser = await enter(own);
    const page = await browser.get("/customer");
    const live = (/hx-get="([^"]+)"/.exec(page.text)?.[1] ?? "").replaceAll("&amp;", "&");
    const reads = async () => {
      const { calls } = (await own.api("GET", `/audit?connection=${own.name}&limit=200`)).body;
      return calls.filter(
        ({ actorKind, method }: Record<string, string>) => actorKind === "customer" && method === "GET",
      );
    };
    const before = (await reads()).length;
    expect((await browser.get(live)).status).toBe(204);
    expect((await reads()).length).toBe(before);
    await own.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    const news = await browser.get(live);
    expect([news.status, textOf(news.text).includes("A user was looked for: there is none")]).toEqual([200, true]);
    for (const wrong of ["/customer/live", "/customer/live?after=x", "/customer/live?after=%00&index=<script>"]) {
      expect([wrong, (await browser.get(wrong)).status]).toEqual([wrong, 400]);
    }
  });

  it("of a product that has no steps of its own what holds for every product", async () => {
    const { text } = await (await enter(await createGateway("rest"))).get("/customer");
    expect(textOf(text)).toContain("Enter the Tenant URL and the credential of this page.");
    expect(text).not.toContain("Step 6");
  });

  it("how far the product was read, where requests wait for it, and why they are answered otherwise", async () => {
    const reading = await createGateway("kpifire", { settled: false });
    const browser = await enter(reading);
    await reading.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    expect(textOf((await browser.get("/customer")).text)).toMatch(
      /Reading the product .*Users (\S+ of |\S+ read|never read)/,
    );
    await reading.api("PATCH", `/connections/${reading.name}`, { mode: "plan" });
    expect(textOf((await browser.get("/customer")).text)).toContain("This connection is in a rehearsal");
    await reading.api("PATCH", `/connections/${reading.name}`, { mode: "paused", confirm: true });
    expect(textOf((await browser.get("/customer")).text)).toContain("The operator has paused this connection");
  });
});

describe("credentials", () => {
  it("are made with a secret that is shown once and works, rotated, and revoked by the rules of the operator's page", async () => {
    const own = await open(KEEPNET);
    const browser = await enter(own);
    const secret = await secretOf(browser);
    const made = await browser.post("/customer/credentials", { secret, kind: "bearer", label: "Entra" });
    const [, token = ""] = /<code>(portico_[\w-]{43})<\/code>/.exec(made.text) ?? [];
    expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const users = (bearer: string) =>
      request("GET", "/scim/v2/Users?count=1", { headers: { authorization: `Bearer ${bearer}` } });
    expect((await users(token)).status).toBe(200);
    expect((await browser.get("/customer")).text).not.toContain(token);
    const list = async () => (await own.api("GET", `/connections/${own.name}/credentials`)).body.credentials;
    const first = (await list()).find(({ label }: { label: string }) => label === "Entra");
    expect(first.createdBy).toBe(`customer of ${own.name}`);
    const rotated = await browser.post("/customer/credentials/rotate", { secret, id: first.id });
    const [, second = ""] = /<code>(portico_[\w-]{43})<\/code>/.exec(rotated.text) ?? [];
    expect(second).not.toBe(token);
    expect([(await users(token)).status, (await users(second)).status]).toEqual([200, 200]);
    const refused = await browser.post("/customer/credentials/revoke", { secret, id: first.id });
    expect(refused.status).toBe(409);
    expect(textOf(refused.text)).toContain("may have been used within the last two hours");
    expect(refused.text).toContain("tick the box beside the button");
    expect(refused.text).not.toMatch(new RegExp(`with force|${first.id}`));
    const done = await browser.post("/customer/credentials/revoke", { secret, id: first.id, force: "on" });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/customer?done=revoked#credentials"]);
    expect([(await users(token)).status, (await users(second)).status]).toEqual([401, 200]);
  });

  it("of no other kind, and no more than twenty a day", async () => {
    const own = await open(KEEPNET);
    const browser = await enter(own);
    const secret = await secretOf(browser);
    for (const kind of ["", "entra", "key", "federation", "<script>"]) {
      expect([kind, (await browser.post("/customer/credentials", { secret, kind })).status]).toEqual([kind, 400]);
    }
    expect(
      (await browser.post("/customer/credentials", { secret, kind: "bearer", label: "x".repeat(500) })).status,
    ).toBe(400);
    for (let n = 0; n < 20; n++) {
      expect((await browser.post("/customer/credentials", { secret, kind: "bearer" })).status).toBe(200);
    }
    const more = await browser.post("/customer/credentials", { secret, kind: "bearer" });
    expect([more.status, more.text.includes("ask the operator")]).toEqual([409, true]);
    expect((await own.api("POST", `/connections/${own.name}/credentials`, { kind: "bearer" })).status).toBe(201);
  });
});

it("what was made, used, done and revoked stands in the audit, the customer's part under the connection's name", async () => {
  const own = await open(KEEPNET);
  const invited = await invite(own);
  const browser = await enter(own, invited);
  await browser.post("/customer/credentials", { secret: await secretOf(browser), kind: "bearer" });
  await own.api("DELETE", `/connections/${own.name}/invites/${invited.id}`);
  const { calls } = (await own.api("GET", `/audit?connection=${own.name}&changes=true&limit=100`)).body;
  const seen = calls.map((call: Record<string, unknown>) => [
    call.actor,
    call.role,
    call.method,
    call.route,
    call.status,
  ]);
  const route = (rest: string) => `/api/connections/:name/${rest}`;
  expect(seen.slice(0, 4)).toEqual([
    ["break glass", "owner", "DELETE", route("invites/:id"), 204],
    [`customer of ${own.name}`, null, "POST", route("credentials"), 201],
    [`customer of ${own.name}`, null, "POST", route("customer/session"), 201],
    ["break glass", "owner", "POST", route("invites"), 201],
  ]);
  expect(calls.slice(0, 4).map(({ target }: Record<string, string>) => target)).toEqual([
    invited.id,
    expect.any(String),
    invited.id,
    invited.id,
  ]);
  // No key is called so.
  const key = await own.api("POST", "/keys", { name: `Customer of ${own.name}`, role: "reader" });
  expect(key.status).toBe(400);
});
