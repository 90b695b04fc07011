// The audit as a chain: what is added at the same time, what a change of the database shows, and what a trim leaves [S39].

import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { type ChainReport, type NotedHead, parseHead, verifyAudit } from "../../cli/audit-verification.ts";
import { listAudit, trimAudit } from "../../src/store/audit.ts";
import { openControl } from "../../src/store/control.ts";
import worker from "../../worker.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";
import { api, bearer, ORIGIN } from "./gateway.ts";
import { createKey } from "./keys.ts";

const DAY_MS = 86_400_000;

/** What the command line would say of the audit as it is exported now. */
async function verify(heads: readonly NotedHead[] = []): Promise<Record<"changes" | "reads", ChainReport>> {
  const { body } = await api("GET", "/audit/export");
  const lines = (typeof body === "string" ? body : new TextDecoder().decode(body)).trimEnd().split("\n");
  const [changes, reads] = await verifyAudit(lines, heads);
  if (!changes || !reads) throw new Error("no chains");
  return { changes, reads };
}
const headOf = ({ head }: ChainReport) => parseHead(head ?? "");
const execute = (sql: string, ...values: unknown[]) =>
  env.CONTROL.prepare(sql)
    .bind(...values)
    .run();

/** Changes the database as nobody may, has it verified, and puts it back. */
async function afterwards(change: string, heads: readonly NotedHead[] = []): Promise<string | null> {
  const { results } = await env.CONTROL.prepare("select rowid, * from audit").all();
  await execute(change);
  const { changes } = await verify(heads);
  await execute("delete from audit");
  const names = Object.keys(results[0] ?? {}).map((name) => `"${name}"`);
  const insert = env.CONTROL.prepare(
    `insert into audit (${names.join()}) select ${names.map((name) => `row.value ->> '${name.slice(1, -1)}'`).join()}
      from json_each(?) as row`,
  );
  await insert.bind(JSON.stringify(results)).run();
  return changes.broken;
}

it("S39: calls at the same time are each written down, one after the other, and what was changed later is found", async () => {
  const gateway = await open(KEEPNET);
  const key = await createKey("operator");
  await execute("delete from audit");
  const path = `/connections/${gateway.name}/tokens`;
  const made = await Promise.all(Array.from({ length: 12 }, () => key.call("POST", path)));
  expect(new Set(made.map(({ status }) => status))).toEqual(new Set([201]));
  const { changes } = await verify();
  expect(changes).toMatchObject({ rows: 24, broken: null, unchained: 0 });
  const calls = (await api("GET", `/audit?connection=${gateway.name}&changes=true&limit=100`)).body.calls;
  expect(calls.map(({ status, actor }: { status: number; actor: string }) => [status, actor])).toEqual(
    Array.from({ length: 12 }, () => [201, key.name]),
  );
  expect(new Set(calls.map(({ target }: { target: string }) => target))).toEqual(
    new Set(made.map(({ body }) => body.id)),
  );

  const looks = await Promise.all(Array.from({ length: 80 }, () => key.call("GET", "/me")));
  expect(new Set(looks.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await verify()).reads).toMatchObject({ broken: null, unchained: 0 });

  const head = headOf(changes);
  expect(await afterwards("update audit set actor = 'somebody else' where chain = 'changes' and seq = 9")).toMatch(
    /^row 9 .*it was changed$/,
  );
  expect(await afterwards("update audit set fields = '[\"x\"]' where chain = 'changes' and seq = 24")).toMatch(
    /^row 24 /,
  );
  expect(await afterwards("delete from audit where chain = 'changes' and seq between 5 and 6")).toMatch(
    /^row 7 .*rows 5 to 6 before it are missing$/,
  );
  expect(await afterwards("delete from audit where chain = 'changes' and seq = 1")).toBeNull();
  // The new end can be cut off; whoever has noted it down finds that.
  const cut = "delete from audit where chain = 'changes' and seq > 20";
  expect(await afterwards(cut)).toBeNull();
  expect(await afterwards(cut, [head])).toBe("row 24 is not there any more as it was noted down");
  expect((await verify([head])).changes.broken).toBeNull();
});

