// Two users swap userNames: refused to clients in a sentence that says how, and done by an administrator [S59].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { passingTime } from "../suite/passing-time.ts";
import "../suite/played/register.ts";
import { sampleOf } from "../suite/sample.ts";
import { bodyOf, get, keyPath, personOf, subjectNames, subjectOf, WORK_MAIL } from "../suite/subject.ts";
import { effectIn, open, type World, type WorldOptions } from "../suite/world.ts";

/** Those whose table lets a name change. */
const RENAMING = subjectNames().filter((name) => {
  const subject = subjectOf(name);
  return !subject.adapter.attributes.User.some((row) => row.path === keyPath(subject) && row.immutable);
});
const replace = (path: string, value: unknown) => ({ op: "Replace", path, value });

interface Case {
  world: World;
  /** SCIM ids. */
  ids: [string, string];
  /** userNames, which are the names at the product too. */
  keys: [string, string];
  /** Ids at the product. */
  natives: [string, string];
}

async function openWithTwo(vendor: string, options: WorldOptions = {}): Promise<Case> {
  const world = await open(subjectOf(vendor), options);
  const ids: Case["ids"] = [await world.create(1), await world.create(2)];
  await world.outwait();
  const keys: Case["keys"] = [personOf(world.subject, 1).key, personOf(world.subject, 2).key];
  const natives: Case["natives"] = [(await world.user(keys[0])).id, (await world.user(keys[1])).id];
  return { world, ids, keys, natives };
}

const swap = ({ world, ids }: Pick<Case, "world" | "ids">, by: [string, string] = ids) =>
  world.gateway.api("POST", `/connections/${world.gateway.name}/users/swap`, { first: by[0], second: by[1] });
/** Who is called what at the product, by id there. */
async function heldIn({ world, natives }: Case): Promise<(string | undefined)[]> {
  const users = await world.users();
  return natives.map((id) => users.find((user) => user.id === id)?.key);
}
const shownIn = async ({ world, ids }: Case): Promise<string[]> => {
  const bodies = await Promise.all(ids.map(async (id) => (await world.get(`/Users/${id}`)).body));
  return bodies.map((body) => body.userName);
};
/** Whether the product renames in more than one call. */
const isSplit = ({ world }: Case) => world.subject.adapter.deviations.splitUpdates !== undefined;
const sqlOf = (world: World, sql: string) =>
  runInDurableObject(env.CONNECTION.getByName(world.gateway.id), (_object, { storage }) => [...storage.sql.exec(sql)]);
const leftOpen = (world: World) =>
  sqlOf(world, "select kind from intents union all select reason from overlays where reason = 'swap'");
/** Lets a minute pass, and then the alarm do what is due. */
async function resume(world: World): Promise<void> {
  await world.catchUp();
  for (let turn = 0; turn < 3; turn++) {
    await sqlOf(world, passingTime(61_000));
    await world.gateway.settle();
  }
}

