// What happened on a connection, in words: each outcome is played and has its sentence.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { CORE_GROUP, CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { type Gateway, request } from "./gateway.ts";

let gateway: Gateway;
let browser: Browser;
beforeAll(async () => {
  gateway = await open(KEEPNET);
  browser = await signInAs("reader");
});

const userOf = (name: string, more: object = {}) => ({
  schemas: [CORE_USER],
  userName: name,
  active: true,
  name: { givenName: "Ada", familyName: "Example" },
  emails: [{ type: "work", value: name }],
  ...more,
});
const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});
const create = async (name: string, on = gateway) => (await on.scim("POST", "/Users", userOf(name))).body.id as string;
const createGroup = async (displayName: string, members: string[] = [], on = gateway) => {
  const body = { schemas: [CORE_GROUP], displayName, members: members.map((value) => ({ value })) };
  return (await on.scim("POST", "/Groups", body)).body.id as string;
};
const members = (op: "add" | "remove", ...ids: string[]) =>
  op === "add"
    ? patch({ op, path: "members", value: ids.map((value) => ({ value })) })
    : patch(...ids.map((id) => ({ op, path: `members[value eq "${id}"]` })));

const unescaped = (html: string) =>
  html.replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");

/** The sentences of the feed, newest first. */
async function sentences(of = gateway, query = ""): Promise<string[]> {
  const { text } = await browser.get(`/console/c/${of.name}/activity${query}`);
  return [...text.matchAll(/<a class="what"[^>]*>([^<]*)<\/a>/g)].map(([, sentence]) => unescaped(sentence ?? ""));
}

/** The sentence of the last request. */
const last = async (of = gateway) => (await sentences(of))[0];

describe("each outcome has its sentence", () => {
  it("users", async () => {
    const id = await create("ada@example.com");
    expect(await last()).toBe("ada@example.com was created");
    await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "name.familyName", value: "Lovelace" }));
    expect(await last()).toBe("ada@example.com was changed: name.familyName");
    await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "name.familyName", value: "Lovelace" }));
    expect(await last()).toBe("ada@example.com was so already: nothing was written");
    await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    expect(await last()).toBe("ada@example.com was disabled");
    await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: true }));
    expect(await last()).toBe("ada@example.com was enabled");
    await gateway.scim("GET", `/Users/${id}`);
    expect(await last()).toBe("ada@example.com was read");
    await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`);
    expect(await last()).toBe("ada@example.com was looked for and found");
    await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "nobody@example.com"')}`);
    expect(await last()).toBe("A user was looked for: there is none");
    await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${crypto.randomUUID()}"`)}`);
    expect(await last()).toBe("Entra's test connection arrived");
    await gateway.scim("POST", "/Users", userOf("ada@example.com"));
    expect(await last()).toBe("A new user was refused: the name or address is taken");
    await gateway.scim("DELETE", `/Users/${id}`);
    expect(await last()).toBe("ada@example.com was deleted");
    await gateway.scim("GET", `/Users/${id}`);
    expect(await last()).toBe("ada@example.com was asked for and is not there");
  });

  it("groups and their members", async () => {
    const [one, other, third] = [
      await create("one@example.com"),
      await create("other@example.com"),
      await create("third@example.com"),
    ];
    const group = await createGroup("Sales", [one]);
    expect(await last()).toBe("Sales was created with 1 member");
    await gateway.scim("PATCH", `/Groups/${group}`, members("add", other, third));
    expect(await last()).toBe("2 members joined Sales");
    await gateway.scim("PATCH", `/Groups/${group}`, members("remove", one));
    expect(await last()).toBe("1 member left Sales");
    await gateway.scim("PATCH", `/Groups/${group}`, patch({ op: "replace", path: "members", value: [{ value: one }] }));
    expect(await last()).toBe("1 member joined Sales, and 2 left");
    await gateway.scim("PATCH", `/Groups/${group}`, patch({ op: "replace", path: "displayName", value: "Trade" }));
    expect(await last()).toBe("Trade was changed: displayName");
    await gateway.scim("POST", "/Groups", { schemas: [CORE_GROUP], displayName: "Trade" });
    expect(await last()).toBe("A new group was refused: the name is taken");
    await gateway.scim("DELETE", `/Groups/${group}`);
    expect(await last()).toBe("Trade was deleted");
  });

  it("a refused value names the attribute and the rule, and never the value", async () => {
    await gateway.scim("POST", "/Users", userOf("long@example.com", { name: { givenName: "canary".repeat(80) } }));
    expect(await last()).toBe("A new user was refused: name.givenName may have at most 40 characters in Keepnet");
    await gateway.scim("POST", "/Users", userOf("canary", { emails: [] }));
    expect(await last()).toMatch(/^A new user was refused: .* must be an e-mail address in Keepnet$/);
    await gateway.scim("POST", "/Users", {
      ...userOf("one@example.com"),
      emails: [{ type: "work", value: "canary@example.com" }],
    });
    expect(await last()).toBe(
      'A new user was refused: userName and emails[type eq "work"].value are one value in this product, but the request sets them to two different ones',
    );
    const path = 'emails[value eq "canary@example.com"].primary';
    const id = await create("filter@example.com");
    await gateway.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path, value: "perhaps" }));
    const { text } = await browser.get(`/console/c/${gateway.name}/activity`);
    expect(text).not.toContain("canary");
  });

  it("what is refused, held and put off", async () => {
    const held = await open(KEEPNET);
    const id = await create("boss@example.com", held);
    await held.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: "perhaps" }));
    expect(await last(held)).toBe("boss@example.com was refused: active must be true or false");
    await held.api("PATCH", `/connections/${held.name}`, { protected: { users: ["boss@example.com"] } });
    await held.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    expect(await last(held)).toBe("boss@example.com was not changed: the person is protected");
    await held.api("PATCH", `/connections/${held.name}`, { protected: { users: [] } });
    await held.api("POST", `/connections/${held.name}/brake/hold`);
    await held.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
    expect(await last(held)).toBe("boss@example.com was not changed: the brake holds it");
    await held.api("DELETE", `/connections/${held.name}/brake/hold`);
    await held.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 20 }]);
    await held.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "name.givenName", value: "Bo" }));
    expect(await last(held)).toBe("boss@example.com was put off: the product did not answer");
    await held.vendor("DELETE", "/faults");
    await held.api("PATCH", `/connections/${held.name}`, { mode: "paused" });
    await held.scim("GET", "/Users");
    expect(await last(held)).toBe("A request was put off: the connection is paused");
    await held.scim("GET", "/ServiceProviderConfig");
    expect(await last(held)).toBe("The identity provider asked what this service can do");
    await held.scim("POST", "/Users", "no json");
    expect(await last(held)).toBe("A new user was put off: the connection is paused");
    await held.api("PATCH", `/connections/${held.name}`, { mode: "live" });
    await held.scim("POST", "/Users", "no json");
    expect(await last(held)).toBe("A request was refused: it could not be understood");
  });
});

