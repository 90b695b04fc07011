// Everything that a vendor can do wrong, at every native call of every operation: the right SCIM error, nothing half-written, and the retry finishes.

import { expect } from "vitest";
import type { FaultOrder, RecordedCall } from "../../../adapters/simulation.ts";
import type { Answer } from "../../worker/gateway.ts";
import { firstOf, noDisable, noGroups, noRemove, noSearch, type Scenario } from "../scenario.ts";
import { bodyOf, groupBodyOf, keyPath, personOf, type Subject, withTransport } from "../subject.ts";
import { effectIn, expectHeld, open, type World } from "../world.ts";

/** One kind of request, ready to be made as often as there are faults. */
interface Operation {
  name: string;
  unless?: Scenario["unless"];
  /** What must exist before request `n`. */
  prepare(world: World, n: number): Promise<string>;
  request(world: World, n: number, id: string): Promise<Answer>;
  success: number;
  /** Looks behind the adapter once the request has succeeded. */
  verify(world: World, n: number, id: string): Promise<void>;
  changes: boolean;
  transport?: Parameters<typeof withTransport>[1];
}

const nothing = async () => "";
const groupName = (n: number) => `Group ${n}`;

const operations: Operation[] = [
  {
    name: "create of a user",
    prepare: nothing,
    request: (world, n) => world.scim("POST", "/Users", bodyOf(personOf(world.subject, n))),
    success: 201,
    verify: (world, n) => expectHeld(world, personOf(world.subject, n).key, personOf(world.subject, n).values),
    changes: true,
  },
  {
    name: "read of a user",
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.get(`/Users/${id}`),
    success: 200,
    verify: nothing as never,
    changes: false,
  },
  {
    name: "match of a user whom nobody has seen",
    unless: noSearch,
    prepare: nothing,
    request: (world, n) => world.find("Users", `userName eq "${personOf(world.subject, n).values.userName}"`),
    success: 200,
    verify: nothing as never,
    changes: false,
  },
  {
    name: "update of a user",
    prepare: (world, n) => world.create(n),
    request: (world, n, id) => world.scim("PUT", `/Users/${id}`, bodyOf(personOf(world.subject, n, 1))),
    success: 200,
    verify: (world, n) => expectHeld(world, personOf(world.subject, n, 1).key, personOf(world.subject, n, 1).values),
    changes: true,
  },
  {
    name: "deactivation of a user",
    unless: noDisable,
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false }),
    success: 200,
    verify: async (world, n) => expect((await world.user(personOf(world.subject, n).key)).active).toBe(false),
    changes: true,
  },
  {
    name: "removal of a user",
    unless: noRemove,
    transport: { onDelete: "remove" },
    prepare: (world, n) => world.create(n),
    request: (world, _n, id) => world.scim("DELETE", `/Users/${id}`),
    success: 204,
    verify: async (world, n) => {
      const { key } = personOf(world.subject, n);
      expect((await world.users()).filter((user) => user.key === key)).toEqual([]);
    },
    changes: true,
  },
  {
    name: "create of a group with a member",
    unless: noGroups,
    prepare: (world, n) => world.create(n),
    request: (world, n, id) => world.scim("POST", "/Groups", groupBodyOf(world.subject, groupName(n), [id])),
    success: 201,
    verify: async (world, n) => expect((await world.group(groupName(n))).memberIds).toHaveLength(1),
    changes: true,
  },
  {
    name: "addition of a member",
    unless: noGroups,
    prepare: async (world, n) => {
      const user = await world.create(n);
      return `${user} ${await world.createGroup(groupName(n))}`;
    },
    request: (world, _n, ids) => {
      const [user, group] = ids.split(" ");
      return world.patch(`/Groups/${group}`, { op: "add", path: "members", value: [{ value: user }] });
    },
    success: 204,
    verify: async (world, n) => expect((await world.group(groupName(n))).memberIds).toHaveLength(1),
    changes: true,
  },
];

/** A fault, and the SCIM statuses with which it may reach the client when every further call meets it too. */
interface Trouble {
  name: string;
  order: FaultOrder;
  statuses: readonly number[];
  /** The vendor has done what it was asked all the same. */
  tookEffect?: true;
  sample?: true;
}

const always = { times: 100 } as const;
const status = (code: number, statuses: readonly number[]): Trouble => ({
  name: `status ${code}`,
  order: { kind: "status", status: code, ...always },
  statuses,
});
const OUTAGE = [503];
const GARBAGE = [502, 503];

// Semantics 29; where a declared rule of the adapter makes more of a status, its own fault is as good.
const troubles: Trouble[] = [
  status(400, [400]),
  { ...status(401, OUTAGE), sample: true },
  status(403, OUTAGE),
  // Bare, so it is no word of the vendor's about the record.
  status(404, [404, 502, 503]),
  status(409, [409]),
  status(422, [400]),
  status(500, OUTAGE),
  status(503, OUTAGE),
  { name: "a dropped connection", order: { kind: "drop", ...always }, statuses: OUTAGE, sample: true },
  { name: "a lost answer", order: { kind: "lostResponse" }, statuses: OUTAGE, tookEffect: true },
  { name: "429 without a word", order: { kind: "throttle", retryAfter: "", ...always }, statuses: [429] },
  {
    name: "an empty answer",
    order: { kind: "status", status: 200, when: "after" },
    statuses: GARBAGE,
    tookEffect: true,
  },
  { name: "broken JSON", order: { kind: "malformed", shape: "brokenJson" }, statuses: GARBAGE, tookEffect: true },
  { name: "another shape", order: { kind: "malformed", shape: "wrongShape" }, statuses: GARBAGE, tookEffect: true },
  { name: "HTML", order: { kind: "malformed", shape: "html" }, statuses: GARBAGE, tookEffect: true, sample: true },
];

