// What administrators say to the brake: what is held and meant, what is meant and comes later, and the disables that were
// asked for and held [S18] [S20].

import { describe, expect, it, vi } from "vitest";
import {
  addressOf,
  brake,
  createUsers,
  DAY_MS,
  HOUR_MS,
  keepnetUsers,
  kindOf,
  patch,
  rename,
  setActive,
} from "./brake-people.ts";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const line = { share: 0, count: 2, minutes: 60 };
const inactive = async (gateway: Gateway) => (await keepnetUsers(gateway)).filter(({ isActive }) => !isActive).length;
/** The object's alarm does what is owed at once. */
const untilInactive = (gateway: Gateway, count: number) =>
  vi.waitFor(async () => expect(await inactive(gateway)).toBe(count), { timeout: 5_000 });
const order = (gateway: Gateway, what: string, body: object) =>
  gateway.api("POST", `/connections/${gateway.name}/brake/${what}`, body);

/** A connection on which one user is disabled and the disables of all others are held. */
async function holdAllBut(count: number, options: object = {}): Promise<{ gateway: Gateway; ids: string[] }> {
  const gateway = await createGateway("keepnet", { brake: line, ...options });
  const ids = await createUsers(gateway, count);
  const answers: number[] = [];
  for (const id of ids) answers.push((await setActive(gateway, id, false)).status);
  expect(answers).toEqual([200, ...ids.slice(1).map(() => 503)]);
  return { gateway, ids };
}

describe("a release", () => {
  it("S20: lasts a week, so that a client that sends again after six hours is let through, and ends at its number", async () => {
    const { gateway, ids } = await holdAllBut(7);
    await brake(gateway, "POST", "/release", { kind: "deactivation", count: 3 });
    await atTimeFromNow(6 * HOUR_MS, async () => {
      for (const id of ids.slice(1, 4)) expect((await setActive(gateway, id, false)).status).toBe(200);
      expect((await brake(gateway)).releases).toEqual([]);
      // What follows is counted from zero, and the line holds as before.
      expect((await setActive(gateway, ids[4], false)).status).toBe(200);
      expect((await setActive(gateway, ids[5], false)).status).toBe(503);
    });
  });

  it("S20: of one kind lets no other kind through, and ends at its time", async () => {
    const { gateway, ids } = await holdAllBut(6);
    await brake(gateway, "POST", "/release", {
      kind: "removal",
      count: 5,
      until: new Date(Date.now() + HOUR_MS).toISOString(),
    });
    expect((await setActive(gateway, ids[1], false)).status).toBe(503);
    for (const id of ids.slice(1, 3)) expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    await atTimeFromNow(2 * HOUR_MS, async () => {
      expect((await gateway.scim("DELETE", `/Users/${ids[3]}`)).status).toBe(204);
      expect((await gateway.scim("DELETE", `/Users/${ids[4]}`)).status).toBe(503);
    });
  });

  it("S20: is never one of everything, without a number or without an end", async () => {
    const gateway = await createGateway("keepnet");
    for (const body of [
      {},
      { minutes: 60 },
      { kind: "deactivation" },
      { kind: "all", count: 5 },
      { kind: "deactivation", count: 0 },
      { kind: "deactivation", count: 5, user: "a@example.com" },
      { user: "a@example.com", count: 5 },
      { kind: "deactivation", count: 5, until: "2020-01-01T00:00:00Z" },
      { kind: "deactivation", count: 5, until: new Date(Date.now() + 100 * DAY_MS).toISOString() },
      { domain: { from: "a b", to: "c" } },
    ]) {
      expect([body, (await order(gateway, "release", body)).status]).toEqual([body, 400]);
      expect([body, (await order(gateway, "expect", body)).status]).toEqual([body, 400]);
    }
    expect((await order(gateway, "release", { user: "nobody@example.com" })).status).toBe(404);
    expect((await brake(gateway)).releases).toEqual([]);
  });

  it("S18 S20: of one urgent leaver does what was asked of them at once, and nobody else's", async () => {
    const { gateway, ids } = await holdAllBut(4);
    await brake(gateway, "POST", "/release", { user: addressOf(2) });
    expect((await gateway.scim("GET", `/Users/${ids[2]}`)).body.active).toBe(false);
    await untilInactive(gateway, 2);
    // The client sends it again, and it is neither held nor counted.
    expect((await setActive(gateway, ids[2], false)).status).toBe(200);
    expect((await setActive(gateway, ids[1], false)).status).toBe(503);
    expect((await gateway.scim("DELETE", `/Users/${ids[2]}`)).status).toBe(204);
    expect((await brake(gateway)).disables).toBe(2);
  });

  it("S20: of one move of domains lets those renames through, and no other", async () => {
    const gateway = await createGateway("keepnet", { brake: { ...line, kinds: { rename: { share: 0, count: 2 } } } });
    const ids = await createUsers(gateway, 6);
    expect((await rename(gateway, ids[0], addressOf(0, "new.example"))).status).toBe(200);
    for (const n of [1, 2]) expect((await rename(gateway, ids[n], addressOf(n, "new.example"))).status).toBe(503);
    const shown = await brake(gateway);
    expect(shown.patterns).toEqual([{ from: "old.example", to: "new.example", held: 2 }]);
    await brake(gateway, "POST", "/release", { domain: { from: "OLD.example", to: "new.example" } });
    for (const n of [1, 2, 3]) expect((await rename(gateway, ids[n], addressOf(n, "new.example"))).status).toBe(200);
    // Another local part, and another domain.
    expect((await rename(gateway, ids[4], "other@new.example")).status).toBe(200);
    expect((await rename(gateway, ids[5], addressOf(5, "wrong.example"))).status).toBe(503);
    expect((await brake(gateway)).releases).toMatchObject([{ used: 4, count: null, kind: null }]);
  });

  it("S20: can be ended before its time", async () => {
    const { gateway, ids } = await holdAllBut(4);
    const { releases } = await brake(gateway, "POST", "/release", { kind: "deactivation", count: 9 });
    expect((await setActive(gateway, ids[1], false)).status).toBe(200);
    const path = `/connections/${gateway.name}/brake/releases/${releases[0].id}`;
    expect((await gateway.api("DELETE", path)).status).toBe(204);
    expect((await gateway.api("DELETE", path)).status).toBe(404);
    expect((await setActive(gateway, ids[2], false)).status).toBe(200);
    expect((await setActive(gateway, ids[3], false)).status).toBe(503);
  });
});