describe("the feed", () => {
  it("calls a person by the name of now, and by a number once the name is forgotten", async () => {
    const id = await create("grace@example.com");
    await gateway.scim(
      "PATCH",
      `/Users/${id}`,
      patch({ op: "replace", path: "userName", value: "hopper@example.com" }),
    );
    expect((await sentences()).slice(0, 2)).toEqual([
      "hopper@example.com was renamed",
      "hopper@example.com was created",
    ]);
    await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_, { storage }) => {
      storage.sql.exec("delete from links where id = ?", id);
    });
    expect((await sentences()).slice(0, 2)).toEqual([
      `User …${id.slice(-6)} was renamed`,
      `User …${id.slice(-6)} was created`,
    ]);
    expect((await browser.get(`/console/c/${gateway.name}/activity`)).text).not.toContain("hopper");
  });

  it("a name with markup is shown as text, on every page that shows it", async () => {
    const evil = '<script>alert("x")</script>';
    const group = await createGroup(evil);
    const pages = [
      `/console/c/${gateway.name}/activity`,
      `/console/c/${gateway.name}/activity?about=${group}`,
      `/console/c/${gateway.name}/activity/rows?after=1.0`,
    ];
    const { requests } = (await gateway.api("GET", `/connections/${gateway.name}/activity?about=${group}`)).body;
    pages.push(`/console/c/${gateway.name}/activity/${requests[0].id}`);
    for (const path of pages) {
      const { status, text } = await browser.get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain("&lt;script&gt;alert(");
      expect(text).not.toContain("<script>alert");
    }
  });

  it("shows by person, kind, outcome, credential and time, and page by page", async () => {
    const own = await open(KEEPNET);
    const ids = [];
    for (let n = 0; n < 3; n++) ids.push(await create(`user${n}@example.com`, own));
    await createGroup("Sales", [], own);
    await own.scim("GET", "/Users?count=1");
    await own.scim("POST", "/Users", userOf("user0@example.com"));
    const all = await sentences(own);
    expect(all).toHaveLength(6);
    expect(await sentences(own, `?about=${ids[1]}`)).toEqual(["user1@example.com was created"]);
    expect(await sentences(own, "?kind=groups")).toEqual(["Sales was created"]);
    expect(await sentences(own, "?kind=searches")).toEqual(["A list was read: 3 users"]);
    expect(await sentences(own, "?kind=changes")).toHaveLength(5);
    expect(await sentences(own, "?outcome=failed")).toEqual(["A new user was refused: the name or address is taken"]);
    expect(await sentences(own, "?outcome=done&kind=users")).toHaveLength(4);
    expect(await sentences(own, "?credential=none")).toEqual([]);
    expect(await sentences(own, "?to=2020-01-01T00:00")).toEqual([]);
    expect(await sentences(own, "?from=2020-01-01T00:00")).toEqual(all);
    const rows = [];
    let next: string | null = "";
    while (next !== null) {
      const { body } = await own.api("GET", `/connections/${own.name}/activity?limit=4${next && `&before=${next}`}`);
      rows.push(...body.requests.map(({ id }: { id: string }) => id));
      next = body.next;
    }
    expect([rows.length, new Set(rows).size]).toEqual([6, 6]);
  });

  it("finds a person by name, address or id in a form, and no address of the console holds the name", async () => {
    const id = await create("find.me@example.com");
    const secret = await browser.secretOf(`/console/c/${gateway.name}/activity`);
    for (const text of ["find.me@example.com", " FIND.ME@example.com ", id]) {
      const answer = await browser.post(`/console/c/${gateway.name}/find`, { secret, text });
      expect([text, answer.status, answer.headers.get("location")]).toEqual([
        text,
        303,
        `/console/c/${gateway.name}/activity?about=${id}`,
      ]);
    }
    const nobody = await browser.post(`/console/c/${gateway.name}/find`, { secret, text: "nobody" });
    expect([nobody.status, nobody.text.includes("Nobody of this connection")]).toEqual([200, true]);
    const wrong = await browser.post(`/console/c/${gateway.name}/find`, { secret, text: "" });
    expect(wrong.status).toBe(400);
  });

  it("gives new rows only where there are any, and reads nobody's data as long as there are none", async () => {
    const own = await open(KEEPNET);
    await create("first@example.com", own);
    const { text } = await browser.get(`/console/c/${own.name}/activity`);
    const [, live = ""] = /hx-get="([^"]+)"/.exec(text) ?? [];
    const audited = async () =>
      (await own.api("GET", `/audit?connection=${own.name}&limit=200`)).body.calls.filter(
        ({ route }: { route: string }) => route.endsWith("/activity"),
      ).length;
    const before = await audited();
    expect((await browser.get(unescaped(live))).status).toBe(204);
    expect(await audited()).toBe(before);
    await create("second@example.com", own);
    const rows = await browser.get(unescaped(live));
    expect(rows.status).toBe(200);
    expect(rows.text).toContain("second@example.com was created");
    expect(rows.text).not.toContain("first@example.com");
    const [, later = ""] = /hx-get="([^"]+)"/.exec(rows.text) ?? [];
    expect((await browser.get(unescaped(later))).status).toBe(204);
    expect(await audited()).toBe(before + 1);
    // Who is signed out is told so, not sent to a page.
    const nobody = await request("GET", unescaped(live), { headers: { "hx-request": "true" } });
    expect(nobody.status).toBe(401);
  });

  it("answers what makes no sense with 400, and a connection that is not there or not the key's with 404", async () => {
    const at = `/console/c/${gateway.name}/activity`;
    for (const query of ["?kind=x", "?before=1", "?from=yesterday", "?outcome=%00", "?before=1.a';drop"]) {
      expect([query, (await browser.get(at + query)).status]).toEqual([query, 400]);
    }
    const other = await open(KEEPNET);
    const foreign = await signInAs("owner", other);
    const paths = ["activity", "activity/rows?after=1.0", "activity/0000"].map(
      (path) => `/console/c/${gateway.name}/${path}`,
    );
    for (const path of [...paths, "/console/c/nobody/activity", "/console/nothing"]) {
      const answer = await foreign.get(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.text).toContain("<main");
    }
  });
});

