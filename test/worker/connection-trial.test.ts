// Credentials are tried before they are stored, and later on demand; what cannot be sent is refused at entry.

import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { simulators } from "../../adapters/simulators.ts";
import { KEEPNET, nativeLog, open } from "../dialogues/dialogue.ts";
import { api, createGateway, type Gateway } from "./gateway.ts";

const SECRET = "fake-keepnet-secret";
const settingsOf = ({ vendorUrl }: Gateway, changes: object = {}) => ({
  ...simulators.keepnet?.demoSettings(vendorUrl),
  ...changes,
});
const fresh = () => `trial-${crypto.randomUUID().slice(0, 8)}`;
const create = (gateway: Gateway, name: string, changes: object = {}, more: object = {}) =>
  api("POST", "/connections", { name, vendor: "keepnet", settings: settingsOf(gateway, changes), ...more });
const exists = async (name: string) => (await api("GET", `/connections/${name}`)).status === 200;

describe("the credentials of a connection", () => {
  it("are tried by one read before the connection is stored", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("DELETE", "/log");
    const name = fresh();
    const made = await create(gateway, name, {}, { mode: "live" });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    expect(made.body.trial).toMatchObject({ works: true, acts: null, account: null });
    expect((await nativeLog(gateway)).length).toBeGreaterThanOrEqual(1);
  });

  it("that the product refuses are stored nowhere; the refusal says what is wrong and who acts, never the secret", async () => {
    const gateway = await open(KEEPNET);
    const name = fresh();
    const refused = await create(gateway, name, { clientSecret: "canary-wrong" });
    expect([refused.status, refused.body.detail]).toEqual([
      400,
      expect.stringMatching(/refused the client id or secret.*operator has to act.*--no-test/s),
    ]);
    expect(JSON.stringify(refused.body)).not.toContain("canary-wrong");
    expect(await exists(name)).toBe(false);
    expect((await create(gateway, name, { clientSecret: "canary-wrong" }, { test: false })).status).toBe(201);
    const rows = await env.CONTROL.prepare("select * from connections where name = ?").bind(name).all();
    expect(JSON.stringify(rows.results)).not.toContain("canary-wrong");
  });

  it("are tried in a change of settings, and in no other; the old ones stay where the new ones do not work", async () => {
    const gateway = await open(KEEPNET);
    const path = `/connections/${gateway.name}`;
    await gateway.vendor("DELETE", "/log");
    expect((await api("PATCH", path, { drift: "repair" })).body.trial).toBeUndefined();
    expect(await nativeLog(gateway)).toEqual([]);
    const wrong = await api("PATCH", path, { settings: { clientSecret: "canary-wrong" } });
    expect(wrong.status).toBe(400);
    expect((await api("POST", `${path}/test`)).body).toMatchObject({ works: true });
    const right = await api("PATCH", path, { settings: { clientSecret: SECRET } });
    expect(right.body.trial).toMatchObject({ works: true });
    // Secrets that are not entered again are tried, too.
    const moved = await api("PATCH", path, { settings: { clientId: "nobody" } });
    expect(moved.status).toBe(400);
  });

  it("are not tried where the product does not answer: 503, and nothing is stored", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 20, match: { path: "" } }]);
    const name = fresh();
    const refused = await create(gateway, name);
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringMatching(/vendor has to act/)]);
    expect(await exists(name)).toBe(false);
    await gateway.vendor("DELETE", "/faults");
    expect((await create(gateway, name)).status).toBe(201);
  });

  it("of a paused or suspended connection are not tried", async () => {
    const gateway = await open(KEEPNET);
    const path = `/connections/${gateway.name}`;
    for (const [stop, go] of [
      [{ mode: "paused" }, { mode: "live" }],
      [{ state: "suspended" }, { state: "active" }],
    ]) {
      expect((await api("PATCH", path, stop)).status).toBe(200);
      await gateway.vendor("DELETE", "/log");
      const changed = await api("PATCH", path, { settings: { clientSecret: "later" } });
      expect([changed.status, changed.body.trial.works]).toEqual([200, null]);
      expect((await api("POST", `${path}/test`)).status).toBe(409);
      expect(await nativeLog(gateway)).toEqual([]);
      await api("PATCH", path, go);
      const tried = await api("POST", `${path}/test`);
      expect(tried.body).toMatchObject({ works: false, acts: "operator" });
      await api("PATCH", path, { settings: { clientSecret: SECRET } });
    }
  });

  it("are named by whose account it is where the product tells", async () => {
    const gateway = await createGateway("redmine");
    const { body } = await api("POST", `/connections/${gateway.name}/test`);
    expect(body).toMatchObject({ works: true, account: { id: "1", name: expect.stringMatching(/./) } });
    expect(body.says).toContain(body.account.name);
    await gateway.vendor("POST", "/faults", [
      { kind: "status", status: 404, times: 100, match: { path: "^/users/current.json$" } },
    ]);
    const untold = await api("POST", `/connections/${gateway.name}/test`);
    expect(untold.body).toMatchObject({ works: true, account: null });
  });

  it("are not the product's where something else answers at the address: the operator corrects it", async () => {
    const gateway = await open(KEEPNET);
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 404, times: 20, match: { path: "search" } }]);
    const refused = await create(gateway, fresh());
    expect([refused.status, refused.body.detail]).toEqual([
      400,
      expect.stringMatching(/no API as Keepnet has it.*base URL.*operator has to act/s),
    ]);
    const tried = await api("POST", `/connections/${gateway.name}/test`);
    expect(tried.body).toMatchObject({ works: false, says: expect.stringContaining("address") });
  });
});