/** Statuses that the adapter's own rules and code may make of a vendor's status. */
function mayAnswer(subject: Subject, trouble: Trouble, operation: Operation): (code: number) => boolean {
  const { quirks, transport } = { ...subject, quirks: subject.adapter.quirks };
  const { order } = trouble;
  const code = order.kind === "status" ? order.status : undefined;
  const isTold = !quirks.asynchronous && !quirks.errorsInSuccess;
  const hasRule = (transport.faults ?? []).some((rule) => {
    if (code === undefined || rule.status === undefined) return false;
    const [from, to] = typeof rule.status === "number" ? [rule.status, rule.status] : rule.status;
    return code >= from && code <= to;
  });
  return (answered) => {
    if (trouble.statuses.includes(answered)) return true;
    // The effect is there, and the vendor's words about it are not needed: a verb whose answer nobody reads.
    if (answered === operation.success && (trouble.tookEffect || !operation.changes || code === 409)) return true;
    if (isTold && !hasRule) return false;
    return answered >= 400 && answered !== 500 && answered !== 401;
  };
}

async function provoke(subject: Subject, operation: Operation, chosen: readonly Trouble[]): Promise<void> {
  const world = await open(subject);
  const rehearsed = await operation.prepare(world, 1);
  const { all } = await world.watch(() => operation.request(world, 1, rehearsed));
  // The call that does it meets everything; the first, the next and the last one a sample of each kind.
  const effect = operation.changes ? effectIn(subject, all) : 0;
  const positions = [...new Set([0, effect, effect + 1, all.length - 1])].filter((at) => at < all.length);
  let n = 2;
  const retries: { n: number; id: string; what: string }[] = [];
  for (const position of positions) {
    const some = position === effect ? chosen : chosen.filter((trouble) => trouble.sample);
    for (const trouble of some) {
      const id = await operation.prepare(world, n);
      const what = `${trouble.name} at call ${position + 1} of ${all.length}`;
      await world.fail({ ...trouble.order, skip: position });
      const answer = await operation.request(world, n, id);
      await world.heal();
      expect(
        mayAnswer(subject, trouble, operation)(answer.status),
        `${what}: ${answer.status} ${JSON.stringify(answer.body)}`,
      ).toBe(true);
      if (answer.status >= 400) {
        expect(answer.body, what).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"] });
        if (answer.status === 503) expect(answer.headers.get("retry-after"), what).toMatch(/^\d+$/);
      }
      retries.push({ n, id, what });
      // The breaker counts failures in a row.
      await world.get(`/Users?filter=${encodeURIComponent('userName eq "nobody@example.com"')}`);
      n += 1;
    }
  }
  if (!operation.changes) return;
  // An outcome that is not visible yet cannot be told from one that never was.
  await world.outwait();
  for (const { n: which, id, what } of retries) {
    const again = await operation.request(world, which, id);
    const isDone = operation.success === 204 && again.status === 404;
    const isThere = operation.success === 201 && again.status === 409;
    if (!isDone && !isThere)
      expect(again, `again after ${what}: ${JSON.stringify(again.body)}`).toMatchObject({ status: operation.success });
    await operation.verify(world, which, id);
    const { key } = personOf(subject, which);
    expect((await world.users()).filter((user) => user.key === key).length, `twins after ${what}`).toBeLessThan(2);
  }
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
      for (const form of [() => "30", inHalfAMinute, () => ""]) {
        const world = await open(subject);
        const id = await world.create(1);
        await world.outwait();
        await world.fail({ kind: "throttle", retryAfter: form(), times: 100 });
        const answer = await world.get(`/Users/${id}`);
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
    name: "S23: a lost create is found again under the name as it was sent, whatever folding makes of its letters",
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
  {
    name: "S29: answers with fields that nobody knows are read as if they had none",
    unless: firstOf(({ native }) =>
      Object.keys(native.planted).length > 0 ? undefined : "has a vendor whose records take no further field",
    ),
    async run(subject) {
      const world = await open(subject);
      const person = personOf(subject, 1);
      const id = await world.create(person);
      // What the vendor's release of next year will answer.
      await world.outwait();
      const read = await world.watch(() => world.get(`/Users/${id}`));
      const recorded = read.calls.at(-1)?.response;
      if (typeof recorded !== "object" || recorded === null) return;
      const more = { ...recorded, newInRelease9: { nested: [1, null, "x"] } };
      await world.fail({ kind: "status", status: 200, body: more, match: { path: pathOf(read.calls.at(-1)) } });
      const answer = await world.get(`/Users/${id}`);
      expect(answer).toMatchObject({ status: 200, body: { id, userName: person.values.userName } });
    },
  },
];

const pathOf = (call: RecordedCall | undefined) => `^${(call?.path ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
