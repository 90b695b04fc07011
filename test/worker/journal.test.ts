// Writes whose answer was lost, and what a retry finds (semantics 23 and 34).

import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  entraUser,
  expectError,
  filtered,
  KEEPABL,
  KEEPNET,
  membersOf,
  nativeGroups,
  nativeLog,
  nativeOf,
  natives,
  open,
  type Profile,
  patchOf,
  read,
} from "../dialogues/dialogue.ts";
import { later, runLater } from "./clock.ts";
import type { Gateway } from "./gateway.ts";

const CREATE: Record<string, string> = { keepnet: "^/api/target-users$", keepabl: "^/api/v1/users$" };
const ada = (more: Record<string, unknown> = {}) => entraUser({ email: "ada@contoso.com" }, more);
const match = filtered("/Users", 'userName eq "ada@contoso.com"');
const fault = (gateway: Gateway, order: object) => gateway.vendor("POST", "/faults", [order]);
/** Past what the vendor's reads lag, on its side and on ours. */
const catchUp = (gateway: Gateway) => gateway.vendor("POST", "/clock", { advanceMs: 5_000 });

const openIntents = (gateway: Gateway): Promise<unknown[]> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
    state.storage.sql.exec("select kind, state from intents").toArray(),
  );

/** How often the vendor was asked to create a user. */
const creates = async (gateway: Gateway, { vendor }: Profile): Promise<number> =>
  (await nativeLog(gateway)).filter(
    ({ method, path }) => method === "POST" && new RegExp(CREATE[vendor] ?? "").test(path),
  ).length;

describe.each([KEEPNET, KEEPABL])("a create whose answer was lost, $title", (profile) => {
  const path = CREATE[profile.vendor] ?? "";

  it("S23 Q16: the retry is told 201 with one native user, and a further POST 409", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    const lost = await ask(gateway, "POST", "/Users", 503, ada());
    expect(lost.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    await catchUp(gateway);
    const again = await ask(gateway, "POST", "/Users", 201, ada());
    expect(again.body).toMatchObject({ userName: "ada@contoso.com", externalId: "ada", active: true });
    expect(await natives(gateway)).toMatchObject([{ email: "ada@contoso.com", givenName: "Ada" }]);
    expect(await creates(gateway, profile)).toBe(1);
    expectError(await ask(gateway, "POST", "/Users", 409, ada()), 409, "uniqueness");
    expect(await natives(gateway)).toHaveLength(1);
    expect((await ask(gateway, "GET", match, 200)).body.Resources).toMatchObject([
      { id: again.body.id, externalId: "ada" },
    ]);
    expect(await openIntents(gateway)).toEqual([]);
  });

  it("S23: where userName and e-mail are two values, the lost user is found by the one that the vendor has", async () => {
    const gateway = await open(profile, { coupling: "separate" });
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    const body = ada({ userName: "ada.at.home" });
    await ask(gateway, "POST", "/Users", 503, body);
    await catchUp(gateway);
    expect((await ask(gateway, "POST", "/Users", 201, body)).body.userName).toBe("ada.at.home");
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S23: the retry's values win where they differ from the lost attempt's", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    const changed = ada({ name: { givenName: "Augusta", familyName: "King" }, active: false });
    const again = await ask(gateway, "POST", "/Users", 201, changed);
    expect(again.body).toMatchObject({ active: false, name: { givenName: "Augusta", familyName: "King" } });
    expect(await natives(gateway)).toMatchObject([{ givenName: "Augusta", familyName: "King", active: false }]);
  });

  it("S23: a match in between finds the user, and a retry after it makes no second one and no error of ours", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    const found = (await ask(gateway, "GET", match, 200)).body.Resources;
    expect(found).toMatchObject([{ userName: "ada@contoso.com" }]);
    const again = await ask(gateway, "POST", "/Users", 201, ada());
    expect(again.body).toMatchObject({ id: found[0].id, externalId: "ada" });
    expect(await natives(gateway)).toHaveLength(1);
    expect((await ask(gateway, "GET", match, 200)).body.Resources).toMatchObject([{ id: found[0].id }]);
    await runLater(gateway, 120_000);
    expect(JSON.stringify(await openIntents(gateway))).not.toContain("open");
  });

  it("S23: dropped before the effect, the retry creates after looking", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "drop", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    expect(await natives(gateway)).toEqual([]);
    if (profile.vendor === "keepabl") {
      // Absence counts only when the vendor's reads cannot lag any more.
      const early = await ask(gateway, "POST", "/Users", 503, ada());
      expect(Number(early.headers.get("retry-after"))).toBeLessThanOrEqual(3);
      expect(await natives(gateway)).toEqual([]);
      await vi.waitFor(() => ask(gateway, "POST", "/Users", 201, ada()), { timeout: 10_000, interval: 250 });
    } else {
      await ask(gateway, "POST", "/Users", 201, ada());
    }
    expect(await natives(gateway)).toHaveLength(1);
    expect(await creates(gateway, profile)).toBe(2);
    expect(await openIntents(gateway)).toEqual([]);
  });

  it.each(["before", "after"])("S23: a 500 %s the effect ends in one user", async (when) => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "status", status: 500, when, match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    await vi.waitFor(() => ask(gateway, "POST", "/Users", 201, ada()), { timeout: 10_000, interval: 250 });
    expect(await natives(gateway)).toHaveLength(1);
    expect(await creates(gateway, profile)).toBe(when === "before" ? 2 : 1);
  });

  it("S23 S29: after a definite conflict nothing is adopted", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "status", status: 409, body: { message: "taken" }, match: { method: "POST", path } });
    const refused = await ask(gateway, "POST", "/Users", 409, ada());
    expectError(refused, 409, "uniqueness");
    expect(await openIntents(gateway)).toEqual([]);
    expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(0);
    expect((await ask(gateway, "GET", "/Users", 200)).body.totalResults).toBe(0);
    await ask(gateway, "POST", "/Users", 201, ada());
  });

  it("S23: a definite refusal is no open question, so the corrected POST is an ordinary one", async () => {
    const gateway = await open(profile);
    const [status, body] = profile.vendor === "keepnet" ? [400, { status: "INPUT_ERROR" }] : [422, { field: "email" }];
    await fault(gateway, { kind: "status", status, body, match: { method: "POST", path } });
    expectError(await ask(gateway, "POST", "/Users", 400, ada()), 400, "invalidValue");
    expect(await openIntents(gateway)).toEqual([]);
    await ask(gateway, "POST", "/Users", 201, ada());
    expect(await creates(gateway, profile)).toBe(2);
  });

  it("S23: somebody else's POST of the name is not answered with the lost attempt", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    expectError(await ask(gateway, "POST", "/Users", 409, ada({ externalId: "another" })), 409, "uniqueness");
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S23: if nobody comes back, the object settles it by itself; a late retry is still told 201, once", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    await runLater(gateway, 60_000);
    expect(await openIntents(gateway)).toEqual([{ kind: "user.create", state: "found" }]);
    expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(1);
    await ask(gateway, "POST", "/Users", 201, ada());
    await ask(gateway, "POST", "/Users", 409, ada());
    expect(await creates(gateway, profile)).toBe(1);
  });
});

