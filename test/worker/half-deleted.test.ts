// A DELETE that disables and stops halfway, and that nobody sends again: the user is either as before or disabled, never
// active without the groups that clients see [S8] [S19] [S46].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { FaultOrder } from "../../adapters/simulation/faults.ts";
import { passingTime } from "../suite/passing-time.ts";
import { sampleOf } from "../suite/sample.ts";
import { noDisable, noGroups } from "../suite/scenario.ts";
import { deletionOf, personOf, type Subject, subjectNames, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";
import { kindOf } from "./brake-people.ts";

const TROUBLES: [string, FaultOrder][] = [
  ["504 after the effect", { kind: "status", status: 504, when: "after" }],
  ["lost answer", { kind: "lostResponse" }],
  ["outage", { kind: "status", status: 503, times: 1 }],
  ["refusal", { kind: "status", status: 422, times: 1 }],
];
const disables = (subject: Subject) =>
  (noGroups(subject) ?? noDisable(subject)) === undefined && deletionOf(subject) === "disable";
const VENDORS = subjectNames().filter((name) => disables(subjectOf(name)));

/** Lets minutes pass, and the alarm do what is due. */
async function settle({ gateway }: World): Promise<void> {
  const stub = env.CONNECTION.getByName(gateway.id);
  for (let turn = 0; turn < 3; turn++) {
    await runInDurableObject(stub, (_object, { storage }) => void storage.sql.exec(passingTime(400_000)));
    await runDurableObjectAlarm(stub);
  }
}

async function openMember(subject: Subject, n: number) {
  const world = await open(subject);
  const id = await world.create(n);
  for (const name of ["Readers", "Writers"]) await world.createGroup(name, [id]);
  await world.outwait();
  return { world, id, key: personOf(subject, n).key };
}

it("S8: vendors are examined", () => expect(VENDORS).toContain("redmine"));

it.each(
  VENDORS.flatMap((vendor) => sampleOf(TROUBLES, vendor, 4).map(([name, order]) => [vendor, name, order] as const)),
)("S8 S19 S46: %s, %s at each call that changes something", { timeout: 120_000 }, async (vendor, _name, order) => {
  const subject = subjectOf(vendor);
  const rehearsal = await openMember(subject, 1);
  const { answer, all } = await rehearsal.world.watch(() => rehearsal.world.scim("DELETE", `/Users/${rehearsal.id}`));
  expect(answer.status).toBe(204);
  const positions = all.flatMap((call, at) =>
    call.method === "GET" || subject.native.isRead?.(call) || subject.native.isPoll?.(call) ? [] : [at],
  );
  for (const at of positions) {
    const { world, id, key } = await openMember(subject, 1);
    await world.deleteAlarm();
    await world.fail({ ...order, skip: at });
    const troubled = await world.scim("DELETE", `/Users/${id}`);
    await world.heal();
    await settle(world);
    await world.outwait();
    const user = await world.user(key);
    const groups = (await world.groups()).filter(({ memberIds }) => memberIds.includes(user.id));
    const shown = await world.get(`/Users/${id}`);
    const what = `call ${at + 1} of ${all.length}, answered ${troubled.status}`;
    const { active } = user;
    const { counted } = await kindOf(world.gateway, "deactivation");
    expect({ what, active, counted, groups: active ? groups.length : 0 }).toEqual({
      what,
      active,
      counted: active ? 0 : 1,
      groups: active ? 2 : 0,
    });
    if (shown.status !== 404) expect([what, shown.body.active]).toEqual([what, user.active]);
    // Who sends it again finishes it.
    await vi.waitFor(async () => expect([204, 404]).toContain((await world.scim("DELETE", `/Users/${id}`)).status), {
      timeout: 15_000,
      interval: 300,
    });
    await settle(world);
    expect((await world.user(key)).active).toBe(false);
  }
});
