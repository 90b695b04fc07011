// Zabbix through the gateway: the shared checks on the simulator, a token that has lost its rights, and where the token goes.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import { zabbixDemoSettings } from "../simulator.ts";
import { zabbixChecks } from "./checks.ts";
import { PATCH } from "./world.ts";

const { token, userGroup } = zabbixDemoSettings("https://zabbix.invalid");

async function call(gateway: Gateway, method: string, params: unknown) {
  const answer = await fetch(`${gateway.vendorUrl}/api_jsonrpc.php`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method, params, auth: token, id: 1 }),
  });
  const body: { result?: unknown; error?: unknown } = await answer.json();
  if (body.error) throw new Error(JSON.stringify(body.error));
  return body.result;
}

describe("a simulated Zabbix", () => {
  for (const check of zabbixChecks) {
    it(check.name, async () => {
      const gateway = await createGateway("zabbix");
      await check.run({
        ...{ scim: gateway.scim, tag: "t1", userGroup: String(userGroup) },
        call: (method, params) => call(gateway, method, params),
      });
    });
  }
});

const person = (name: string) => ({ userName: `${name}@example.com`, active: true });
const patched = (path: string, value: unknown) => ({ schemas: [PATCH], Operations: [{ op: "replace", path, value }] });

async function withAda() {
  const gateway = await createGateway("zabbix");
  const { id } = (await gateway.scim("POST", "/Users", person("ada"))).body;
  const group = (await gateway.scim("POST", "/Groups", { displayName: "Team", members: [{ value: id }] })).body.id;
  return { gateway, id, group };
}

describe("a token whose owner is no Super admin any more", () => {
  /** To whom Zabbix does not refuse to look: it shows less. */
  async function demote(gateway: Gateway, roleid: string): Promise<void> {
    const { users } = (await gateway.vendor("GET", "/state")).body;
    await gateway.vendor("PATCH", "/state", { users: { ...users, "1": { ...users["1"], roleid } } });
  }

  it("S10 S29: makes nobody gone: reads, changes and deletions are 503 until the right is back", async () => {
    const { gateway, id, group } = await withAda();
    // Then the owner shares no group with anybody.
    const { groups } = (await gateway.vendor("GET", "/state")).body;
    const ada = groups["13"].users.find((one: string) => one !== "1");
    const hidden = { ...groups["13"], users: ["1"] };
    const other = { ...groups["13"], usrgrpid: "14", name: "Others", users: [ada] };
    await gateway.vendor("PATCH", "/state", { groups: { ...groups, "13": hidden, "14": other } });
    await demote(gateway, "1");
    for (const [method, path, body] of [
      ["GET", `/Users/${id}`],
      ["PATCH", `/Users/${id}`, patched("name.givenName", "Ada")],
      ["PATCH", `/Users/${id}`, patched("active", false)],
      ["DELETE", `/Users/${id}`],
      ["GET", `/Groups/${group}`],
      ["PATCH", `/Groups/${group}`, patched("displayName", "Crew")],
      ["DELETE", `/Groups/${group}`],
    ] as const) {
      const answer = await gateway.scim(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, 503]);
    }
    await demote(gateway, "3");
    expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(200);
    expect((await gateway.scim("GET", `/Groups/${group}`)).body.members).toHaveLength(1);
  });
});

describe("a group of the settings that does not do what it is for", () => {
  it("S8: is told to the operator, and a disable that disabled nobody is no success", async () => {
    const { gateway, id } = await withAda();
    const { groups } = (await gateway.vendor("GET", "/state")).body;
    const groupsNow = { ...groups, "9": { ...groups["9"], users_status: "0" } };
    await gateway.vendor("PATCH", "/state", { groups: groupsNow });
    const answer = await gateway.scim("PATCH", `/Users/${id}`, patched("active", false));
    expect([answer.status, answer.body.detail]).toEqual([503, expect.stringMatching(/disabledGroup must be disabled/)]);
  });
});

describe("a membership that changes while the user is disabled or enabled", () => {
  const stateOf = async (gateway: Gateway) => {
    const { groups } = (await gateway.vendor("GET", "/state")).body;
    const [team, disabled] = ["Team", "Disabled"].map((name) =>
      Object.values<{ name: string; users: string[] }>(groups).find((one) => one.name === name),
    );
    // The guest is disabled from the beginning.
    return { team: team?.users ?? [], disabled: disabled?.users.filter((one) => one !== "2") ?? [] };
  };

  it("S24: stays as told, whichever of the two comes first", async () => {
    const { gateway, id, group } = await withAda();
    const ada = (await stateOf(gateway)).team;
    await gateway.vendor("POST", "/faults", [{ kind: "delay", delayMs: 40, when: "after", times: 1_000 }]);
    for (let turn = 0; turn < 12; turn++) {
      const [active, isMember] = [turn % 2 === 1, turn % 4 > 1];
      const member = { op: isMember ? "add" : "remove", path: "members", value: [{ value: id }] };
      const answers = await Promise.all([
        // In most turns the members would be written between the reading of the user and the writing.
        scheduler.wait(5 * turn).then(() => gateway.scim("PATCH", `/Users/${id}`, patched("active", active))),
        gateway.scim("PATCH", `/Groups/${group}`, { schemas: [PATCH], Operations: [member] }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 204]);
      expect(await stateOf(gateway), `turn ${turn}`).toEqual({
        team: isMember ? ada : [],
        disabled: active ? [] : ada,
      });
    }
  });
});

describe("the token", () => {
  it("S37: is in the body of calls, and in no trace, answer or setting that is shown", async () => {
    const { gateway, id } = await withAda();
    await gateway.scim("GET", `/Users/${id}`);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/traces`);
    const shown = [body, (await gateway.api("GET", `/connections/${gateway.name}`)).body];
    for (const trace of body.traces) {
      shown.push((await gateway.api("GET", `/connections/${gateway.name}/traces/${trace.id}`)).body);
    }
    expect(shown.length).toBeGreaterThan(3);
    expect(JSON.stringify(shown)).not.toContain(token);
  });
});
