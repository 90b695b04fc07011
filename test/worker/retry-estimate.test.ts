// What a retry of everything that is owed would do, said before it is done: the calls that the played product then counts.

import { describe, expect, it, vi } from "vitest";
import { signInAs } from "./console.ts";
import { type Crowd, gather } from "./crowd.ts";

const WAIT = { timeout: 45_000, interval: 200 };
/** Of users and groups, but for searches. */
const WRITES = "^(?!.*(search|token))";
const OUTAGE = { kind: "status", status: 503, times: 40 } as const;

interface Kind {
  kind: string;
  waiting: number;
  parked: number;
}

const overviewOf = async ({ world: { gateway } }: Crowd) =>
  (await gateway.api("GET", `/connections/${gateway.name}/overview`)).body;
/** Writes without an answer are looked up in their own time, and notices go elsewhere. */
const OTHERS = ["notice", "write", "doubt"];

/** What a retry tries, by kind. */
const owedOf = async (crowd: Crowd) => {
  const { kinds } = await overviewOf(crowd);
  return kinds
    .filter(({ kind, waiting, parked }: Kind) => !OTHERS.includes(kind) && waiting + parked > 0)
    .map(({ kind, waiting, parked }: Kind) => `${kind}: ${waiting} waiting, ${parked} parked`);
};

describe.each(["keepnet", "klaxoon", "redmine"])("what a retry would do, %s", (vendor) => {
  it("S55: is what the product then counts: memberships in chunks, and disables", async () => {
    const crowd = await gather(vendor, 12, 3);
    const { world, ids } = crowd;
    const { gateway } = world;
    // The first chunk is in; of the others nothing goes through, and after it nobody can be disabled.
    await crowd.leaveWaiting(1, { ...OUTAGE });
    expect((await crowd.add(...ids.slice(0, 10))).status).toBe(204);
    for (const method of ["PUT", "PATCH", "POST"]) await world.fail({ ...OUTAGE, match: { method, path: WRITES } });
    for (const id of ids.slice(10)) {
      const answer = await world.patch(`/Users/${id}`, { op: "replace", path: "active", value: false });
      expect(answer.status).toBe(503);
    }
    await gateway.vendor("DELETE", "/faults");
    const { retry } = await overviewOf(crowd);
    expect(retry).toEqual({ calls: 3 + 2, disables: 2 });
    const page = await (await signInAs("reader")).get(`/console/c/${gateway.name}`);
    expect(page.text).toContain(
      "Trying everything now would make 5 calls that change something at the product, 2 of them disables.",
    );
    const { calls } = await world.watch(async () => {
      const answer = await gateway.api("POST", `/connections/${gateway.name}/pending/retry?scope=all`);
      expect(answer.body.changes).toBe(9);
      await vi.waitFor(async () => expect(await owedOf(crowd)).toEqual([]), WAIT);
      return answer;
    });
    const isRead = ({ method, path }: { method: string; path: string }) =>
      method === "GET" || path.endsWith("/search") || path.endsWith("/users-list");
    const changing = calls.filter((call) => !isRead(call));
    expect(changing.map(({ method, path }) => `${method} ${path}`)).toHaveLength(retry.calls);
    expect((await crowd.held()).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await overviewOf(crowd)).retry).toEqual({ calls: 0, disables: 0 });
  });
});
