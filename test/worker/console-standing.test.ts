// The pages of a user and of a group: the first sentence says why somebody has access or not.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { CORE_GROUP, CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { createGateway, type Gateway } from "./gateway.ts";

let gateway: Gateway;
let operator: Browser;
let reader: Browser;
beforeAll(async () => {
  gateway = await open(KEEPNET);
  [operator, reader] = [await signInAs("operator"), await signInAs("reader")];
});

const patch = (...operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: operations,
});
const create = async (name: string, on = gateway, more: object = {}) =>
  (
    await on.scim("POST", "/Users", {
      schemas: [CORE_USER],
      userName: name,
      name: { givenName: "Ada", familyName: "Example" },
      emails: [{ type: "work", value: name }],
      ...more,
    })
  ).body.id as string;
const createGroup = async (displayName: string, members: string[], on = gateway) =>
  (
    await on.scim("POST", "/Groups", {
      schemas: [CORE_GROUP],
      displayName,
      members: members.map((value) => ({ value })),
    })
  ).body.id as string;
const setActive = (id: string, value: boolean, on = gateway) =>
  on.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value }));

const person = (id: string, of = gateway, browser = reader) => browser.get(`/console/c/${of.name}/people/${id}`);
const answerOf = async (id: string, of = gateway) =>
  / id="answer">([^<]*)</.exec((await person(id, of)).text)?.[1]?.trim();
const textOf = (html: string) =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&#39;", "'");

