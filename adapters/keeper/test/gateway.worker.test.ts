// Keeper behind the gateway: asynchronous commands, outcomes that only a read tells, invitations, queued members.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import keeper from "../index.ts";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const WORK = 'emails[type eq "work"].value';
const DEFAULTS = { perMinute: 60, perHour: 600, perDay: 6_000 };
/** Beyond 2^53, and equal as JavaScript numbers. */
const ADA = "18038862643200001";
const BEA = "18038862643200002";

const person = (userName: string, more: object = {}) => ({
  userName,
  active: true,
  emails: [{ type: "work", value: userName }],
  ...more,
});
const native = (email: string, more: object = {}) => ({ email, status: "Active", ...more });
const two = { users: { [ADA]: native("ada@x.test"), [BEA]: native("bea@x.test") } };

async function stateOf(gateway: Gateway) {
  return (await gateway.vendor("GET", "/state")).body;
}
async function commandsOf(gateway: Gateway): Promise<string[]> {
  const { calls } = (await gateway.vendor("GET", "/log")).body;
  return calls.flatMap((call: { request?: { command?: string } }) => call.request?.command ?? []);
}
const writesOf = async (gateway: Gateway) =>
  (await commandsOf(gateway)).filter((line) => !/^(enterprise-(info|down)|whoami)/.test(line));
const patch = (gateway: Gateway, path: string, ...Operations: object[]) =>
  gateway.scim("PATCH", path, { schemas: [PATCH_OP], Operations });
const replace = (path: string, value: unknown) => ({ op: "replace", path, value });

async function findUser(gateway: Gateway, userName: string) {
  const answer = await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
  return answer.body.Resources[0];
}

describe("commands", () => {
  it("S25: submits, polls, and reads back; the id in the text keeps its digits", async () => {
    const gateway = await createGateway("keeper");
    const before = (await commandsOf(gateway)).length;
    const created = await gateway.scim(
      "POST",
      "/Users",
      person("ada@x.test", { displayName: "Ada", title: "Countess" }),
    );
    expect(created.status).toBe(201);
    expect((await commandsOf(gateway)).slice(before).map((line) => line.split(" ")[0])).toEqual([
      ...["enterprise-info", "enterprise-user", "enterprise-info"],
    ]);
    expect(created.body).toMatchObject({ userName: "ada@x.test", active: true, displayName: "Ada", title: "Countess" });
    const { users, mails } = await stateOf(gateway);
    expect(users).toEqual({ [ADA]: expect.objectContaining({ name: "Ada", jobTitle: "Countess", node: "Staff" }) });
    expect(mails).toEqual(["ada@x.test"]);
  });

  it("N2.3: tells users apart whose ids are one number to JavaScript, as an array and inside a string", async () => {
    for (const dataAs of ["array", "string"]) {
      const gateway = await createGateway("keeper", { seed: { ...two, dataAs } });
      expect(Number(ADA)).toBe(Number(BEA));
      const { id } = await findUser(gateway, "bea@x.test");
      expect((await patch(gateway, `/Users/${id}`, replace("title", "Head"))).status).toBe(200);
      const { users } = await stateOf(gateway);
      expect([users[ADA].jobTitle, users[BEA].jobTitle]).toEqual(["", "Head"]);
    }
  });

  it("N2.2: never has two commands submitted, however many requests there are", async () => {
    const gateway = await createGateway("keeper", { seed: { commandMs: 40 } });
    await gateway.vendor("DELETE", "/log");
    const names = Array.from({ length: 3 }, (_, n) => `user${n}@x.test`);
    const answers = await Promise.all(names.map((name) => gateway.scim("POST", "/Users", person(name))));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const { calls } = (await gateway.vendor("GET", "/log")).body;
    let open = 0;
    for (const { method, status } of calls) {
      if (method === "POST") open += 1;
      else if (status !== 202) open -= 1;
      expect(open).toBeLessThanOrEqual(1);
    }
  });

  it("S25: after a lost answer the earlier command is waited for, and never sent twice", async () => {
    const gateway = await createGateway("keeper");
    await gateway.vendor("DELETE", "/log");
    // The first result belongs to the look-up; the invitation's is asked for twice.
    const results = { method: "GET", path: "/result/" };
    await gateway.vendor("POST", "/faults", [{ kind: "drop", match: results, skip: 1, times: 2 }]);
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(503);
    const notYet = { success: false, error: "Error: Request not completed yet", status: "processing" };
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 202, body: notYet, match: results, times: 2 }]);
    const before = (await commandsOf(gateway)).length;
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(201);
    expect((await gateway.vendor("GET", "/faults")).body).toEqual([]);
    expect((await commandsOf(gateway)).slice(before).every((line) => line.startsWith("enterprise-info"))).toBe(true);
    expect((await stateOf(gateway)).mails).toEqual(["ada@x.test"]);
  });

  it("S25 S46: a match after a lost answer waits for the earlier command, and says that nobody is there once it has ended so", async () => {
    const gateway = await createGateway("keeper", { seed: { seats: 0 } });
    const results = { method: "GET", path: "/result/" };
    await gateway.vendor("POST", "/faults", [{ kind: "drop", match: results, skip: 1, times: 2 }]);
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(503);
    expect(await findUser(gateway, "ada@x.test")).toBeUndefined();
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(403);
  });

  it("N2.2: declares the service's limits, polls counted, and they reach the budget", async () => {
    const settings = keeper.settings.parse({ baseUrl: "https://k.test", apiKey: "k", node: "Staff" });
    expect(keeper.connect(settings).limits).toEqual({ ...DEFAULTS, concurrency: 1 });
    // The first sweep is 6 commands of 2 calls each; 2 calls are left, and a match needs 2.
    const gateway = await createGateway("keeper", { settings: { ...DEFAULTS, perHour: 14 } });
    expect((await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "a@x.test"')}`)).status).toBe(
      200,
    );
    const held = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "b@x.test"')}`);
    expect(held.status).toBe(429);
    expect(Number(held.headers.get("retry-after"))).toBeGreaterThan(60);
    expect((await gateway.vendor("GET", "/log")).body.summary.total).toBe(14);
  });

  it("N2.2: a full queue, a refused key and a refused command each say who must act", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const submit = { match: { method: "POST" } };
    const full = { success: false, error: "Error: Request queue is full." };
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, body: full, ...submit }]);
    const { id } = await findUser(gateway, "ada@x.test").catch(() => ({ id: "" }));
    expect(id).toBe("");
    const found = await findUser(gateway, "ada@x.test");
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 401, body: {}, ...submit }]);
    const expired = await gateway.scim("GET", `/Users/${found.id}`);
    expect([expired.status, expired.body.detail]).toEqual([503, expect.stringContaining("API key")]);
    await gateway.vendor("PATCH", "/state", { keys: { "fake-service-mode-key": { commands: ["enterprise-info"] } } });
    const refused = await patch(gateway, `/Users/${found.id}`, replace("title", "x"));
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringContaining("enterprise-user")]);
  });
});

