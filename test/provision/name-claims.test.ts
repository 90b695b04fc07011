// Locks on names: a change that takes a further name starts again with its lock, and takes none once it is planned.

import { expect, it } from "vitest";
import { createLocks } from "../../src/provision/locks/keyed-locks.ts";
import { type Claim, withNameLocks } from "../../src/provision/locks/name-claims.ts";

const jobOf = () => ({
  deadlineAt: Date.now() + 60_000,
  permit: { check: () => {} },
  connection: { object: { locks: createLocks() } },
});

it("S24: the lock of a name that was not foreseen is taken before anything is written", async () => {
  const job = jobOf();
  job.connection.object.locks.watch("name:new");
  const done: string[] = [];
  const plan = async (claim: Claim) => {
    done.push("plan");
    claim("new");
    return "planned";
  };
  const write = async (planned: string) => {
    done.push(`write what was ${planned}, with ${job.connection.object.locks.turns("name:new")} lock`);
    return "written";
  };
  expect(await withNameLocks(job, "name", ["old"], ["link:1"], plan, write)).toBe("written");
  expect(done).toEqual(["plan", "plan", "write what was planned, with 1 lock"]);
});

it("S24: a claim that comes after the plan is an error of the program, and nothing starts again", async () => {
  let plans = 0;
  const plan = async (claim: Claim) => {
    plans += 1;
    return claim;
  };
  const late = withNameLocks(jobOf(), "name", ["old"], [], plan, async (claim) => claim("new"));
  await expect(late).rejects.toThrow("a name is claimed after its change was planned");
  expect(plans).toBe(1);
});
