// Links, first sights, tombstones and absence [S6] to [S11].

import { describe, expect, it, vi } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  membersOf,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patch,
  patchGroup,
  read,
} from "../dialogues/dialogue.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { change, idOf, match, seedUsers } from "./strangers.ts";

const DAY_MS = 86_400_000;

describe("S6 S7 S11: sight and uniqueness", () => {
  it("S6: thirty first sights at once, by search and by list, mint one id", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { users: seedUsers(1) });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => ask(gateway, "GET", match("OLD0@contoso.com"), 200)),
    );
    const ids = new Set(answers.map(({ body }) => body.Resources[0].id));
    expect(ids.size).toBe(1);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await runAlarmAfter(gateway, DAY_MS);
    const { body } = await ask(gateway, "GET", "/Users", 200);
    expect(body.Resources.map((one: { id: string }) => one.id)).toEqual([...ids]);
  });

  it("S6 C25: POST of a user who is there natively is 409, before and after they were seen; GET adopts", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("PATCH", "/state", { users: seedUsers(2) });
    const post = (email: string) => ask(gateway, "POST", "/Users", 409, entraUser({ email }));
    expectError(await post("old0@contoso.com"), 409, "uniqueness");
    const id = await idOf(gateway, "old0@contoso.com");
    expectError(await post("OLD0@contoso.com"), 409, "uniqueness");
    await patch(gateway, id, { op: "Replace", path: "name.familyName", value: "King" });
    expect((await nativeOf(gateway, "old0@contoso.com")).familyName).toBe("King");
    expect(await natives(gateway)).toHaveLength(2);
  });

  it("S7: externalId need not be unique: a filter on it finds all, in order", async () => {
    const gateway = await open(KEEPNET);
    const ids = [];
    for (const email of ["a@contoso.com", "b@contoso.com"])
      ids.push(await createUser(gateway, email, { externalId: "same" }));
    const { body } = await ask(gateway, "GET", filtered("/Users", 'externalId eq "same"'), 200);
    expect(body.Resources.map((one: { id: string }) => one.id)).toEqual(ids);
    const narrowed = filtered("/Users", 'externalId eq "same" and userName eq "b@contoso.com"');
    expect((await ask(gateway, "GET", narrowed, 200)).body.Resources).toMatchObject([{ id: ids[1] }]);
  });

  it("S7 S11 C37: names are compared after NFC and in lower case, and shown as sent", async () => {
    const gateway = await open(KEEPNET);
    const composed = "STRA\u1e9eE.\u00c5se@contoso.com";
    const id = await createUser(gateway, composed);
    for (const other of ["stra\u00dfe.\u00e5SE@CONTOSO.com", "stra\u00dfe.a\u030ase@contoso.com"]) {
      expect(await idOf(gateway, other)).toBe(id);
      await ask(gateway, "POST", "/Users", 409, entraUser({ email: other }));
    }
    expect(await idOf(gateway, "strasse.\u00e5se@contoso.com")).toBeUndefined();
    expect((await read(gateway, id)).userName).toBe(composed);
    expect(await natives(gateway)).toHaveLength(1);
  });
});

describe("S8 S9: deletion and return", () => {
  it("S8: where the vendor only disables, DELETE takes the memberships, disables and hides", async () => {
    const gateway = await open(KEEPNET, { settings: { onDelete: "disable" } });
    const [ada, bob] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Sales");
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: ada }, { value: bob }] });
    await ask(gateway, "DELETE", `/Users/${ada}`, 204);
    expect((await nativeOf(gateway, "ada@contoso.com")).active).toBe(false);
    expect(await nativeGroups(gateway)).toEqual({ Sales: ["bob@contoso.com"] });
    expect(await membersOf(gateway, group)).toEqual([bob]);
    await ask(gateway, "GET", `/Users/${ada}`, 404);
    expect((await ask(gateway, "GET", match("ada@contoso.com"), 200)).body.totalResults).toBe(0);
    await runAlarmAfter(gateway, DAY_MS);
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(1);
    expect((await ask(gateway, "GET", match("ada@contoso.com"), 200)).body.totalResults).toBe(0);
  });

  it.each([
    ["keepnet, removing", KEEPNET, {}],
    ["keepnet, disabling", KEEPNET, { settings: { onDelete: "disable" } }],
    ["keepabl, suspending", KEEPABL, { settings: { onDelete: "suspend" } }],
  ])(
    "S9: the same person who is created again gets a new id, and one account, active, %s",
    async (_title, profile, more) => {
      const gateway = await open(profile, more);
      const id = await createUser(gateway, "ada@contoso.com");
      await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
      await ask(gateway, "DELETE", `/Users/${id}`, 204);
      await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
      const sent = entraUser({ email: "ADA@contoso.com", givenName: "Augusta" }, { externalId: "ada" });
      const back = await ask(gateway, "POST", "/Users", 201, sent);
      expect(back.body.id).not.toBe(id);
      expect(back.body).toMatchObject({ active: true, userName: "ADA@contoso.com", name: { givenName: "Augusta" } });
      expect(await natives(gateway)).toMatchObject([{ active: true, givenName: "Augusta" }]);
      await ask(gateway, "GET", `/Users/${back.body.id}`, 200);
      await ask(gateway, "GET", `/Users/${id}`, 404);
    },
  );

  it("S9: another person under the old name gets a new id, and nothing of the predecessor", async () => {
    const gateway = await open(KEEPNET, { settings: { onDelete: "disable" } });
    const boss = await createUser(gateway, "boss@contoso.com");
    const id = await createUser(gateway, "ada@contoso.com");
    const phone = { op: "Add", path: 'phoneNumbers[type eq "work"].value', value: "+1" };
    await patch(gateway, id, phone, { op: "Add", path: "manager", value: boss });
    const group = await createGroup(gateway, "Sales");
    await patchGroup(gateway, group, { op: "Add", path: "members", value: [{ value: id }] });
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    const other = {
      userName: "ada@contoso.com",
      externalId: "somebody-else",
      name: { givenName: "Adam" },
      emails: [{ type: "work", value: "ada@contoso.com" }],
    };
    await gateway.vendor("DELETE", "/log");
    const made = await ask(gateway, "POST", "/Users", 201, other);
    expect(made.body.id).not.toBe(id);
    expect(made.body).toMatchObject({ active: true, externalId: "somebody-else", name: { givenName: "Adam" } });
    for (const gone of ["phoneNumbers", "groups", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]) {
      expect(made.body[gone]).toBeUndefined();
    }
    const record = await nativeOf(gateway, "ada@contoso.com");
    expect(record).toMatchObject({ givenName: "Adam", familyName: null, active: true });
    expect([record.phone || null, record.department || null, record.managerEmail || null]).toEqual([null, null, null]);
    expect(await nativeGroups(gateway)).toEqual({ Sales: [] });
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect(await natives(gateway)).toHaveLength(2);
  });

  it("S9: where the vendor keeps the name of the deleted, POST is 409 and says so", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 409, match: { method: "POST", path: "^/api/target-users$" } },
    ]);
    const refused = await ask(gateway, "POST", "/Users", 409, entraUser({ email: "ada@contoso.com" }));
    expectError(refused, 409, "uniqueness");
    expect(refused.body.detail).toContain("deleted user");
  });
});

