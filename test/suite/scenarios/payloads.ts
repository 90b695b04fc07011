// Answers with fields more, missing, empty or of another type: each costs its own request only, and passes for nothing else [S29].

import { expect } from "vitest";
import { type DeformedTo, fieldsIn } from "../../../adapters/simulation/deformation.ts";
import type { FaultOrder } from "../../../adapters/simulation/faults.ts";
import type { RecordedCall } from "../../../adapters/simulation/log.ts";
import type { Json } from "../../../src/scim/schema.ts";
import type { Answer } from "../../worker/gateway.ts";
import { type Operation, operations } from "../operations.ts";
import { isFull } from "../sample.ts";
import { firstOf, noGroups, noSearch, type Scenario } from "../scenario.ts";
import { personOf, type Subject, withTransport } from "../subject.ts";
import { effectIn, open, strangerOf, type World } from "../world.ts";
import { retry } from "./faults.ts";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
/** Each trial of a write needs a record of its own. */
const MOST_WRITES = isFull ? 4 : 2;
const MOST_READS = isFull ? 12 : 4;

const WAYS = ["missing", "empty", "mistyped"] as const satisfies DeformedTo[];
interface Trial {
  /** Of the call. */
  position: number;
  at: readonly string[];
  to: DeformedTo;
}

/** An error says 502 or 503 and why; nothing else answers what Portico cannot read. */
function expectUnread(answer: Answer, what: string): void {
  expect([502, 503], `${what}: ${answer.status} ${answer.body?.detail}`).toContain(answer.status);
  expect(answer.body, what).toMatchObject({ schemas: [ERROR], detail: expect.stringMatching(/\w+ \w+/) });
}

/** Every value by its place, without what Portico adds by itself. */
function leavesOf(value: Json, at = ""): Map<string, Json> {
  if (typeof value !== "object" || value === null) return new Map([[at, value]]);
  return new Map(
    Object.entries(value).flatMap(([name, inner]) =>
      name === "meta" || name === "schemas" ? [] : [...leavesOf(inner ?? null, `${at}/${name}`)],
    ),
  );
}

/** What was read all the same is what was there; only a value that the vendor left out may be missing. */
function expectRead(shown: Json, original: Json, trial: Trial): void {
  const what = nameOf(trial);
  const [now, before] = [leavesOf(shown), leavesOf(original)];
  for (const [at, value] of now) expect(before.get(at), `${what}: ${at}`).toEqual(value);
  const absent = [...before.keys()].filter((at) => !now.has(at));
  if (trial.to === "more" || trial.to === "mistyped") expect(absent, what).toEqual([]);
  // A group is called by its display name, a user by the user name; anything else may be unassigned.
  const name = [...before.keys()].some((at) => at.endsWith("/userName")) ? "userName" : "displayName";
  const essential = new RegExp(`^/(Resources/\\d+/)?(id|totalResults|members.*|${name})$`);
  expect(
    absent.filter((at) => essential.test(at)),
    what,
  ).toEqual([]);
}

interface Question {
  name: string;
  unless?: Scenario["unless"];
  /** Makes what is asked about so often, and gives what to ask for each. */
  prepare(world: World, times: number): Promise<(at: number) => Promise<Answer>>;
}

const questions: readonly Question[] = [
  {
    name: "read of a user",
    prepare: async (world) => {
      const id = await world.create(1);
      return () => world.get(`/Users/${id}`);
    },
  },
  {
    name: "match of a user",
    unless: noSearch,
    prepare: async (world, times) => {
      // A user whom Portico has not seen, so that the vendor's own search answers.
      await world.change((state) =>
        world.subject.native.withUsers(
          state,
          Array.from({ length: times }, (_, n) => strangerOf(world.subject, n)),
        ),
      );
      return (at) => world.find("Users", `userName eq "${personOf(world.subject, at).values.userName}"`);
    },
  },
  {
    name: "reading of a client's page",
    prepare: async (world) => {
      await world.create(1);
      return () => world.get("/Users?count=2");
    },
  },
  {
    name: "read of a group",
    unless: noGroups,
    prepare: async (world) => {
      const id = await world.createGroup("Sales", [await world.create(1)]);
      return () => world.get(`/Groups/${id}`);
    },
  },
  {
    name: "match of a group",
    unless: firstOf(noGroups, ({ adapter }) =>
      adapter.group?.find?.displayName ? undefined : "declares no search of groups",
    ),
    prepare: async (world, times) => {
      for (let n = 0; n < times; n++) {
        await world.change((state) => world.subject.native.withGroup(state, `Group ${n}`, []));
      }
      return (at) => world.find("Groups", `displayName eq "Group ${at}"`);
    },
  },
  {
    name: "first look at a group's members",
    unless: noGroups,
    prepare: async (world, times) => {
      await world.create(1);
      const [member] = await world.users();
      for (let n = 0; n < times; n++) {
        await world.change((state) => world.subject.native.withGroup(state, `Group ${n}`, [member?.id ?? ""]));
      }
      await world.sweep();
      const { body } = await world.get(`/Groups?count=${times}&excludedAttributes=members`);
      const idOf = new Map(body.Resources.map((one: { id: string; displayName: string }) => [one.displayName, one.id]));
      return (at) => world.get(`/Groups/${idOf.get(`Group ${at}`)}`);
    },
  },
];

