// An effect that comes after the next write: what clients were told stays true [S46].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { RecordedCall } from "../../adapters/simulation/log.ts";
import { noDisable, noRename } from "../suite/scenario.ts";
import {
  bodyOf,
  get,
  keyPath,
  ownRows,
  personOf,
  type Subject,
  subjectNames,
  subjectOf,
  withTransport,
} from "../suite/subject.ts";
import { effectIn, open, type World } from "../suite/world.ts";
import type { Answer } from "./gateway.ts";

/** In milliseconds: real times, divided by twenty and more. */
const TIMEOUT_MS = 1_000;
const EFFECT_MS = 2_500;
const LATE_MS = 3_000;

const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

/** A write that a client sends, in two editions. */
interface Write {
  name: string;
  unless(subject: Subject): string | undefined;
  send(world: World, id: string, edition: 0 | 1): Promise<Answer>;
  /** Brings the user where the write has something to do. */
  before?(world: World, id: string): Promise<unknown>;
}

const rowOf = (subject: Subject, at: number) =>
  ownRows(subject).filter(
    ({ path, immutable, reference, type = "string" }) =>
      !immutable && !reference && type === "string" && ![keyPath(subject), "userName", "active"].includes(path),
  )[at];
const setActive = (active: boolean) => (world: World, id: string) =>
  world.patch(`/Users/${id}`, replace("active", active));
const edit = (name: string, at: number): Write => ({
  name,
  unless: (subject) => (rowOf(subject, at) ? undefined : "declares too few attributes that change"),
  send: (world, id, edition) => {
    const path = rowOf(world.subject, at)?.path ?? "";
    return world.patch(`/Users/${id}`, replace(path, personOf(world.subject, 7, edition).values[path]));
  },
});
const WRITES: Write[] = [
  edit("update", 0),
  edit("update of another attribute", 1),
  { name: "disable", unless: noDisable, send: setActive(false), before: setActive(true) },
  { name: "restore", unless: noDisable, send: setActive(true), before: setActive(false) },
  {
    name: "rename",
    unless: noRename,
    send: (world, id, edition) =>
      world.patch(`/Users/${id}`, replace("userName", personOf(world.subject, 8, edition).values.userName)),
  },
];

/** On a slow machine calls without a fault come too late, too. */
async function insist(send: () => Promise<Answer>): Promise<Answer> {
  for (let turn = 0; ; turn++) {
    const answer = await send();
    if (answer.status !== 503 || turn === 20) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Where among its calls a write takes effect at the vendor: which call is held back, and how many like it come before. */
async function learn(world: World, write: Write, id: string) {
  await write.before?.(world, id);
  const { answer, calls } = await world.watch(() => insist(() => write.send(world, id, 0)));
  expect(answer.status).toBeLessThan(300);
  await write.before?.(world, id);
  const at = effectIn(world.subject, calls);
  const held = calls[at];
  if (!held) throw new Error(`${write.name} changes nothing`);
  const isLike = (call: RecordedCall) => call.method === held.method && call.path === held.path;
  return {
    skip: calls.slice(0, at).filter(isLike).length,
    match: { method: held.method, path: `${RegExp.escape(held.path)}$` },
  };
}

async function create(world: World): Promise<string> {
  const person = personOf(world.subject, 1);
  const { status, body } = await insist(() => world.scim("POST", "/Users", bodyOf(person)));
  const { accept } = world.subject.native;
  if (accept) await world.change((state) => accept(state, person.key) ?? {});
  expect(status).toBe(201);
  return body.id;
}

/** Lets the alarm work until nothing is in doubt and nothing is owed. */
async function settle(world: World): Promise<void> {
  const stub = env.CONNECTION.getByName(world.gateway.id);
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(stub);
      const left = await runInDurableObject(stub, (_object, { storage }) =>
        storage.sql
          .exec(
            "select link_id from doubts union all select id from intents where state = 'open' union all select id from outbox union all select link_id from overlays where reason = 'deactivation'",
          )
          .toArray(),
      );
      expect(left).toEqual([]);
    },
    { timeout: 15_000, interval: 200 },
  );
}

describe.each(subjectNames())("%s", (vendor) => {
  const subject = withTransport(subjectOf(vendor), { timeoutMs: TIMEOUT_MS, lateMs: LATE_MS });
  describe.concurrent.each(WRITES)("a late $name", (first) => {
    it.each(WRITES)("S46: is undone by what was told after it: $name", { timeout: 60_000 }, async (second) => {
      const reason = first.unless(subject) ?? second.unless(subject);
      if (reason !== undefined) return;
      const world = await open(subject);
      const id = await create(world);
      await world.outwait();
      await second.before?.(world, id);
      const { skip, match } = await learn(world, first, id);
      await world.outwait();
      await world.fail({ kind: "delay", delayMs: EFFECT_MS, when: "before", skip, match });
      const startedAt = Date.now();
      const lost = await first.send(world, id, 1);
      await world.heal();
      expect(lost.status).toBe(503);
      const told = await second.send(world, id, 1);
      if (told.status !== 200)
        return expect({ lost: lost.status, told: told.status }).toEqual({ lost: 503, told: 503 });
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, EFFECT_MS + 300 - (Date.now() - startedAt))));
      const shown = (await world.get(`/Users/${id}`)).body;
      await settle(world);
      await world.outwait();
      const { body } = await world.get(`/Users/${id}`);
      const [row, other] = [rowOf(subject, 0), rowOf(subject, 1)];
      for (const path of ["userName", "active", row?.path, other?.path]) {
        if (path === undefined) continue;
        expect(get(shown, path), `${path} told, and shown before the end`).toEqual(get(told.body, path));
        expect(get(body, path), `${path} told, and shown after it`).toEqual(get(told.body, path));
      }
      const key = String(get(body, keyPath(subject)));
      const native = await world.user(key);
      expect(native.active).toBe(body.active ?? true);
      const held = subject.native.held(native.record, await world.state());
      for (const path of [row?.path, other?.path])
        if (path && path in held) expect(held[path]).toEqual(get(body, path));
    });
  });
});