describe("two connections on one vendor account", () => {
  it("are named in a warning: the same client, another secret, also untried; another account is not", async () => {
    const [gateway, other] = [await open(KEEPNET), await open(KEEPNET)];
    const name = fresh();
    const second = await create(gateway, name);
    expect(second.body.trial).toMatchObject({
      sharing: [gateway.name],
      warnings: [expect.stringMatching(new RegExp(`“${gateway.name}” leads to the same account`))],
    });
    const third = await create(gateway, fresh(), { clientSecret: "another" }, { test: false });
    expect(third.body.trial.sharing.toSorted()).toEqual([gateway.name, name].toSorted());
    expect((await create(other, fresh())).body.trial.sharing).toEqual([other.name]);
    // A partner's client sees several companies.
    expect((await create(gateway, fresh(), { companyId: "another" }, { test: false })).body.trial.sharing).toEqual([]);
    const tested = await api("POST", `/connections/${gateway.name}/test`);
    expect(tested.body.sharing).toContain(name);
    await api("DELETE", `/connections/${name}`);
    expect((await api("POST", `/connections/${gateway.name}/test`)).body.sharing).not.toContain(name);
  });

  it("are one where the address is the customer's own, whoever's key it is", async () => {
    const gateway = await createGateway("redmine");
    const settings = { ...simulators.redmine?.demoSettings(gateway.vendorUrl), apiKey: "another key" };
    const name = fresh();
    const made = await api("POST", "/connections", { name, vendor: "redmine", settings, test: false });
    expect(made.body.trial.sharing).toEqual([gateway.name]);
    const stored = await env.CONTROL.prepare("select account_marks from connections where name = ?").bind(name).first();
    expect(String(stored?.account_marks)).not.toMatch(/another key|redmine/);
  });
});

describe("a secret at entry", () => {
  it("has no line break, no NUL and at most 8 KiB, when a connection is made and when it is changed", async () => {
    const gateway = await open(KEEPNET);
    const path = `/connections/${gateway.name}`;
    const ends = ["\n", "\r", "\r\n", "\0"].flatMap((bad) => [`canary${bad}`, `${bad}canary`, `ca${bad}nary`]);
    for (const clientSecret of [...ends, "ä".repeat(4_097)]) {
      const name = fresh();
      for (const answer of [
        await create(gateway, name, { clientSecret }, { test: false }),
        await api("PATCH", path, { settings: { clientSecret }, test: false }),
      ]) {
        expect([answer.status, answer.body.errors?.[0].field]).toEqual([400, "settings.clientSecret"]);
        expect(JSON.stringify(answer.body)).not.toContain("canary");
      }
      expect(await exists(name)).toBe(false);
    }
    const longest = await api("PATCH", path, { settings: { clientSecret: "ä".repeat(4_096) }, test: false });
    expect(longest.status).toBe(200);
  });
});

describe("an address that does not look public", () => {
  const PRIVATE = "https://keepnet.corp.internal:8443";
  const settings = { baseUrl: PRIVATE, clientId: "c", clientSecret: "s" };
  const make = (name: string, more: object) =>
    api("POST", "/connections", { name, vendor: "keepnet", settings, test: false, ...more });

  it("S36: needs the operator's word, when a connection is made, when it is changed, and for its token URL", async () => {
    const name = fresh();
    for (const allowedHosts of [undefined, [], ["keepnet.corp.internal"], ["corp.internal:8443"]]) {
      const refused = await make(name, allowedHosts ? { allowedHosts } : {});
      expect([refused.status, refused.body.errors[0].message]).toEqual([
        400,
        expect.stringContaining("--allow-host keepnet.corp.internal:8443"),
      ]);
    }
    const made = await make(name, { allowedHosts: ["Keepnet.corp.internal:8443"] });
    expect([made.status, made.body.allowedHosts]).toEqual([201, ["keepnet.corp.internal:8443"]]);
    const path = `/connections/${name}`;
    // What is allowed stays so for what is not changed, and cannot be taken away while it is needed.
    expect((await api("PATCH", path, { settings: { clientId: "d" }, test: false })).status).toBe(200);
    expect((await api("PATCH", path, { allowedHosts: [] })).status).toBe(400);
    const moved = { baseUrl: "https://127.0.0.1.nip.io", clientSecret: "s" };
    expect((await api("PATCH", path, { settings: moved, test: false })).status).toBe(400);
    const allowed = { settings: moved, test: false, allowedHosts: ["127.0.0.1.nip.io"] };
    expect((await api("PATCH", path, allowed)).body.allowedHosts).toEqual(["127.0.0.1.nip.io"]);
    expect((await make(fresh(), { settings: { ...settings, baseUrl: "https://scim.example.com" } })).status).toBe(400);
  });

  it("S36: that was entered before this was asked works on, and is asked for when it moves", async () => {
    const name = fresh();
    const made = await make(name, {
      allowedHosts: ["keepnet.example.net:8443"],
      settings: { ...settings, baseUrl: "https://keepnet.example.net:8443" },
    });
    expect(made.status).toBe(201);
    await env.CONTROL.prepare("update connections set allowed_hosts = null where name = ?").bind(name).run();
    const path = `/connections/${name}`;
    expect((await api("PATCH", path, { settings: { clientId: "d" }, test: false })).status).toBe(200);
    expect((await api("GET", `${path}/sweep`)).status).toBe(200);
    const moved = { baseUrl: "https://keepnet.example.net:9443", clientSecret: "s" };
    expect((await api("PATCH", path, { settings: moved, test: false })).status).toBe(400);
    expect(
      (await api("PATCH", path, { settings: { ...moved, baseUrl: "https://keepnet.example.net" }, test: false }))
        .status,
    ).toBe(200);
    const { results } = await env.CONTROL.prepare("select allowed_hosts from connections where name = ?")
      .bind(name)
      .all();
    expect(results).toEqual([{ allowed_hosts: "[]" }]);
  });
});
