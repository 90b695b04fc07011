// Exam connections: what the vendor refuses by its format is shown all the same, and the brake holds nothing [S62].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import { simulators } from "../../adapters/simulators.ts";
import { patchOf, personOf, type Subject, subjectNames, subjectOf, variantOf, WORK_MAIL } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";
import { runAlarmAfter } from "./clock.ts";
import { createGateway } from "./gateway.ts";

const DAY_MS = 86_400_000;

const EXAM = { purpose: "exam", coupling: "separate" };
const ADDRESSED = subjectNames().filter((name) =>
  subjectOf(name).adapter.attributes.User.some(({ path }) => path === WORK_MAIL),
);
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const mailIn = ({ emails = [] }: { emails?: { value: string }[] }) => emails[0]?.value;
const MADE_UP = "upd-0815";

const openExam = (subject: Subject, more: object = {}): Promise<World> => open(subject, { ...EXAM, ...more });

describe.each(ADDRESSED)("S62: %s", (vendor) => {
  const subject = subjectOf(vendor);

  it("S62: a text in the place of an address is shown, found and forgotten, and never reaches the vendor", async () => {
    const world = await openExam(subject);
    const id = await world.create(1);
    const { key } = personOf(subject, 1);
    await world.outwait();
    const before = await world.users();
    const { answer, all } = await world.watch(() => world.patch(`/Users/${id}`, replace(WORK_MAIL, MADE_UP)));
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
    expect(mailIn(answer.body)).toBe(MADE_UP);
    expect(JSON.stringify(all)).not.toContain(MADE_UP);
    expect(await world.users()).toEqual(before);
    await world.sweep();
    await world.outwait();
    expect(mailIn((await world.get(`/Users/${id}`)).body)).toBe(MADE_UP);
    const shownAs = async (value: string) =>
      (await world.find("Users", `emails[type eq "work"].value eq "${value}"`)).body.Resources.map(
        (one: { id: string }) => one.id,
      );
    expect(await shownAs(MADE_UP)).toEqual([id]);
    expect(await shownAs(String(personOf(subject, 1).values[WORK_MAIL]))).toEqual([]);
    // Another change leaves it, and the vendor keeps its own address.
    const other = await world.patch(`/Users/${id}`, replace("active", false));
    expect(other).toMatchObject({ status: 200, body: { active: false } });
    expect(mailIn(other.body)).toBe(MADE_UP);
    await world.catchUp();
    expect((await world.user(key)).key.toLowerCase()).toBe(key.toLowerCase());
    await world.patch(`/Users/${id}`, replace("active", true));
    const next = String(personOf(subject, 1, 1).values[WORK_MAIL]);
    expect(mailIn((await world.patch(`/Users/${id}`, replace(WORK_MAIL, next))).body)).toBe(next);
    await world.outwait();
    expect(mailIn((await world.get(`/Users/${id}`)).body)).toBe(next);
    expect(await shownAs(MADE_UP)).toEqual([]);
    expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
  });

  it("S62: a live connection refuses it", async () => {
    const world = await open(subject, { coupling: "separate" });
    const id = await world.create(1);
    const refused = await world.patch(`/Users/${id}`, replace(WORK_MAIL, MADE_UP));
    expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
  });

  it("S62: both spellings of a name are required in /Schemas", async () => {
    const world = await openExam(subject);
    const { body } = await world.get("/Schemas");
    const [user] = body.Resources;
    const of = (name: string) => user.attributes.find((one: { name: string }) => one.name === name);
    expect(of("userName").required).toBe(true);
    if (subject.adapter.userNameIs === WORK_MAIL) {
      expect(of("emails").required).toBe(true);
      expect(of("emails").subAttributes.find((one: { name: string }) => one.name === "value").required).toBe(true);
    }
    expect(JSON.stringify(body)).not.toContain("takesAny");
  });
});

it("S62: a value that only the vendor refuses is found out, with or without its name, and the others are written", async () => {
  const { Fault } = await import("../../src/adapter.ts");
  for (const attribute of ["name.familyName", undefined]) {
    const subject = variantOf(subjectOf("keepnet"), (adapter) => ({
      ...adapter,
      user: {
        ...adapter.user,
        async update(api, id, change) {
          const isRefused = change.changed.has("name.familyName") && change.values["name.familyName"] === MADE_UP;
          if (isRefused) throw new Fault("invalid", { attribute });
          return adapter.user.update(api, id, change);
        },
      },
    }));
    const world = await openExam(subject);
    const id = await world.create(1);
    const path = `/Users/${id}`;
    const both = [replace("name.familyName", MADE_UP), replace("name.givenName", "Grace")];
    expect(await world.patch(path, ...both)).toMatchObject({
      status: 200,
      body: { name: { familyName: MADE_UP, givenName: "Grace" } },
    });
    const native = JSON.stringify(await world.users());
    expect(native).toContain("Grace");
    expect(native).not.toContain(MADE_UP);
    // What is right again reaches the vendor; a change of something else has not.
    await world.patch(path, replace("name.givenName", "Ada"));
    expect(JSON.stringify(await world.users())).not.toContain(MADE_UP);
    await world.patch(path, replace("name.familyName", "Hopper"));
    expect(JSON.stringify(await world.users())).toContain("Hopper");
    expect((await world.get(path)).body.name).toMatchObject({ familyName: "Hopper", givenName: "Ada" });
  }
});

