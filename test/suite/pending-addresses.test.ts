// Addresses that wait for the person: what clients see, what the product is sent, and when the wait ends [S59] [S45].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { NativeRecord } from "../../adapters/native-view.ts";
import { passingTime } from "./passing-time.ts";
import "./played/register.ts";
import { bodyOf, get, personOf, type Subject, subjectOf, WORK_MAIL, withUser } from "./subject.ts";
import { effectIn, open, type World, type WorldOptions } from "./world.ts";

const DAY_MS = 86_400_000;
const FORMER = "former@contoso.example.com";
const NEW = "new@contoso.example.com";
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

/** Records say what waits, or they do not. */
const TELLING: [string, Subject][] = [
  ["records tell what waits", subjectOf("notary")],
  ["records do not tell what waits", withUser(subjectOf("notary"), () => ({ confirms: { paths: [WORK_MAIL] } }))],
];

interface Case {
  world: World;
  id: string;
  path: string;
}

async function openWithUser(subject: Subject, options: WorldOptions = {}): Promise<Case> {
  const world = await open(subject, { isUnconfirmed: true, ...options });
  const person = { ...personOf(subject, 1), key: FORMER, values: { userName: FORMER, [WORK_MAIL]: FORMER } };
  const id = await world.create(person);
  return { world, id, path: `/Users/${id}` };
}

async function openWaiting(subject: Subject, options: WorldOptions = {}): Promise<Case> {
  const opened = await openWithUser(subject, options);
  expect(await opened.world.patch(opened.path, replace(WORK_MAIL, NEW))).toMatchObject({ status: 200 });
  return opened;
}

const record = async (world: World): Promise<NativeRecord> => (await world.users())[0]?.record ?? {};
const shown = async ({ world, path }: Case) => {
  const { body } = await world.get(path);
  return { userName: body.userName, mail: get(body, WORK_MAIL) };
};
const driftOf = async ({ gateway }: World) => (await gateway.api("GET", `/connections/${gateway.name}/drift`)).body;
const change = (world: World, values: NativeRecord) =>
  world.change((state) => {
    const [user] = world.subject.native.users(state);
    return { users: { ...(state.users as object), [user?.id ?? ""]: { ...user?.record, ...values } } };
  });
const confirm = (world: World) => world.change((state) => world.subject.native.confirm?.(state) ?? {});
const pass = (world: World, ms: number) =>
  runInDurableObject(env.CONNECTION.getByName(world.gateway.id), (_object, { storage }) => {
    storage.sql.exec(passingTime(ms));
  });

