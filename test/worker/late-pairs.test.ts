// Every write that takes effect behind every other one, on every vendor: at the end what was told is true, and both sides
// agree [S46].

import { describe, expect, inject, it } from "vitest";
import { isFull } from "../suite/sample.ts";
import { effectIn, type Subject, subjectNames, subjectOf, withTransport } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import {
  accept,
  disagreementsOf,
  type End,
  haveActed,
  insist,
  look,
  openScene,
  type Scene,
  settle,
  WRITES,
  type Write,
} from "./late-writes.ts";

/** In milliseconds: real times, divided by twenty and more. The connection of the late call is cut at once. */
const EFFECT_MS = 1_500;
const LATE_MS = 3_000;
const PAIRS_AT_ONCE = 12;
const ONLY = inject("porticoPair");
/** One who only shows where the effect of a write is. */
const REHEARSED = 20;

interface Pair {
  subject: Subject;
  first: Write;
  second: Write;
}

/** Where a fault must be placed so that it meets the write's own call. */
async function learn(world: World, write: Write) {
  const scene = await openScene(world, REHEARSED, write);
  if (scene.id !== "") await write.before?.(scene);
  await world.outwait();
  const ids = new Set<string>();
  const note = async () => {
    for (const { id, key } of await world.users()) ids.add(id).add(`${id}.json`).add(encodeURIComponent(key));
    for (const { id } of await world.groups()) ids.add(id).add(`${id}.json`);
  };
  await note();
  const { answer, calls } = await world.watch(() => insist(() => write.send(scene, 0)));
  await note();
  expect(answer.status, `${write.name} without a fault`).toBeLessThan(300);
  const isChange = (call: (typeof calls)[number]) => effectIn(world.subject, [call]) === 0;
  const at = write.isLast ? calls.findLastIndex(isChange) : calls.findIndex(isChange);
  const held = calls[at];
  if (!held) throw new Error(`${write.name} changes nothing at the vendor`);
  const anyOf = held.path
    .split("/")
    // What begins with a number is the id of a row, of which every scene has others.
    .map((part) => (ids.has(part) || /^\d+(\.|$)/.test(part) ? "[^/]+" : RegExp.escape(part)))
    .join("/");
  const match = { method: held.method, path: `^${anyOf}$` };
  const isLike = ({ method, path }: typeof held) => method === held.method && new RegExp(match.path).test(path);
  return { skip: calls.slice(0, at).filter(isLike).length, match };
}

/** Sends a write until it is told; the ids that it brings are the scene's. */
async function tell(scene: Scene, write: Write, edition: 0 | 1) {
  const told = await insist(() => write.send(scene, edition));
  if (write.makes === "person" && told.status === 201) scene.id = told.body.id;
  return told;
}

async function play({ subject, first, second }: Pair): Promise<string[]> {
  const world = await open(subject);
  const fault = await learn(world, first);
  const scene = await openScene(world, 1, first);
  if (scene.id !== "") for (const write of [second, first]) await write.before?.(scene);
  await world.outwait();
  await world.fail({ kind: "late", delayMs: EFFECT_MS, ...fault });
  const { answer: lost, all } = await world.watch(() => first.send(scene, 1));
  const isMet = all.some((call) => call.fault === "late");
  // Whom the preparation of the second write has disabled needs no call to be deleted, and no licence.
  if (!isMet && lost.status < 300 && second.name === "restore") return [];
  if (lost.status !== 503) return [`the write without an answer was told ${lost.status}`];
  if (first.makes) {
    const again = await tell(scene, first, 1);
    if (again.status !== 201) return [`the create was told ${again.status} when it was sent again`];
    await accept(scene);
  }
  const told = await tell(scene, second, 0);
  if (told.status >= 500) return [`the second write was told ${told.status}: ${JSON.stringify(told.body)}`];
  const isTold = told.status < 300;
  await haveActed(world);
  await accept(scene);
  await world.outwait();
  await settle(world);
  await accept(scene);
  await world.outwait();
  let end = await look(scene);
  if (disagreementsOf(end).length > 0) {
    // A read that finds somebody active who was disabled has them disabled again.
    await settle(world);
    end = await look(scene);
  }
  // A removal that a client has asked for is not undone by what was told before it acted.
  const isRemoved = first.name === "delete" && end.user === undefined;
  const broken =
    isTold && !isRemoved && !second.holds(end, 0)
      ? [`what was told (${told.status}) is not true: ${summary(end)}`]
      : [];
  return [...broken, ...disagreementsOf(end)];
}

const summary = ({ user, groups, nativeUsers, nativeGroups }: End) =>
  JSON.stringify({
    shown: user && { active: user.active, userName: user.userName },
    groups: groups.map(({ displayName, members }) => [displayName, members]),
    held: nativeUsers.map(({ key, active, seat }) => [key, active, seat]),
    heldGroups: nativeGroups.map(({ name, memberIds }) => [name, memberIds]),
  });

/** Pairs that were wrong once. */
const ALWAYS = [
  "keepabl: create behind create",
  "klaxoon: licence behind end of a licence",
  "kpifire: create of a group behind create of a group",
  "zabbix: addition to a group behind disable",
  "zabbix: removal from a group behind restore",
];

/** All in the full check; else one for each vendor and first write, not the same one everywhere. */
function pairsOf(vendor: string): Pair[] {
  const subject = withTransport(subjectOf(vendor), { lateMs: LATE_MS });
  const writes = WRITES.filter(({ unless }) => unless(subject) === undefined);
  const alone = writes.filter(({ isSequence }) => !isSequence);
  return alone.flatMap((first, at) => {
    const turn = subjectNames().indexOf(vendor) + 5 * at;
    const nameOf = (second: Write) => `${second.name} behind ${first.name}`;
    const isAlways = (second: Write) => ALWAYS.includes(`${vendor}: ${nameOf(second)}`);
    const sample = writes.filter((second, place) => place === turn % writes.length || isAlways(second));
    const seconds = ONLY ? writes.filter((one) => nameOf(one).includes(ONLY)) : isFull ? writes : sample;
    return seconds.map((second) => ({ subject, first, second }));
  });
}

describe("S46: what was told behind a late write stays true", () => {
  it.each(subjectNames())("%s", { timeout: 900_000 }, async (vendor) => {
    const waiting = pairsOf(vendor);
    const failures: string[] = [];
    const lane = async () => {
      for (let pair = waiting.shift(); pair; pair = waiting.shift()) {
        const name = `${pair.second.name} behind a late ${pair.first.name}`;
        const whys = await play(pair).catch((error: unknown) => [String(error)]);
        for (const why of whys) {
          // Of a long run they are read as they come.
          console.error(`${vendor}: ${name}: ${why}`);
          failures.push(`${name}: ${why}`);
        }
      }
    };
    await Promise.all(Array.from({ length: PAIRS_AT_ONCE }, lane));
    expect(failures).toEqual([]);
  });
});