describe("S10: absence", () => {
  it("S10: gone at the vendor is 404 with the id kept; when the person returns, so does the id", async () => {
    const gateway = await open(KEEPNET);
    const id = await createUser(gateway, "ada@contoso.com");
    let taken: Record<string, unknown> | undefined;
    await change(gateway, (users) => {
      for (const [key, user] of Object.entries(users)) {
        taken = user;
        delete users[key];
      }
    });
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect((await ask(gateway, "GET", match("ada@contoso.com"), 200)).body.totalResults).toBe(0);
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(0);
    await change(gateway, (users) => {
      users[String(taken?.resourceId)] = { ...taken };
    });
    expect(await idOf(gateway, "ada@contoso.com")).toBe(id);
    expect((await read(gateway, id)).externalId).toBe("ada");
  });

  // Folding makes other letters of the second one than the vendor's search does.
  it.each(["ada@contoso.com", "Straße@contoso.com"])(
    "S10: a 404 by id that the search contradicts is an outage, not an absence: %s",
    async (email) => {
      const gateway = await open(KEEPABL);
      const id = await createUser(gateway, email);
      await gateway.vendor("POST", "/clock", { advanceMs: 5_000 });
      const byId = { method: "GET", path: "^/api/v1/users/" };
      await gateway.vendor("POST", "/faults", [
        { kind: "status", status: 404, body: { message: "User not found" }, match: byId },
      ]);
      await atTimeFromNow(5_000, () => ask(gateway, "GET", `/Users/${id}`, 503));
      await atTimeFromNow(5_000, () => ask(gateway, "GET", `/Users/${id}`, 200));
    },
  );

  it.each([KEEPNET, KEEPABL])(
    "S10 E1: a vendor that answers 404 to everything is an outage: never 404, never an empty list, $title",
    async (profile) => {
      const gateway = await open(profile);
      const id = await createUser(gateway, "ada@contoso.com");
      await gateway.vendor("POST", "/faults", [{ kind: "status", status: 404, body: "<h1>404</h1>", times: 200 }]);
      await runAlarmAfter(gateway, 0);
      for (const [method, path, body] of [
        ["GET", match("nobody@contoso.com")],
        ["GET", match("ada@contoso.com")],
        ["GET", `/Users/${id}`],
        ["POST", "/Users", entraUser({ email: "new@contoso.com" })],
      ] as [string, string, object?][]) {
        // Beyond the time in which the overlay answers for a user who was just created.
        const answer = await atTimeFromNow(5_000, () => gateway.scim(method, path, body));
        expect([answer.status, method, path]).toEqual([503, method, path]);
      }
      await gateway.vendor("DELETE", "/faults");
      expect(await idOf(gateway, "ada@contoso.com")).toBe(id);
    },
  );

  it("S10: a sweep that misses more than a tenth concludes nothing and raises an alarm; below, the gone are lost", async () => {
    const gateway = await open(KEEPNET, { seed: { users: seedUsers(40) } });
    await createUser(gateway, "a@contoso.com");
    await createUser(gateway, "b@contoso.com");
    const drop = (emails: string[]) =>
      change(gateway, (users) => {
        for (const [key, user] of Object.entries(users)) if (emails.includes(String(user.email))) delete users[key];
      });
    const sweep = async () => {
      await gateway.api("POST", `/connections/${gateway.name}/sweep`);
      const users = async () => (await gateway.api("GET", `/connections/${gateway.name}/sweep`)).body.sweeps[0];
      // The object's own alarm does it: time that is moved would begin further sweeps, before the user has gone.
      await vi.waitFor(async () => expect((await users()).state).not.toBe("running"), { timeout: 10_000 });
      return users();
    };
    const totals = async () => (await ask(gateway, "GET", "/Users?count=0", 200)).body.totalResults;
    await drop(["old0@contoso.com"]);
    expect((await sweep()).alarm).toBeNull();
    expect(await totals()).toBe(41);
    await drop(Array.from({ length: 20 }, (_, at) => `old${at + 1}@contoso.com`));
    expect((await sweep()).alarm).toContain("vanished");
    expect(await totals()).toBe(41);
  });
});
