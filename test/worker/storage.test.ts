// A storage error inside the object: 503 with Retry-After, the retry ends as one clean run, and never a silent success [S23] [S32] [S34].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraUser,
  KEEPNET,
  nativeGroups,
  nativeLog,
  natives,
  open,
  patchOf,
} from "../dialogues/dialogue.ts";
import { runAlarmAfter } from "./clock.ts";
import type { Answer, Gateway } from "./gateway.ts";

const DAY_MS = 86_400_000;

const sql = (gateway: Gateway, statement: string): Promise<void> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
    storage.sql.exec(statement);
  });

/** From now on the store refuses this, as a full or broken disk would. */
const breakStore = (gateway: Gateway, what: string) =>
  sql(
    gateway,
    `create trigger broken before ${what} begin select raise(abort, 'disk I/O error of ada@contoso.com'); end`,
  );
const mendStore = (gateway: Gateway) => sql(gateway, "drop trigger broken");

function expectOutage(answer: Answer): void {
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(answer.headers.get("content-type")).toMatch(/^application\/scim\+json/);
  expect(JSON.stringify(answer.body)).not.toMatch(/disk|sqlite|trigger|ada@/i);
}

let written: string[];
beforeEach(() => {
  written = [];
  vi.spyOn(console, "error").mockImplementation((...parts) => void written.push(parts.join(" ")));
});
afterEach(() => {
  vi.restoreAllMocks();
  expect(written.join("\n")).not.toContain("ada@contoso.com");
});

describe("the store fails", () => {
  it("S23: before a create is promised: nothing is sent", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("DELETE", "/log");
    await breakStore(gateway, "insert on intents");
    expectOutage(await gateway.scim("POST", "/Users", entraUser({ email: "ada@contoso.com" })));
    expect((await nativeLog(gateway)).filter(({ path }) => !/search/.test(path))).toEqual([]);
    await mendStore(gateway);
    await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
  });

  it("S23: after the product has created a user: the retry finds and finishes it, and makes no twin", async () => {
    const gateway = await open(KEEPNET);
    await breakStore(gateway, "insert on links");
    expectOutage(await gateway.scim("POST", "/Users", entraUser({ email: "ada@contoso.com" })));
    expect(await natives(gateway)).toHaveLength(1);
    await mendStore(gateway);
    const again = await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
    expect(await natives(gateway)).toHaveLength(1);
    expect((await ask(gateway, "GET", `/Users/${again.body.id}`, 200)).body.externalId).toBe("ada");
    await ask(gateway, "POST", "/Users", 409, entraUser({ email: "ada@contoso.com" }));
  });

  it("S23: in a change, a membership and a deletion: the retry is answered, and both sides agree", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    const group = await createGroup(gateway, "Staff");
    const retried = async (what: string, done: number, work: () => Promise<Answer>) => {
      await breakStore(gateway, what);
      expectOutage(await work());
      await mendStore(gateway);
      const again = await work();
      expect([what, again.status]).toEqual([what, done]);
    };
    const rename = patchOf({ op: "replace", path: "name.familyName", value: "King" });
    await retried("update on links", 200, () => gateway.scim("PATCH", `/Users/${id}`, rename));
    expect((await natives(gateway))[0]?.familyName).toBe("King");
    const add = patchOf({ op: "add", path: "members", value: [{ value: id }] });
    await retried("insert on members", 204, () => gateway.scim("PATCH", `/Groups/${group}`, add));
    expect((await nativeGroups(gateway)).Staff).toEqual(["ada@contoso.com"]);
    expect((await ask(gateway, "GET", `/Groups/${group}`, 200)).body.members).toHaveLength(1);
    const empty = patchOf({ op: "remove", path: "members" });
    await retried("delete on members", 204, () => gateway.scim("PATCH", `/Groups/${group}`, empty));
    expect((await nativeGroups(gateway)).Staff).toEqual([]);
    await breakStore(gateway, "update on links");
    expectOutage(await gateway.scim("DELETE", `/Users/${id}`));
    await mendStore(gateway);
    expect([204, 404]).toContain((await gateway.scim("DELETE", `/Users/${id}`)).status);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect(await natives(gateway)).toEqual([]);
  });

  it("S29 S34: for reads it is 503 as well, never a 404 and never an empty list", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await sql(gateway, "alter table links rename to lost_links");
    for (const path of [
      `/Users/${id}`,
      "/Users",
      `/Users?filter=${encodeURIComponent('userName eq "ada@contoso.com"')}`,
    ]) {
      expectOutage(await gateway.scim("GET", path));
    }
    await sql(gateway, "alter table lost_links rename to links");
    await ask(gateway, "GET", `/Users/${id}`, 200);
  });

  it("S34: when only the trace cannot be written, the answer stands, and the log says so without values", async () => {
    const gateway = await open(KEEPNET);
    await breakStore(gateway, "insert on traces");
    const { body } = await ask(gateway, "POST", "/Users", 201, entraUser({ email: "ada@contoso.com" }));
    await mendStore(gateway);
    await ask(gateway, "GET", `/Users/${body.id}`, 200);
    expect(written.join("\n")).toMatch(/^trace [0-9a-f-]{36} failed/m);
  });

  it("S32: in background work it is tried again later, and done once the store works again", async () => {
    const gateway = await open(KEEPNET);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await breakStore(gateway, "update on sweeps");
    const stub = env.CONNECTION.getByName(gateway.id);
    await runDurableObjectAlarm(stub);
    expect(await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm())).not.toBeNull();
    await mendStore(gateway);
    await runAlarmAfter(gateway, DAY_MS);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/sweep`);
    expect(body.sweeps.map(({ state }: { state: string }) => state)).toEqual(["complete", "complete", "complete"]);
  });
});
