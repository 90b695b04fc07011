// A user who was disabled through Portico and is active at the vendor again is disabled once more [S46].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { passingTime } from "../suite/passing-time.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const EMAIL = "ada@example.com";
const HOUR_MS = 3_600_000;
const brake = { share: 1, count: 1_000, minutes: 60 };
const activeTo = (value: boolean) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: [{ op: "replace", path: "active", value }],
});

/** How each vendor's record says that a user is active, or not. */
const VENDORS: Record<string, { on: object; off: object; isOn: (record: Record<string, unknown>) => boolean }> = {
  keepnet: { on: { isActive: true }, off: { isActive: false }, isOn: ({ isActive }) => isActive === true },
  redmine: { on: { status: 1 }, off: { status: 3 }, isOn: ({ status }) => status === 1 },
};

describe.each(Object.entries(VENDORS))("S46: active again at %s", (vendor, { on, off, isOn }) => {
  async function openWithAda(options: object = {}) {
    const gateway = await createGateway(vendor, { brake, ...options });
    const emails = [{ type: "work", value: EMAIL }];
    const body = { userName: EMAIL, active: true, emails, name: { givenName: "Ada", familyName: "Lovelace" } };
    const id = String((await gateway.scim("POST", "/Users", body)).body.id);
    return { gateway, id };
  }
  const disable = async (gateway: Gateway, id: string) =>
    expect((await gateway.scim("PATCH", `/Users/${id}`, activeTo(false))).status).toBe(200);
  const recordOf = async (gateway: Gateway): Promise<[string, Record<string, unknown>]> => {
    const { users } = (await gateway.vendor("GET", "/state")).body;
    const entries = Object.entries<Record<string, unknown>>(users);
    return entries.find(([, { email, mail }]) => email === EMAIL || mail === EMAIL) ?? ["", {}];
  };
  async function change(gateway: Gateway, to: object): Promise<void> {
    const { users } = (await gateway.vendor("GET", "/state")).body;
    const [key, record] = await recordOf(gateway);
    await gateway.vendor("PATCH", "/state", { users: { ...users, [key]: { ...record, ...to } } });
  }
  const isActiveNatively = async (gateway: Gateway) => isOn((await recordOf(gateway))[1]);
  const untilOff = (gateway: Gateway) =>
    vi.waitFor(
      async () => {
        await gateway.settle();
        expect(await isActiveNatively(gateway)).toBe(false);
      },
      { timeout: 10_000, interval: 100 },
    );
  /** By a sweep; where the rows of lists do not say who is active, by a read. */
  async function look(gateway: Gateway, id: string): Promise<void> {
    expect((await gateway.api("POST", `/connections/${gateway.name}/sweep`)).status).toBe(202);
    await gateway.settle();
    if (vendor === "redmine") await gateway.scim("GET", `/Users/${id}`);
  }
  const findings = async (gateway: Gateway) =>
    (await gateway.api("GET", `/connections/${gateway.name}/drift`)).body.findings;
  const alarms = async (gateway: Gateway) =>
    (await gateway.api("GET", `/connections/${gateway.name}/alarms`)).body.alarms;
  const age = (gateway: Gateway, ms: number) =>
    runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
      storage.sql.exec(passingTime(ms));
    });

  it("S46: a sweep disables them once more, and reads go on showing them as inactive", async () => {
    const { gateway, id } = await openWithAda();
    await disable(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    await untilOff(gateway);
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
    expect(await findings(gateway)).toMatchObject([{ kind: "activated", linkId: id, isRepaired: true }]);
  });

  it("S46: a read that finds it first shows them as inactive, and has them disabled", async () => {
    const { gateway, id } = await openWithAda();
    await disable(gateway, id);
    await look(gateway, id);
    await change(gateway, on);
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
    await untilOff(gateway);
  });

  it("S46: the second time within a day is an alarm, and a day later they are disabled again", async () => {
    const { gateway, id } = await openWithAda();
    await disable(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    await untilOff(gateway);
    await look(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    expect(await isActiveNatively(gateway)).toBe(true);
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
    expect(await alarms(gateway)).toMatchObject([{ kind: "undone", ids: [id] }]);
    // Nobody who was told as disabled stays enabled for ever.
    await age(gateway, 25 * HOUR_MS);
    await untilOff(gateway);
  });

  it("S46: with driftActivated: report they are listed only", async () => {
    const { gateway, id } = await openWithAda({ driftActivated: "report" });
    await disable(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    expect(await isActiveNatively(gateway)).toBe(true);
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(true);
    expect(await findings(gateway)).toMatchObject([{ kind: "activated", linkId: id, isRepaired: false }]);
  });

  it("S46: whom only the vendor had disabled comes back as the vendor likes", async () => {
    const { gateway, id } = await openWithAda();
    await change(gateway, off);
    await look(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    await gateway.settle();
    expect(await isActiveNatively(gateway)).toBe(true);
    // Until the client says so, too.
    await change(gateway, off);
    await disable(gateway, id);
    await change(gateway, on);
    await look(gateway, id);
    await untilOff(gateway);
  });

  it("S46 S19: an activation by the client ends it, and whoever is protected by now stays active", async () => {
    const { gateway, id } = await openWithAda();
    await disable(gateway, id);
    expect((await gateway.scim("PATCH", `/Users/${id}`, activeTo(true))).status).toBe(200);
    await look(gateway, id);
    expect(await isActiveNatively(gateway)).toBe(true);
    await disable(gateway, id);
    await change(gateway, on);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { protected: { users: [EMAIL], groups: [] } });
    await look(gateway, id);
    await gateway.settle();
    expect(await isActiveNatively(gateway)).toBe(true);
  });
});

it("S46 S9: the hidden account of a deleted user does not stay enabled", async () => {
  const gateway = await createGateway("klaxoon", { brake });
  const emails = [{ type: "work", value: EMAIL }];
  const body = { userName: EMAIL, active: true, emails, name: { givenName: "Ada", familyName: "Lovelace" } };
  const { id } = (await gateway.scim("POST", "/Users", body)).body;
  expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
  const state = async () => Object.entries<{ email: string }>((await gateway.vendor("GET", "/state")).body.users);
  const [key, record] = (await state()).find(([, { email }]) => email === EMAIL) ?? [];
  const users = Object.fromEntries(await state());
  await gateway.vendor("PATCH", "/state", { users: { ...users, [key ?? ""]: { ...record, status: "active" } } });
  await gateway.api("POST", `/connections/${gateway.name}/sweep`);
  await vi.waitFor(
    async () => {
      await gateway.settle();
      expect((await state()).find(([, { email }]) => email === EMAIL)?.[1]).toMatchObject({ status: "deactivated" });
    },
    { timeout: 10_000, interval: 100 },
  );
  expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
});
