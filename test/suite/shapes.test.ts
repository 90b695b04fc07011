// What the core does with shapes that only played vendors have, and that the suite fails where an adapter does not show them.

import { describe, expect, it } from "vitest";
import { ledger } from "./played/ledger/adapter.ts";
import "./played/register.ts";
import { scenarios } from "./scenarios/index.ts";
import { personOf, subjectOf, withTransport } from "./subject.ts";
import { effectIn, open } from "./world.ts";

const add = (...ids: string[]) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });

describe("a vendor that forbids what is not there", () => {
  it("S10: fails the suite where no rule says what its 403 means", async () => {
    const scenario = scenarios.find(({ name }) => name.startsWith("S10: a user removed behind our back"));
    const mute = withTransport(subjectOf("ledger"), { faults: [] });
    await expect(scenario?.run(mute)).rejects.toMatchObject({ name: "AssertionError" });
  });

  it("S10: while the credential is refused no user is lost; afterwards only the user who is gone is", async () => {
    const world = await open(subjectOf("ledger"));
    const [stays, leaves] = [await world.create(1), await world.create(2)];
    const { id } = await world.user(personOf(world.subject, 2).key);
    await world.change((state) => world.subject.native.withoutUser(state, id));
    await world.fail({ kind: "status", status: 403, times: 50 });
    for (const user of [stays, leaves]) {
      const answer = await world.get(`/Users/${user}`);
      expect(answer).toMatchObject({ status: 503 });
      expect(answer.body.detail).toContain("credential");
    }
    await world.heal();
    expect(await world.get(`/Users/${stays}`)).toMatchObject({ status: 200 });
    expect(await world.get(`/Users/${leaves}`)).toMatchObject({ status: 404 });
  });
});

describe("a vendor that refuses every member because of one", () => {
  it("S14: the refusal names the user who is gone, and the others are added", async () => {
    const world = await open(subjectOf("ledger"));
    const [one, two, gone] = [await world.create(1), await world.create(2), await world.create(3)];
    const group = await world.createGroup("Sales");
    const { id } = await world.user(personOf(world.subject, 3).key);
    await world.change((state) => world.subject.native.withoutUser(state, id));
    const refused = await world.patch(`/Groups/${group}`, add(one, gone, two));
    expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
    expect(refused.body.detail).toContain(gone);
    expect((await world.group("Sales")).memberIds).toHaveLength(2);
    expect(await world.patch(`/Groups/${group}`, add(one, two))).toMatchObject({ status: 204 });
    expect((await world.group("Sales")).memberIds).toHaveLength(2);
  });

  it("S14 S29: a refusal for another reason stays what it is", async () => {
    const world = await open(subjectOf("ledger"));
    const one = await world.create(1);
    const group = await world.createGroup("Sales");
    await world.fail({ kind: "status", status: 422, match: { method: "POST", path: "/memberships$" }, times: 50 });
    const refused = await world.patch(`/Groups/${group}`, add(one));
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.body.detail).not.toContain(one);
  });
});

describe("a vendor that makes a second membership of a member who is added again", () => {
  it("S14 S23: a user whom a call with a lost answer has added is not added again by the retry", async () => {
    const world = await open(subjectOf("ledger"));
    const [one, two] = [await world.create(1), await world.create(2)];
    const group = await world.createGroup("Sales");
    await world.fail({ kind: "lostResponse", match: { method: "POST", path: "/memberships$" } });
    expect(await world.patch(`/Groups/${group}`, add(one, two))).toMatchObject({ status: 503 });
    expect((await world.group("Sales")).memberIds).toHaveLength(2);
    expect(await world.patch(`/Groups/${group}`, add(one, two))).toMatchObject({ status: 204 });
    expect((await world.group("Sales")).memberIds).toHaveLength(2);
  });
});

describe("a vendor whose member lists hide disabled users", () => {
  it("S13 S27: no sweep reports or repairs the membership of a disabled user", async () => {
    const world = await open(subjectOf("roster"), { drift: "repair" });
    const [one, two] = [await world.create(1), await world.create(2)];
    const group = await world.createGroup("Sales", [one, two]);
    const disable = { op: "replace", path: "active", value: false };
    expect(await world.patch(`/Users/${two}`, disable)).toMatchObject({ status: 200 });
    const { calls } = await world.watch(async () => {
      await world.sweep();
      return world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
    });
    expect(effectIn(world.subject, calls)).toBe(-1);
    expect((await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`)).body.findings).toEqual([]);
    expect((await world.get(`/Groups/${group}`)).body.members).toHaveLength(2);
  });

  it("S13 S27: a sweep reports and repairs the missing membership of an active user", async () => {
    const world = await open(subjectOf("roster"), { drift: "repair" });
    const [one, two] = [await world.create(1), await world.create(2)];
    await world.createGroup("Sales", [one, two]);
    const [native, user] = [await world.group("Sales"), await world.user(personOf(world.subject, 2).key)];
    await world.change((state) => world.subject.native.withoutMember(state, native.id, user.id));
    await world.sweep();
    const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`);
    expect(body.findings).toMatchObject([{ kind: "memberMissing", memberId: two, isRepaired: true }]);
    expect((await world.group("Sales")).memberIds).toHaveLength(2);
  });

  it("S13 S23: a list that is read again after a lost answer leaves the rows of disabled users", async () => {
    const world = await open(subjectOf("roster"));
    const [one, two, three] = [await world.create(1), await world.create(2), await world.create(3)];
    const group = await world.createGroup("Sales", [one, two]);
    expect(await world.patch(`/Users/${two}`, { op: "replace", path: "active", value: false })).toMatchObject({
      status: 200,
    });
    await world.fail({ kind: "lostResponse", match: { method: "PUT", path: "/members/" } });
    expect(await world.patch(`/Groups/${group}`, add(three))).toMatchObject({ status: 503 });
    expect(await world.patch(`/Groups/${group}`, add(three))).toMatchObject({ status: 204 });
    expect((await world.get(`/Groups/${group}`)).body.members).toHaveLength(3);
  });
});

describe("a filterable attribute that is no name", () => {
  it("S26: is searched at the vendor, which finds a user whom no sweep has seen", async () => {
    const world = await open(subjectOf("ledger"));
    const number = ledger.attributes.User[2]?.path ?? "";
    const values = { [number]: "E-77", externalId: "Xy-1" };
    const stranger = { key: "ada@example.com", email: "", givenName: "", familyName: "", active: true, values };
    await world.change((state) => world.subject.native.withUsers(state, [stranger]));
    for (const filter of [`${number} eq "e-77"`, 'externalId eq "Xy-1"']) {
      const { answer, calls } = await world.watch(() => world.find("Users", filter));
      expect(answer.body.Resources, filter).toMatchObject([{ userName: "ada@example.com" }]);
      expect(calls.length, filter).toBeLessThanOrEqual(1);
    }
    expect((await world.find("Users", 'externalId eq "xy-1"')).body).toMatchObject({ totalResults: 0 });
  });
});