describe("outcomes", () => {
  it("N2.2: a name that holds an error does not fail, under any status", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    const created = await gateway.scim("POST", "/Groups", { displayName: "Error Team", members: [{ value: ada.id }] });
    expect(created.status).toBe(201);
    expect(
      (await patch(gateway, `/Groups/${created.body.id}`, replace("displayName", "Invalid, reserved"))).status,
    ).toBe(204);
    expect((await gateway.scim("DELETE", `/Groups/${created.body.id}`)).status).toBe(204);
    expect((await stateOf(gateway)).teams).toEqual({});
    expect((await patch(gateway, `/Users/${ada.id}`, replace("title", "Failed, not found"))).status).toBe(200);
  });

  it("N2.2: a success that did nothing does not pass", async () => {
    const users = { [ADA]: native("ada@x.test", { hasKeys: false }), [BEA]: native("bea@x.test") };
    const gateway = await createGateway("keeper", { seed: { users, teams: { uidA: { name: "Sales" } } } });
    const ada = await findUser(gateway, "ada@x.test");
    const team = (await gateway.scim("GET", "/Groups")).body.Resources[0];
    const added = await patch(gateway, `/Groups/${team.id}`, {
      op: "add",
      path: "members",
      value: [{ value: ada.id }],
    });
    expect(added.status).toBe(400);
    expect(added.body.detail).toContain("no encryption key");
    expect((await gateway.scim("GET", `/Groups/${team.id}`)).body.members).toBeUndefined();
  });

  it("S29: a page instead of a result is an outage by its status, and 502 only where it says that all is well", async () => {
    const results = { method: "GET", path: "/result/" };
    for (const [status, answered] of [
      [200, 502],
      [202, 502],
      [400, 503],
      [403, 503],
      [404, 503],
      [409, 503],
      [500, 503],
      [503, 503],
      [504, 503],
    ]) {
      const gateway = await createGateway("keeper", { seed: two });
      const ada = await findUser(gateway, "ada@x.test");
      const page = { kind: "malformed", shape: "html", status, match: results };
      // The first result belongs to the read of the present state, the second to the change, the third to its verification.
      for (const skip of [0, 1, 2]) {
        await gateway.vendor("POST", "/faults", [{ ...page, skip, times: 50 }]);
        const answer = await patch(gateway, `/Users/${ada.id}`, replace("title", `after ${skip}`));
        await gateway.vendor("DELETE", "/faults");
        expect([status, skip, answer.status]).toEqual([status, skip, answered]);
        const again = await patch(gateway, `/Users/${ada.id}`, replace("title", `after ${skip}`));
        expect([status, skip, again.status]).toEqual([status, skip, 200]);
      }
      expect((await stateOf(gateway)).users[ADA].jobTitle).toBe("after 2");
    }
  });

  it("S29: one page while a result is awaited is asked past where it names an outage", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    const page = { kind: "malformed", shape: "html", status: 500, match: { method: "GET", path: "/result/" }, skip: 1 };
    await gateway.vendor("POST", "/faults", [page]);
    expect((await patch(gateway, `/Users/${ada.id}`, replace("title", "Head"))).status).toBe(200);
    expect((await gateway.vendor("GET", "/faults")).body).toEqual([]);
    expect(await writesOf(gateway)).toHaveLength(1);
  });

  it("N2.2: nothing that was answered is believed: a false success is 503", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    const lie = { status: "success", command: "enterprise-user", message: "ada@x.test user updated", data: null };
    // The read of the present state is the first result.
    await gateway.vendor("POST", "/faults", [
      {
        kind: "status",
        status: 202,
        body: { success: true, request_id: "made-up" },
        match: { method: "POST" },
        skip: 1,
      },
      { kind: "status", status: 200, body: lie, match: { path: "made-up" } },
    ]);
    expect((await patch(gateway, `/Users/${ada.id}`, replace("title", "x"))).status).toBe(503);
    expect((await stateOf(gateway)).users[ADA].jobTitle).toBe("");
  });

  it("S29: duplicates are 409, licences 403, and no person gets a second mail", async () => {
    const users = { [ADA]: native("ada@x.test", { status: "Invited" }) };
    const gateway = await createGateway("keeper", { seed: { users, elsewhere: ["carl@x.test"], seats: 1 } });
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(409);
    expect((await gateway.scim("POST", "/Users", person("carl@x.test"))).status).toBe(409);
    const full = await gateway.scim("POST", "/Users", person("dora@x.test"));
    expect(full.status).toBe(403);
    expect((await stateOf(gateway)).mails).toEqual([]);
  });

  it("S10: a user who is gone is 404", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    await gateway.vendor("PATCH", "/state", { users: { [BEA]: two.users[BEA] } });
    expect((await gateway.scim("GET", `/Users/${ada.id}`)).status).toBe(404);
  });

  it("N2.2: a value that cannot be sent is 400 naming its attribute, and no command is sent", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    for (const value of ["a\nb", "a\u0000b", "x".repeat(4_090)]) {
      const refused = await patch(gateway, `/Users/${ada.id}`, replace("title", value));
      expect([refused.status, refused.body.detail]).toEqual([400, expect.stringMatching(/the value of title /)]);
    }
    expect((await gateway.scim("POST", "/Groups", { displayName: "--delete" })).status).toBe(400);
    expect(await writesOf(gateway)).toEqual([]);
  });

  it("N2.2: a hostile name is only a name", async () => {
    const gateway = await createGateway("keeper", { seed: { ...two, environment: { x: "' --lock '" } } });
    const ada = await findUser(gateway, "ada@x.test");
    const name = `$\{x} --delete --force 'a' "b" \\ & &apos; ; | é`;
    const changed = await patch(gateway, `/Users/${ada.id}`, replace("displayName", name));
    expect(changed.body).toMatchObject({ displayName: name, active: true });
    expect((await stateOf(gateway)).users[ADA]).toMatchObject({ name, status: "Active" });
  });
});

