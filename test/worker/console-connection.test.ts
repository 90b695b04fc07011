// One connection in the console: what it shows, who may decide what, and that each decision is the API's.

import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { API_ROUTES } from "../../src/routes/api-routes.ts";
import { CORE_USER, KEEPNET, open } from "../dialogues/dialogue.ts";
import { type Browser, signInAs } from "./console.ts";
import { type Gateway, request } from "./gateway.ts";

let gateway: Gateway;
let operator: Browser;
let reader: Browser;
beforeAll(async () => {
  gateway = await open(KEEPNET);
  [operator, reader] = [await signInAs("operator"), await signInAs("reader")];
});

const pageOf = (of: Gateway, browser = operator) => browser.get(`/console/c/${of.name}`);
const decide = async (of: Gateway, action: string, fields: Record<string, string> = {}, browser = operator) =>
  browser.post(`/console/c/${of.name}/do/${action}`, { secret: await browser.secretOf("/console"), ...fields });
const create = async (name: string, on = gateway) =>
  (
    await on.scim("POST", "/Users", {
      schemas: [CORE_USER],
      userName: name,
      emails: [{ type: "work", value: name }],
    })
  ).body.id as string;
const disable = (id: string, on = gateway) =>
  on.scim("PATCH", `/Users/${id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "replace", path: "active", value: false }],
  });
const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

describe("the page", () => {
  it("asks the connection's object once, in plan mode its shadow once more", async () => {
    const own = await open(KEEPNET);
    const objects = vi.spyOn(Object.getPrototypeOf(env.CONNECTION), "getByName");
    await pageOf(own);
    expect(objects).toHaveBeenCalledTimes(1);
    await own.api("PATCH", `/connections/${own.name}`, { mode: "plan" });
    objects.mockClear();
    expect((await pageOf(own)).text).toContain("Discard the plan: 0 writes");
    expect(objects).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
  });

  it("shows a reader everything, and no form but that which signs out and that which finds", async () => {
    const held = await open(KEEPNET);
    await held.api("POST", `/connections/${held.name}/brake/hold`);
    await disable(await create("boss@example.com", held), held);
    const seen = await pageOf(held, reader);
    expect(textOf(seen.text)).toContain("An administrator holds every removal.");
    expect(textOf(seen.text)).toContain("1 disable was asked for and held.");
    const actionsOf = (text: string) => [...text.matchAll(/action="([^"]+)"/g)].map(([, path]) => path);
    const finds = `/console/c/${held.name}/find`;
    expect(actionsOf(seen.text)).toEqual(["/console/sign-out", "/console/sign-out/everywhere", finds]);
    expect(actionsOf((await pageOf(held)).text)).toContain(`/console/c/${held.name}/do/endHold`);
  });

  it("of a reader's form the API refuses what its table refuses, and nothing happens", async () => {
    for (const action of ["hold", "mode", "sweep", "retryAll", "dropAll", "release", "apply"]) {
      const answer = await decide(gateway, action, { mode: "paused", kind: "rename", count: "1" }, reader);
      expect([action, answer.status]).toEqual([action, 403]);
      expect(answer.text).toContain("operator");
    }
    const secret = await reader.secretOf("/console");
    const made = await reader.post(`/console/c/${gateway.name}/credentials`, { secret, kind: "bearer" });
    expect(made.status).toBe(403);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}`);
    expect([body.mode, API_ROUTES.changeConnection.role]).toEqual(["live", "operator"]);
  });

  it("of a connection that is not the key's there is nothing, and no form does anything", async () => {
    const other = await open(KEEPNET);
    const foreign = await signInAs("owner", other);
    expect((await pageOf(gateway, foreign)).status).toBe(404);
    expect((await decide(gateway, "hold", {}, foreign)).status).toBe(404);
    expect((await gateway.api("GET", `/connections/${gateway.name}/brake`)).body.isHeldByHand).toBe(false);
  });
});