describe("one request", () => {
  it("shows what was refused, for whom to act, and each call with its time", async () => {
    const own = await open(KEEPNET);
    const id = await create("ada@example.com", own);
    await own.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 20 }]);
    const answer = await own.scim(
      "PATCH",
      `/Users/${id}`,
      patch({ op: "replace", path: "name.givenName", value: "X" }),
    );
    const { text, status } = await browser.get(`/console/c/${own.name}/activity/${answer.headers.get("x-request-id")}`);
    expect(status).toBe(200);
    expect(text).toContain("ada@example.com was put off: the product did not answer");
    expect(text).toContain("The product does not answer. The request can be sent again later");
    expect(text).toContain("The vendor of the product");
    expect(text).toMatch(/<svg class="step" role="img" aria-label="[^"]*call \d+ ms/);
    expect(text).toMatch(/aria-label="paused \d+ ms after a failure, /);
    expect(text).not.toMatch(/ style=/);
    const done = await own.scim("GET", "/ServiceProviderConfig");
    const other = await browser.get(`/console/c/${own.name}/activity/${done.headers.get("x-request-id")}`);
    expect(other.text).not.toContain("Who must act");
  });

  it("is sent to who is not signed in after they have signed in", async () => {
    const path = `/console/c/${gateway.name}/activity/0193`;
    const asked = await request("GET", path, { redirect: "manual" });
    expect([asked.status, asked.headers.get("location")]).toEqual([
      303,
      `/console/sign-in?next=${encodeURIComponent(path)}`,
    ]);
  });
});
