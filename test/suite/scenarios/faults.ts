// Everything that a vendor can do wrong, at every native call of every operation: the right SCIM error, nothing half-written, and the retry finishes.

import { expect } from "vitest";
import type { RecordedCall } from "../../../adapters/simulation/log.ts";
import { attemptsOf, withDeclaredCalls } from "../declared-calls.ts";
import { type Operation, operations } from "../operations.ts";
import { sampleOf } from "../sample.ts";
import { noSearch, type Scenario } from "../scenario.ts";
import { bodyOf, groupBodyOf, keyPath, personOf, type Subject, withTransport } from "../subject.ts";
import { expectedStatus, type Trouble, troubles } from "../troubles.ts";
import { effectIn, expectHeld, open, type World } from "../world.ts";

const NOBODY = 'userName eq "nobody@example.com"';

const callsOf = (calls: readonly RecordedCall[]) => calls.map(({ method, path }) => `${method} ${path}`).join(", ");

async function provoke(original: Subject, operation: Operation, chosen: readonly Trouble[]): Promise<void> {
  const { subject, declared } = withDeclaredCalls(original);
  // As many leave here as there are troubles.
  const world = await open(subject, { brake: { share: 1, count: 1_000, minutes: 60 } });
  // Whose page is asked for where nothing can be searched.
  if (noSearch(subject)) await world.create(1_000);
  const rehearsed = await operation.prepare(world, 1);
  await world.outwait();
  declared.length = 0;
  const rehearsal = await world.watch(() => operation.request(world, 1, rehearsed));
  expect(rehearsal.answer).toMatchObject({ status: operation.success });
  const { all } = rehearsal;
  const attempts = attemptsOf(all, declared);
  // The call that does it meets everything; the first, the next and the last one a sample of each kind.
  const effect = operation.changes ? effectIn(subject, all) : 0;
  const positions = [...new Set([0, effect, effect + 1, all.length - 1])].filter((at) => at < all.length);
  const possible = positions.flatMap((position) =>
    chosen.filter((trouble) => position === effect || trouble.sample).map((trouble) => ({ position, trouble })),
  );
  const trials = sampleOf(possible, `${subject.vendor} ${operation.name}`, 6);
  const ids: string[] = [];
  for (const at of trials.keys()) ids.push(await operation.prepare(world, at + 2));
  await world.outwait();
  for (const [at, { position, trouble }] of trials.entries()) {
    const [n, id = ""] = [at + 2, ids[at]];
    const what = `${trouble.name} at call ${position + 1} of ${callsOf(all)}`;
    await world.deleteAlarm();
    await world.fail({ ...trouble.order, skip: position });
    const answer = await operation.request(world, n, id);
    await world.heal();
    const troubled = all[position];
    const isUntold = troubled !== undefined && subject.native.endsSessions?.(troubled) === true;
    const expected = isUntold
      ? operation.success
      : expectedStatus(subject, attempts, position, trouble, operation.success);
    expect(answer.status, `${what}: ${answer.body?.detail}`).toBe(expected);
    if (answer.status >= 400) {
      expect(answer.body, what).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"] });
      if (answer.status === 503) expect(answer.headers.get("retry-after"), what).toMatch(/^\d+$/);
    }
    // The breaker counts outages in a row.
    if (answer.status === 503) {
      await world.get(noSearch(subject) ? "/Users?count=1" : `/Users?filter=${encodeURIComponent(NOBODY)}`);
    }
    // At once: the calls of an alarm would be counted with those of a request.
    if (operation.changes) await retry(world, operation, n, id, what);
  }
}

/** The client's second attempt, which finishes what the first began, and makes nothing twice. */
export async function retry(world: World, operation: Operation, n: number, id: string, what: string): Promise<void> {
  let again = await operation.request(world, n, id);
  if (again.status === 503) {
    // What is not visible yet, or may still come, cannot be told from what never was.
    await world.outlast();
    again = await operation.request(world, n, id);
  }
  const isDone = operation.success === 204 && again.status === 404;
  const isThere = operation.success === 201 && again.status === 409;
  if (!isDone && !isThere) {
    expect(again, `again after ${what}: ${JSON.stringify(again.body)}`).toMatchObject({ status: operation.success });
  }
  await operation.verify(world, n, id);
  const { key } = personOf(world.subject, n);
  expect((await world.users()).filter((user) => user.key === key).length, `twins after ${what}`).toBeLessThan(2);
}