describe("why somebody has access", () => {
  it("enabled: with the groups, each a link, and the requests that led there", async () => {
    const id = await create("ada@example.com");
    expect(await answerOf(id)).toBe("ada@example.com has access: the account is enabled at the product.");
    const sales = await createGroup("Sales", [id]);
    await createGroup("Pilots", [id]);
    expect(await answerOf(id)).toBe(
      "ada@example.com has access: the account is enabled at the product and in Sales and Pilots.",
    );
    for (const group of ["Third", "Fourth"]) await createGroup(group, [id]);
    expect(await answerOf(id)).toContain("and in Sales, Pilots, Third and 1 more.");
    const { text } = await person(id);
    expect(text).toContain(`href="/console/c/${gateway.name}/groups/${sales}"`);
    expect(textOf(text)).toMatch(/Number at the product \S+ externalId none/);
    expect(text).toMatch(new RegExp(`href="/console/c/${gateway.name}/activity/[^"]+">ada@example.com was created<`));
  });

  it("disabled by the identity provider: when, and by which request", async () => {
    const id = await create("left@example.com");
    const { headers } = await setActive(id, false);
    expect(await answerOf(id)).toMatch(
      /^left@example.com does not have access: the account was disabled through Portico on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
    );
    const [, request] = /id="answer">[^<]*<a href="[^"]+\/activity\/([^"]+)"/.exec((await person(id)).text) ?? [];
    expect(request).toBe(headers.get("x-request-id"));
    await gateway.scim("DELETE", `/Users/${id}`);
    expect(await answerOf(id)).toContain("does not have access: the identity provider deleted the user on ");
  });

  it("held by the brake, and put back by a release", async () => {
    const own = await open(KEEPNET);
    const id = await create("held@example.com", own);
    await own.api("POST", `/connections/${own.name}/brake/hold`);
    await setActive(id, false, own);
    expect(await answerOf(id, own)).toMatch(
      /^held@example.com still has access: the identity provider wants it taken away, and the brake has held that since /,
    );
    await own.api("DELETE", `/connections/${own.name}/brake/hold`);
    await setActive(id, true, own);
    expect(await answerOf(id, own)).toContain("held@example.com has access");
  });

  it("by whatever name they are found from the connection's page, and by number alone in the address", async () => {
    const id = await create("find.me@example.com");
    const secret = await reader.secretOf("/console");
    const find = (text: string) => reader.post(`/console/c/${gateway.name}/find`, { secret, text, for: "standing" });
    const found = await find("Find.Me@example.com");
    expect([found.status, found.headers.get("location")]).toEqual([303, `/console/c/${gateway.name}/people/${id}`]);
    const group = await createGroup("Finders", []);
    expect((await find("finders")).headers.get("location")).toBe(`/console/c/${gateway.name}/groups/${group}`);
    expect(textOf((await find("nobody@example.com")).text)).toContain("Nobody of this connection has this name");
    // The number of a user is nobody's elsewhere.
    for (const path of [`people/none`, `groups/${id}`, `people/${group}`, "groups/none"])
      expect([path, (await reader.get(`/console/c/${gateway.name}/${path}`)).status]).toEqual([path, 404]);
    const foreign = await signInAs("owner", await open(KEEPNET));
    expect((await person(id, gateway, foreign)).status).toBe(404);
  });

  it("one call to the connection's object", async () => {
    const id = await create("once@example.com");
    const group = await createGroup("Once", [id]);
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    for (const path of [`people/${id}`, `groups/${group}`]) {
      objects.mockClear();
      expect((await reader.get(`/console/c/${gateway.name}/${path}`)).status).toBe(200);
      expect([path, objects.mock.calls.length]).toEqual([path, 1]);
    }
    vi.restoreAllMocks();
  });

  it("a user and a group called <script> do nothing", async () => {
    const evil = "<script>alert(1)</script>";
    const own = await createGateway("keepnet", { coupling: "separate" });
    const id = await create("evil@example.com", own, { userName: evil });
    const group = await createGroup(evil, [id], own);
    const secret = await operator.secretOf("/console");
    for (const { text, status } of [
      await person(id, own),
      await reader.get(`/console/c/${own.name}/groups/${group}`),
      await operator.post(`/console/c/${own.name}/groups/${group}`, { secret }),
      await operator.post(`/console/c/${own.name}/people/${id}`, { secret }),
    ]) {
      expect([status, text.includes("&lt;script&gt;alert(1)"), text.includes(evil)]).toEqual([200, true, false]);
    }
  });
});

describe("a group", () => {
  it("counts its members and shows them page by page, by name", async () => {
    const ids = [];
    for (let at = 0; at < 53; at++) ids.push(await create(`m${String(at).padStart(2, "0")}@example.com`));
    const group = await createGroup("Crowd", ids);
    await setActive(ids[1] ?? "", false);
    const pageOf = (page: string) => reader.get(`/console/c/${gateway.name}/groups/${group}?page=${page}`);
    const first = textOf((await pageOf("1")).text);
    expect(first).toContain("The group has 53 members.");
    expect(first).toMatch(/m00@example.com enabled m01@example.com disabled .*m49@example.com enabled 1–50 of 53 Next/);
    const second = await pageOf("2");
    expect(textOf(second.text)).toMatch(/m50@example.com enabled m51@example.com .*Previous 51–53 of 53/);
    expect(second.text).toContain(`/people/${ids[52]}"`);
    for (const page of ["0", "-1", "x", "1e99", "999"])
      expect([page, (await pageOf(page)).status]).toEqual([page, 200]);
  });
});

describe("what the product says now", () => {
  it("is read once where an operator asks, beside what Portico has told", async () => {
    const own = await open(KEEPNET);
    const id = await create("now@example.com", own);
    const before = await person(id, own, operator);
    expect(before.text).toContain("Read it now");
    expect((await person(id, own)).text).not.toContain("Read it now");
    const secret = await operator.secretOf("/console");
    const ask = (browser = operator, given = secret) =>
      browser.post(`/console/c/${own.name}/people/${id}`, { secret: given });
    const told = textOf((await ask()).text);
    expect(told).toMatch(/name\.givenName Ada as Portico told it/);
    expect(told).toMatch(/active true as Portico told it/);
    const { users } = (await own.vendor("GET", "/state")).body;
    const changed = Object.entries(users).map(([key, user]) => [key, { ...(user as object), firstName: "Eve" }]);
    await own.vendor("PATCH", "/state", { users: Object.fromEntries(changed) });
    const other = textOf((await ask()).text);
    expect(other).toMatch(/name\.givenName Eve otherwise/);
    expect(other).toMatch(/active true as Portico told it/);
    const refused = await ask(reader, await reader.secretOf("/console"));
    expect(refused.status).toBe(403);
    expect((await ask(operator, "wrong")).status).toBe(403);
    await own.api("PATCH", `/connections/${own.name}`, { mode: "paused" });
    const paused = await ask();
    expect([paused.status, textOf(paused.text).includes("nothing is read at the product")]).toEqual([409, true]);
    const { calls } = (await own.api("GET", `/audit?connection=${own.name}&changes=true`)).body;
    const compared = calls.filter(({ route }: { route: string }) => route.endsWith("/compare"));
    expect(compared.map(({ status }: { status: number }) => status)).toEqual([409, 403, 200, 200]);
  });
});
