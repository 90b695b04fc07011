// What does not count, or must wait although an administrator has ordered it: swaps of names, repairs of doubts, disables of
// users about whom an alarm is open, the first day of a connection [S20] [S46] [S57] [S58] [S59].

import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Connection } from "../../src/connection.ts";
import { subjectOf, withTransport } from "../suite/subject.ts";
import { open } from "../suite/world.ts";
import {
  addressOf,
  brake,
  create,
  createUsers,
  DAY_MS,
  keepnetUsers,
  kindOf,
  patch,
  rename,
  setActive,
} from "./brake-people.ts";
import { atTimeFromNow } from "./clock.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { match } from "./strangers.ts";

const withRenames = (count: number) =>
  createGateway("keepnet", { brake: { share: 0.1, count: 20, minutes: 60, kinds: { rename: { share: 0, count } } } });
const swap = (gateway: Gateway, first: string | undefined, second: string | undefined) =>
  gateway.api("POST", `/connections/${gateway.name}/users/swap`, { first, second });

describe("a swap of names", () => {
  it("S20 S59: counts nothing, so that clients' renames have the whole line, and passes while that line is crossed", async () => {
    const gateway = await withRenames(3);
    const ids = await createUsers(gateway, 6);
    expect((await swap(gateway, ids[0], ids[1])).status).toBe(200);
    expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 0 });
    for (const n of [2, 3]) expect((await rename(gateway, ids[n], `new${n}@old.example`)).status).toBe(200);
    expect((await rename(gateway, ids[4], "new4@old.example")).status).toBe(503);
    // Nobody else's renaming is meant by it: what is held stays held.
    expect((await swap(gateway, ids[4], ids[5])).status).toBe(200);
    expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 2, requests: 1, heldSince: expect.any(String) });
    expect((await gateway.scim("GET", `/Users/${ids[4]}`)).body.userName).toBe(addressOf(5));
    expect((await rename(gateway, ids[3], "newer3@old.example")).status).toBe(200);
    expect((await rename(gateway, ids[0], "new0@old.example")).status).toBe(503);
  });

  it("S20 S59: is refused in a sentence, with nothing changed, while an administrator holds the brake by hand", async () => {
    const gateway = await withRenames(3);
    const ids = await createUsers(gateway, 2);
    await brake(gateway, "POST", "/hold");
    const refused = await swap(gateway, ids[0], ids[1]);
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining("the brake is held by hand; end that first (portico brake hold --end)"),
    ]);
    expect((await keepnetUsers(gateway)).map(({ email }) => email)).toEqual([addressOf(0), addressOf(1)]);
  });
});

it("S20 S46: what writes again what clients were told counts nothing, and passes while its kind is held", {
  timeout: 60_000,
}, async () => {
  const subject = withTransport(subjectOf("keepnet"), { timeoutMs: 1_000, lateMs: 3_000 });
  const world = await open(subject, {
    brake: { share: 0.1, count: 20, minutes: 60, kinds: { rename: { share: 0, count: 2 } } },
  });
  const { gateway } = world;
  const ids = await createUsers(gateway, 2);
  await world.fail({ kind: "delay", delayMs: 2_500, when: "before", times: 1, match: { method: "PUT" } });
  // The vendor renames late, after the client has been told of another name.
  expect((await rename(gateway, ids[0], "late@old.example")).status).toBe(503);
  expect((await rename(gateway, ids[0], "told@old.example")).status).toBe(200);
  expect((await rename(gateway, ids[1], "other@old.example")).status).toBe(503);
  expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 1, requests: 1 });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));
      expect((await keepnetUsers(gateway)).map(({ email }) => email)).toContain("told@old.example");
      const { body } = await gateway.api("GET", `/connections/${gateway.name}/pending`);
      expect(body.kinds.map(({ waiting }: { waiting: number }) => waiting).filter(Boolean)).toEqual([]);
    },
    { timeout: 20_000, interval: 300 },
  );
  expect((await keepnetUsers(gateway)).map(({ email }) => email).sort()).toEqual(["told@old.example", addressOf(1)]);
  expect(await kindOf(gateway, "rename")).toMatchObject({ counted: 1, requests: 1 });
});