describe.each(TELLING)("S59: an address that waits for the person, where %s", (_title, subject) => {
  it("S59 S12: is shown as e-mail and as userName, while the product has the former one and mails once", async () => {
    const waiting = await openWaiting(subject);
    const { world, path, id } = waiting;
    expect(await shown(waiting)).toEqual({ userName: NEW, mail: NEW });
    for (const filter of [`userName eq "${NEW}"`, `${WORK_MAIL} eq "${NEW}"`, `emails.value eq "${NEW}"`]) {
      expect((await world.find("Users", filter)).body, filter).toMatchObject({ totalResults: 1, Resources: [{ id }] });
    }
    for (const filter of [`userName eq "${FORMER}"`, `emails[value eq "${FORMER}"]`]) {
      expect((await world.find("Users", filter)).body.totalResults, filter).toBe(0);
    }
    expect((await world.get("/Users")).body.Resources).toMatchObject([{ id, userName: NEW }]);
    const { body } = await world.get(path);
    const { answer, calls } = await world.watch(async () => {
      await world.patch(path, replace(WORK_MAIL, NEW));
      await world.patch(path, replace("userName", NEW));
      return world.scim("PUT", path, body);
    });
    expect(answer).toMatchObject({ status: 200, body: { userName: NEW } });
    expect(effectIn(subject, calls)).toBe(-1);
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: NEW, mails: 1 });
  });

  it("S59: another change, by PATCH or PUT, a disable and a restore do not send it again", async () => {
    const waiting = await openWaiting(subject);
    const { world, path } = waiting;
    await world.patch(path, replace("displayName", "Ada"));
    const { body } = await world.get(path);
    expect(await world.scim("PUT", path, { ...body, displayName: "Ada L" })).toMatchObject({ status: 200 });
    await world.patch(path, replace("active", false));
    await world.patch(path, replace("active", true));
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: NEW, mails: 1, name: "Ada L", active: true });
    expect(await shown(waiting)).toEqual({ userName: NEW, mail: NEW });
  });

  it("S59: the click ends the wait, and is no drift", async () => {
    const waiting = await openWaiting(subject);
    const { world, path } = waiting;
    await world.sweep();
    await confirm(world);
    await world.sweep();
    await pass(world, 8 * DAY_MS);
    expect(await shown(waiting)).toEqual({ userName: NEW, mail: NEW });
    await world.sweep();
    expect((await driftOf(world)).findings).toEqual([]);
    expect(await world.patch(path, replace("userName", FORMER))).toMatchObject({ status: 200 });
    expect(await record(world)).toMatchObject({ email: NEW, newEmail: FORMER, mails: 2 });
  });

  it("S59: sweeps report nothing for seven days; then the former address counts, and the new one is sent anew", async () => {
    const waiting = await openWaiting(subject);
    const { world, path, id } = waiting;
    await pass(world, 6 * DAY_MS);
    await world.sweep();
    expect((await driftOf(world)).findings).toEqual([]);
    expect(await shown(waiting)).toEqual({ userName: NEW, mail: NEW });
    await pass(world, 1 * DAY_MS);
    await world.sweep();
    expect((await driftOf(world)).findings).toMatchObject([{ kind: "renamed", linkId: id }]);
    expect(await shown(waiting)).toEqual({ userName: FORMER, mail: FORMER });
    expect((await world.find("Users", `userName eq "${FORMER}"`)).body.totalResults).toBe(1);
    expect((await world.find("Users", `userName eq "${NEW}"`)).body.totalResults).toBe(0);
    if (subject.adapter.user.confirms?.waiting) await change(world, { newEmail: null });
    expect(await world.patch(path, replace(WORK_MAIL, NEW))).toMatchObject({ status: 200 });
    expect(await record(world)).toMatchObject({ newEmail: NEW, mails: 2 });
  });

  it("S59: another new address takes its place, and the former one asked for again ends the wait", async () => {
    const waiting = await openWaiting(subject);
    const { world, path } = waiting;
    const other = "other@contoso.example.com";
    await world.patch(path, replace("userName", other));
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: other, mails: 2 });
    expect(await shown(waiting)).toEqual({ userName: other, mail: other });
    expect(await world.patch(path, replace("userName", FORMER))).toMatchObject({ status: 200 });
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: null, mails: 2 });
    expect(await shown(waiting)).toEqual({ userName: FORMER, mail: FORMER });
    await pass(world, 8 * DAY_MS);
    await world.sweep();
    expect((await driftOf(world)).findings).toEqual([]);
  });

  it("S59: a third address that somebody gives the user at the product is drift at once", async () => {
    const waiting = await openWaiting(subject);
    const { world, id } = waiting;
    const third = "third@contoso.example.com";
    await change(world, { email: third, newEmail: null });
    await world.sweep();
    expect((await driftOf(world)).findings).toMatchObject([{ kind: "renamed", linkId: id }]);
    expect(await shown(waiting)).toEqual({ userName: third, mail: third });
  });

  it("S59: nobody else gets the former address meanwhile, and the refusal says why", async () => {
    const { world, id, path } = await openWaiting(subject);
    const other = personOf(subject, 2);
    const second = await world.create(other);
    const taken = { ...personOf(subject, 3), values: { userName: FORMER, [WORK_MAIL]: FORMER } };
    for (const answer of [
      await world.scim("POST", "/Users", bodyOf(taken)),
      await world.patch(`/Users/${second}`, replace("userName", FORMER)),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      expect(answer.body.detail).toContain(id);
      expect(answer.body.detail).toContain("confirm");
    }
    expect(await world.patch(`/Users/${second}`, replace("userName", NEW))).toMatchObject({ status: 409 });
    await confirm(world);
    await world.get(path);
    expect(await world.scim("POST", "/Users", bodyOf(taken))).toMatchObject({ status: 201 });
  });

  it("S59 S2: where userName and e-mail are separate, only the e-mail waits", async () => {
    const waiting = await openWaiting(subject, { coupling: "separate", unmapped: "keep" });
    const { world, path } = waiting;
    expect(await shown(waiting)).toEqual({ userName: FORMER, mail: NEW });
    await world.patch(path, replace(WORK_MAIL, NEW), replace("userName", "ada"));
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: NEW, mails: 1 });
    expect(await shown(waiting)).toEqual({ userName: "ada", mail: NEW });
    await confirm(world);
    expect(await shown(waiting)).toEqual({ userName: "ada", mail: NEW });
  });

  it("S59 S10: a user whose address waits is not lost, and DELETE forgets the wait", async () => {
    const { world, path } = await openWaiting(subject);
    const { id } = await world.user(FORMER);
    await world.fail({ kind: "status", status: 404, match: { path: `/users/${id}$` }, times: 50 });
    expect(await world.get(path)).toMatchObject({ status: 503 });
    await world.heal();
    expect(await world.get(path)).toMatchObject({ status: 200, body: { userName: NEW } });
    expect((await world.scim("DELETE", path)).status).toBe(204);
    const again = { ...personOf(subject, 1), values: { userName: NEW, [WORK_MAIL]: NEW } };
    expect(await world.scim("POST", "/Users", bodyOf(again))).toMatchObject({ status: 201, body: { userName: NEW } });
  });
});