/** Trials of one request: a field more everywhere, and then the fields of its answers in all three ways, spread. */
function trialsOf(calls: readonly RecordedCall[], positions: readonly number[], most: number): Trial[] {
  const each = Math.max(2, Math.floor(most / positions.length));
  return positions.flatMap((position) => {
    const fields = fieldsIn(calls[position]?.response);
    const all = fields.flatMap((at) => WAYS.map((to): Trial => ({ position, at, to })));
    // No multiple of three, so that each way has its turn.
    const step = Math.ceil(all.length / each);
    const stride = step % WAYS.length === 0 ? step + 1 : step;
    return [{ position, at: [], to: "more" } satisfies Trial, ...all.filter((_, at) => at % stride === 0)];
  });
}

const nameOf = ({ position, at, to }: Trial) => `call ${position + 1}: ${at.join(".") || "everything"} ${to}`;
const orderOf = ({ position, at, to }: Trial): FaultOrder => ({ kind: "deformed", at: [...at], to, skip: position });

async function ask(subject: Subject, question: Question): Promise<void> {
  const world = await open(subject);
  const asked = await question.prepare(world, MOST_READS * 2);
  await world.outwait();
  const rehearsal = await world.watch(() => asked(0));
  expect(rehearsal.answer, question.name).toMatchObject({ status: 200 });
  const { all } = rehearsal;
  const positions = [...new Set([0, all.length - 1])].filter((at) => fieldsIn(all[at]?.response).length > 0);
  expect(positions, "answers with fields").not.toEqual([]);
  for (const [at, trial] of trialsOf(all, positions, MOST_READS).entries()) {
    await world.fail(orderOf(trial));
    const given = await asked(at + 1);
    await world.heal();
    const next = await asked(at + 1);
    expect(next, `after ${nameOf(trial)}`).toMatchObject({ status: 200 });
    if (given.status === 200) expectRead(given.body, next.body, trial);
    else expectUnread(given, nameOf(trial));
  }
}

async function write(original: Subject, operation: Operation): Promise<void> {
  const subject = operation.transport ? withTransport(original, operation.transport) : original;
  const world = await open(subject, { brake: { share: 1, count: 1_000, minutes: 60 } });
  const rehearsed = await operation.prepare(world, 1);
  await world.outwait();
  const rehearsal = await world.watch(() => operation.request(world, 1, rehearsed));
  expect(rehearsal.answer).toMatchObject({ status: operation.success });
  const { all } = rehearsal;
  const places = [effectIn(subject, all), all.length - 1];
  const positions = [...new Set(places)].filter((at) => fieldsIn(all[at]?.response).length > 0);
  const trials = trialsOf(all, positions, MOST_WRITES);
  const ids: string[] = [];
  for (const at of trials.keys()) ids.push(await operation.prepare(world, at + 2));
  await world.outwait();
  for (const [at, trial] of trials.entries()) {
    const [n, id = "", what] = [at + 2, ids[at], nameOf(trial)];
    await world.fail(orderOf(trial));
    const answer = await operation.request(world, n, id);
    await world.heal();
    if (trial.to === "more") expect(answer.status, what).toBe(operation.success);
    if (answer.status !== operation.success) {
      expectUnread(answer, what);
      await retry(world, operation, n, id, what);
    }
    // Whatever was answered with success is so.
    await operation.verify(world, n, id);
  }
}

export const payloads: Scenario[] = [
  ...questions.map(
    (question): Scenario => ({
      name: `S29: fields more, missing, empty or mistyped in answers to the ${question.name} cost that request only, and no user is lost`,
      ...(question.unless ? { unless: question.unless } : {}),
      run: (subject) => ask(subject, question),
    }),
  ),
  ...operations
    .filter((operation) => operation.changes)
    .map(
      (operation): Scenario => ({
        name: `S29: fields more, missing, empty or mistyped in answers to the ${operation.name} pass for no success that is none, and a retry finishes`,
        ...(operation.unless ? { unless: operation.unless } : {}),
        run: (subject) => write(subject, operation),
      }),
    ),
];
