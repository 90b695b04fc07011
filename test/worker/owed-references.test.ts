// Managers who are not here yet: the rest of the request is done, and the vendor's record names them once they come.

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { nativeViews } from "../../adapters/views.ts";
import {
  ask,
  createUser,
  ENTERPRISE,
  entraUser,
  expectError,
  filtered,
  NOBODY,
  patch,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { createGateway, type Gateway } from "./gateway.ts";
import { CONNECTIONS, nativeUsers, type Opened, openVendor } from "./native-side.ts";

const MANAGER = `${ENTERPRISE}:manager`;
const DAY_MS = 86_400_000;
const WAIT = { timeout: 10_000, interval: 50 };
const KEEPNETS = CONNECTIONS.filter(({ vendor }) => vendor === "keepnet");
const BOSS = "boss@contoso.com";
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

const owedIn = async (gateway: Gateway) =>
  (await gateway.api("GET", `/connections/${gateway.name}/pending`)).body.owed as {
    what: string;
    kind: string;
    isParked: boolean;
  }[];

const managerOf = async (gateway: Gateway, id: string): Promise<unknown> =>
  (await read(gateway, id))[ENTERPRISE]?.manager?.value;

/** What the vendor's record of Ada has. */
const nativeAda = async (opened: Opened, gateway: Gateway) =>
  (await nativeUsers(opened, gateway))["ada@contoso.com"] ?? {};

/** Makes the job due now and lets the object's alarm run it. */
async function runJob(gateway: Gateway): Promise<void> {
  const stub = env.CONNECTION.getByName(gateway.id);
  await runInDurableObject(stub, async (_object, { storage }) => {
    storage.sql.exec("update owed set due_at = 0 where kind = 'reference'");
    storage.sql.exec("update due_jobs set due_at = 0 where job = 'reference'");
    await storage.setAlarm(Date.now());
  });
  await runDurableObjectAlarm(stub);
}

/** Waits until the alarm, which may run by itself, has set what is owed. */
async function untilSet(gateway: Gateway): Promise<void> {
  await vi.waitFor(async () => {
    await runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));
    expect(await owedIn(gateway)).toEqual([]);
  }, WAIT);
}

/** Ada, whose manager is not here yet. */
async function openWithOwed(opened: Opened, value: unknown = BOSS) {
  const gateway = await openVendor(opened);
  const body = entraUser({ email: "ada@contoso.com" }, { [ENTERPRISE]: { department: "R&D", manager: value } });
  const made = await ask(gateway, "POST", "/Users", 201, body);
  return { gateway, ada: String(made.body.id), made };
}

