// Member lists of many pages compared while the world goes on, and what a repair leaves alone [S13] [S22] [S27] [S32].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createGateway, type Gateway } from "./gateway.ts";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const patch = (...Operations: object[]) => ({ schemas: [PATCH_OP], Operations });
const mail = (n: number) => `user${n}@example.com`;
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const PAGE = 100;
const STAFF = idOf(999_999);

/** An account with a group of so many pages; the vendor gives at most 100 members in one. */
async function openGroup(count: number, options: object = {}) {
  const gateway = await createGateway("klaxoon", {
    seed: {
      users: Object.fromEntries(
        Array.from({ length: count + 1 }, (_, n) => [
          idOf(n),
          {
            ...{
              id: idOf(n),
              username: mail(n),
              email: mail(n),
              external_id: `e${n}`,
              first_name: "A",
              last_name: "B",
            },
            ...{ created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z" },
          },
        ]),
      ),
      groups: {
        [STAFF]: {
          ...{ id: STAFF, name: "Staff", external_id: "staff", license: false },
          members: Array.from({ length: count }, (_, n) => idOf(n)),
        },
      },
    },
    ...options,
  });
  const { body } = await gateway.scim("GET", `/Groups?filter=${encodeURIComponent('displayName eq "Staff"')}`);
  const [group] = body.Resources;
  expect((await gateway.scim("GET", `/Groups/${group.id}`)).body.members).toHaveLength(count);
  const linkOf = async (n: number): Promise<string> => {
    const found = await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${mail(n)}"`)}`);
    return found.body.Resources[0].id;
  };
  return { gateway, path: `/Groups/${group.id}`, group: group.id as string, linkOf };
}

async function nativeMembers(gateway: Gateway): Promise<string[]> {
  return (await gateway.vendor("GET", "/state")).body.groups[STAFF].members;
}

async function setNativeMembers(gateway: Gateway, change: (ids: string[]) => string[]): Promise<void> {
  const { body } = await gateway.vendor("GET", "/state");
  const staff = { ...body.groups[STAFF], members: change(body.groups[STAFF].members) };
  await gateway.vendor("PATCH", "/state", { groups: { [STAFF]: staff } });
}

const demand = (gateway: Gateway) => gateway.api("POST", `/connections/${gateway.name}/sweep`);
async function sweep(gateway: Gateway): Promise<void> {
  await demand(gateway);
  await gateway.settle();
}
async function findings(gateway: Gateway): Promise<unknown[]> {
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/drift`);
  return body.findings.map(({ at, linkId, name, memberName, ...finding }: Record<string, unknown>) => finding);
}
const membersSweep = async (gateway: Gateway) =>
  (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps[2];

describe("a member list of several pages", () => {
  it("S13 S27: is compared to its last page, and repaired when told", async () => {
    const { gateway, linkOf } = await openGroup(2 * PAGE + 50);
    await setNativeMembers(gateway, (ids) => [...ids.filter((id) => id !== idOf(230)), idOf(250)]);
    await sweep(gateway);
    const differing = [
      { kind: "memberExtra", memberId: await linkOf(250), isRepaired: false },
      { kind: "memberMissing", memberId: await linkOf(230), isRepaired: false },
    ];
    expect(await findings(gateway)).toEqual(expect.arrayContaining(differing));
    expect(await findings(gateway)).toHaveLength(2);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { drift: "repair" });
    await sweep(gateway);
    const repaired = differing.map((one) => ({ ...one, isRepaired: true }));
    expect(await findings(gateway)).toEqual(expect.arrayContaining(repaired));
    const native = await nativeMembers(gateway);
    expect([native.includes(idOf(230)), native.includes(idOf(250)), native.length]).toEqual([true, false, 250]);
    await sweep(gateway);
    expect(await findings(gateway)).toEqual([]);
  });

  it("S13 S24: of a group that changes meanwhile is read again, and none of the changes is a finding", async () => {
    const { gateway, path, linkOf } = await openGroup(2 * PAGE + 50, { drift: "repair" });
    const [leaver, joiner] = [await linkOf(3), await linkOf(250)];
    const members = { method: "GET", path: `/groups/${STAFF}/members$` };
    await gateway.vendor("POST", "/faults", [
      { kind: "delay", delayMs: 1_200, when: "after", skip: 1, match: members },
    ]);
    await demand(gateway);
    const done = gateway.settle();
    await vi.waitFor(
      async () => {
        const { calls } = (await gateway.vendor("GET", "/log")).body;
        expect(calls.at(-1)).toMatchObject({ path: expect.stringMatching(/members$/), fault: "delay", effect: true });
      },
      { timeout: 10_000 },
    );
    const answer = await gateway.scim(
      "PATCH",
      path,
      patch(
        { op: "remove", path: `members[value eq "${leaver}"]` },
        { op: "add", path: "members", value: [{ value: joiner }] },
      ),
    );
    expect(answer.status).toBe(204);
    await done;
    expect(await findings(gateway)).toEqual([]);
    expect(await membersSweep(gateway)).toMatchObject({ state: "complete", alarm: null, seen: 1 });
    const native = await nativeMembers(gateway);
    expect([native.includes(idOf(3)), native.includes(idOf(250))]).toEqual([false, true]);
  });

  it("S27: that changes all the time is left for the next sweep, and the sweep says so", async () => {
    const { gateway, path, linkOf } = await openGroup(PAGE + 20);
    const user = await linkOf(110);
    await setNativeMembers(gateway, (ids) => ids.filter((id) => id !== idOf(5)));
    const members = { method: "GET", path: `/groups/${STAFF}/members$` };
    const slow = { kind: "delay", delayMs: 400, when: "after", match: members };
    await gateway.vendor("POST", "/faults", [{ ...slow, times: 50 }]);
    await demand(gateway);
    let isOver = false;
    const done = gateway.settle().then(() => {
      isOver = true;
    });
    for (let turn = 0; !isOver && turn < 400; turn++) {
      const op = turn % 2 === 0 ? { op: "remove", path: `members[value eq "${user}"]` } : undefined;
      await gateway.scim("PATCH", path, patch(op ?? { op: "add", path: "members", value: [{ value: user }] }));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await done;
    expect(await findings(gateway)).toEqual([]);
    expect(await membersSweep(gateway)).toMatchObject({ state: "complete", alarm: expect.stringMatching(/changed/) });
    await gateway.vendor("DELETE", "/faults");
    await gateway.scim("PATCH", path, patch({ op: "add", path: "members", value: [{ value: user }] }));
    await sweep(gateway);
    expect(await findings(gateway)).toMatchObject([{ kind: "memberMissing" }]);
    expect(await membersSweep(gateway)).toMatchObject({ alarm: null });
  });

  it("S32 S27: goes on after a restart of the object, from the group's first page", async () => {
    const { gateway, group } = await openGroup(PAGE + 20);
    await setNativeMembers(gateway, (ids) => ids.filter((id) => id !== idOf(5)));
    const stub = env.CONNECTION.getByName(gateway.id);
    await runInDurableObject(stub, (_object, { storage }) => {
      // As a kill between two pages leaves it.
      const place = JSON.stringify({ step: "page", group, page: "100", restarts: 0 });
      storage.sql.exec("update sweeps set running = 1, generation = 9, cursor = ? where type = 'Members'", place);
      storage.sql.exec("update due_jobs set due_at = 0 where job = 'sweep'");
      return storage.setAlarm(Date.now());
    });
    await runDurableObjectAlarm(stub);
    await gateway.settle();
    expect(await findings(gateway)).toMatchObject([{ kind: "memberMissing" }]);
  });
});

describe("a repair", () => {
  it("S13: puts a list right that can only be replaced", async () => {
    const gateway = await createGateway("kpifire", { drift: "repair" });
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      ids.push((await gateway.scim("POST", "/Users", { userName: mail(n), externalId: `e${n}` })).body.id);
    }
    const members = ids.slice(0, 2).map((value) => ({ value }));
    expect((await gateway.scim("POST", "/Groups", { displayName: "Staff", members })).status).toBe(201);
    const { body } = await gateway.vendor("GET", "/state");
    const [group] = Object.values(body.groups) as { id: number; memberIds: number[] }[];
    const stranger = Object.values(body.users as { id: number; login: string }[]).find(
      (user) => user.login === mail(3),
    );
    const meddled = { ...group, memberIds: [group?.memberIds[0], stranger?.id] };
    await gateway.vendor("PATCH", "/state", { groups: { [group?.id ?? ""]: meddled } });
    await sweep(gateway);
    const after = (await gateway.vendor("GET", "/state")).body.groups[group?.id ?? ""];
    expect(after.memberIds.sort()).toEqual(group?.memberIds.sort());
    expect(await findings(gateway)).toEqual(
      expect.arrayContaining([
        { kind: "memberExtra", memberId: ids[2], isRepaired: true },
        { kind: "memberMissing", memberId: ids[1], isRepaired: true },
      ]),
    );
  });

  it("S22 S16: leaves a licence that was raised for a protected user, and takes it back from others", async () => {
    const gateway = await createGateway("kpifire", { drift: "repair", protected: { users: [mail(1)], groups: [] } });
    const ids: string[] = [];
    for (const n of [1, 2]) {
      ids.push((await gateway.scim("POST", "/Users", { userName: mail(n), externalId: `e${n}` })).body.id);
    }
    const members = ids.map((value) => ({ value }));
    expect((await gateway.scim("POST", "/Groups", { displayName: "Kpifire.Idea", members })).status).toBe(201);
    type Native = Record<string, { login: string; licenseType: number }>;
    const licences = async () => {
      const { users } = (await gateway.vendor("GET", "/state")).body as { users: Native };
      return Object.fromEntries(Object.values(users).map(({ login, licenseType }) => [login, licenseType]));
    };
    expect(await licences()).toEqual({ [mail(1)]: 2, [mail(2)]: 2 });
    const { users } = (await gateway.vendor("GET", "/state")).body as { users: Native };
    const raised = Object.entries(users).map(([id, user]) => [id, { ...user, licenseType: 7 }]);
    await gateway.vendor("PATCH", "/state", { users: Object.fromEntries(raised) });
    await sweep(gateway);
    await vi.waitFor(async () => expect(await licences()).toEqual({ [mail(1)]: 7, [mail(2)]: 2 }), { timeout: 10_000 });
    expect(await findings(gateway)).toEqual([
      { kind: "seat", isRepaired: false },
      { kind: "seat", isRepaired: true },
    ]);
  });

  it("S22: leaves a protected user in a protected group", async () => {
    const { gateway, path, linkOf } = await openGroup(2, {
      drift: "repair",
      protected: { users: [mail(2)], groups: ["Staff"] },
    });
    const admin = await linkOf(2);
    await setNativeMembers(gateway, (ids) => [...ids, idOf(2)]);
    await sweep(gateway);
    expect(await nativeMembers(gateway)).toContain(idOf(2));
    expect(await findings(gateway)).toEqual([{ kind: "memberExtra", memberId: admin, isRepaired: false }]);
    expect((await gateway.scim("GET", path)).body.members).toHaveLength(2);
  });
});
