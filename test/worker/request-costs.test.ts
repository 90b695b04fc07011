// What one request costs in counts, which no busy machine changes: statements, commits and scans of the object's SQLite, and calls to the
// product. bench/budget.json holds the most that each operation may cost; a smaller number there is progress, a larger one a decision.

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import example from "../../adapters/rest/example.json" with { type: "json" };
import budget from "../../bench/budget.json" with { type: "json" };
import { type Counter, countStorage, type Statement } from "../../bench/counted/counter.ts";
import { loginOf, nativeUser, patchOf, scimUser } from "../../bench/people.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const { operations } = budget;
const PEOPLE = 105;
const MEMBERS = 5;
/** Of whom so many are read and changed. */
const KNOWN = 12;
/** Requests of each operation, of which the cheapest counts. */
const TIMES = 5;

let gateway: Gateway;
let counter: Counter;
let userIds: string[];
let groupId: string;

const inObject = <T>(work: (state: DurableObjectState) => T): Promise<T> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_, state) => work(state));

beforeAll(async () => {
  const numbers = Array.from({ length: PEOPLE }, (_, at) => at + 1);
  const people = Object.fromEntries(numbers.map((id) => [id, { ...nativeUser(id), id, managerId: null }]));
  const teams = { 1000: { id: 1_000, name: "Sales", memberIds: numbers.slice(0, MEMBERS) } };
  // A product without limits: what a limit of its own costs is not part of every request.
  const { limits: _, ...description } = example;
  gateway = await createGateway("rest", { seed: { people, teams, nextId: 2_000 }, settings: { description } });
  const users = await gateway.scim("GET", `/Users?count=${KNOWN}`);
  userIds = users.body.Resources.map(({ id }: { id: string }) => id);
  const groups = await gateway.scim("GET", "/Groups?excludedAttributes=members");
  groupId = groups.body.Resources[0].id;
  counter = await inObject(({ storage }) => countStorage(storage, true));
}, 120_000);

const match = (login: string) => gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${login}"`)}`);
const change = (at: number, path: string, value: string) =>
  gateway.scim("PATCH", `/Users/${userIds[at]}`, patchOf({ op: "replace", path, value }));
const member = (operation: object) => gateway.scim("PATCH", `/Groups/${groupId}`, patchOf(operation));

const OPERATIONS: Record<keyof typeof operations, (at: number) => ReturnType<Gateway["scim"]>> = {
  get: (at) => gateway.scim("GET", `/Users/${userIds[at]}`),
  match: (at) => match(loginOf(at + 1)),
  miss: (at) => match(`nobody${at}@example.com`),
  create: (at) => gateway.scim("POST", "/Users", scimUser(PEOPLE + 1 + at)),
  "list of 100": () => gateway.scim("GET", "/Users?count=100"),
  patch: (at) => change(at, "title", `Title ${at}`),
  // Others' records may show it, as their manager's.
  "patch of a name": (at) => change(at, "name.givenName", `Ada ${at}`),
  "member add": (at) => member({ op: "add", path: "members", value: [{ value: userIds[MEMBERS + 1 + at] }] }),
  "member remove": (at) => member({ op: "remove", path: `members[value eq "${userIds[MEMBERS + 1 + at]}"]` }),
  "group without members": () => gateway.scim("GET", `/Groups/${groupId}?excludedAttributes=members`),
};

/** The steps of a plan that go through a whole table or index; a virtual table is the list of ids that the statement was given. */
const scansOf = ({ storage: { sql } }: DurableObjectState, statements: readonly Statement[]): string[] =>
  statements.flatMap(({ text, bindings }) =>
    sql
      .exec(`explain query plan ${text}`, ...bindings)
      .toArray()
      .map(({ detail }) => String(detail))
      .filter((detail) => detail.startsWith("SCAN") && !/VIRTUAL TABLE|CONSTANT ROW|\(subquery/.test(detail))
      .map((detail) => `${detail}: ${text}`),
  );

interface Costs {
  statements: number;
  commits: number;
  scans: number;
  nativeCalls: number;
}

/** What one request costs, and what it asked of SQLite. */
async function costsOf(send: () => ReturnType<Gateway["scim"]>): Promise<{ costs: Costs; asked: string }> {
  const before = await inObject(() => {
    counter.statements();
    return counter.total();
  });
  const answer = await send();
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return inObject((state) => {
    const after = counter.total();
    // Taken before the plans are asked for, which are statements, too.
    const statements = counter.statements();
    const scans = scansOf(state, statements);
    const costs = {
      statements: after.statements - before.statements,
      commits: after.commits - before.commits,
      scans: scans.length,
      nativeCalls: Number(answer.headers.get("x-portico-native-calls")),
    };
    return { costs, asked: [...scans, ...statements.map(({ text }) => text)].join("\n") };
  });
}

it.each(Object.entries(operations))("%s costs no more than its budget", async (name, { most }) => {
  const operation = OPERATIONS[name as keyof typeof operations];
  const runs: Awaited<ReturnType<typeof costsOf>>[] = [];
  for (let at = 0; at < TIMES; at++) runs.push(await costsOf(() => operation(at)));
  // The first loads what later ones find in memory, and the object's alarm may run beside any of them.
  const least = runs.reduce((one, other) => (other.costs.statements < one.costs.statements ? other : one));
  for (const [what, count] of Object.entries(least.costs)) {
    const told = `${what} of ${name}, ${JSON.stringify(least.costs)}:\n${least.asked}`;
    expect(count, told).toBeLessThanOrEqual(most[what as keyof Costs]);
  }
});
