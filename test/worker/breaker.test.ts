// A vendor that does not answer is left alone for a while, and only that one [S29].

import { describe, expect, it } from "vitest";
import { bodyOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { atTimeFromNow } from "./clock.ts";
import type { Answer } from "./gateway.ts";

/** The breaker's first pause, and its second after a failed probe. */
const FIRST_MS = 16_000;
const SECOND_MS = FIRST_MS + 31_000;
/** What "at once" is allowed to take on a busy machine. */
const AT_ONCE_MS = 3_000;

interface Sick {
  world: World;
  user: string;
  group: string;
}

const down = { kind: "status", status: 503, body: "down", times: 10_000 } as const;

async function openSick(vendor: string): Promise<Sick> {
  const world = await open(subjectOf(vendor));
  const sick = { world, user: await world.create(1), group: await world.createGroup("Team") };
  await world.fail(down);
  // Each of these reads is tried twice: more than the failures in a row that open the breaker.
  for (let at = 0; at < 3; at++) expect((await read(sick)).status).toBe(503);
  return sick;
}

const read = ({ world, user }: Sick): Promise<Answer> => world.get(`/Users/${user}`);

/** Reads and writes of all kinds. */
function askEverything({ world, user, group }: Sick): Promise<Answer>[] {
  const rename = { op: "replace", path: "name.familyName", value: "King" };
  return [
    world.get(`/Users/${user}`),
    world.find("Users", `userName eq "${personOf(world.subject, 1).values.userName}"`),
    world.get(`/Groups/${group}`),
    world.scim("POST", "/Users", bodyOf(personOf(world.subject, 2))),
    world.patch(`/Users/${user}`, rename),
    world.patch(`/Groups/${group}`, { op: "add", path: "members", value: [{ value: user }] }),
    world.scim("DELETE", `/Users/${user}`),
    world.scim("POST", "/Groups", { displayName: "Another" }),
  ];
}

const callsDuring = async (world: World, work: () => Promise<Answer>) => (await world.watch(work)).all.length;

describe.each(["keepnet", "redmine", "rest"])("S29: while %s is left alone", (vendor) => {
  it("S29: reads and writes are 503 with an integer Retry-After at once, without a native call; the neighbour is well", async () => {
    const sick = await openSick(vendor);
    const well = await open(subjectOf(vendor));
    const neighbour = await well.create(1);
    const calls = await callsDuring(sick.world, async () => {
      const begun = performance.now();
      const answers = await Promise.all([...askEverything(sick), ...askEverything(sick)]);
      expect(performance.now() - begun).toBeLessThan(AT_ONCE_MS);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
      for (const { headers } of answers) expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      return answers[0] as Answer;
    });
    expect(calls).toBe(0);
    expect((await well.get(`/Users/${neighbour}`)).status).toBe(200);
    expect((await well.patch(`/Users/${neighbour}`, { op: "replace", path: "active", value: false })).status).toBe(200);
  });

  it("S29: one probe at a time looks whether it is back; a failed one doubles the pause, a good one ends it", async () => {
    const sick = await openSick(vendor);
    const { world } = sick;
    const probes = () =>
      callsDuring(world, async () => (await Promise.all(Array.from({ length: 6 }, () => read(sick))))[0] as Answer);
    await atTimeFromNow(FIRST_MS, async () => expect(await probes()).toBe(1));
    // Still within the doubled pause.
    await atTimeFromNow(2 * FIRST_MS, async () => expect(await probes()).toBe(0));
    await world.heal();
    await atTimeFromNow(SECOND_MS, async () => {
      expect((await read(sick)).status).toBe(200);
      const answers = await Promise.all(Array.from({ length: 6 }, () => read(sick)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    });
  });
});