it("S62: what is too long for the vendor, or none of its values, is shown, of users and of groups", async () => {
  const keepnet = await openExam(subjectOf("keepnet"));
  const id = await keepnet.create(1);
  const long = "x".repeat(400);
  const named = await keepnet.patch(`/Users/${id}`, replace("name.givenName", long));
  expect(named).toMatchObject({ status: 200, body: { name: { givenName: long } } });
  expect(JSON.stringify(await keepnet.users())).not.toContain(long);

  const flag = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group";
  const klaxoon = await openExam(subjectOf("klaxoon"));
  const group = await klaxoon.createGroup("Sales");
  const flagged = await klaxoon.patch(`/Groups/${group}`, replace(`${flag}:license`, MADE_UP));
  expect(flagged.status).toBe(204);
  expect((await klaxoon.get(`/Groups/${group}`)).body[flag]).toEqual({ license: MADE_UP });
  await klaxoon.patch(`/Groups/${group}`, replace(`${flag}:license`, "true"));
  expect((await klaxoon.get(`/Groups/${group}`)).body[flag]).toEqual({ license: "true" });
  const live = await open(subjectOf("klaxoon"));
  const other = await live.createGroup("Sales");
  expect(await live.patch(`/Groups/${other}`, replace(`${flag}:license`, MADE_UP))).toMatchObject({ status: 400 });
});

it("S62: a create without what the vendor requires is refused, and what else does not fit is shown", async () => {
  const world = await openExam(subjectOf("keepnet"));
  const body = (more: object) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "ada",
    emails: [{ type: "work", value: "ada@example.com" }],
    ...more,
  });
  const refused = await world.scim("POST", "/Users", body({ emails: [{ type: "work", value: MADE_UP }] }));
  expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
  const long = "y".repeat(400);
  const made = await world.scim("POST", "/Users", body({ name: { familyName: long } }));
  expect(made).toMatchObject({ status: 201, body: { name: { familyName: long } } });
  expect(JSON.stringify(await world.users())).not.toContain(long);
  // A deleted user leaves nothing behind that the next one of this name would be shown with.
  await world.scim("DELETE", `/Users/${made.body.id}`);
  const again = await world.scim("POST", "/Users", body({}));
  expect(again).toMatchObject({ status: 201 });
  expect(again.body.name?.familyName).toBeUndefined();
});

it("S62: the brake counts and warns, and holds nothing", async () => {
  const brake = { share: 0.1, count: 2, minutes: 60, kinds: { removal: { action: "hold" } } };
  const gateway = await createGateway("keepnet", { ...EXAM, brake });
  const person = (n: number) => ({
    userName: `u${n}@example.com`,
    emails: [{ type: "work", value: `u${n}@example.com` }],
  });
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) ids.push((await gateway.scim("POST", "/Users", person(n))).body.id);
  for (const id of ids) {
    expect(await gateway.scim("PATCH", `/Users/${id}`, patchOf(replace("active", false)))).toMatchObject({
      status: 200,
    });
    expect(await gateway.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
  }
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/brake`);
  const of = (kind: string) => body.kinds.find((one: { kind: string }) => one.kind === kind);
  expect(of("removal")).toMatchObject({ line: { action: "warn" }, counted: 5 });
  expect(of("deactivation")).toMatchObject({ line: { action: "warn" } });
  const held = await gateway.api("GET", `/connections/${gateway.name}/brake/held`);
  expect(held).toMatchObject({ status: 200, body: { requests: [], total: 0 } });
});

it("S62: a connection is live unless it is made for the exam, and stays what it is", async () => {
  const live = await createGateway("keepnet");
  const shown = await live.api("GET", `/connections/${live.name}`);
  expect(shown.body.purpose).toBe("live");
  const refused = await live.api("PATCH", `/connections/${live.name}`, { purpose: "exam" });
  expect(refused.status).toBe(400);
  const exam = await createGateway("keepnet", EXAM);
  expect((await exam.api("GET", `/connections/${exam.name}`)).body.purpose).toBe("exam");
  const wrong = { name: "wrong-purpose", vendor: "keepnet", settings: {}, purpose: "practice" };
  expect((await exam.api("POST", "/connections", wrong)).status).toBe(400);
});

it("S62: what was shown of a user who is gone is forgotten with them", async () => {
  const subject = subjectOf("keepnet");
  const world = await openExam(subject);
  const id = await world.create(1);
  await world.patch(`/Users/${id}`, replace(WORK_MAIL, MADE_UP));
  const { gateway } = world;
  const count = () =>
    runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) =>
      storage.sql.exec("select * from exam_values").toArray(),
    );
  expect(await count()).toHaveLength(1);
  await world.change(() => subject.native.withUsers(simulators.keepnet?.create().state as State, []));
  expect((await world.get(`/Users/${id}`)).status).toBe(404);
  expect(await count()).toHaveLength(1);
  for (const day of [1, 92, 93]) await runAlarmAfter(gateway, day * DAY_MS);
  expect(await count()).toEqual([]);
});

it("S62: plan mode shows what the connection shows", async () => {
  const subject = subjectOf("keepnet");
  const world = await openExam(subject, { strangers: [strangerOf(subject, 3)] });
  const id = await world.create(1);
  await world.patch(`/Users/${id}`, replace(WORK_MAIL, MADE_UP));
  const { gateway } = world;
  expect((await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" })).status).toBe(200);
  expect(mailIn((await world.get(`/Users/${id}`)).body)).toBe(MADE_UP);
  const planned = await world.patch(`/Users/${id}`, replace("name.givenName", "Grace"));
  expect(planned).toMatchObject({ status: 200, body: { name: { givenName: "Grace" } } });
  expect(mailIn(planned.body)).toBe(MADE_UP);
});
