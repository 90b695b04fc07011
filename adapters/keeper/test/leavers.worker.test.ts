// Keeper's invited leavers: shown inactive at once, locked when they accept, at a price that a day's calls can bear.

import { describe, expect, it } from "vitest";
import { runAlarmAfter } from "../../../test/worker/clock.ts";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const HOUR_MS = 3_600_000;
const FIRST = 18038862643200001n;

type Statuses = "Active" | "Invited" | "Locked";
const nativeId = (n: number) => String(FIRST + BigInt(n));
const native = (n: number, status: Statuses) => ({ email: `user${n}@x.test`, status });
const natives = (count: number, status: Statuses) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [nativeId(n), native(n, status)]));

const open = (count: number, settings: object = {}) =>
  createGateway("keeper", {
    seed: { users: natives(count, "Invited") },
    settings,
    brake: { share: 1, count: 1_000, minutes: 60 },
  });

async function statusOf(gateway: Gateway, n: number): Promise<string | undefined> {
  return (await gateway.vendor("GET", "/state")).body.users[nativeId(n)]?.status;
}

/** The person accepts the invitation; Commander's copy does not know it yet. */
async function accept(gateway: Gateway, n: number): Promise<void> {
  const { users, teams } = (await gateway.vendor("GET", "/state")).body;
  const accepted = { ...users, [nativeId(n)]: { ...users[nativeId(n)], status: "Active" } };
  await gateway.vendor("PATCH", "/state", { users: accepted, cached: { users, teams } });
}

async function find(gateway: Gateway, n: number) {
  const filter = encodeURIComponent(`userName eq "user${n}@x.test"`);
  return (await gateway.scim("GET", `/Users?filter=${filter}`)).body.Resources[0];
}

const patch = (gateway: Gateway, id: string, path: string, value: unknown) =>
  gateway.scim("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations: [{ op: "replace", path, value }] });

/** Native calls during the object's due work so many milliseconds from now. */
async function callsLater(gateway: Gateway, ms: number): Promise<number> {
  await gateway.vendor("DELETE", "/log");
  await runAlarmAfter(gateway, ms);
  return (await gateway.vendor("GET", "/log")).body.summary.total;
}

describe.each(["active", "inactive"] as const)("invited people who count as %s", (invitedIs) => {
  it("S19: an invited user who is disabled is shown inactive, and locked once they accept", async () => {
    const gateway = await open(1, { invitedIs });
    const { id, active } = await find(gateway, 0);
    expect(active).toBe(invitedIs === "active");
    expect((await patch(gateway, id, "active", false)).body.active).toBe(false);
    await accept(gateway, 0);
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
    await runAlarmAfter(gateway, HOUR_MS + 1_000);
    expect(await statusOf(gateway, 0)).toBe("Locked");
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(false);
  });

  it("S8 S19: an invited user who is deleted is hidden at once, and locked once they accept", async () => {
    const gateway = await open(1, { invitedIs });
    const { id } = await find(gateway, 0);
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    await accept(gateway, 0);
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(404);
    await runAlarmAfter(gateway, HOUR_MS + 1_000);
    expect(await statusOf(gateway, 0)).toBe("Locked");
  });

  it("S19: no other change locks a user, nor does a PUT that does not name active", async () => {
    const gateway = await open(1, { invitedIs });
    const { id } = await find(gateway, 0);
    expect((await patch(gateway, id, "title", "Countess")).status).toBe(200);
    const body = { userName: "user0@x.test", emails: [{ type: "work", value: "user0@x.test" }], displayName: "Ada" };
    expect((await gateway.scim("PUT", `/Users/${id}`, body)).status).toBe(200);
    await accept(gateway, 0);
    await runAlarmAfter(gateway, HOUR_MS + 1_000);
    expect(await statusOf(gateway, 0)).toBe("Active");
  });

  it("S9 S19: an invited user who is enabled again before they accept is not locked afterwards", async () => {
    for (const leave of ["PATCH", "DELETE"] as const) {
      const gateway = await open(1, { invitedIs });
      const { id } = await find(gateway, 0);
      if (leave === "PATCH") await patch(gateway, id, "active", false);
      else await gateway.scim("DELETE", `/Users/${id}`);
      const body = { userName: "user0@x.test", emails: [{ type: "work", value: "user0@x.test" }], active: true };
      const back =
        leave === "PATCH" ? await patch(gateway, id, "active", true) : await gateway.scim("POST", "/Users", body);
      expect(back.status).toBe(leave === "PATCH" ? 200 : 201);
      expect(back.body.id === id).toBe(leave === "PATCH");
      await accept(gateway, 0);
      await runAlarmAfter(gateway, HOUR_MS + 1_000);
      expect(await statusOf(gateway, 0)).toBe("Active");
      await gateway.vendor("PATCH", "/state", { cached: null });
      expect((await gateway.scim("GET", `/Users/${back.body.id}`)).body.active).toBe(true);
    }
  });
});

describe("many invited leavers", () => {
  it("N2.2: cost one look at the enterprise an hour, and nothing in between", async () => {
    const gateway = await open(5);
    for (let n = 0; n < 5; n++) await patch(gateway, (await find(gateway, n)).id, "active", false);
    expect(await callsLater(gateway, HOUR_MS / 4)).toBe(0);
    // Bringing Commander's copy up to date and reading it are a command each, and each is submitted and asked for.
    expect(await callsLater(gateway, HOUR_MS + 1_000)).toBe(4);
    expect(await callsLater(gateway, HOUR_MS + HOUR_MS / 4)).toBe(0);
    expect(await callsLater(gateway, 2 * HOUR_MS + 2_000)).toBe(4);
  });

  it("S19: users who never accept do not delay the others", { timeout: 120_000 }, async () => {
    const count = 103;
    const gateway = await open(count);
    const ids = new Map<string, number>();
    for (let n = 0; n < count; n++) {
      const { id } = await find(gateway, n);
      ids.set(id, n);
      expect((await patch(gateway, id, "active", false)).status).toBe(200);
    }
    const last = ids.get([...ids.keys()].sort().at(-1) ?? "") ?? 0;
    await accept(gateway, last);
    for (let turn = 0; turn < 3; turn++) await runAlarmAfter(gateway, HOUR_MS + 60_000 + turn * 1_000);
    expect(await statusOf(gateway, last)).toBe("Locked");
  });
});
