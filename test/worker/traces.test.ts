// When traces are written, what they say of time, and how large they are [S53].

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraUser,
  filtered,
  KEEPNET,
  NOBODY,
  open,
  patchGroup,
  patchOf,
} from "../dialogues/dialogue.ts";
import type { Answer, Gateway } from "./gateway.ts";
import { recorded, type Statement } from "./statements.ts";

const isTrace = ({ sql }: Statement) => sql.startsWith('insert into "traces"');
const traceOf = (gateway: Gateway, answer: Answer) =>
  gateway.api("GET", `/connections/${gateway.name}/traces/${answer.headers.get("x-request-id")}`);

// On a busy machine the quarter of a second may be over before the reads are.
it("S53: traces of reads are written together, and by who reads them; those of writes and refusals at once", {
  retry: 3,
}, async () => {
  const gateway = await open(KEEPNET);
  const id = await createUser(gateway, "ada@contoso.com");
  let last: Answer | undefined;
  const reads = await recorded(gateway, async () => {
    for (let at = 0; at < 5; at++) last = await ask(gateway, "GET", `/Users/${id}`, 200);
    await ask(gateway, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200);
  });
  expect(reads.filter(isTrace)).toEqual([]);
  const shown = await recorded(gateway, async () => {
    expect((await traceOf(gateway, last as Answer)).body).toMatchObject({ path: "/Users/:id", status: 200 });
  });
  expect(shown.filter(isTrace)).toHaveLength(1);
  const { body } = await gateway.api("GET", `/connections/${gateway.name}/traces?limit=6`);
  expect(body.traces.map(({ method }: { method: string }) => method)).toEqual(Array(6).fill("GET"));
  for (const [method, path, status, sent] of [
    ["PATCH", `/Users/${id}`, 200, patchOf({ op: "replace", path: "name.familyName", value: "King" })],
    ["GET", `/Users/${NOBODY}`, 404, undefined],
    ["GET", "/Users?filter=nonsense", 400, undefined],
  ] as const) {
    await ask(gateway, "GET", `/Users/${id}`, 200);
    const all = await recorded(gateway, () => ask(gateway, method, path, status, sent));
    // The one that waited goes with it.
    expect([path, all.filter(isTrace).map(({ bindings }) => JSON.parse(String(bindings[0])).length)]).toEqual([
      path,
      [2],
    ]);
  }
});

it("S53: a read's trace is written a quarter of a second later, and before the connection is paused", async () => {
  const gateway = await open(KEEPNET);
  const id = await createUser(gateway, "ada@contoso.com");
  const stored = async (answer: Answer) => {
    await evictDurableObject(env.CONNECTION.getByName(gateway.id));
    return (await traceOf(gateway, answer)).status;
  };
  const late = await ask(gateway, "GET", `/Users/${id}`, 200);
  // On a busy machine the quarter of a second may be over later than here.
  const reads = () =>
    runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) =>
      storage.sql.exec("select id from traces where method = 'GET'").toArray(),
    );
  await expect.poll(reads, { timeout: 10_000 }).toHaveLength(1);
  expect(await stored(late)).toBe(200);
  const paused = await ask(gateway, "GET", `/Users/${id}`, 200);
  expect((await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "paused" })).status).toBe(200);
  expect(await stored(paused)).toBe(200);
});

it("S37 S53: a trace says when each call was sent and what the request waited for, in 2 KiB at most", async () => {
  const gateway = await open(KEEPNET);
  const id = await createUser(gateway, "ada@contoso.com");
  const group = await createGroup(gateway, "Staff");
  await gateway.vendor("POST", "/faults", [{ kind: "delay", delayMs: 80, times: 2 }]);
  const rename = (value: string) => patchOf({ op: "replace", path: "name.familyName", value });
  const both = await Promise.all(
    ["King", "Byron"].map((name) => ask(gateway, "PATCH", `/Users/${id}`, 200, rename(name))),
  );
  const sizes: number[] = [];
  const traces = await Promise.all(both.map(async (answer) => (await traceOf(gateway, answer)).body));
  for (const { lockMs, ms, calls } of traces) {
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls) expect([call.at >= lockMs, call.at + call.ms <= ms]).toEqual([true, true]);
  }
  const [first, second] = traces.map(({ lockMs }) => lockMs).sort((left, right) => left - right);
  expect(first).toBe(0);
  expect(second).toBeGreaterThan(0);
  const answers = [
    ...both,
    await ask(gateway, "POST", "/Users", 201, entraUser({ email: "eve@contoso.com" })),
    await ask(gateway, "GET", `/Users/${id}`, 200),
    await ask(gateway, "GET", filtered("/Users", 'userName eq "ada@contoso.com"'), 200),
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: id }] }),
    await ask(gateway, "GET", "/Users", 200),
  ];
  for (const answer of answers) sizes.push(JSON.stringify((await traceOf(gateway, answer)).body).length);
  const median = sizes.sort((left, right) => left - right)[Math.floor(sizes.length / 2)];
  expect(median).toBeLessThanOrEqual(2_048);
});