describe("disables that are held", () => {
  it("S18: are listed since when, and are done without the client when an administrator says so", async () => {
    const { gateway, ids } = await holdAllBut(5);
    await setActive(gateway, ids[1], false);
    const held = await brake(gateway, "GET", "/held");
    expect(held.total).toBe(4);
    expect(held.requests[0]).toMatchObject({ kind: "deactivation", id: ids[1], isDisable: true, times: 2, objects: 1 });
    const trace = await gateway.api("GET", `/connections/${gateway.name}/traces/${held.requests[0].requestId}`);
    expect(trace.body.notes).toContain("held by the brake");
    expect((await gateway.scim("GET", `/Users/${ids[1]}`)).body.active).toBe(true);
    const applied = await gateway.api("POST", `/connections/${gateway.name}/brake/apply`);
    expect([applied.status, applied.body]).toEqual([200, { disables: 4, refused: [] }]);
    expect((await gateway.scim("GET", `/Users/${ids[1]}`)).body.active).toBe(false);
    await untilInactive(gateway, 5);
    expect(await brake(gateway)).toMatchObject({ disables: 0, heldSince: null });
    // The client's next attempt changes nothing and counts nothing.
    for (const id of ids) expect((await setActive(gateway, id, false)).status).toBe(200);
    expect(await kindOf(gateway, "deactivation")).toMatchObject({ counted: 0 });
  });

  it("S18: are forgotten with any later word on active, and not with one that says nothing of it", async () => {
    const { gateway, ids } = await holdAllBut(4);
    const put = {
      userName: addressOf(1),
      name: { givenName: "X", familyName: "Y" },
      emails: [{ value: addressOf(1) }],
    };
    expect((await gateway.scim("PUT", `/Users/${ids[1]}`, put)).status).toBe(200);
    expect(
      (await patch(gateway, `/Users/${ids[2]}`, { op: "replace", path: "name.givenName", value: "Z" })).status,
    ).toBe(200);
    expect((await brake(gateway)).disables).toBe(3);
    expect((await gateway.scim("PUT", `/Users/${ids[1]}`, { ...put, active: true })).status).toBe(200);
    expect((await setActive(gateway, ids[2], true)).status).toBe(200);
    expect((await brake(gateway, "GET", "/held")).requests).toMatchObject([{ id: ids[3] }]);
    await order(gateway, "apply", {});
    await untilInactive(gateway, 2);
  });

  it("S8 S18: a DELETE that only disables is such a disable, one that removes is not", async () => {
    const redmine = await createGateway("redmine", { brake: { share: 0, count: 1, minutes: 60 } });
    const keepnet = await createGateway("keepnet", { brake: { share: 0, count: 1, minutes: 60 } });
    for (const [gateway, isDisable] of [
      [redmine, true],
      [keepnet, false],
    ] as const) {
      const [id] = await createUsers(gateway, 1);
      expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(503);
      expect((await brake(gateway, "GET", "/held")).requests).toMatchObject([{ id, isDisable }]);
    }
  });

  it("S22: a user who is protected by now stays active", async () => {
    const { gateway, ids } = await holdAllBut(3);
    await gateway.api("PATCH", `/connections/${gateway.name}`, { protected: { users: [addressOf(1)], groups: [] } });
    await order(gateway, "apply", {});
    await untilInactive(gateway, 2);
    expect((await gateway.scim("GET", `/Users/${ids[1]}`)).body.active).toBe(true);
    expect((await gateway.scim("GET", `/Users/${ids[2]}`)).body.active).toBe(false);
  });
});
