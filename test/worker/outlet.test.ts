// A vendor that allows more than six calls at once gets them, each by an invocation of its own [S33].

import { expect, it } from "vitest";
import { subjectOf, withTransport } from "../suite/subject.ts";
import { open } from "../suite/world.ts";
import { request } from "./gateway.ts";

const USERS = 24;
const DELAY_MS = 700;

/** How many calls were under way at once, at most, while everybody is read at once. */
async function mostAtOnce(concurrency: number | undefined): Promise<number> {
  const limits = concurrency === undefined ? {} : { concurrency };
  const world = await open(withTransport(subjectOf("rest"), { limits }));
  const ids: string[] = [];
  for (let n = 0; n < USERS; n++) ids.push(await world.create(n));
  await world.outwait();
  await world.gateway.vendor("DELETE", "/log");
  await world.fail({ kind: "delay", delayMs: DELAY_MS, match: { method: "GET" }, times: USERS });
  const answers = await Promise.all(ids.map((id) => world.get(`/Users/${id}`)));
  expect(answers.map(({ status }) => status)).toEqual(Array(USERS).fill(200));
  return (await world.gateway.vendor("GET", "/log")).body.summary.maxConcurrent;
}

it("S33: as many as it declares, but for one that is left to background work", async () => {
  expect(await mostAtOnce(16)).toBe(15);
});

it("S33: six where it declares nothing, and fewer where it allows fewer", async () => {
  expect([await mostAtOnce(undefined), await mostAtOnce(3)]).toEqual([5, 3]);
});

it("S33: no route reaches the way out", async () => {
  for (const path of ["/outlet", "/Outlet", "/https://example.com/", "/?url=https://example.com"]) {
    expect((await request("GET", path)).status, path).toBe(404);
  }
});