export const faults: Scenario[] = [
  ...operations.map(
    (operation): Scenario => ({
      name: `S29: ${operation.name}: refusals and outages at each native call are answered right, and a retry finishes`,
      ...(operation.unless ? { unless: operation.unless } : {}),
      async run(original) {
        const subject = operation.transport ? withTransport(original, operation.transport) : original;
        const refusals = troubles.filter((one) => !one.tookEffect);
        const confusions = troubles.filter((one) => one.tookEffect);
        await Promise.all([provoke(subject, operation, refusals), provoke(subject, operation, confusions)]);
      },
    }),
  ),
  {
    name: "S29: a vendor's 429 is 429 with whole seconds, in both forms of Retry-After and without one",
    async run(subject) {
      const inHalfAMinute = () => new Date(Date.now() + 30_000).toUTCString();
      const read = (world: World, id: string) => world.get(`/Users/${id}`);
      const create = (world: World) => world.scim("POST", "/Users", bodyOf(personOf(subject, 3)));
      for (const [form, ask] of [
        [() => "30", read],
        [inHalfAMinute, read],
        [() => "", read],
        [() => "", create],
      ] as const) {
        const world = await open(subject);
        const id = await world.create(1);
        const { all } = await world.watch(() => world.scim("POST", "/Users", bodyOf(personOf(subject, 2))));
        await world.outwait();
        const skip = ask === create ? effectIn(subject, all) : 0;
        await world.fail({ kind: "throttle", retryAfter: form(), times: 100, skip });
        const answer = await ask(world, id);
        expect(answer).toMatchObject({ status: 429 });
        const seconds = answer.headers.get("retry-after");
        expect(seconds).toMatch(/^\d+$/);
        expect(Number(seconds)).toBeGreaterThan(10);
        expect(Number(seconds)).toBeLessThanOrEqual(30);
      }
    },
  },
  {
    name: "S29: an answer beyond the timeout is 503, and the retry finds what was done meanwhile",
    async run(original) {
      const subject = withTransport(original, { timeoutMs: 1_500 });
      const world = await open(subject);
      const person = personOf(subject, 1);
      const { all } = await world.watch(() => world.scim("POST", "/Users", bodyOf(personOf(subject, 2))));
      await world.fail({ kind: "delay", delayMs: 5_000, when: "after", skip: effectIn(subject, all) });
      const slow = await world.scim("POST", "/Users", bodyOf(person));
      expect(slow).toMatchObject({ status: 503 });
      await world.heal();
      await world.catchUp();
      expect(await world.scim("POST", "/Users", bodyOf(person))).toMatchObject({ status: 201 });
      expect(await world.users()).toHaveLength(2);
    },
  },
  {
    name: "S23: a create whose answer was lost is answered 201 when it is sent again, with one native user",
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const { all } = await world.watch(() => world.scim("POST", "/Users", bodyOf(personOf(subject, 2))));
      await world.fail({ kind: "lostResponse", skip: effectIn(subject, all) });
      expect((await world.scim("POST", "/Users", bodyOf(person))).status).toBe(503);
      await world.catchUp();
      const again = await world.scim("POST", "/Users", bodyOf(person));
      expect(again).toMatchObject({ status: 201, body: { userName: person.values.userName } });
      await world.user(person.key);
      const { id } = again.body;
      expect((await world.get(`/Users/${id}`)).body).toMatchObject({ externalId: person.externalId });
      expect(await world.scim("POST", "/Users", bodyOf({ ...person, externalId: "other" }))).toMatchObject({
        status: 409,
      });
      await expectHeld(world, person.key, person.values);
    },
  },
  {
    name: "S23: a lost create is found again under the name as it was sent, also where folding changes its letters",
    async run(subject) {
      const world = await open(subject);
      const named = (n: number) => {
        const { values, ...person } = personOf(subject, n);
        const key = `straße${n}@example.com`;
        return { ...person, key, values: { ...values, userName: key, [keyPath(subject)]: key } };
      };
      const rehearsal = await world.watch(() => world.scim("POST", "/Users", bodyOf(named(2))));
      // Not every vendor takes such letters in the name of a user.
      if (rehearsal.answer.status !== 400) {
        await world.fail({ kind: "lostResponse", skip: effectIn(subject, rehearsal.all) });
        expect(await world.scim("POST", "/Users", bodyOf(named(1)))).toMatchObject({ status: 503 });
        await world.catchUp();
        expect(await world.scim("POST", "/Users", bodyOf(named(1)))).toMatchObject({ status: 201 });
        expect(await world.users()).toHaveLength(2);
      }
      if (!subject.adapter.group) return;
      const group = (n: number) => groupBodyOf(subject, `Straße ${n}`, []);
      const { all, answer } = await world.watch(() => world.scim("POST", "/Groups", group(2)));
      expect(answer).toMatchObject({ status: 201 });
      await world.fail({ kind: "lostResponse", skip: effectIn(subject, all) });
      expect(await world.scim("POST", "/Groups", group(1))).toMatchObject({ status: 503 });
      await world.catchUp();
      expect(await world.scim("POST", "/Groups", group(1))).toMatchObject({ status: 201 });
      await world.group("Straße 1");
    },
  },
];
