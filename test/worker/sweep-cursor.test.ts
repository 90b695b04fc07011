// A sweep whose place in the vendor's list is lost begins the list again [S27].

import { expect, it } from "vitest";
import { Fault } from "../../src/adapter.ts";
import { subjectOf, withTransport, withUser } from "../suite/subject.ts";
import { open, strangerOf } from "../suite/world.ts";
import { runAlarmAfter } from "./clock.ts";

it("S27: a cursor that the vendor no longer takes is given up after three slices, and the sweep ends", async () => {
  const original = subjectOf("klaxoon");
  const { paging } = original.transport;
  if (paging?.kind !== "cursor") throw new Error("klaxoon pages by cursor");
  const expired = new Set<string>();
  let refusals = 0;
  const subject = withTransport(
    withUser(original, (user) => ({
      async list(api, cursor) {
        if (cursor !== undefined && expired.has(cursor)) {
          refusals += 1;
          throw new Fault("invalid");
        }
        const page = await user.list(api, cursor);
        // The first walk's cursors expire while it stands still.
        if (refusals === 0 && page.next !== undefined) expired.add(page.next);
        return refusals === 0 || page.next === undefined ? page : { ...page, next: page.next.replace("{", "{ ") };
      },
    })),
    { paging: { ...paging, max: 3 } },
  );
  const strangers = Array.from({ length: 7 }, (_, n) => strangerOf(subject, n + 1));
  const world = await open(subject, { strangers, settled: false });
  const { gateway } = world;
  const sweeps = async () => (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps;
  for (let turn = 0; turn < 12; turn++) {
    await runAlarmAfter(gateway, turn * 60_000);
    if ((await sweeps()).every((one: { state: string }) => one.state === "complete")) break;
  }
  expect(refusals).toBe(3);
  expect((await sweeps()).map((one: { state: string }) => one.state)).not.toContain("running");
  expect((await world.get("/Users")).body).toMatchObject({ totalResults: 7 });
});
