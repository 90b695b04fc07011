// Pending disables: each is tried again by itself until it is done [S19].

import { expect, it } from "vitest";
import { runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const HOUR_MS = 3_600_000;
const LOCKED = 3;
const brake = { share: 1, count: 1_000, minutes: 60 };

const disable = {
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: [{ op: "replace", path: "active", value: false }],
};

interface Person {
  id: string;
  nativeId: string;
}

/** Users of a Redmine that could not lock them when they left, in the order of their ids. */
async function createOwed(gateway: Gateway, count: number): Promise<Person[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const userName = `user${n}@example.com`;
    const emails = [{ type: "work", value: userName }];
    const body = { userName, active: true, emails, name: { givenName: "Ada", familyName: "Lovelace" } };
    ids.push((await gateway.scim("POST", "/Users", body)).body.id);
  }
  const match = { method: "PUT" };
  await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, body: "down", match, times: 100 }]);
  for (const id of ids) expect((await gateway.scim("PATCH", `/Users/${id}`, disable)).status).toBe(503);
  await gateway.vendor("DELETE", "/faults");
  const { users } = (await gateway.vendor("GET", "/state")).body;
  const natives: { id: number; login: string }[] = Object.values(users);
  return ids.map((id, n) => ({
    id,
    nativeId: String(natives.find(({ login }) => login === `user${n}@example.com`)?.id),
  }));
}

const statusOf = async (gateway: Gateway, { nativeId }: Person): Promise<number> =>
  (await gateway.vendor("GET", "/state")).body.users[nativeId].status;

it("S19: one that the vendor refuses holds up no other, and is tried again", async () => {
  const gateway = await createGateway("redmine", { brake });
  const [refused, other] = await createOwed(gateway, 2);
  if (!refused || !other) throw new Error("no users");
  const match = { method: "PUT", path: `/users/${refused.nativeId}\\.json` };
  const refusal = { kind: "status", status: 422, body: { errors: ["Status is invalid"] }, match, times: 100 };
  await gateway.vendor("POST", "/faults", [refusal]);
  await runAlarmAfter(gateway, 60_000);
  expect(await statusOf(gateway, other)).toBe(LOCKED);
  expect(await statusOf(gateway, refused)).not.toBe(LOCKED);
  expect((await gateway.scim("GET", `/Users/${refused.id}`)).body.active).toBe(false);
  await gateway.vendor("DELETE", "/faults");
  await runAlarmAfter(gateway, HOUR_MS + 120_000);
  expect(await statusOf(gateway, refused)).toBe(LOCKED);
});

it("S10 S19: a 404 that the search contradicts is no end of it", async () => {
  const gateway = await createGateway("redmine", { brake });
  const [owed] = await createOwed(gateway, 1);
  if (!owed) throw new Error("no user");
  const match = { method: "GET", path: `/users/${owed.nativeId}\\.json` };
  await gateway.vendor("POST", "/faults", [{ kind: "status", status: 404, match, times: 100 }]);
  await runAlarmAfter(gateway, 60_000);
  await gateway.vendor("DELETE", "/faults");
  expect(await statusOf(gateway, owed)).not.toBe(LOCKED);
  expect((await gateway.scim("GET", `/Users/${owed.id}`)).body.active).toBe(false);
  await runAlarmAfter(gateway, HOUR_MS + 120_000);
  expect(await statusOf(gateway, owed)).toBe(LOCKED);
});