describe.each(sampleOf(RENAMING, "swap", 2))("S59: two users of %s", (vendor) => {
  it("S59: each is refused the other's name, in a sentence that says who has it and what to do", async () => {
    const { world, ids, keys } = await openWithTwo(vendor);
    const { body } = await world.get(`/Users/${ids[0]}`);
    for (const answer of [
      await world.patch(`/Users/${ids[0]}`, replace("userName", keys[1])),
      await world.patch(`/Users/${ids[0]}`, { op: "replace", value: { userName: keys[1] } }),
      await world.scim("PUT", `/Users/${ids[0]}`, { ...body, userName: keys[1] }),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
      const command = `portico user swap ${ids[0]} ${ids[1]} --connection ${world.gateway.name}`;
      expect(answer.body.detail).toContain(command);
    }
  });

  it("S59: swap names on an administrator's word, with what is one value with them, and are found by them", async () => {
    const opened = await openWithTwo(vendor);
    const { world, ids, keys } = opened;
    expect(await swap(opened)).toMatchObject({ status: 200, body: { outcome: "swapped" } });
    expect(await heldIn(opened)).toEqual([keys[1], keys[0]]);
    for (const _ of [1, 2]) {
      expect(await shownIn(opened)).toEqual([keys[1], keys[0]]);
      const found = (await world.find("Users", `userName eq "${keys[0]}"`)).body;
      expect(found).toMatchObject({
        totalResults: 1,
        Resources: [{ id: ids[1], externalId: personOf(world.subject, 2).externalId }],
      });
      await world.outwait();
    }
    if (world.subject.adapter.userNameIs === WORK_MAIL) {
      expect(get((await world.get(`/Users/${ids[0]}`)).body, WORK_MAIL)).toBe(keys[1]);
    }
    await world.sweep();
    expect(await shownIn(opened)).toEqual([keys[1], keys[0]]);
    expect((await world.gateway.api("GET", `/connections/${world.gateway.name}/drift`)).body.findings).toEqual([]);
    expect(await leftOpen(world)).toEqual([]);
    // What the clients wanted is done already.
    const again = await world.watch(() => world.patch(`/Users/${ids[0]}`, replace("userName", keys[1])));
    expect(again.answer).toMatchObject({ status: 200 });
    expect(effectIn(world.subject, again.calls)).toBe(-1);
    expect(await swap(opened)).toMatchObject({ status: 200, body: { outcome: "swapped" } });
    expect(await heldIn(opened)).toEqual(keys);
  });

  it("S59: a step that the product refuses undoes those before it", async () => {
    const opened = await openWithTwo(vendor);
    const { world, keys } = opened;
    const rehearsal = await world.watch(() => swap(opened));
    await swap(opened);
    await world.outwait();
    const writes = rehearsal.all.flatMap((call, at) => (effectIn(world.subject, [call]) === 0 ? [at] : []));
    for (const skip of writes) {
      await world.deleteAlarm();
      await world.fail({ kind: "status", status: 422, skip });
      const refused = await swap(opened);
      await world.heal();
      // What is refused after the last name was given leaves the swap done.
      const isDone = isSplit(opened) && skip === writes.at(-1);
      expect(refused.status, `refused at call ${skip + 1}`).toBe(isDone ? 200 : 409);
      const held = isDone ? [keys[1], keys[0]] : keys;
      expect(await heldIn(opened), `refused at call ${skip + 1}`).toEqual(held);
      expect(await shownIn(opened)).toEqual(held);
      expect(await leftOpen(world)).toEqual([]);
      await world.outwait();
    }
    expect(writes.length).toBeGreaterThanOrEqual(3);
  });

  it("S59 S23: a step whose answer is lost is finished or undone by Portico alone, and meanwhile both are shown as before", async () => {
    const opened = await openWithTwo(vendor);
    const { world, ids, keys } = opened;
    const { all } = await world.watch(() => swap(opened));
    await swap(opened);
    await world.outwait();
    const writes = all.flatMap((call, at) => (effectIn(world.subject, [call]) === 0 ? [at] : []));
    const losses = (["lostResponse", "drop"] as const).flatMap((kind) => writes.map((skip) => ({ kind, skip })));
    for (const { kind, skip } of sampleOf(losses, vendor, 3)) {
      const before = await heldIn(opened);
      const swapped = [before[1], before[0]];
      await world.deleteAlarm();
      await world.fail({ kind, skip });
      expect((await swap(opened)).status, `${kind} at call ${skip + 1}`).toBe(503);
      await world.heal();
      expect(await shownIn(opened), `${kind} at call ${skip + 1}`).toEqual(before);
      expect((await world.find("Users", `userName eq "${before[0]}"`)).body.Resources).toMatchObject([{ id: ids[0] }]);
      await resume(world);
      const held = await heldIn(opened);
      // Half a step may be in the way of the next one.
      const ends = isSplit(opened) ? [swapped, before] : [swapped];
      expect(ends, `${kind} at call ${skip + 1}`).toContainEqual(held);
      await world.outwait();
      expect(await shownIn(opened)).toEqual(held);
      // The operator's next try learns that it was done.
      const outcome = held[0] === swapped[0] ? "earlier" : "swapped";
      expect(await swap(opened)).toMatchObject({ status: 200, body: { outcome } });
      expect(await heldIn(opened)).toEqual(swapped);
      expect(await leftOpen(world)).toEqual([]);
      await world.outwait();
    }
    expect([keys, [...keys].reverse()]).toContainEqual(await heldIn(opened));
  });

  it("S59 S23: the next write to either user finishes the swap first", async () => {
    for (const at of [0, 1] as const) {
      const opened = await openWithTwo(vendor);
      const { world, ids, keys } = opened;
      const { all } = await world.watch(() => swap(opened));
      await swap(opened);
      await world.outwait();
      const writes = all.flatMap((call, place) => (effectIn(world.subject, [call]) === 0 ? [place] : []));
      await world.deleteAlarm();
      await world.fail({ kind: "lostResponse", skip: writes[at] ?? 0 });
      expect((await swap(opened)).status).toBe(503);
      await world.heal();
      await world.outwait();
      expect((await world.scim("DELETE", `/Users/${ids[at]}`)).status).toBe(204);
      const other = at === 0 ? 1 : 0;
      const held = (await heldIn(opened))[other];
      expect(isSplit(opened) ? keys : [keys[at]]).toContain(held);
      await world.outwait();
      expect((await world.get(`/Users/${ids[other]}`)).body.userName).toBe(held);
    }
  });
});

describe("S59: a swap respects what the operator has set", () => {
  it("S59 S22: a protected user keeps the name, as the first and as the second", async () => {
    const keys = [1, 2].map((n) => personOf(subjectOf("keepnet"), n).key);
    const opened = await openWithTwo("keepnet", { protected: { users: [keys[1]], groups: [] } });
    const [first, second] = opened.ids;
    for (const by of [opened.ids, [second, first] as [string, string]]) {
      const { answer, calls } = await opened.world.watch(() => swap(opened, by));
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toContain("protected");
      expect(effectIn(opened.world.subject, calls)).toBe(-1);
    }
    expect(await heldIn(opened)).toEqual(opened.keys);
  });

  it("S59 S18: not while the connection is paused, or the brake is held by hand", async () => {
    const opened = await openWithTwo("keepnet");
    const path = `/connections/${opened.world.gateway.name}`;
    await opened.world.gateway.api("POST", `${path}/brake/hold`);
    expect(await swap(opened)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("brake") } });
    await opened.world.gateway.api("DELETE", `${path}/brake/hold`);
    await opened.world.gateway.api("PATCH", path, { mode: "paused" });
    expect(await swap(opened)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("paused") } });
    expect(await heldIn(opened)).toEqual(opened.keys);
  });

  it("S59 S21: in plan mode it is planned, and nothing is sent", async () => {
    const opened = await openWithTwo("keepnet");
    const path = `/connections/${opened.world.gateway.name}`;
    await opened.world.gateway.api("PATCH", path, { mode: "plan" });
    expect(await swap(opened)).toMatchObject({ status: 200, body: { outcome: "swapped" } });
    expect(await heldIn(opened)).toEqual(opened.keys);
    expect(await shownIn(opened)).toEqual([opened.keys[1], opened.keys[0]]);
    expect((await opened.world.gateway.api("GET", `${path}/plan`)).body.writes).toBe(3);
    await opened.world.gateway.api("PATCH", path, { mode: "live", confirm: true });
    expect(await shownIn(opened)).toEqual(opened.keys);
  });

  it("S59 S2: where userName and e-mail are separate, only the userNames are swapped, without a call", async () => {
    const opened = await openWithTwo("keepnet", { coupling: "separate", unmapped: "keep" });
    const { answer, calls } = await opened.world.watch(() => swap(opened));
    expect(answer).toMatchObject({ status: 200 });
    expect(effectIn(opened.world.subject, calls)).toBe(-1);
    expect(await heldIn(opened)).toEqual(opened.keys);
    expect(await shownIn(opened)).toEqual([opened.keys[1], opened.keys[0]]);
    const { body } = await opened.world.get(`/Users/${opened.ids[0]}`);
    expect(get(body, WORK_MAIL)).toBe(opened.keys[0]);
  });

  it("S59: is refused with the reason, before the first call that changes anything", async () => {
    const opened = await openWithTwo("keepnet");
    const [first, second] = opened.ids;
    expect((await swap(opened, [first, first])).status).toBe(400);
    expect((await swap(opened, [first, crypto.randomUUID()])).status).toBe(404);
    const PREFIX = "283405f5aabbccddeeff0011223344c2";
    const leave = [replace("active", false), replace("userName", `${PREFIX}${opened.keys[1]}`)];
    await opened.world.patch(`/Users/${second}`, ...leave);
    await opened.world.outwait();
    expect(await swap(opened)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("has left") } });
    const mailing = await openWithTwo("notary");
    expect(await swap(mailing)).toMatchObject({ status: 409, body: { detail: expect.stringContaining("mails") } });
    for (const one of [opened, mailing]) expect(await heldIn(one)).toEqual(one.keys);
  });

  it("S59: is audited, and its calls can be traced", async () => {
    const opened = await openWithTwo("keepnet");
    const { headers } = await swap(opened);
    const { api, name } = opened.world.gateway;
    const [call] = (await api("GET", `/audit?connection=${name}&changes=true`)).body.calls;
    expect(call).toMatchObject({ method: "POST", route: "/api/connections/:name/users/swap", status: 200 });
    expect(headers).toBeDefined();
    const { body } = await api("GET", `/connections/${name}/traces/${call.requestId}`);
    expect(body.calls.filter((one: { purpose: string }) => one.purpose === "write").length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(body)).not.toContain(opened.keys[0]);
  });

  it("S59: two swaps of the same users at once are one after the other", async () => {
    const opened = await openWithTwo("redmine");
    const [first, second] = opened.ids;
    const answers = await Promise.all([swap(opened), swap(opened, [second, first]), swap(opened)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await heldIn(opened)).toEqual([opened.keys[1], opened.keys[0]]);
    expect(await shownIn(opened)).toEqual([opened.keys[1], opened.keys[0]]);
  });

  it("S59: a newcomer gets neither name while they are swapped", async () => {
    const opened = await openWithTwo("redmine");
    const bodies = [1, 2].map((n) => ({ ...bodyOf(personOf(opened.world.subject, n)), externalId: `new-${n}` }));
    const [swapped, ...created] = await Promise.all([
      swap(opened),
      ...bodies.map((body) => opened.world.scim("POST", "/Users", body)),
    ]);
    expect(swapped?.status).toBe(200);
    expect(created.map(({ status }) => status)).toEqual([409, 409]);
    expect(await opened.world.users()).toHaveLength(2);
  });
});