describe("a disable that is held of a user about whom an alarm is open", () => {
  /** The disables of users 1 to 3 are held, and user 1 may be two people. */
  async function openShared() {
    const gateway = await createGateway("keepnet", { brake: { share: 0, count: 2, minutes: 60 } });
    const ids = await createUsers(gateway, 4);
    for (const [n, id] of ids.entries()) expect((await setActive(gateway, id, false)).status).toBe(n === 0 ? 200 : 503);
    expect((await gateway.scim("GET", match(addressOf(1)))).body.totalResults).toBe(1);
    const guest = { op: "replace", path: "externalId", value: "a-guest" };
    expect((await patch(gateway, `/Users/${ids[1]}`, guest)).status).toBe(200);
    return { gateway, ids, alarm: `two-identities:${ids[1]}` };
  }
  const isActive = async (gateway: Gateway, n: number) =>
    (await keepnetUsers(gateway)).find(({ email }) => email === addressOf(n))?.isActive;

  it("S18 S57: is not applied, which is said; the others are, and this one once the alarm is acknowledged", async () => {
    const { gateway, ids, alarm } = await openShared();
    const path = `/connections/${gateway.name}`;
    const applied = await gateway.api("POST", `${path}/brake/apply`);
    expect(applied.body).toEqual({
      disables: 2,
      refused: [
        { user: ids[1], alarm, why: expect.stringContaining(`portico connection acknowledge ${gateway.name}`) },
      ],
    });
    await vi.waitFor(async () => expect(await isActive(gateway, 3)).toBe(false), { timeout: 5_000 });
    expect(await isActive(gateway, 1)).toBe(true);
    expect(await brake(gateway)).toMatchObject({ disables: 1 });
    expect((await gateway.api("POST", `${path}/alarms/${alarm}/acknowledge`)).status).toBe(200);
    expect((await gateway.api("POST", `${path}/brake/apply`)).body).toEqual({ disables: 1, refused: [] });
    await vi.waitFor(async () => expect(await isActive(gateway, 1)).toBe(false), { timeout: 5_000 });
  });

  it("S18 S57: is not done by a release of the user either, which lets nothing through then", async () => {
    const { gateway, alarm } = await openShared();
    const release = (user: string) => gateway.api("POST", `/connections/${gateway.name}/brake/release`, { user });
    const refused = await release(addressOf(1));
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining(`the alarm ${alarm} is open`)]);
    expect(await brake(gateway)).toMatchObject({ disables: 3, releases: [] });
    expect((await release(addressOf(2))).status).toBe(200);
    await vi.waitFor(async () => expect(await isActive(gateway, 2)).toBe(false), { timeout: 5_000 });
    expect(await isActive(gateway, 1)).toBe(true);
    // A day later nobody needs to look any more.
    await atTimeFromNow(DAY_MS + 60_000, async () => expect((await release(addressOf(1))).status).toBe(200));
  });
});

describe("the first day of a connection", () => {
  const withCreations = (count: number, more: object = {}) =>
    createGateway("keepnet", {
      brake: { share: 0.1, count: 20, minutes: 60, kinds: { creation: { share: 0, count } } },
      ...more,
    });

  it("S20 S21: begins with the first user who is created live, not with those of a plan, and outlives a restart", async () => {
    const gateway = await withCreations(2, { mode: "plan" });
    await createUsers(gateway, 3);
    await atTimeFromNow(3 * DAY_MS, async () => {
      const live = await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "live", confirm: true });
      expect(live.status).toBe(200);
      await createUsers(gateway, 4);
    });
    const objects = env.CONNECTION as DurableObjectNamespace<Connection>;
    await evictDurableObject(objects.getByName(gateway.id));
    await atTimeFromNow(4 * DAY_MS - 600_000, async () => {
      await createUsers(gateway, 2, 10);
      expect(await kindOf(gateway, "creation")).toMatchObject({ counted: 0 });
    });
    await evictDurableObject(objects.getByName(gateway.id));
    await atTimeFromNow(4 * DAY_MS + 600_000, async () => {
      expect((await create(gateway, 20)).status).toBe(201);
      expect((await create(gateway, 21)).status).toBe(503);
    });
  }, 60_000);

  it("S20: does not begin with a user whom the product refuses", async () => {
    const gateway = await withCreations(1);
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 400, times: 1, match: { method: "POST" } }]);
    expect((await create(gateway, 0)).status).toBe(400);
    await atTimeFromNow(2 * DAY_MS, async () => {
      await createUsers(gateway, 3, 1);
      expect(await kindOf(gateway, "creation")).toMatchObject({ counted: 0 });
    });
  });
});
