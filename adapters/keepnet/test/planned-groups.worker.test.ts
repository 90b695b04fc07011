// What plan mode says of the groups that Portico fills by itself: who would join or leave which of them, and that nobody does.

import { expect, it } from "vitest";
import { ask, ENTERPRISE, patchOf } from "../../../test/dialogues/dialogue.ts";
import { drainOwed } from "../../../test/worker/clock.ts";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const PLANNED_MS = 20_000;

const person = (name: string, department: string) => ({
  userName: `${name}@x.test`,
  externalId: name,
  emails: [{ type: "work", value: `${name}@x.test` }],
  name: { givenName: name, familyName: "Example" },
  [ENTERPRISE]: { department },
});

/** Ada is in Sales and in the group for everybody; from now on everything is only planned. */
async function openPlanned(settings: object): Promise<{ gateway: Gateway; ada: string; before: unknown }> {
  const gateway = await createGateway("keepnet", { settings });
  const ada = (await ask(gateway, "POST", "/Users", 201, person("ada", "Sales"))).body.id;
  await drainOwed(gateway, "placement");
  const before = await groupsAt(gateway);
  await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" });
  await expect.poll(async () => (await gateway.scim("GET", `/Users/${ada}`)).status, { timeout: PLANNED_MS }).toBe(200);
  return { gateway, ada, before };
}
const groupsAt = async (gateway: Gateway) => (await gateway.vendor("GET", "/state")).body.groups;

/** The planned steps about groups, in their order, once the shadow's alarm has come to so many. */
async function planned(gateway: Gateway, count: number): Promise<string[]> {
  const stepsOfGroups = async () => {
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/plan`);
    const steps: { step: string; type: string; name: string; what: string[] }[] = body.steps;
    const groups = steps.filter(({ type }) => type === "Group").reverse();
    return groups.map(({ step, name, what }) => `${step} ${name} (${what.join(", ")})`);
  };
  await expect.poll(async () => (await stepsOfGroups()).length, { timeout: PLANNED_MS }).toBe(count);
  return stepsOfGroups();
}

it("S21 S52: what a request would do to such groups is listed: who would leave, what would be made, who would join", async () => {
  const { gateway, ada, before } = await openPlanned({ targetGroup: "Everybody", groupBy: "department" });
  const path = `${ENTERPRISE}:department`;
  await ask(gateway, "PATCH", `/Users/${ada}`, 200, patchOf({ op: "replace", path, value: "Legal" }));
  expect(await planned(gateway, 3)).toEqual([
    "remove members Sales (1 member)",
    "create Legal (displayName)",
    "add members Legal (1 member)",
  ]);
  expect(await groupsAt(gateway)).toEqual(before);
});

it("S21 S52: what a change of the settings would do is listed, and a plan alone fills nothing", async () => {
  const { gateway, ada, before } = await openPlanned({ targetGroup: "Everybody" });
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/plan`);
  expect(body.steps).toEqual([]);
  const settings = { targetGroup: "Everybody", groupBy: "department" };
  const changed = await gateway.api("PATCH", `/connections/${gateway.name}`, { settings, test: false });
  expect(changed.status).toBe(200);
  await ask(gateway, "GET", `/Users/${ada}`, 200);
  expect((await planned(gateway, 3)).sort()).toEqual([
    "add members Everybody (1 member)",
    "add members Sales (1 member)",
    "create Sales (displayName)",
  ]);
  expect(await groupsAt(gateway)).toEqual(before);
});