describe("S59: a product whose records tell what waits", () => {
  it("S59 S23: an address whose write has lost its answer is not sent again", async () => {
    const opened = await openWithUser(subjectOf("notary"));
    const { world, path } = opened;
    await world.fail({ kind: "lostResponse", match: { method: "PATCH" } });
    expect(await world.patch(path, replace(WORK_MAIL, NEW))).toMatchObject({ status: 503 });
    expect(await world.patch(path, replace(WORK_MAIL, NEW))).toMatchObject({ status: 200, body: { userName: NEW } });
    expect(await record(world)).toMatchObject({ email: FORMER, newEmail: NEW, mails: 1 });
    expect(await shown(opened)).toEqual({ userName: NEW, mail: NEW });
  });

  it("S59: a wait that has ended there without a click is drift at once", async () => {
    const waiting = await openWaiting(subjectOf("notary"));
    const { world, id } = waiting;
    await world.sweep();
    await change(world, { newEmail: null });
    await world.sweep();
    expect((await driftOf(world)).findings).toMatchObject([{ kind: "renamed", linkId: id }]);
    expect(await shown(waiting)).toEqual({ userName: FORMER, mail: FORMER });
  });
});

describe("S45: a user who has left, where the product would mail them", () => {
  const PREFIX = "283405f5aabbccddeeff0011223344c2";

  it("S45: keeps the name; whoever needs it is refused with the reason and what to do", async () => {
    const { world, id, path } = await openWithUser(subjectOf("notary"));
    const left = [replace("active", false), replace("userName", `${PREFIX}${FORMER}`)];
    expect(await world.patch(path, ...left)).toMatchObject({ status: 200 });
    const other = await world.create(2);
    const newcomer = { ...personOf(world.subject, 3), values: { userName: FORMER, [WORK_MAIL]: FORMER } };
    for (const answer of [
      await world.scim("POST", "/Users", bodyOf(newcomer)),
      await world.patch(`/Users/${other}`, replace("userName", FORMER)),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      expect(answer.body.detail).toContain(id);
      expect(answer.body.detail).toMatch(/would mail that person .* rename or delete that account in Notary/);
    }
    expect((await world.user(FORMER)).record).toMatchObject({ newEmail: null, mails: 0 });
    await change(world, { email: "gone@contoso.example.com" });
    await world.get(path);
    expect(await world.scim("POST", "/Users", bodyOf(newcomer))).toMatchObject({ status: 201 });
  });
});
