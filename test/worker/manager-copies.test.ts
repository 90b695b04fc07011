// Keepnet copies a manager's name and address into the records of the direct reports: they follow the manager.

import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { ask, createUser, ENTERPRISE, nativeLog, patch, read, WORK_MAIL } from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";
import { CONNECTIONS, type Opened, openVendor } from "./native-side.ts";

const MANAGER = `${ENTERPRISE}:manager`;
const KEEPNETS = CONNECTIONS.filter(({ vendor }) => vendor === "keepnet");
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const RENAMED = [
  replace("userName", "hopper@contoso.com"),
  replace(WORK_MAIL, "hopper@contoso.com"),
  replace("name.familyName", "Murray"),
];
const AFTERWARDS = { managerEmail: "hopper@contoso.com", managerFirstName: "Grace", managerLastName: "Murray" };
const BEFORE = { managerEmail: "boss@contoso.com", managerFirstName: "Grace", managerLastName: "Hopper" };
const NOBODY_THERE = { managerEmail: null, managerFirstName: null, managerLastName: null };

/** A manager with two direct reports. */
async function openStaff(opened: Opened) {
  const gateway = await openVendor(opened);
  const name = { givenName: "Grace", familyName: "Hopper" };
  const boss = await createUser(gateway, "boss@contoso.com", { name });
  const reports = ["ada@contoso.com", "bob@contoso.com"];
  const ids: string[] = [];
  for (const email of reports) ids.push(await createUser(gateway, email, { [ENTERPRISE]: { manager: boss } }));
  return { gateway, boss, ids, reports };
}

async function recordOf(gateway: Gateway, email: string): Promise<Record<string, unknown>> {
  const { body } = await gateway.vendor("GET", "/state");
  const records = Object.values(body.users) as Record<string, unknown>[];
  return records.find((one) => one.email === email && one.isDeleted !== true) ?? {};
}

const owedIn = async (gateway: Gateway) =>
  (await gateway.api("GET", `/connections/${gateway.name}/pending`)).body.owed as unknown[];

/** Waits until the alarm, which may run by itself, has written what is owed. */
async function untilWritten(gateway: Gateway): Promise<void> {
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));
      expect(await owedIn(gateway)).toEqual([]);
    },
    { timeout: 10_000, interval: 50 },
  );
}

describe.each(KEEPNETS)("copies of a manager, $title", (opened) => {
  it("E10: a manager's new name and address reach every direct report's record", async () => {
    const { gateway, boss, ids, reports } = await openStaff(opened);
    await patch(gateway, boss, ...RENAMED);
    await untilWritten(gateway);
    for (const email of reports) expect(await recordOf(gateway, email)).toMatchObject(AFTERWARDS);
    for (const id of ids) expect((await read(gateway, id))[ENTERPRISE].manager.value).toBe(boss);
  });

  it("E10: a deleted manager's name and address leave the records, which keep the rest", async () => {
    const { gateway, boss, ids, reports } = await openStaff(opened);
    expect((await gateway.scim("DELETE", `/Users/${boss}`)).status).toBe(204);
    await untilWritten(gateway);
    for (const email of reports) {
      expect(await recordOf(gateway, email)).toMatchObject({ ...NOBODY_THERE, firstName: "Ada", isActive: true });
    }
    for (const id of ids) expect((await read(gateway, id))[ENTERPRISE]?.manager).toBeUndefined();
  });

  it("E10: a report who is written in between with the same manager gets the new copy all the same", async () => {
    const { gateway, boss, ids, reports } = await openStaff(opened);
    await patch(gateway, boss, ...RENAMED);
    for (const id of ids) await ask(gateway, "PUT", `/Users/${id}`, 200, await read(gateway, id));
    await untilWritten(gateway);
    for (const email of reports) expect(await recordOf(gateway, email)).toMatchObject(AFTERWARDS);
  });

  it("E10: a report who has another manager by then keeps that one", async () => {
    const { gateway, boss, ids } = await openStaff(opened);
    const [ada = ""] = ids;
    const chief = await createUser(gateway, "chief@contoso.com");
    await patch(gateway, boss, ...RENAMED);
    await patch(gateway, ada, replace(MANAGER, chief));
    await untilWritten(gateway);
    expect(await recordOf(gateway, "ada@contoso.com")).toMatchObject({ managerEmail: "chief@contoso.com" });
    expect(await recordOf(gateway, "bob@contoso.com")).toMatchObject(AFTERWARDS);
  });

  it("E10: a manager whom somebody set at the product stays", async () => {
    const { gateway, boss } = await openStaff(opened);
    const { body } = await gateway.vendor("GET", "/state");
    const ada = await recordOf(gateway, "ada@contoso.com");
    const users = { ...body.users, [String(ada.resourceId)]: { ...ada, managerEmail: "else@contoso.com" } };
    await gateway.vendor("PATCH", "/state", { users });
    await patch(gateway, boss, ...RENAMED);
    await untilWritten(gateway);
    expect(await recordOf(gateway, "ada@contoso.com")).toMatchObject({ managerEmail: "else@contoso.com" });
    expect(await recordOf(gateway, "bob@contoso.com")).toMatchObject(AFTERWARDS);
  });

  it("E10: a change that no record copies writes no report", async () => {
    const { gateway, boss } = await openStaff(opened);
    const before = await nativeLog(gateway);
    await patch(gateway, boss, replace(`${ENTERPRISE}:department`, "Board"));
    expect(await owedIn(gateway)).toEqual([]);
    await runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));
    const writes = (await nativeLog(gateway)).slice(before.length).filter(({ method }) => method === "PUT");
    expect(writes).toHaveLength(1);
    expect(await recordOf(gateway, "ada@contoso.com")).toMatchObject(BEFORE);
  });
});
