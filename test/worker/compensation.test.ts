// An interrupted write whose licence is refused when it is looked at again is taken back, and no client was told a success [S16] [S23].

import { describe, expect, it } from "vitest";
import { runAlarmAfter } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const LICENSE = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";
const LATER_MS = 120_000;
const lost = (method: string, path: string) => ({ kind: "lostResponse", match: { method, path } });

async function openWithUser(): Promise<{ gateway: Gateway; user: string }> {
  const gateway = await createGateway("klaxoon", { seed: { proSeats: 1 } });
  const body = {
    ...{ userName: "ann", externalId: "ext-ann", active: true, name: { givenName: "Ann", familyName: "Example" } },
    emails: [{ type: "work", value: "ann@mail.example" }],
  };
  return { gateway, user: (await gateway.scim("POST", "/Users", body)).body.id };
}

const group = (members: string[]) => ({
  ...{ displayName: "Pro", externalId: "ext-pro" },
  [LICENSE]: { license: "true" },
  members: members.map((value) => ({ value })),
});
const patchOf = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});

/** What the vendor holds: members by group, and the licence of each user. */
async function held(gateway: Gateway) {
  const { groups, users } = (await gateway.vendor("GET", "/state")).body;
  const all: { username: string; license: string; status: string }[] = Object.values(users);
  const teams: { members: string[] }[] = Object.values(groups);
  return { members: teams.map((one) => one.members.length), people: all.map((one) => [one.license, one.status]) };
}

/** Another user has got the last licence meanwhile. */
const useUp = (gateway: Gateway) => gateway.vendor("PATCH", "/state", { proSeats: 0 });

describe("S16 S23: the last licence goes while a write is in doubt", () => {
  it("S16 S23: a membership that was lost on its way is taken back by the alarm, and refused when it is asked for again", async () => {
    const { gateway, user } = await openWithUser();
    const { id } = (await gateway.scim("POST", "/Groups", group([]))).body;
    const add = patchOf({ op: "add", path: "members", value: [{ value: user }] });
    await gateway.vendor("POST", "/faults", [lost("POST", "/members$")]);
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBe(503);
    expect((await held(gateway)).members).toEqual([1]);
    await useUp(gateway);
    await runAlarmAfter(gateway, LATER_MS);
    expect(await held(gateway)).toEqual({ members: [0], people: [["FREE", "active"]] });
    expect((await gateway.scim("GET", `/Groups/${id}`)).body.members ?? []).toEqual([]);
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBe(403);
    expect((await held(gateway)).members).toEqual([0]);
  });

  it("S16 S23: sent again by the client it is refused at once, and nothing of it stays", async () => {
    const { gateway, user } = await openWithUser();
    const { id } = (await gateway.scim("POST", "/Groups", group([]))).body;
    const add = patchOf({ op: "add", path: "members", value: [{ value: user }] });
    await gateway.vendor("POST", "/faults", [lost("POST", "/members$")]);
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBe(503);
    await useUp(gateway);
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBe(403);
    expect(await held(gateway)).toEqual({ members: [0], people: [["FREE", "active"]] });
  });

  it("S16 S23: a restore that was lost on its way ends disabled", async () => {
    const { gateway, user } = await openWithUser();
    expect((await gateway.scim("POST", "/Groups", group([user]))).status).toBe(201);
    const turn = (value: boolean) => patchOf({ op: "replace", path: "active", value });
    expect((await gateway.scim("PATCH", `/Users/${user}`, turn(false))).status).toBe(200);
    await gateway.vendor("POST", "/faults", [lost("POST", "/reactivate$")]);
    const answer = await gateway.scim("PATCH", `/Users/${user}`, turn(true));
    expect(answer.status).toBe(503);
    expect((await held(gateway)).people).toEqual([["FREE", "active"]]);
    await useUp(gateway);
    await runAlarmAfter(gateway, LATER_MS);
    expect((await held(gateway)).people).toEqual([["FREE", "deactivated"]]);
    expect((await gateway.scim("GET", `/Users/${user}`)).body.active).toBe(false);
    expect((await gateway.scim("PATCH", `/Users/${user}`, turn(true))).status).toBe(403);
  });
});