describe("users", () => {
  it("S2: an e-mail is renamed by a new primary alias; the old one goes, and other fields stay", async () => {
    const kept = { roles: ["Auditor"], transferStatus: "Pending", node: "Acme" };
    const gateway = await createGateway("keeper", { seed: { users: { [ADA]: native("ada@x.test", kept) } } });
    const ada = await findUser(gateway, "ada@x.test");
    const renamed = await patch(gateway, `/Users/${ada.id}`, replace(WORK, "Lovelace@x.test"));
    expect(renamed.body).toMatchObject({ id: ada.id, userName: "Lovelace@x.test" });
    const { users } = await stateOf(gateway);
    expect(users[ADA]).toMatchObject({ email: "lovelace@x.test", aliases: [], ...kept });
    const writes = await writesOf(gateway);
    expect(writes).toHaveLength(2);
    // Commander writes addresses in lower case, so another case is no change.
    expect((await patch(gateway, `/Users/${ada.id}`, replace(WORK, "LOVELACE@x.test"))).status).toBe(200);
    expect(await writesOf(gateway)).toHaveLength(2);
  });

  it("S2: a rename to another user's address is 409 and changes nothing", async () => {
    const gateway = await createGateway("keeper", { seed: { ...two, elsewhere: ["carl@x.test"] } });
    const ada = await findUser(gateway, "ada@x.test");
    expect((await patch(gateway, `/Users/${ada.id}`, replace("userName", "carl@x.test"))).status).toBe(409);
    expect((await stateOf(gateway)).users[ADA]).toMatchObject({ email: "ada@x.test", aliases: [] });
  });

  it("E13: a name and a title can be cleared", async () => {
    const users = { [ADA]: native("ada@x.test", { name: "Ada", jobTitle: "Countess" }) };
    const gateway = await createGateway("keeper", { seed: { users } });
    const ada = await findUser(gateway, "ada@x.test");
    const cleared = await patch(
      gateway,
      `/Users/${ada.id}`,
      { op: "remove", path: "displayName" },
      { op: "remove", path: "title" },
    );
    expect(cleared.status).toBe(200);
    expect(cleared.body.displayName ?? cleared.body.title).toBeUndefined();
    expect((await stateOf(gateway)).users[ADA]).toMatchObject({ name: " ", jobTitle: " " });
  });

  it("S8: is locked and unlocked; DELETE locks and hides, nothing is destroyed", async () => {
    const gateway = await createGateway("keeper", { seed: two });
    const ada = await findUser(gateway, "ada@x.test");
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", false))).body.active).toBe(false);
    expect((await stateOf(gateway)).users[ADA].status).toBe("Locked");
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", true))).body.active).toBe(true);
    expect((await gateway.scim("DELETE", `/Users/${ada.id}`)).status).toBe(204);
    expect((await stateOf(gateway)).users[ADA]).toMatchObject({ status: "Locked" });
    expect((await gateway.scim("GET", `/Users/${ada.id}`)).status).toBe(404);
    expect((await writesOf(gateway)).some((line) => line.includes("--delete"))).toBe(false);
  });

  it("N2.6: a lock of the identity provider that cannot be undone is no success", async () => {
    const users = { [ADA]: native("ada@x.test", { status: "Locked by IdP" }) };
    const gateway = await createGateway("keeper", { seed: { users } });
    const ada = await findUser(gateway, "ada@x.test");
    expect(ada.active).toBe(false);
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", true))).status).toBe(400);
  });
});

