import { describe, expect, it, vi } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  filtered,
  KEEPABL,
  KEEPNET,
  membersOf,
  nativeGroups,
  nativeOf,
  natives,
  open,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { atTimeFromNow, runAlarmAfter } from "./clock.ts";
import { ada, CREATE, catchUp, creates, fault, match, openIntents, promisedIds } from "./lost-answers.ts";

describe("other writes whose answer was lost", () => {
  it.each([KEEPNET, KEEPABL])(
    "S23 S9: a deleted user is created again: the retry gives the id that the first attempt promised, $title",
    async (profile) => {
      const gateway = await open(profile);
      const id = await createUser(gateway, "ada@contoso.com");
      await ask(gateway, "DELETE", `/Users/${id}`, 204);
      await catchUp(gateway);
      await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: CREATE[profile.vendor] } });
      await ask(gateway, "POST", "/Users", 503, ada());
      const promised = await promisedIds(gateway);
      await catchUp(gateway);
      const back = (await ask(gateway, "POST", "/Users", 201, ada())).body.id;
      expect(back).not.toBe(id);
      expect(promised).toEqual([back]);
      expect((await ask(gateway, "GET", match, 200)).body.Resources).toMatchObject([{ id: back, active: true }]);
      expect(await natives(gateway)).toHaveLength(1);
      expect(await openIntents(gateway)).toEqual([]);
    },
  );

  it("S10 S23: the removed account, which reads still show for a while, is not taken for what a lost create has made", async () => {
    const gateway = await open(KEEPABL);
    const id = await createUser(gateway, "ada@contoso.com");
    await catchUp(gateway);
    await ask(gateway, "DELETE", `/Users/${id}`, 204);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: CREATE.keepabl } });
    await ask(gateway, "POST", "/Users", 503, ada());
    const retry = () => ask(gateway, "POST", "/Users", 201, ada());
    const back = (await vi.waitFor(retry, { timeout: 10_000, interval: 250 })).body.id;
    await catchUp(gateway);
    expect((await atTimeFromNow(5_000, () => ask(gateway, "GET", `/Users/${back}`, 200))).body.active).toBe(true);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect(await creates(gateway, KEEPABL)).toBe(2);
  });

  it("S23: the record's read after a create fails: the retry finishes it", async () => {
    const gateway = await open(KEEPNET);
    await fault(gateway, {
      kind: "status",
      status: 500,
      times: 2,
      match: { method: "GET", path: "^/api/target-users/[^/]+$" },
    });
    await ask(gateway, "POST", "/Users", 503, ada());
    expect(await natives(gateway)).toHaveLength(1);
    await ask(gateway, "POST", "/Users", 201, ada());
    expect(await creates(gateway, KEEPNET)).toBe(1);
  });

  it("S23: an update: reads tell the truth, and the retry is applied", async () => {
    for (const profile of [KEEPNET, KEEPABL]) {
      const gateway = await open(profile);
      const id = await createUser(gateway, "ada@contoso.com");
      await catchUp(gateway);
      const method = profile === KEEPNET ? "PUT" : "PATCH";
      await fault(gateway, { kind: "lostResponse", match: { method } });
      const rename = patchOf({ op: "Replace", path: "name.familyName", value: "King" });
      await ask(gateway, "PATCH", `/Users/${id}`, 503, rename);
      expect((await nativeOf(gateway, "ada@contoso.com")).familyName).toBe("King");
      await catchUp(gateway);
      const again = await ask(gateway, "PATCH", `/Users/${id}`, 200, rename);
      expect(again.body.name.familyName).toBe("King");
      expect((await read(gateway, id)).name.familyName).toBe("King");
      expect(await openIntents(gateway)).toEqual([]);
    }
  });

  describe("where reads lag", () => {
    const disable = patchOf({ op: "Replace", path: "active", value: false });
    const suspend = { method: "POST", path: "suspend$" };
    async function openWithAda() {
      const gateway = await open(KEEPABL);
      const id = await createUser(gateway, "ada@contoso.com");
      await catchUp(gateway);
      return { gateway, path: `/Users/${id}` };
    }

    it("S12 S19: a deactivation that is done by the retry is shown from then on", async () => {
      const { gateway, path } = await openWithAda();
      await fault(gateway, { kind: "lostResponse", match: suspend });
      await atTimeFromNow(5_000, () => ask(gateway, "PATCH", path, 503, disable));
      await atTimeFromNow(5_000, () => ask(gateway, "PATCH", path, 200, disable));
      expect((await atTimeFromNow(5_000, () => ask(gateway, "GET", path, 200))).body.active).toBe(false);
    });

    it("S12 S19: a deactivation that is done by the alarm is shown from then on", async () => {
      const { gateway, path } = await openWithAda();
      await fault(gateway, { kind: "drop", match: suspend });
      await atTimeFromNow(5_000, () => ask(gateway, "PATCH", path, 503, disable));
      await runAlarmAfter(gateway, 120_000);
      expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ active: false });
      expect((await atTimeFromNow(120_000, () => ask(gateway, "GET", path, 200))).body.active).toBe(false);
    });

    it("S23: going back to the value before an unanswered write is written, although reads show it still", async () => {
      const { gateway, path } = await openWithAda();
      const { givenName } = await nativeOf(gateway, "ada@contoso.com");
      const rename = (value: unknown) => patchOf({ op: "Replace", path: "name.givenName", value });
      await fault(gateway, { kind: "lostResponse", match: { method: "PATCH" } });
      await atTimeFromNow(5_000, () => ask(gateway, "PATCH", path, 503, rename("Augusta")));
      expect((await nativeOf(gateway, "ada@contoso.com")).givenName).toBe("Augusta");
      await atTimeFromNow(5_000, () => ask(gateway, "PATCH", path, 200, rename(givenName)));
      expect((await nativeOf(gateway, "ada@contoso.com")).givenName).toBe(givenName);
    });
  });

  it("S23: a group: the retry finds it, although the vendor would take a second one of that name", async () => {
    const gateway = await open(KEEPNET);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: "^/api/target-groups$" } });
    await ask(gateway, "POST", "/Groups", 503, entraGroup("Sales"));
    const again = await ask(gateway, "POST", "/Groups", 201, entraGroup("Sales"));
    expect(again.body).toMatchObject({ displayName: "Sales", externalId: "object-Sales" });
    expect(await nativeGroups(gateway)).toEqual({ Sales: [] });
    await ask(gateway, "POST", "/Groups", 409, entraGroup("Sales"));
    const { body } = await gateway.vendor("GET", "/state");
    expect(Object.keys(body.groups)).toHaveLength(1);
  });

  it("S23: a group found by a match in between is not made again", async () => {
    const gateway = await open(KEEPNET);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: "^/api/target-groups$" } });
    await ask(gateway, "POST", "/Groups", 503, entraGroup("Sales"));
    const found = await ask(gateway, "GET", filtered("/Groups", 'displayName eq "Sales"'), 200);
    expect(found.body.totalResults).toBe(1);
    const again = await ask(gateway, "POST", "/Groups", 201, entraGroup("Sales"));
    expect(again.body.id).toBe(found.body.Resources[0].id);
    const { body } = await gateway.vendor("GET", "/state");
    expect(Object.keys(body.groups)).toHaveLength(1);
    await runAlarmAfter(gateway, 120_000);
    expect(JSON.stringify(await openIntents(gateway))).not.toContain("open");
  });

  it("S8 S10: a user who was removed by an unanswered deletion, and is then read, is a member of nothing", async () => {
    const gateway = await open(KEEPNET);
    const [one, two] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
    const group = await createGroup(gateway, "Engineers");
    await ask(
      gateway,
      "PATCH",
      `/Groups/${group}`,
      204,
      patchOf({ op: "Add", path: "members", value: [{ value: one }, { value: two }] }),
    );
    await fault(gateway, { kind: "lostResponse", match: { method: "DELETE", path: "^/api/target-users/" } });
    await ask(gateway, "DELETE", `/Users/${one}`, 503);
    await ask(gateway, "GET", `/Users/${one}`, 404);
    expect(await membersOf(gateway, group)).toEqual([two]);
    await ask(gateway, "DELETE", `/Users/${one}`, 404);
    await ask(gateway, "POST", "/Users", 201, ada());
    expect(await membersOf(gateway, group)).toEqual([two]);
  });

  it.each(["lostResponse", "drop"])(
    "S23: members (%s): rows and the vendor's list agree after the retry",
    async (kind) => {
      const gateway = await open(KEEPNET);
      const [one, two] = [await createUser(gateway, "ada@contoso.com"), await createUser(gateway, "bob@contoso.com")];
      const group = await createGroup(gateway, "Sales");
      await fault(gateway, { kind, match: { method: "PUT", path: "^/api/target-groups/users$" } });
      const add = patchOf({ op: "Add", path: "members", value: [{ value: one }, { value: two }] });
      await ask(gateway, "PATCH", `/Groups/${group}`, 503, add);
      await ask(gateway, "PATCH", `/Groups/${group}`, 204, add);
      expect((await nativeGroups(gateway)).Sales).toEqual(["ada@contoso.com", "bob@contoso.com"]);
      expect(await membersOf(gateway, group)).toEqual([one, two].sort());
      const remove = patchOf({ op: "Remove", path: "members", value: [{ value: one }] });
      await fault(gateway, { kind, match: { method: "DELETE" } });
      await ask(gateway, "PATCH", `/Groups/${group}`, 503, remove);
      await ask(gateway, "PATCH", `/Groups/${group}`, 204, remove);
      expect((await nativeGroups(gateway)).Sales).toEqual(["bob@contoso.com"]);
      expect(await membersOf(gateway, group)).toEqual([two]);
    },
  );

  it.each([KEEPNET, KEEPABL])("S23 E9: a deletion: after the retry the user is gone, $title", async (profile) => {
    const gateway = await open(profile);
    const id = await createUser(gateway, "ada@contoso.com");
    await catchUp(gateway);
    await fault(gateway, { kind: "lostResponse", match: { method: "DELETE" } });
    await ask(gateway, "DELETE", `/Users/${id}`, 503);
    await catchUp(gateway);
    // Gone already, or done again: either ends it.
    expect([204, 404]).toContain((await gateway.scim("DELETE", `/Users/${id}`)).status);
    await ask(gateway, "GET", `/Users/${id}`, 404);
    expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(0);
    expect(await natives(gateway)).toEqual([]);
    await ask(gateway, "POST", "/Users", 201, ada());
  });
});
