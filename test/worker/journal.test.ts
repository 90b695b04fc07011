// Creates of users whose answer was lost, what a retry finds, and a client that goes away [S23] [S34].

import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { ask, expectError, KEEPABL, KEEPNET, natives, open } from "../dialogues/dialogue.ts";
import { runAlarmAfter } from "./clock.ts";
import { ada, CREATE, catchUp, creates, fault, match, openIntents } from "./lost-answers.ts";

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

  it("S23: a match in between finds the user, and a retry after it makes no second one and is no 5xx", async () => {
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
    await runAlarmAfter(gateway, 120_000);
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

  it("S23: a POST of the name for another user is not answered with the lost attempt", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    expectError(await ask(gateway, "POST", "/Users", 409, ada({ externalId: "another" })), 409, "uniqueness");
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S23: if no client retries, the object resolves it by itself; a late retry is still told 201, once", async () => {
    const gateway = await open(profile);
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path } });
    await ask(gateway, "POST", "/Users", 503, ada());
    await catchUp(gateway);
    await runAlarmAfter(gateway, 60_000);
    expect(await openIntents(gateway)).toEqual([{ kind: "user.create", state: "found" }]);
    expect((await ask(gateway, "GET", match, 200)).body.totalResults).toBe(1);
    await ask(gateway, "POST", "/Users", 201, ada());
    await ask(gateway, "POST", "/Users", 409, ada());
    expect(await creates(gateway, profile)).toBe(1);
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