describe.each(KEEPNETS)("S50: a manager who is not here yet, $title", (opened) => {
  it.each([
    ["userName", BOSS],
    ["userName in other letters", "Boss@Contoso.com"],
    ["externalId", "boss"],
    ["a $ref with the externalId", { $ref: "../Users/boss" }],
  ])("S50: named by %s, is owed by a POST and set when that user is created", async (_title, value) => {
    const { gateway, ada, made } = await openWithOwed(opened, value);
    expect(made.body[ENTERPRISE].manager).toBeUndefined();
    expect(await nativeAda(opened, gateway)).toMatchObject({ [`${ENTERPRISE}:department`]: "R&D" });
    expect((await nativeAda(opened, gateway))[MANAGER]).toBeUndefined();
    expect(await owedIn(gateway)).toMatchObject([{ user: ada, what: MANAGER, kind: "reference" }]);
    const boss = await createUser(gateway, BOSS);
    await untilSet(gateway);
    expect(await managerOf(gateway, ada)).toBe(boss);
    expect(typeof (await nativeAda(opened, gateway))[MANAGER]).toBe("string");
  });

  it("S50: is set when the account at the vendor is found for the first time", async () => {
    const { gateway, ada } = await openWithOwed(opened);
    const { body } = await gateway.vendor("GET", "/state");
    const stranger = { key: BOSS, email: BOSS, givenName: "Grace", familyName: "Hopper", active: true };
    await gateway.vendor("PATCH", "/state", nativeViews.keepnet?.withUsers(body, [stranger]));
    const found = await ask(gateway, "GET", filtered("/Users", `userName eq "${BOSS}"`), 200);
    expect(found.body.totalResults).toBe(1);
    await untilSet(gateway);
    expect(await managerOf(gateway, ada)).toBe(found.body.Resources[0].id);
    expect(typeof (await nativeAda(opened, gateway))[MANAGER]).toBe("string");
  });

  it("S50: beside other values of a PATCH or PUT is owed, and the rest is done", async () => {
    const gateway = await openVendor(opened);
    const ada = await createUser(gateway, "ada@contoso.com");
    const operations = [replace("name.familyName", "King"), replace(MANAGER, BOSS)];
    await patch(gateway, ada, ...operations);
    expect(await nativeAda(opened, gateway)).toMatchObject({ "name.familyName": "King" });
    expect(await owedIn(gateway)).toHaveLength(1);
    const whole = await read(gateway, ada);
    const changed = { ...whole, name: { givenName: "Ada", familyName: "Byron" }, [ENTERPRISE]: { manager: "chief" } };
    await ask(gateway, "PUT", `/Users/${ada}`, 200, changed);
    expect(await nativeAda(opened, gateway)).toMatchObject({ "name.familyName": "Byron" });
    const chief = await createUser(gateway, "chief@contoso.com");
    await untilSet(gateway);
    expect(await managerOf(gateway, ada)).toBe(chief);
    await createUser(gateway, BOSS);
    await runJob(gateway);
    expect(await managerOf(gateway, ada)).toBe(chief);
  });

  it("S50: alone in a PATCH is 400 as often as it is sent, and nothing is owed", async () => {
    const gateway = await openVendor(opened);
    const ada = await createUser(gateway, "ada@contoso.com");
    for (const value of [BOSS, NOBODY, { $ref: `../Users/${NOBODY}` }, { value: BOSS }]) {
      const refused = await ask(gateway, "PATCH", `/Users/${ada}`, 400, patchOf(replace(MANAGER, value)));
      expectError(refused, 400, "invalidValue");
    }
    expect(await owedIn(gateway)).toEqual([]);
    expect((await nativeAda(opened, gateway))[MANAGER]).toBeUndefined();
  });

  it("S50: a later write of the manager takes the place of what is owed", async () => {
    const { gateway, ada } = await openWithOwed(opened);
    const chief = await createUser(gateway, "chief@contoso.com");
    for (const operation of [{ op: "remove", path: MANAGER }, replace(MANAGER, chief), replace(MANAGER, chief)]) {
      await patch(gateway, ada, operation);
      expect(await owedIn(gateway)).toEqual([]);
      await patch(gateway, ada, replace("name.givenName", `A. ${operation.op}`), replace(MANAGER, BOSS));
      expect(await owedIn(gateway)).toHaveLength(1);
    }
    await patch(gateway, ada, replace(MANAGER, chief));
    await createUser(gateway, BOSS);
    await runJob(gateway);
    expect(await managerOf(gateway, ada)).toBe(chief);
  });

  it("S50: another write leaves it owed", async () => {
    const { gateway, ada } = await openWithOwed(opened);
    await patch(gateway, ada, replace("name.givenName", "Augusta"));
    expect(await owedIn(gateway)).toHaveLength(1);
  });

  it("S50: is given up and listed so after 30 days", async () => {
    const { gateway, ada } = await openWithOwed(opened);
    const age = (days: number) =>
      runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
        storage.sql.exec("update owed set since = ?", Date.now() - days * DAY_MS);
      });
    await age(29);
    await runJob(gateway);
    expect(await owedIn(gateway)).toMatchObject([{ kind: "reference", isParked: false }]);
    await age(31);
    await vi.waitFor(async () => {
      await runJob(gateway);
      expect(await owedIn(gateway)).toMatchObject([{ user: ada, what: MANAGER, kind: "reference", isParked: true }]);
    }, WAIT);
    await createUser(gateway, BOSS);
    await runJob(gateway);
    expect(await managerOf(gateway, ada)).toBeUndefined();
    expect((await nativeAda(opened, gateway))[MANAGER]).toBeUndefined();
  });

  it("S50: with references: reject the request is 400 and nothing is done", async () => {
    const gateway = await openVendor(opened, { references: "reject" });
    const ada = await createUser(gateway, "ada@contoso.com");
    const body = entraUser({ email: "bob@contoso.com" }, { [ENTERPRISE]: { manager: BOSS } });
    expectError(await ask(gateway, "POST", "/Users", 400, body), 400, "invalidValue");
    const operations = patchOf(replace("name.familyName", "King"), replace(MANAGER, BOSS));
    expectError(await ask(gateway, "PATCH", `/Users/${ada}`, 400, operations), 400, "invalidValue");
    expect(Object.keys(await nativeUsers(opened, gateway))).toEqual(["ada@contoso.com"]);
    expect(await nativeAda(opened, gateway)).toMatchObject({ "name.familyName": "L" });
    expect(await owedIn(gateway)).toEqual([]);
  });

  it("S50: a name that two users have is nobody's", async () => {
    const gateway = await openVendor(opened);
    const ada = await createUser(gateway, "ada@contoso.com");
    const boss = await createUser(gateway, BOSS, { externalId: "same" });
    await patch(gateway, ada, replace(MANAGER, "same"));
    expect(await managerOf(gateway, ada)).toBe(boss);
    await createUser(gateway, "chief@contoso.com", { externalId: "same" });
    await patch(gateway, ada, { op: "remove", path: MANAGER });
    expectError(await ask(gateway, "PATCH", `/Users/${ada}`, 400, patchOf(replace(MANAGER, "same"))), 400);
  });

  it("S50: beside a deactivation is set aside, and owed when the user is activated", async () => {
    const gateway = await openVendor(opened);
    const ada = await createUser(gateway, "ada@contoso.com");
    await patch(gateway, ada, replace("active", false), replace(MANAGER, BOSS));
    expect(await owedIn(gateway)).toMatchObject([{ what: MANAGER, kind: "set-aside" }]);
    await patch(gateway, ada, replace("active", true));
    expect(await owedIn(gateway)).toMatchObject([{ what: MANAGER, kind: "reference" }]);
    const boss = await createUser(gateway, BOSS);
    await untilSet(gateway);
    expect(await managerOf(gateway, ada)).toBe(boss);
  });

  it("S50: a POST whose answer was lost is finished with its manager owed", async () => {
    const gateway = await openVendor(opened);
    const body = entraUser({ email: "ada@contoso.com" }, { [ENTERPRISE]: { manager: BOSS } });
    await gateway.vendor("POST", "/faults", [
      { kind: "drop", when: "after", times: 1, match: { method: "POST", path: "/api/target-users$" } },
    ]);
    await gateway.scim("POST", "/Users", body);
    await gateway.vendor("DELETE", "/faults");
    const { id } = (await ask(gateway, "POST", "/Users", 201, body)).body;
    expect(await owedIn(gateway)).toMatchObject([{ user: id, kind: "reference" }]);
    const boss = await createUser(gateway, BOSS);
    await untilSet(gateway);
    expect(await managerOf(gateway, id)).toBe(boss);
  });
});

describe.each(CONNECTIONS.filter(({ vendor }) => vendor !== "keepnet"))("S50: without managers, $title", (opened) => {
  it("S50: nothing is owed where the product holds no manager", async () => {
    const gateway = await createGateway(opened.vendor, opened.options);
    await ask(
      gateway,
      "POST",
      "/Users",
      201,
      entraUser({ email: "ada@contoso.com" }, { [ENTERPRISE]: { manager: BOSS } }),
    );
    expect(await owedIn(gateway)).toEqual([]);
  });
});
