// The register of what is owed: one list of every kind, and what administrators decide about it [S55].

import { beforeEach, expect, it } from "vitest";
import { runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const EMAIL = "ada@example.com";
const brake = { share: 1, count: 1_000, minutes: 60 };
const patchOf = (...Operations: unknown[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

let gateway: Gateway;
let id: string;

beforeEach(async () => {
  gateway = await createGateway("redmine", { brake });
  const emails = [{ type: "work", value: EMAIL }];
  const body = { userName: EMAIL, active: true, emails, name: { givenName: "Ada", familyName: "Lovelace" } };
  id = (await gateway.scim("POST", "/Users", body)).body.id;
});

const pending = async (query = "") => (await gateway.api("GET", `/connections/${gateway.name}/pending${query}`)).body;
const decide = (path: string) => gateway.api("POST", `/connections/${gateway.name}/pending/${path}`);
const patch = (...operations: unknown[]) => gateway.scim("PATCH", `/Users/${id}`, patchOf(...operations));
const fail = (fault: object) => gateway.vendor("POST", "/faults", [{ match: { method: "PUT" }, times: 100, ...fault }]);
const isLocked = async () => {
  const { users } = (await gateway.vendor("GET", "/state")).body;
  return Object.values<{ mail: string; status: number }>(users).find(({ mail }) => mail === EMAIL)?.status === 3;
};

async function disableInOutage(): Promise<void> {
  await fail({ kind: "status", status: 503, body: "down" });
  expect((await patch(replace("active", false))).status).toBe(503);
  await gateway.vendor("DELETE", "/faults");
}

it("S55: lists every kind, what may leave access open first, and what each thing waits for", async () => {
  await disableInOutage();
  const { kinds, owed } = await pending();
  expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual([
    ...[
      "disable",
      "sessions",
      "doubt",
      "write",
      "membership",
      "placement",
      "licence",
      "reference",
      "copy",
      "set-aside",
      "renamed",
      "notice",
    ],
  ]);
  expect(kinds[0]).toMatchObject({
    mode: "lookup",
    waiting: 1,
    failing: 1,
    parked: 0,
    nextAttemptAt: expect.stringMatching(/T/),
  });
  const disable = owed.find(({ kind }: { kind: string }) => kind === "disable");
  expect(disable).toMatchObject({
    user: id,
    userName: EMAIL,
    group: null,
    groupName: null,
    what: "active",
    isParked: false,
    why: expect.stringMatching(/could not do it yet/),
  });
  expect((await pending("?kind=membership")).owed).toEqual([]);
  expect((await pending("?parked=true")).owed).toEqual([]);
  expect((await gateway.api("GET", `/connections/${gateway.name}/pending?kind=outbox`)).status).toBe(400);
});

it("S55 S19: a disable is tried at once when an administrator says so", async () => {
  await disableInOutage();
  const [{ id: disable }] = (await pending("?kind=disable")).owed;
  expect((await decide(`${disable}/retry`)).status).toBe(204);
  await runAlarmAfter(gateway, 0);
  expect(await isLocked()).toBe(true);
  expect((await pending("?kind=disable")).owed).toEqual([]);
});

it("S55 S19: a disable that is given up shows the user as the product has them, and the audit keeps it", async () => {
  await disableInOutage();
  expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
  const [{ id: disable }] = (await pending("?kind=disable")).owed;
  expect((await decide(`${disable}/drop`)).status).toBe(204);
  expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(true);
  await runAlarmAfter(gateway, 3_600_000);
  expect(await isLocked()).toBe(false);
  const { calls } = (await gateway.api("GET", `/audit?connection=${gateway.name}&changes=true`)).body;
  expect(calls[0]).toMatchObject({ method: "POST", route: "/api/connections/:name/pending/:id/drop", status: 204 });
});

it("S55 S19: a later change of active takes the place of a disable", async () => {
  await disableInOutage();
  expect((await patch(replace("active", true))).status).toBe(200);
  expect((await pending("?kind=disable")).owed).toEqual([]);
});

it("S55 S23: a write whose end is unknown is looked up at once, or given up", async () => {
  await fail({ kind: "lostResponse", times: 1 });
  expect((await patch(replace("name.givenName", "Augusta"))).status).toBe(503);
  const [write] = (await pending("?kind=write")).owed;
  expect(write).toMatchObject({ user: id, what: "update" });
  expect((await decide(`${write.id}/drop`)).status).toBe(204);
  expect((await pending("?kind=write")).owed).toEqual([]);
  await fail({ kind: "lostResponse", times: 1 });
  expect((await patch(replace("name.givenName", "Byron"))).status).toBe(503);
  const [again] = (await pending("?kind=write")).owed;
  expect((await decide(`${again.id}/retry`)).status).toBe(204);
  await runAlarmAfter(gateway, 0);
  expect((await pending("?kind=write")).owed).toEqual([]);
});

it("S55 S48: what waits for a request is not tried by an administrator, and can be given up", async () => {
  await patch(replace("name.givenName", "x".repeat(200)), replace("active", false));
  const [aside] = (await pending("?kind=set-aside")).owed;
  expect(aside).toMatchObject({ what: "name.givenName", nextAttemptAt: null });
  const refused = await decide(`${aside.id}/retry`);
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("when the user is activated")]);
  expect((await decide(`${aside.id}/drop`)).status).toBe(204);
  expect((await pending("?kind=set-aside")).owed).toEqual([]);
  expect((await decide(`${aside.id}/drop`)).status).toBe(404);
});
