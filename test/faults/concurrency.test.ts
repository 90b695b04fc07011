// Many clients at once against the real bundle: nothing is lost, made twice, or sent faster than declared [S13] [S16] [S24] [S33].

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { State } from "../../adapters/native-view.ts";
import { simulators } from "../../adapters/simulators.ts";
import { bodyOf, patchOf, personOf, subjectOf } from "../suite/subject.ts";
import { ask, insist, succeed } from "./client.ts";
import { crowdOf, linkIds } from "./crowd.ts";
import { type Account, type Portico, startPortico } from "./harness.ts";
import { waitForRest } from "./kills.ts";
import { addGroup, addUser, members, plainGroup, seatGroup } from "./kinds.ts";

let portico: Portico;
beforeAll(async () => {
  portico = await startPortico();
});
afterAll(async () => {
  await portico?.close();
});

/** Counts what the vendor refuses by itself because it came too fast. */
function watchPace({ simulation }: Account): { refused: number } {
  const seen = { refused: 0 };
  simulation.watch((call, phase) => {
    if (phase === "sent" && (call.status === 429 || call.status === 503) && !call.fault) seen.refused += 1;
  });
  return seen;
}

const IS_FULL = process.env.PORTICO_FULL === "1";
const IS_NARROW = inject("porticoBreadth") === "narrow";
/** It takes two calls for each change, at 8 a second. */
const KPIFIRE = { kpifire: process.env.PORTICO_KILLS === "all" ? 200 : 60 };
const CROWDS = { keepnet: 200, klaxoon: IS_FULL ? 200 : 80, ...(IS_NARROW ? {} : KPIFIRE) };
const DELETING = IS_NARROW ? ["redmine"] : ["redmine", "klaxoon"];
const CREATING = Object.keys(simulators).filter((_, at) => IS_FULL || at % (IS_NARROW ? 4 : 2) === 0);

describe.each(Object.entries(CROWDS))("S13 S24: parallel changes of one group, %s", (vendor, count) => {
  it(`${count} PATCHes add and remove different members: the sum is exact`, { timeout: 300_000 }, async () => {
    const account = await portico.open(vendor, crowdOf(subjectOf(vendor), count, count / 2));
    const { native } = account.subject;
    const scimId = linkIds(portico, account, "User");
    const state = () => account.simulation.state as State;
    const group = native.groups(state())[0];
    const users = native.users(state()).map((user) => user.id);
    const isIn = new Set(group?.memberIds);
    const path = `/Groups/${linkIds(portico, account, "Group").get(group?.id ?? "")}`;
    const pace = watchPace(account);
    const answers = await Promise.all(
      users.map((id) => {
        const op = isIn.has(id) ? "remove" : "add";
        const body = patchOf({ op, path: "members", value: members(scimId.get(id)) });
        return insist(account, { method: "PATCH", path, body }, 240_000);
      }),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
    // A request that waited too long for the lock left its work to the alarm.
    expect(await waitForRest(portico, account, 60_000)).toEqual([]);
    const expected = users.filter((id) => !isIn.has(id)).sort();
    expect(native.groups(state())[0]?.memberIds.toSorted()).toEqual(expected);
    const shown = (await succeed(account, { method: "GET", path })).body.members as { value: string }[];
    expect(shown.map((one) => one.value).sort()).toEqual(expected.map((id) => scimId.get(id)).sort());
    expect(pace.refused).toBe(0);
  });
});

describe.each(CREATING)("S7 S24: parallel creates of one user, %s", (vendor) => {
  it("of 50 POSTs one is told 201 and the others 409", async () => {
    const account = await portico.open(vendor);
    const pace = watchPace(account);
    const body = bodyOf(personOf(account.subject, 1));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(account, { method: "POST", path: "/Users", body })),
    );
    const statuses = answers.map((answer) => answer?.status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(account.subject.native.users(account.simulation.state as State)).toHaveLength(1);
    expect(pace.refused).toBe(0);
  });
});

describe("S16: parallel changes of two licensed groups", () => {
  it("everyone ends with the seat that their groups give", { timeout: 180_000 }, async () => {
    const account = await portico.open("klaxoon");
    const { subject } = account;
    const users = await Promise.all(Array.from({ length: 12 }, (_, n) => addUser(account, n)));
    const post = async (name: string, ids: string[]) =>
      (await succeed(account, { method: "POST", path: "/Groups", body: seatGroup(subject, name, ids) })).body.id;
    const [first, second] = [await post("First", users), await post("Second", [])];
    const pace = watchPace(account);
    const change = (group: string, op: string, id: string) =>
      insist(account, {
        method: "PATCH",
        path: `/Groups/${group}`,
        body: patchOf({ op, path: "members", value: members(id) }),
      });
    const isKept = (_: string, at: number) => at % 2 === 0;
    const answers = await Promise.all([
      ...users.map((id) => change(first, "remove", id)),
      ...users.filter(isKept).map((id) => change(second, "add", id)),
    ]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([204]));
    const seats = new Map(subject.native.users(account.simulation.state as State).map((user) => [user.key, user.seat]));
    expect(users.map((_, n) => seats.get(personOf(subject, n).key))).toEqual(
      users.map((id, n) => (isKept(id, n) ? "PRO" : "FREE")),
    );
    expect(pace.refused).toBe(0);
  });
});

describe.each(DELETING)("S8 S24: a user and a group of theirs are deleted at once, %s", (vendor) => {
  it("both are told 204, and the user is gone", async () => {
    const account = await portico.open(vendor);
    const { simulation, subject } = account;
    const user = await addUser(account, 1);
    const group = await addGroup(account, plainGroup(subject, "Team", [user]));
    const asked = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    // The group's deletion is held at the vendor until the user's has come to wait for its lock.
    const stop = simulation.watch(async (call, phase) => {
      if (phase !== "before" || call.method !== "DELETE") return;
      stop();
      arrived.resolve();
      await asked.promise;
    });
    const groupGone = ask(account, { method: "DELETE", path: `/Groups/${group}` });
    await arrived.promise;
    const stopReads = simulation.watch((call, phase) => {
      if (phase === "sent" && call.method === "GET") setTimeout(asked.resolve, 300);
    });
    const userGone = ask(account, { method: "DELETE", path: `/Users/${user}` });
    expect([(await groupGone)?.status, (await userGone)?.status]).toEqual([204, 204]);
    stopReads();
    expect(subject.native.users(simulation.state as State).map((one) => one.active)).toEqual([false]);
    expect((await ask(account, { method: "GET", path: `/Users/${user}` }))?.status).toBe(404);
  });
});
