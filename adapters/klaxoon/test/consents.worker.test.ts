// Licences that wait for the person's consent: listed with the person and since when, given without a request [S16] [S55].

import { expect, it } from "vitest";
import { runAlarmAfter } from "../../../test/worker/clock.ts";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const LICENSE = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const HOUR_MS = 3_601_000;

const person = (name: string) => ({
  userName: name,
  externalId: `ext-${name}`,
  emails: [{ type: "work", value: `${name}@mail.example` }],
  name: { givenName: name, familyName: "Example" },
});

/** Ann and Bob are in a group that gives a licence, and Ann has not consented yet. */
async function openWaiting() {
  const gateway = await createGateway("klaxoon", { seed: { awaitingConsent: ["ann@mail.example"] } });
  const ids: string[] = [];
  for (const name of ["ann", "bob"]) ids.push((await gateway.scim("POST", "/Users", person(name))).body.id);
  const group = { displayName: "Pro", externalId: "ext-pro", [LICENSE]: { license: "true" } };
  const made = await gateway.scim("POST", "/Groups", { ...group, members: ids.map((value) => ({ value })) });
  expect(made.status).toBe(201);
  const [ann = ""] = ids;
  return { gateway, ann, group: made.body.id as string };
}

const owedOf = async (gateway: Gateway) => {
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/pending?kind=licence`);
  return body.owed as { user: string; userName: string; since: string; why: string; nextAttemptAt: string }[];
};
const licences = async (gateway: Gateway) => {
  const users = Object.values((await gateway.vendor("GET", "/state")).body.users) as Record<string, string>[];
  return Object.fromEntries(users.map(({ username, license }) => [username, license]));
};

it("S55: who has not consented is listed by name, since the licence was first asked for, however often it is asked for again", async () => {
  const { gateway, ann, group } = await openWaiting();
  expect(await licences(gateway)).toEqual({ ann: "FREE", bob: "PRO" });
  const before = await owedOf(gateway);
  expect(before).toMatchObject([{ user: ann, userName: "ann", why: expect.stringContaining("confirm") }]);
  for (const hours of [1, 2]) await runAlarmAfter(gateway, hours * HOUR_MS);
  const again = await owedOf(gateway);
  expect(again).toMatchObject([{ user: ann, since: before[0]?.since }]);
  expect(Date.parse(again[0]?.nextAttemptAt ?? "")).toBeGreaterThan(Date.now() + 2 * HOUR_MS);
  // A change of the group decides every member's licence again.
  const path = `${LICENSE}:license`;
  for (const value of ["false", "true"]) {
    const Operations = [{ op: "replace", path, value }];
    await gateway.scim("PATCH", `/Groups/${group}`, { schemas: [PATCH_OP], Operations });
  }
  expect(await owedOf(gateway)).toMatchObject([{ user: ann, userName: "ann" }]);
});

it("S37 S55: the name is the link's of now, and no trace has it", async () => {
  const { gateway, ann } = await openWaiting();
  const Operations = [{ op: "replace", path: "userName", value: "anna-canary" }];
  expect((await gateway.scim("PATCH", `/Users/${ann}`, { schemas: [PATCH_OP], Operations })).status).toBe(200);
  expect(await owedOf(gateway)).toMatchObject([{ user: ann, userName: "anna-canary" }]);
  await runAlarmAfter(gateway, HOUR_MS);
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/traces?limit=100`);
  expect(body.traces.length).toBeGreaterThan(3);
  expect(JSON.stringify(body)).not.toContain("canary");
});

it("S16: the licence follows the consent within the hour, without a request", async () => {
  const { gateway, group, ann } = await openWaiting();
  await gateway.vendor("PATCH", "/state", { awaitingConsent: [] });
  await runAlarmAfter(gateway, HOUR_MS);
  expect(await licences(gateway)).toEqual({ ann: "PRO", bob: "PRO" });
  expect(await owedOf(gateway)).toEqual([]);
  const Operations = [{ op: "remove", path: `members[value eq "${ann}"]` }];
  await gateway.scim("PATCH", `/Groups/${group}`, { schemas: [PATCH_OP], Operations });
  expect(await licences(gateway)).toEqual({ ann: "FREE", bob: "PRO" });
});

it("S16: who leaves the group before the consent is owed nothing", async () => {
  const { gateway, group, ann } = await openWaiting();
  const Operations = [{ op: "remove", path: `members[value eq "${ann}"]` }];
  await gateway.scim("PATCH", `/Groups/${group}`, { schemas: [PATCH_OP], Operations });
  expect(await owedOf(gateway)).toEqual([]);
  await gateway.vendor("PATCH", "/state", { awaitingConsent: [] });
  await runAlarmAfter(gateway, HOUR_MS);
  expect(await licences(gateway)).toEqual({ ann: "FREE", bob: "PRO" });
});