describe("invitations", () => {
  const invited = { users: { [ADA]: native("ada@x.test", { status: "Invited" }) } };

  it("S19: a user who leaves while invited is shown inactive, and locked once they have accepted", async () => {
    const gateway = await createGateway("keeper", { seed: invited });
    const ada = await findUser(gateway, "ada@x.test");
    expect(ada.active).toBe(true);
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", false))).body.active).toBe(false);
    expect(await writesOf(gateway)).toEqual([]);
    expect((await gateway.scim("GET", `/Users/${ada.id}`)).body.active).toBe(false);
    await gateway.vendor("PATCH", "/state", { users: { [ADA]: native("ada@x.test") } });
    expect((await patch(gateway, `/Users/${ada.id}`, replace("title", "x"))).body.active).toBe(false);
  });

  it("N2.3 S10: with invitedLeaver delete, the invitation is deleted and the user with it, until they are created again", async () => {
    const gateway = await createGateway("keeper", { seed: invited, settings: { invitedLeaver: "delete" } });
    const ada = await findUser(gateway, "ada@x.test");
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", false))).body.active).toBe(false);
    expect((await stateOf(gateway)).users).toEqual({});
    expect((await gateway.scim("GET", `/Users/${ada.id}`)).status).toBe(404);
    const again = await gateway.scim("POST", "/Users", person("ada@x.test"));
    expect(again).toMatchObject({ status: 201, body: { userName: "ada@x.test" } });
    expect(again.body.id).not.toBe(ada.id);
  });

  it("N2.3: with invitedIs inactive, the invited are inactive and nothing is sent for it", async () => {
    const gateway = await createGateway("keeper", { seed: invited, settings: { invitedIs: "inactive" } });
    const ada = await findUser(gateway, "ada@x.test");
    expect(ada.active).toBe(false);
    expect((await patch(gateway, `/Users/${ada.id}`, replace("active", true))).status).toBe(200);
    expect(await writesOf(gateway)).toEqual([]);
  });
});