it("S39: a trim takes rows from the old end only, and the oldest that stays carries the hash before it", async () => {
  const gateway = await open(KEEPNET);
  const [lasting, ended] = [await createKey("reader", { expiresInDays: 1_000 }), await createKey("reader")];
  await api("DELETE", `/keys/${ended.id}`);
  await execute("delete from audit");
  const [now, control] = [Date.now(), openControl(env.CONTROL)];
  for (let at = 0; at < 6; at++) await gateway.api("POST", `/connections/${gateway.name}/brake/hold`);
  for (let at = 0; at < 3; at++) await gateway.api("GET", `/connections/${gateway.name}`);
  const { changes, reads } = await verify();
  expect([changes.rows, changes.broken, reads.broken]).toEqual([12, null, null]);
  const heads = [headOf(changes), headOf(reads)];
  const oldest = await env.CONTROL.prepare("select hash from audit where chain = 'changes' and seq = 4").first();
  await trimAudit(control, now, 8);
  const left = await verify(heads);
  expect([left.changes.broken, left.reads.broken]).toEqual([null, null]);
  expect(left.changes.rows).toBeLessThan(12);
  const first = await env.CONTROL.prepare("select seq, before from audit where chain = 'changes' order by seq").first();
  const last = heads[0]?.seq ?? 0;
  expect(Number(first?.seq)).toBeLessThanOrEqual(last);
  if (first?.seq === 5) expect(first.before).toBe(oldest?.hash);
  // After any time the newest row of each chain stays, and the next one follows it.
  await trimAudit(control, now + 500 * DAY_MS);
  const ends = await env.CONTROL.prepare(
    "select chain, count(*) as n, max(seq) as seq from audit group by chain",
  ).all();
  expect(ends.results).toMatchObject([{ chain: "changes", n: 1, seq: last }, { n: 1 }]);
  // Keys are known for as long as a row may name them.
  const keys = await env.CONTROL.prepare("select id from api_keys where id in (?, ?)").bind(lasting.id, ended.id).all();
  expect(keys.results).toEqual([{ id: lasting.id }]);
  await gateway.api("POST", `/connections/${gateway.name}/brake/hold`);
  const after = await verify(heads);
  expect([after.changes.rows, after.changes.broken]).toEqual([3, null]);
  const forgotten = [{ ...parseHead(changes.head ?? ""), seq: last - 4 }];
  expect((await verify(forgotten)).changes.broken).toContain("cannot be compared any more");
});

it("S39: a database that was set back to an earlier time has a chain that goes on from there", async () => {
  const gateway = await open(KEEPNET);
  const hold = () => gateway.api("POST", `/connections/${gateway.name}/brake/hold`);
  for (let at = 0; at < 3; at++) await hold();
  const { changes } = await verify();
  const { seq } = headOf(changes);
  await execute("delete from audit where chain = 'changes' and seq > ?", seq - 3);
  expect((await hold()).status).toBe(200);
  const after = await verify();
  expect([after.changes.broken, headOf(after.changes).seq]).toEqual([null, seq - 1]);
});

it("S37 S39: from where is a network, and what a caller invents as an id is not written down", async () => {
  const gateway = await open(KEEPNET);
  const key = await createKey("reader");
  const call = (address: string, id: string) =>
    worker.fetch(
      new Request(`${ORIGIN}/api/connections/${gateway.name}/traces/${encodeURIComponent(id)}`, {
        headers: { ...bearer(key.key), "cf-connecting-ip": address },
      }),
      env as unknown as Env,
    );
  await call("192.0.2.77", "0198-a:b.c");
  await call("2001:db8:85a3:8d3:1319:8a2e:370:7348", "ada.canary@example.com");
  await call("::ffff:198.51.100.9", "ada canary");
  const rows = await listAudit(openControl(env.CONTROL), 3, { changesOnly: false });
  const found = rows.map(({ address, target }) => [address, target]);
  expect(new Map(found as [string, string | null][])).toEqual(
    new Map<string, string | null>([
      ["192.0.2.0/24", "0198-a:b.c"],
      ["2001:db8:85a3::/48", null],
      ["198.51.100.0/24", null],
    ]),
  );
});
