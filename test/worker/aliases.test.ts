// `coupling: separate`: the product holds the e-mail, and the userName that a client has set is Portico's own [S51].

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { entraUser } from "../dialogues/dialogue.ts";
import { coupledNames, personOf, subjectOf, WORK_MAIL } from "../suite/subject.ts";
import { open, strangerOf, type World } from "../suite/world.ts";

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
const isUniqueness = { status: 409, body: { scimType: "uniqueness" } };

const openSeparate = (vendor: string, ...numbers: number[]): Promise<World> => {
  const subject = subjectOf(vendor);
  return open(subject, { coupling: "separate", strangers: numbers.map((n) => strangerOf(subject, n)) });
};
const mailOf = (world: World, n: number) => personOf(world.subject, n).key;
const idsNamed = async (world: World, userName: string): Promise<string[]> => {
  const { body } = await world.find("Users", `userName eq "${userName}"`);
  return body.Resources.map(({ id }: { id: string }) => id);
};
const bodyFor = (world: World, n: number, userName: string) => ({
  ...entraUser({ email: mailOf(world, n) }),
  externalId: `ext-${n}`,
  userName,
});

describe.each(coupledNames())("S51: %s", (vendor) => {
  it("S51: an account whose userName no client has set answers to its e-mail, also after the product changes it", async () => {
    const world = await openSeparate(vendor, 1);
    const [id = ""] = await idsNamed(world, mailOf(world, 1));
    const moved = personOf(world.subject, 1, 1).key;
    await world.change((state) => {
      const text = JSON.stringify(state).replaceAll(mailOf(world, 1), moved);
      return JSON.parse(text);
    });
    await world.outwait();
    expect((await world.get(`/Users/${id}`)).body.userName).toBe(moved);
    expect(await idsNamed(world, moved)).toEqual([id]);
    expect(await idsNamed(world, mailOf(world, 1))).toEqual([]);
  });

  it("S51: a userName that a client has set stays, whatever becomes of the e-mail, and is found", async () => {
    const world = await openSeparate(vendor, 1);
    const [id = ""] = await idsNamed(world, mailOf(world, 1));
    const before = await world.state();
    const { answer, all } = await world.watch(() => world.patch(`/Users/${id}`, replace("userName", "ada")));
    expect(answer).toMatchObject({ status: 200, body: { userName: "ada" } });
    expect(await world.state()).toEqual(before);
    expect(all.filter(({ method }) => method === "PUT" || method === "PATCH")).toEqual([]);
    const moved = personOf(world.subject, 1, 1).key;
    expect(await world.patch(`/Users/${id}`, replace(WORK_MAIL, moved))).toMatchObject({
      status: 200,
      body: { userName: "ada" },
    });
    await world.outwait();
    expect((await world.get(`/Users/${id}`)).body).toMatchObject({ userName: "ada", emails: [{ value: moved }] });
    expect(await idsNamed(world, "ada")).toEqual([id]);
    expect(await idsNamed(world, moved)).toEqual([]);
  });

  it("S51: a change of the e-mail alone takes the userName along, as long as no client has set it", async () => {
    const world = await openSeparate(vendor, 1);
    const [id = ""] = await idsNamed(world, mailOf(world, 1));
    const moved = personOf(world.subject, 1, 1).key;
    expect(await world.patch(`/Users/${id}`, replace(WORK_MAIL, moved))).toMatchObject({
      status: 200,
      body: { userName: moved, emails: [{ value: moved }] },
    });
    expect(await idsNamed(world, moved)).toEqual([id]);
  });

  it("S51: no name has two users: POST and rename look at userNames and at e-mails that answer as such", async () => {
    const world = await openSeparate(vendor, 1, 2);
    const before = await world.state();
    // Nobody has read the account of 1 yet.
    expect(await world.scim("POST", "/Users", bodyFor(world, 3, mailOf(world, 1)))).toMatchObject(isUniqueness);
    expect(await world.state()).toEqual(before);
    const [first = ""] = await idsNamed(world, mailOf(world, 1));
    const [second = ""] = await idsNamed(world, mailOf(world, 2));
    expect(await world.patch(`/Users/${second}`, replace("userName", mailOf(world, 1)))).toMatchObject(isUniqueness);
    expect(await world.patch(`/Users/${first}`, replace("userName", "ada"))).toMatchObject({ status: 200 });
    // The e-mail of 1 is no name any more, because a client has given another one.
    expect(await world.patch(`/Users/${second}`, replace("userName", mailOf(world, 1)))).toMatchObject({ status: 200 });
    expect(await idsNamed(world, mailOf(world, 1))).toEqual([second]);
    expect(await world.scim("POST", "/Users", bodyFor(world, 4, "ada"))).toMatchObject(isUniqueness);
    const put = (await world.get(`/Users/${second}`)).body;
    expect(await world.scim("PUT", `/Users/${second}`, { ...put, userName: "ada" })).toMatchObject(isUniqueness);
  });
});

it("S51: a connection of the former coupling `email` keeps each value its own", async () => {
  const world = await openSeparate("keepnet", 1);
  await env.CONTROL.prepare("update connections set coupling = 'email' where id = ?").bind(world.gateway.id).run();
  const migration = env.TEST_MIGRATIONS.find(({ name }) => name.includes("coupling_email"));
  expect(migration?.queries.length).toBeGreaterThan(0);
  for (const query of migration?.queries ?? []) await env.CONTROL.prepare(query).run();
  const { body } = await world.gateway.api("GET", `/connections/${world.gateway.name}`);
  expect(body.coupling).toBe("separate");
});

it("S51: an end of `separate` is refused until an administrator has seen whose userName changes, and whose collides", async () => {
  const world = await openSeparate("keepnet", 1, 2);
  const path = `/connections/${world.gateway.name}`;
  const [first = ""] = await idsNamed(world, mailOf(world, 1));
  const [second = ""] = await idsNamed(world, mailOf(world, 2));
  await world.patch(`/Users/${first}`, replace("userName", "ada"));
  await world.patch(`/Users/${second}`, replace("userName", mailOf(world, 1)));
  expect((await world.gateway.api("GET", `${path}/aliases`)).body).toEqual({
    total: 2,
    aliases: [
      { id: second, userName: mailOf(world, 1), email: mailOf(world, 2), collidesWith: first },
      { id: first, userName: "ada", email: mailOf(world, 1), collidesWith: null },
    ],
  });
  const refused = await world.gateway.api("PATCH", path, { coupling: "reject" });
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/2 users.*confirm: true/) } });
  expect(await world.gateway.api("PATCH", path, { coupling: "reject", confirm: true })).toMatchObject({ status: 200 });
  expect((await world.get(`/Users/${first}`)).body.userName).toBe(mailOf(world, 1));
  expect((await world.gateway.api("GET", `${path}/aliases`)).body).toEqual({ total: 0, aliases: [] });
});
