// What a disabled user has open: ended with the disable, whatever disables, and tried again where it fails [S59].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import { passingTime } from "./passing-time.ts";
import "./played/register.ts";
import { subjectOf, withTransport, withUser } from "./subject.ts";
import { open, type World } from "./world.ts";

const SIGN_OUT = { method: "POST", path: "/sign-out$" };
const MINUTES = 60_000;
const DAYS = 24 * 60 * MINUTES;
const active = (value: boolean) => ({ op: "replace", path: "active", value });

interface Case {
  world: World;
  path: string;
}

async function openWithUser(subject = subjectOf("notary")): Promise<Case> {
  const world = await open(subject);
  return { world, path: `/Users/${await world.create(1)}` };
}

const person = async (world: World) => {
  const [user] = await world.users();
  return { active: user?.active, sessions: user?.record.sessions };
};
const owed = async ({ gateway }: World) =>
  (await gateway.api("GET", `/connections/${gateway.name}/pending?kind=sessions`)).body.owed.map(
    (one: { kind: string; isParked: boolean }) => (one.isParked ? `${one.kind}, parked` : one.kind),
  );
const sqlOf = ({ gateway }: World, sql: string) =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => void storage.sql.exec(sql));
/** Lets so much time pass, and then the alarm do what is due. */
async function pass(world: World, ms: number): Promise<void> {
  await sqlOf(world, passingTime(ms));
  await world.gateway.settle();
}

describe("S59: whatever disables a user ends what they have open", () => {
  it("S59: by PATCH beside other values, by PUT, and by a DELETE that only disables", async () => {
    const patched = await openWithUser();
    await patched.world.patch(patched.path, active(false), { op: "replace", path: "displayName", value: "Ada" });
    const put = await openWithUser();
    const { body } = await put.world.get(put.path);
    await put.world.scim("PUT", put.path, { ...body, active: "False" });
    const deleted = await openWithUser(withTransport(subjectOf("notary"), { onDelete: "disable" }));
    expect((await deleted.world.scim("DELETE", deleted.path)).status).toBe(204);
    for (const { world } of [patched, put, deleted]) {
      expect(await person(world)).toEqual({ active: false, sessions: 0 });
      expect(await owed(world)).toEqual([]);
    }
  });

  it("S59: with a verb for the disable, and once for many changes", async () => {
    const verb = withUser(subjectOf("notary"), (user) => ({
      async setActive(api, id, value, native) {
        const values = { ...user.toScim(native), active: value };
        return user.update(api, id, { values, changed: new Set(["active"]), native });
      },
    }));
    const { world, path } = await openWithUser(verb);
    const { calls } = await world.watch(() =>
      world.patch(path, active(false), { op: "replace", path: "displayName", value: "Ada" }),
    );
    expect(calls.filter((call) => call.path.endsWith("/sign-out"))).toHaveLength(1);
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
    const again = await world.watch(() => world.patch(path, active(false)));
    expect(again.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });

  it("S59: a disable that the product refuses leaves it open, and owes nothing", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "status", status: 422, match: { method: "PATCH" } });
    expect((await world.patch(path, active(false))).status).toBe(400);
    expect(await person(world)).toEqual({ active: true, sessions: 2 });
    expect(await owed(world)).toEqual([]);
  });
});

describe("S59: where it fails, the disable stays and it is tried again", () => {
  const troubles: [string, FaultOrder][] = [
    ["an outage", { kind: "status", status: 503, match: SIGN_OUT, times: 5 }],
    ["a refusal", { kind: "status", status: 422, match: SIGN_OUT, times: 5 }],
    ["no answer", { kind: "drop", match: SIGN_OUT, times: 5 }],
  ];

  it.each(troubles)("S59: after %s", async (_title, trouble) => {
    const { world, path } = await openWithUser();
    await world.fail(trouble);
    expect(await world.patch(path, active(false))).toMatchObject({ status: 200, body: { active: false } });
    expect(await person(world)).toEqual({ active: false, sessions: 2 });
    expect(await owed(world)).toEqual(["sessions"]);
    expect((await world.get(path)).body.active).toBe(false);
    await world.heal();
    await pass(world, 6 * MINUTES);
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
    expect(await owed(world)).toEqual([]);
  });

  it("S59 S23: after a disable whose answer was lost", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "lostResponse", match: { method: "PATCH" } });
    expect((await world.patch(path, active(false))).status).toBe(503);
    expect(await owed(world)).toEqual(["sessions"]);
    await pass(world, 6 * MINUTES);
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
    expect(await owed(world)).toEqual([]);
  });

  it("S59 S32: after a kill between the disable and the call, which leaves no due time behind", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "drop", match: SIGN_OUT, times: 5 });
    await world.patch(path, active(false));
    await world.heal();
    await sqlOf(world, "delete from due_jobs where job = 'sessions'");
    await sqlOf(world, passingTime(6 * MINUTES));
    // Opened again, as after a restart of the object.
    await world.gateway.api("PATCH", `/connections/${world.gateway.name}`, { drift: "repair" });
    await world.gateway.settle();
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
  });

  it("S59: not for a user who is active again, whose sessions are their own", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "drop", match: SIGN_OUT, times: 5 });
    await world.patch(path, active(false));
    await world.heal();
    await world.patch(path, active(true));
    expect(await owed(world)).toEqual([]);
    await pass(world, 6 * MINUTES);
    expect(await person(world)).toEqual({ active: true, sessions: 2 });
  });

  it("S59 S8: also for a deleted user whose account stays", async () => {
    const { world, path } = await openWithUser(withTransport(subjectOf("notary"), { onDelete: "disable" }));
    await world.fail({ kind: "drop", match: SIGN_OUT, times: 5 });
    expect((await world.scim("DELETE", path)).status).toBe(204);
    await world.heal();
    await pass(world, 6 * MINUTES);
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
    expect(await owed(world)).toEqual([]);
  });

  it("S59 S19: a disable that comes during an outage ends it once it is done", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "status", status: 503, times: 50 });
    expect((await world.patch(path, active(false))).status).toBe(503);
    await world.heal();
    await pass(world, 60 * MINUTES);
    expect(await person(world)).toEqual({ active: false, sessions: 0 });
    expect(await owed(world)).toEqual([]);
  });

  it("S59: what is refused for a week is given up and listed", async () => {
    const { world, path } = await openWithUser();
    await world.fail({ kind: "status", status: 422, match: SIGN_OUT, times: 50 });
    await world.patch(path, active(false));
    await pass(world, 6 * DAYS);
    expect(await owed(world)).toEqual(["sessions"]);
    await pass(world, 2 * DAYS);
    expect(await owed(world)).toEqual(["sessions, parked"]);
  });

  it("S21: in plan mode nothing is ended", async () => {
    const { world, path } = await openWithUser();
    await world.gateway.api("PATCH", `/connections/${world.gateway.name}`, { mode: "plan" });
    expect(await world.patch(path, active(false))).toMatchObject({ status: 200, body: { active: false } });
    expect(await person(world)).toEqual({ active: true, sessions: 2 });
    const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/plan`);
    expect(body.steps.map((step: { step: string }) => step.step)).toContain("end sessions");
  });
});
