// Users who are created inactive at a product that invites: every vendor, as if each sent invitations [S56].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { sampleOf } from "../suite/sample.ts";
import {
  activate,
  createInactive,
  expectMembers,
  inactive,
  invitations,
  isUniqueness,
  keysOf,
} from "../suite/scenarios/invitations.ts";
import { bodyOf, get, personOf, put, type Subject, subjectNames, subjectOf, withUser } from "../suite/subject.ts";
import { effectIn, expectHeld, open, strangerOf, type World, type WorldOptions } from "../suite/world.ts";

const INVITING = subjectNames();
const MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
const DAY_MS = 86_400_000;

const inviting = (vendor: string): Subject => withUser(subjectOf(vendor), () => ({ invites: true as const }));

async function openWaiting(vendor: string, options: WorldOptions = {}) {
  const world = await open(inviting(vendor), options);
  const person = personOf(world.subject, 1);
  const id = await createInactive(world, person);
  return { world, person, id, path: `/Users/${id}` };
}

const change = (world: World, body: object) => world.gateway.api("PATCH", `/connections/${world.gateway.name}`, body);
const sql = (world: World, statement: string) =>
  runInDurableObject(env.CONNECTION.getByName(world.gateway.id), (_object, { storage }) =>
    storage.sql.exec(statement).toArray(),
  );

describe.each(INVITING)("%s, if it invited", (vendor) => {
  for (const scenario of sampleOf(invitations, vendor, 3)) {
    it(scenario.name, { timeout: 60_000 }, async (context) => {
      const subject = inviting(vendor);
      const reason = scenario.unless?.(subject);
      if (reason !== undefined) return context.skip(`not applicable: it ${reason}`);
      await scenario.run(subject);
    });
  }

  it("S56 S23: an activation whose answer is lost makes one account, and the client's retry finishes it", async () => {
    const { world, person, path } = await openWaiting(vendor);
    const other = personOf(world.subject, 2);
    const { calls } = await world.watch(() => world.scim("POST", "/Users", bodyOf(other)));
    const at = effectIn(world.subject, calls);
    const { method = "", path: template = "" } = calls[at] ?? {};
    const isLike = (call: RecordedCall) => call.method === method && call.path === template;
    const skip = calls.slice(0, at).filter(isLike).length;
    await world.fail({ kind: "lostResponse", skip, match: { method, path: `${RegExp.escape(template)}$` } });
    expect(await world.patch(path, activate)).toMatchObject({ status: 503 });
    await world.heal();
    await world.outwait();
    expect(await world.patch(path, activate)).toMatchObject({ status: 200, body: { active: true } });
    await expectHeld(world, person.key, { ...person.values, active: true });
    expect(await sql(world, "select native_id from waiting_accounts")).toEqual([]);
  });

  it("S56: an account of the same name that an administrator makes at the product becomes the user's", async () => {
    const { world, id, person } = await openWaiting(vendor);
    await world.change((state) => world.subject.native.withUsers(state, [strangerOf(world.subject, 1)]));
    await world.outwait();
    await world.sweep();
    const found = await world.find("Users", `userName eq "${person.values.userName}"`);
    expect(found.body.Resources).toMatchObject([{ id, active: true }]);
    expect(await sql(world, "select * from waiting_accounts")).toEqual([]);
    expect((await world.user(person.key)).active).toBe(true);
  });

  it("S56 S21: plan mode shows the user, and makes no account", async () => {
    const { world, id, path } = await openWaiting(vendor);
    const before = await world.state();
    expect(await change(world, { mode: "plan" })).toMatchObject({ status: 200 });
    await expect.poll(async () => (await world.get(path)).status, { timeout: 15_000 }).toBe(200);
    expect(await world.patch(path, activate)).toMatchObject({ status: 200, body: { id, active: true } });
    expect((await world.get(path)).body).toMatchObject({ id, active: true });
    expect(await world.state()).toEqual(before);
    expect(await change(world, { mode: "live", confirm: true })).toMatchObject({ status: 200 });
    await expect.poll(async () => (await world.get(path)).body.active, { timeout: 15_000 }).toBe(false);
  });
});

it("S56: `createInactive: now` makes accounts at once, and those who wait already go on waiting", async () => {
  const { world, path, person } = await openWaiting("rest");
  expect(await change(world, { createInactive: "now" })).toMatchObject({
    status: 200,
    body: { createInactive: "now" },
  });
  const other = personOf(world.subject, 2);
  expect(await world.scim("POST", "/Users", inactive(other))).toMatchObject({ status: 201, body: { active: false } });
  expect((await world.user(other.key)).active).toBe(false);
  expect(await world.get(path)).toMatchObject({ status: 200, body: { active: false } });
  expect(await keysOf(world)).not.toContain(person.key);
  expect(await world.patch(path, activate)).toMatchObject({ status: 200 });
  expect((await world.user(person.key)).active).toBe(true);
});

it("S56 S14: a user who never had an account is no leaver: the groups come with the activation, however late", async () => {
  const { world, id, path, person } = await openWaiting("rest");
  await world.createGroup("Readers", [id]);
  await sql(
    world,
    `update links set created_at = created_at - ${60 * DAY_MS}, modified_at = modified_at - ${60 * DAY_MS}`,
  );
  const title = { op: "replace", path: "name.familyName", value: "Lovelace" };
  expect(await world.patch(path, title)).toMatchObject({ status: 200 });
  expect(await sql(world, `select "left" from links where id = '${id}'`)).toEqual([{ left: null }]);
  expect(await world.patch(path, activate)).toMatchObject({ status: 200 });
  await expectMembers(world, "Readers", [person.key]);
});

it("S56 S6: a name that the product got meanwhile is 409 when the user is activated, who goes on waiting", async () => {
  const { world, path, person } = await openWaiting("rest");
  await world.change((state) => world.subject.native.withUsers(state, [strangerOf(world.subject, 1)]));
  expect(await world.patch(path, activate)).toMatchObject(isUniqueness);
  expect((await world.users()).filter(({ key }) => key === person.key)).toHaveLength(1);
  expect(await sql(world, "select kind from intents")).toEqual([]);
});

it("S56 S50: a manager who waits is owed to the reports, and a report who waits gets the manager with the account", async () => {
  const world = await open(inviting("keepnet"));
  const [boss, report, late] = [1, 2, 3].map((n) => personOf(world.subject, n));
  if (!boss || !report || !late) throw new Error("three people");
  const bossId = await createInactive(world, boss);
  const withManager = (person: typeof boss, active: boolean) => {
    const body = inactive(person);
    put(body, "active", active);
    put(body, MANAGER, bossId);
    return body;
  };
  const created = await world.scim("POST", "/Users", withManager(report, true));
  expect(created).toMatchObject({ status: 201 });
  expect(get(created.body, MANAGER)).toBeUndefined();
  const managed = async (id: string) => get((await world.get(`/Users/${id}`)).body, MANAGER);
  expect(await world.patch(`/Users/${bossId}`, activate)).toMatchObject({ status: 200 });
  await expect
    .poll(
      async () => {
        await world.gateway.settle();
        return managed(created.body.id);
      },
      { timeout: 15_000 },
    )
    .toBe(bossId);
  const lateId = (await world.scim("POST", "/Users", withManager(late, false))).body.id;
  expect(await managed(lateId)).toBe(bossId);
  expect(await keysOf(world)).not.toContain(late.key);
  expect(await world.patch(`/Users/${lateId}`, activate)).toMatchObject({ status: 200 });
  await world.outwait();
  expect(await managed(lateId)).toBe(bossId);
});
