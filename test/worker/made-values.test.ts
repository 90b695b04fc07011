// The externalId that Klaxoon requires and a client does not send: adopted, reused, planned, swept and retried [S1] [S9].

import { describe, expect, it } from "vitest";
import { ask, CORE_GROUP, patchOf } from "../dialogues/dialogue.ts";
import { runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const SOMEBODY = "019e0000-0000-7000-8000-00000000abcd";
const person = (name: string, more: object = {}) => ({
  userName: name,
  emails: [{ type: "work", value: `${name}@mail.example` }],
  name: { givenName: "Given", familyName: "Family" },
  active: true,
  ...more,
});
const native = (id: string, name: string, more: object = {}) => ({
  ...{ id, username: name, email: `${name}@mail.example`, first_name: "Given", last_name: "Family" },
  ...{ status: "active", created_at: "", updated_at: "", ...more },
});
type Account = { id: string; username: string; external_id: string | null; status: string };
const users = async (gateway: Gateway): Promise<Account[]> =>
  Object.values((await gateway.vendor("GET", "/state")).body.users);
const groups = async (gateway: Gateway) => Object.values((await gateway.vendor("GET", "/state")).body.groups);
const open = (more: Record<string, unknown> = {}) => createGateway("klaxoon", more);
const find = (text: string) => `/Users?filter=${encodeURIComponent(text)}`;

describe("an account with a made value that no link knows", () => {
  const id = "11111111-1111-4111-8111-111111111111";
  const seed = { users: { [id]: native(id, "old", { external_id: `portico-${SOMEBODY}` }) } };

  it("S1, S6: is adopted without an externalId and takes the client's own", async () => {
    const gateway = await open({ seed });
    const { body } = await ask(gateway, "GET", find('userName eq "old"'), 200);
    expect(body.Resources).toMatchObject([{ userName: "old" }]);
    expect(body.Resources[0].externalId).toBeUndefined();
    expect((await ask(gateway, "GET", find(`externalId eq "portico-${SOMEBODY}"`), 200)).body.totalResults).toBe(0);
    const op = { op: "replace", path: "externalId", value: "own" };
    await ask(gateway, "PATCH", `/Users/${body.Resources[0].id}`, 200, patchOf(op));
    expect(await users(gateway)).toMatchObject([{ external_id: "own" }]);
    expect((await ask(gateway, "GET", find('externalId eq "own"'), 200)).body.totalResults).toBe(1);
  });
});

describe("a deleted user's account", () => {
  it.each([
    ["a made value of then", {}],
    ["a client's value of then", { externalId: "ext-1" }],
  ])("S9: with %s gets one of the new id", async (_title, more) => {
    const gateway = await open();
    const first = await ask(gateway, "POST", "/Users", 201, person("ann", more));
    await ask(gateway, "DELETE", `/Users/${first.body.id}`, 204);
    const again = await ask(gateway, "POST", "/Users", 201, person("ann"));
    expect(again.body.id).not.toBe(first.body.id);
    expect(again.body.externalId).toBeUndefined();
    expect(await users(gateway)).toMatchObject([{ external_id: `portico-${again.body.id}`, status: "active" }]);
  });
});

describe("the other writes of a user without an externalId", () => {
  it("S1: rename, disable, restore and a PUT with null keep the made value, and a sweep finds no drift", async () => {
    const gateway = await open();
    const { body } = await ask(gateway, "POST", "/Users", 201, person("ann"));
    const path = `/Users/${body.id}`;
    const made = `portico-${body.id}`;
    await ask(gateway, "PATCH", path, 200, patchOf({ op: "replace", path: "userName", value: "ann2" }));
    await ask(gateway, "PATCH", path, 200, patchOf({ op: "replace", path: "active", value: false }));
    await ask(gateway, "PATCH", path, 200, patchOf({ op: "replace", path: "active", value: true }));
    const put = await ask(gateway, "PUT", path, 200, person("ann2", { externalId: null }));
    expect(put.body.externalId).toBeUndefined();
    expect(await users(gateway)).toMatchObject([{ username: "ann2", external_id: made }]);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    const drift = await gateway.api("GET", `/connections/${gateway.name}/drift`);
    expect(JSON.stringify(drift.body)).not.toContain("externalId");
    expect((await ask(gateway, "GET", path, 200)).body.externalId).toBeUndefined();
  });

  it("S1: the trace of a PUT without externalId names the repair where a client's own stays", async () => {
    const gateway = await open();
    const { body } = await ask(gateway, "POST", "/Users", 201, person("ann", { externalId: "ext-1" }));
    const put = await ask(gateway, "PUT", `/Users/${body.id}`, 200, person("ann"));
    expect(put.body.externalId).toBe("ext-1");
    expect(await users(gateway)).toMatchObject([{ external_id: "ext-1" }]);
    const { body: list } = await gateway.api("GET", `/connections/${gateway.name}/traces`);
    expect(JSON.stringify(list)).toContain("PUT");
  });
});

describe("plan mode", () => {
  it("S21: answers as if, and the product gets nothing", async () => {
    const gateway = await open();
    expect((await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" })).status).toBe(200);
    const body = { schemas: [CORE_GROUP], displayName: "Sales" };
    const made = await ask(gateway, "POST", "/Groups", 201, body);
    const shown = await ask(gateway, "GET", `/Groups/${made.body.id}`, 200);
    for (const answer of [made, shown]) expect(answer.body.externalId).toBeUndefined();
    const replaced = await ask(gateway, "PUT", `/Groups/${made.body.id}`, 200, { ...body, externalId: "own" });
    expect(replaced.body.externalId).toBe("own");
    expect(await groups(gateway)).toEqual([]);
    const plan = await gateway.api("GET", `/connections/${gateway.name}/plan`);
    expect(plan.body.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ step: "create", what: expect.arrayContaining(["externalId"]) }),
      ]),
    );
  });
});

describe("a lost create that had not happened", () => {
  it.each([
    ["at once", 0],
    ["after the journal was looked through", 120_000],
  ])("S9, S23: the retry %s sends the same made value", async (_title, ms) => {
    const gateway = await open();
    await gateway.vendor("POST", "/faults", [{ kind: "drop", match: { method: "POST", path: "/users$" } }]);
    await ask(gateway, "POST", "/Users", 503, person("ann"));
    if (ms > 0) await runAlarmAfter(gateway, ms);
    const again = await ask(gateway, "POST", "/Users", 201, person("ann"));
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    const sent = calls.filter(
      (call: { method: string; path: string }) => call.method === "POST" && call.path.endsWith("/users"),
    );
    const made = `portico-${again.body.id}`;
    expect(sent.map((call: { request: object }) => call.request)).toMatchObject([
      { external_id: made },
      { external_id: made },
    ]);
  });

  it("S9: another person under the name gets another id", async () => {
    const gateway = await open();
    await gateway.vendor("POST", "/faults", [{ kind: "drop", match: { method: "POST", path: "/users$" } }]);
    await ask(gateway, "POST", "/Users", 503, person("ann"));
    const again = await ask(gateway, "POST", "/Users", 201, person("ann", { externalId: "other" }));
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    const [lost] = calls.filter(
      (call: { method: string; path: string }) => call.method === "POST" && call.path.endsWith("/users"),
    );
    expect(lost.request.external_id).not.toBe(`portico-${again.body.id}`);
    expect(await users(gateway)).toMatchObject([{ external_id: "other" }]);
  });
});