describe("other writes whose answer was lost", () => {
  it.each([KEEPNET, KEEPABL])(
    "S23 S9: a deleted user's return: the retry brings the same id back, $title",
    async (profile) => {
      const gateway = await open(profile);
      const id = await createUser(gateway, "ada@contoso.com");
      await ask(gateway, "DELETE", `/Users/${id}`, 204);
      await catchUp(gateway);
      await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: CREATE[profile.vendor] } });
      await ask(gateway, "POST", "/Users", 503, ada());
      await catchUp(gateway);
      expect((await ask(gateway, "POST", "/Users", 201, ada())).body.id).toBe(id);
      expect((await ask(gateway, "GET", match, 200)).body.Resources).toMatchObject([{ id, active: true }]);
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
    await vi.waitFor(() => ask(gateway, "POST", "/Users", 201, ada()), { timeout: 10_000, interval: 250 });
    await catchUp(gateway);
    expect((await later(5_000, () => ask(gateway, "GET", `/Users/${id}`, 200))).body.active).toBe(true);
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
      await later(5_000, () => ask(gateway, "PATCH", path, 503, disable));
      await later(5_000, () => ask(gateway, "PATCH", path, 200, disable));
      expect((await later(5_000, () => ask(gateway, "GET", path, 200))).body.active).toBe(false);
    });

    it("S12 S19: a deactivation that is done by the alarm is shown from then on", async () => {
      const { gateway, path } = await openWithAda();
      await fault(gateway, { kind: "drop", match: suspend });
      await later(5_000, () => ask(gateway, "PATCH", path, 503, disable));
      await runLater(gateway, 120_000);
      expect(await nativeOf(gateway, "ada@contoso.com")).toMatchObject({ active: false });
      expect((await later(120_000, () => ask(gateway, "GET", path, 200))).body.active).toBe(false);
    });

    it("S23: going back to the value before an unanswered write is written, although reads show it still", async () => {
      const { gateway, path } = await openWithAda();
      const { givenName } = await nativeOf(gateway, "ada@contoso.com");
      const rename = (value: unknown) => patchOf({ op: "Replace", path: "name.givenName", value });
      await fault(gateway, { kind: "lostResponse", match: { method: "PATCH" } });
      await later(5_000, () => ask(gateway, "PATCH", path, 503, rename("Augusta")));
      expect((await nativeOf(gateway, "ada@contoso.com")).givenName).toBe("Augusta");
      await later(5_000, () => ask(gateway, "PATCH", path, 200, rename(givenName)));
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
    await runLater(gateway, 120_000);
    expect(JSON.stringify(await openIntents(gateway))).not.toContain("open");
  });

  it("S8 S10: whoever was removed by an unanswered deletion, and is then read, is a member of nothing", async () => {
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

  it.each([KEEPNET, KEEPABL])("S23 E9: a deletion: the retry ends with nobody there, $title", async (profile) => {
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

describe("S34: a client that goes away", () => {
  it("S34 Q16: after 100 ms of a slow create, the user is there once and the next match finds them", async () => {
    const gateway = await open(KEEPNET);
    await fault(gateway, { kind: "delay", delayMs: 400, match: { method: "POST", path: CREATE.keepnet } });
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${gateway.token}`, "content-type": "application/scim+json" };
    const request = new Request("https://scim.example.com/scim/v2/Users", {
      method: "POST",
      headers,
      body: JSON.stringify(ada()),
      signal: gone.signal,
    });
    const pending = exports.default.fetch(request).then(
      (response) => response.status,
      () => "gone",
    );
    setTimeout(() => gone.abort(), 100);
    await pending;
    await vi.waitFor(async () => expect(await natives(gateway)).toHaveLength(1), { timeout: 5_000 });
    await vi.waitFor(async () => expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(1), {
      timeout: 5_000,
    });
    const again = await gateway.scim("POST", "/Users", ada());
    expect([201, 409]).toContain(again.status);
    expect(await natives(gateway)).toHaveLength(1);
    expect(await creates(gateway, KEEPNET)).toBe(1);
  });
});