describe("teams", () => {
  it("N2.3: members who wait for approval are members; joining and leaving twice is a success", async () => {
    const users = { [ADA]: native("ada@x.test", { status: "Invited" }), [BEA]: native("bea@x.test") };
    const teams = { uidA: { name: "Sales", users: [BEA], roles: ["Seller"] } };
    const gateway = await createGateway("keeper", { seed: { users, teams } });
    const ada = await findUser(gateway, "ada@x.test");
    const bea = await findUser(gateway, "bea@x.test");
    const team = (await gateway.scim("GET", "/Groups")).body.Resources[0];
    const add = { op: "add", path: "members", value: [{ value: ada.id }] };
    expect((await patch(gateway, `/Groups/${team.id}`, add)).status).toBe(204);
    expect((await stateOf(gateway)).teams.uidA).toMatchObject({ users: [BEA], queuedUsers: [ADA], roles: ["Seller"] });
    const members = (await gateway.scim("GET", `/Groups/${team.id}`)).body.members;
    expect(members.map((one: { value: string }) => one.value).sort()).toEqual([ada.id, bea.id].sort());
    // An administrator of Keeper was quicker.
    await gateway.vendor("PATCH", "/state", { teams: { uidA: { name: "Sales" } } });
    expect(
      (await patch(gateway, `/Groups/${team.id}`, { op: "remove", path: `members[value eq "${ada.id}"]` })).status,
    ).toBe(204);
  });

  it("N2.2: many members are as few commands as fit", async () => {
    const users = Object.fromEntries(
      Array.from({ length: 120 }, (_, n) => [
        String(BigInt(ADA) + BigInt(n)),
        native(`a.long-name-of-somebody.${n}@sub-domain.x.test`),
      ]),
    );
    const gateway = await createGateway("keeper", { seed: { users } });
    const listed = await gateway.scim("GET", "/Users?count=200");
    const members = listed.body.Resources.map((one: { id: string }) => ({ value: one.id }));
    expect(members).toHaveLength(120);
    await gateway.vendor("DELETE", "/log");
    expect((await gateway.scim("POST", "/Groups", { displayName: "All", members })).status).toBe(201);
    const writes = await writesOf(gateway);
    expect(writes.every((line) => line.length <= 4_096)).toBe(true);
    expect(writes.length).toBeLessThanOrEqual(7);
    const [team] = Object.values<{ users: string[] }>((await stateOf(gateway)).teams);
    expect(team?.users).toHaveLength(120);
  });

  it("S7: a name that exists is 409, also one that Commander's copy does not show yet", async () => {
    const gateway = await createGateway("keeper", { seed: { teams: { uidA: { name: "Sales" } } } });
    expect((await gateway.scim("POST", "/Groups", { displayName: "sales" })).status).toBe(409);
    const unseen = { ...two, teams: { uidB: { name: "Error Team" } }, cached: { users: {}, teams: {} } };
    await gateway.vendor("PATCH", "/state", unseen);
    expect((await gateway.scim("POST", "/Users", person("ada@x.test"))).status).toBe(409);
    await gateway.vendor("PATCH", "/state", unseen);
    expect((await gateway.scim("POST", "/Groups", { displayName: "Error Team" })).status).toBe(409);
    expect(Object.keys((await stateOf(gateway)).teams)).toEqual(["uidB"]);
    expect((await findUser(gateway, "ada@x.test")).userName).toBe("ada@x.test");
  });
});
