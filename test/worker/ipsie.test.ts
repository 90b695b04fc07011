// The IPSIE account lifecycle profile, draft 00, line by line, on a strict connection [I3] to [I11]; docs/ipsie.md says what each
// line shows and what is not met.

import { beforeAll, describe, expect, it } from "vitest";
import { CORE_GROUP, CORE_USER } from "../dialogues/dialogue.ts";
import { bodyOf, groupBodyOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { api } from "./gateway.ts";

const SUBJECT = subjectOf("keepnet");
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const namesIn = (body: { attributes: { name: string }[] }) => body.attributes.map(({ name }) => name);

describe("IPSIE account lifecycle, draft 00", () => {
  let world: World;
  beforeAll(async () => {
    world = await open(SUBJECT, { profile: "strict", unmapped: "keep", coupling: "separate", drift: "repair" });
  });
  const person = (n: number) => personOf(SUBJECT, n);

  it("I4 I8: several attributes change in one PATCH; POST, GET by id and GET of all", async () => {
    const made = await world.scim("POST", "/Users", { ...bodyOf(person(1)), displayName: "Ada" });
    expect(made.status).toBe(201);
    const path = `/Users/${made.body.id}`;
    const answer = await world.patch(
      path,
      replace("displayName", "Ada King"),
      replace("name.familyName", "King"),
      replace("title", "Countess"),
    );
    expect(answer.body).toMatchObject({ displayName: "Ada King", name: { familyName: "King" }, title: "Countess" });
    expect((await world.get(path)).body).toMatchObject({ title: "Countess" });
    const page = await world.get("/Users?startIndex=1&count=1000");
    expect(page.body.itemsPerPage).toBeLessThanOrEqual(1_000);
    expect(page.body.Resources.map(({ id }: { id: string }) => id)).toContain(made.body.id);
  });

  it("I5: a PATCH deactivates and reactivates at once; a deleted userName can be created again", async () => {
    const id = await world.create(2);
    const isOn = async () => (await world.user(person(2).key)).active;
    for (const active of [false, true]) {
      expect(await world.patch(`/Users/${id}`, replace("active", active))).toMatchObject({
        status: 200,
        body: { active },
      });
      expect(await isOn()).toBe(active);
    }
    expect(await world.scim("DELETE", `/Users/${id}`)).toMatchObject({ status: 204 });
    expect(await world.create(2)).not.toBe(id);
  });

  it("I6: the filters", async () => {
    const id = await world.create(3);
    const { key, externalId, values } = person(3);
    for (const filter of [
      `userName eq "${values.userName}"`,
      `externalId eq "${externalId}"`,
      `emails[value eq "${key}"]`,
      `emails[type eq "work" and value eq "${key}"]`,
    ])
      expect((await world.find("Users", filter)).body.Resources, filter).toMatchObject([{ id }]);
  });

  it("I7: the schema of a user has the four attributes, and nothing has a password", async () => {
    const { body } = await world.get(`/Schemas/${CORE_USER}`);
    expect(namesIn(body)).toEqual(expect.arrayContaining(["userName", "displayName", "active", "externalId"]));
    expect(JSON.stringify((await world.get("/Schemas")).body)).not.toMatch(/password/i);
    const refused = await world.scim("POST", "/Users", { ...bodyOf(person(4)), password: "secret" });
    expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidSyntax" } });
  });

  it("I9: groups, empty ones too, their filters, and 50 members in one PATCH", async () => {
    const { body } = await world.get(`/Schemas/${CORE_GROUP}`);
    expect(namesIn(body)).toEqual(expect.arrayContaining(["displayName", "members", "externalId"]));
    const empty = await world.scim("POST", "/Groups", groupBodyOf(SUBJECT, "Empty"));
    expect(empty.status).toBe(201);
    expect((await world.get(`/Groups/${empty.body.id}`)).body.members).toBeUndefined();
    const users: string[] = [];
    for (let n = 100; n < 150; n++) users.push(await world.create(n));
    const joins = users.map((value) => ({ op: "add", path: "members", value: [{ value }] }));
    expect(await world.patch(`/Groups/${empty.body.id}`, ...joins)).toMatchObject({ status: 204 });
    for (const filter of ['displayName eq "Empty"', 'externalId eq "ext-Empty"', `members[value eq "${users[7]}"]`])
      expect((await world.find("Groups", filter)).body.Resources, filter).toMatchObject([{ id: empty.body.id }]);
    expect((await world.group("Empty")).memberIds).toHaveLength(50);
  });

  it("I10: a change at the product is reported, every call of an administrator is written down, and errors name no secret", async () => {
    const id = await world.create(5);
    const { id: nativeId } = await world.user(person(5).key);
    await world.change((state) => SUBJECT.native.withoutUser(state, nativeId));
    await world.sweep();
    const { name, token } = world.gateway;
    const drift = await api("GET", `/connections/${name}/drift`);
    expect(drift.body.findings).toContainEqual(expect.objectContaining({ kind: "removed", linkId: id }));
    await api("PATCH", `/connections/${name}`, { drift: "report" });
    const audit = await api("GET", `/audit?connection=${name}&changes=true`);
    expect(audit.body.calls[0]).toMatchObject({ method: "PATCH", fields: ["drift"], status: 200 });
    const trace = await api("GET", `/connections/${name}/traces`);
    expect(trace.body.traces.length).toBeGreaterThan(0);
    const refused = await world.scim("POST", "/Users", { ...bodyOf(person(6)), shoeSize: token });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).not.toContain(token);
  });

  it("I11: pages of 100 and more are offered", async () => {
    expect((await world.get("/ServiceProviderConfig")).body.filter.maxResults).toBeGreaterThanOrEqual(100);
  });
});