describe("decisions", () => {
  it("the mode, by a form, with its confirmation where a plan is lost", async () => {
    const own = await open(KEEPNET);
    const modeOf = async () => (await own.api("GET", `/connections/${own.name}`)).body.mode;
    const answer = await decide(own, "mode", { mode: "plan" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/console/c/${own.name}?done=mode#mode`]);
    expect(await modeOf()).toBe("plan");
    const refused = await decide(own, "mode", { mode: "live" });
    expect([refused.status, refused.text.includes("leaving plan mode discards")]).toEqual([409, true]);
    await decide(own, "mode", { mode: "live", confirm: "on" });
    expect(await modeOf()).toBe("live");
    const said = await operator.get(`/console/c/${own.name}?done=mode`);
    expect(said.text).toContain("The mode was changed.");
    expect((await operator.get(`/console/c/${own.name}?done=constructor`)).status).toBe(200);
  });

  it("the brake: held by hand, what is held done now, released and expected", async () => {
    const own = await open(KEEPNET);
    const id = await create("ada@example.com", own);
    await decide(own, "hold");
    expect((await disable(id, own)).status).toBe(503);
    await decide(own, "endHold");
    await decide(own, "apply");
    expect((await own.scim("GET", `/Users/${id}`)).body.active).toBe(false);
    await decide(own, "expect", { kind: "rename", count: "12", days: "3" });
    const { releases } = (await own.api("GET", `/connections/${own.name}/brake`)).body;
    expect(releases).toEqual([expect.objectContaining({ kind: "rename", count: 12, isExpected: true })]);
    expect(textOf((await pageOf(own)).text)).toContain("Expected: Users renamed, 0 of 12 so far, ends");
    await decide(own, "endRelease", { id: releases[0].id });
    expect((await own.api("GET", `/connections/${own.name}/brake`)).body.releases).toEqual([]);
    for (const count of ["", "many", "-1", "1e99"]) {
      expect([count, (await decide(own, "release", { kind: "rename", count, days: "7" })).status]).toEqual([
        count,
        400,
      ]);
    }
    expect((await decide(own, "release", { kind: "rename", count: "1", days: "x" })).status).toBe(400);
  });

  it("what is not there, and what is no decision, is 404", async () => {
    for (const [action, id] of [
      ["retry", "none"],
      ["drop", "none"],
      ["endRelease", "none"],
      ["acknowledge", "none"],
    ] as const) {
      expect([action, (await decide(gateway, action, { id })).status]).toEqual([action, 404]);
    }
    expect((await decide(gateway, "toString")).status).toBe(404);
    expect((await decide(gateway, "nothing")).status).toBe(404);
  });

  it("stands in the audit under the route that it is", async () => {
    const own = await open(KEEPNET);
    await decide(own, "hold");
    const { calls } = (await own.api("GET", `/audit?connection=${own.name}&changes=true`)).body;
    expect(calls[0]).toMatchObject({ method: "POST", route: "/api/connections/:name/brake/hold", status: 200 });
    expect(calls[0].actor).toMatch(/^operator /);
  });
});

describe("credentials", () => {
  it("a new secret is shown in the answer to its form alone, and works", async () => {
    const own = await open(KEEPNET);
    const secret = await operator.secretOf("/console");
    const made = await operator.post(`/console/c/${own.name}/credentials`, { secret, kind: "bearer", label: "second" });
    const [, token = ""] = /data-copy="(portico_[\w-]+)"/.exec(made.text) ?? [];
    expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const answer = await request("GET", "/scim/v2/Users", { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    const shown = await pageOf(own);
    expect(shown.text).toContain("second");
    expect(shown.text).not.toContain(token);
    const { credentials } = (await own.api("GET", `/connections/${own.name}/credentials`)).body;
    const { id } = credentials.find(({ label }: { label: string }) => label === "second");
    expect((await decide(own, "revoke", { id })).status).toBe(409);
    await decide(own, "revoke", { id, force: "on" });
    expect((await request("GET", "/scim/v2/Users", { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      401,
    );
    const wrong = await operator.post(`/console/c/${own.name}/credentials`, { secret, kind: "nothing" });
    expect(wrong.status).toBe(400);
  });
});
