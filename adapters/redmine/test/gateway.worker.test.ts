// Redmine through the gateway: the shared checks on the simulator's state, and what each operation costs.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import { redmineChecks } from "./checks.ts";
import type { Inspector, NativeUser } from "./world.ts";

interface State {
  users: Record<string, NativeUser>;
  groups: Record<string, { id: number; name: string; users: number[] }>;
}

function inspect(gateway: Gateway): Inspector {
  const state = async (): Promise<State> => (await gateway.vendor("GET", "/state")).body;
  return {
    users: async () => Object.values((await state()).users),
    groups: async () => Object.values((await state()).groups),
    async call(method, path, body) {
      const answer = await fetch(`${gateway.vendorUrl}${path}`, {
        method,
        headers: { "x-redmine-api-key": "fake-redmine-api-key", "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

for (const onDelete of ["lock", "remove"] as const) {
  describe(`a Redmine whose deletions ${onDelete}`, () => {
    for (const check of redmineChecks) {
      if (check.onDelete !== undefined && check.onDelete !== onDelete) continue;
      it(check.name, async () => {
        const gateway = await createGateway("redmine", { settings: { onDelete } });
        await check.run({ scim: gateway.scim, redmine: inspect(gateway), onDelete, tag: "t1" });
      });
    }
  });
}

describe("the key", () => {
  it("S29: that Redmine refuses is a 503 for the operator, and no user is lost", async () => {
    const gateway = await createGateway("redmine");
    const ids: string[] = [];
    for (const [name, active] of [
      ["shown", true],
      ["hidden", false],
    ] as const) {
      const userName = `${name}@example.com`;
      const emails = [{ type: "work", value: userName }];
      const body = { userName, active, emails, name: { givenName: "Ada", familyName: "Lovelace" } };
      ids.push((await gateway.scim("POST", "/Users", body)).body.id);
    }
    const { users } = (await gateway.vendor("GET", "/state")).body;
    const refusals = [
      { users: { ...users, "1": { ...users["1"], api_key: "renewed" } } },
      { users: { ...users, "1": { ...users["1"], admin: false } } },
      { users, restEnabled: false },
    ];
    for (const refusal of refusals) {
      await gateway.vendor("PATCH", "/state", refusal);
      for (const id of ids) expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(503);
      expect((await gateway.scim("DELETE", `/Users/${ids[0]}`)).status).toBe(503);
    }
    await gateway.vendor("PATCH", "/state", { users, restEnabled: true });
    for (const id of ids) expect((await gateway.scim("GET", `/Users/${id}`)).status).toBe(200);
  });
});

describe("what an operation costs", () => {
  it("S30: each one makes as few native calls as it can", async () => {
    const gateway = await createGateway("redmine");
    const calls = async (method: string, path: string, body?: unknown) => {
      await gateway.vendor("DELETE", "/log");
      const answer = await gateway.scim(method, path, body);
      expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
      const { body: log } = await gateway.vendor("GET", "/log");
      const made = log.calls.map(
        (call: { method: string; path: string }) =>
          `${call.method} ${call.path.replaceAll(/\d+/g, "n").replace(".json", "")}`,
      );
      return { made, body: answer.body };
    };
    const person = (name: string) => ({
      userName: `${name}@example.com`,
      emails: [{ type: "work", value: `${name}@example.com` }],
      name: { givenName: "Ada", familyName: "Lovelace" },
    });
    const patch = (...Operations: object[]) => ({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations,
    });
    const match = (name: string) => `/Users?filter=${encodeURIComponent(`userName eq "${name}@example.com"`)}`;

    expect((await calls("GET", match("ada"))).made).toEqual(["GET /users"]);
    const ada = await calls("POST", "/Users", person("ada"));
    expect(ada.made).toEqual(["POST /users"]);
    const user = `/Users/${ada.body.id}`;
    expect((await calls("GET", match("ada"))).made).toEqual(["GET /users/n"]);
    expect((await calls("GET", user)).made).toEqual(["GET /users/n"]);
    const rename = patch({ op: "replace", path: "name.givenName", value: "Augusta" });
    expect((await calls("PATCH", user, rename)).made).toEqual(["GET /users/n", "PUT /users/n"]);
    expect((await calls("PATCH", user, rename)).made).toEqual(["GET /users/n"]);
    const disable = patch({ op: "replace", path: "active", value: false });
    expect((await calls("PATCH", user, disable)).made).toEqual(["GET /users/n", "PUT /users/n"]);
    const [bob, cyd] = [await calls("POST", "/Users", person("bob")), await calls("POST", "/Users", person("cyd"))];
    const members = [bob, cyd].map(({ body }) => ({ value: body.id }));

    const team = await calls("POST", "/Groups", { displayName: "Team" });
    expect(team.made).toEqual(["POST /groups"]);
    const group = `/Groups/${team.body.id}`;
    const add = patch({ op: "add", path: "members", value: members });
    expect((await calls("PATCH", group, add)).made).toEqual(["POST /groups/n/users"]);
    expect((await calls("PATCH", group, add)).made).toEqual([]);
    expect((await calls("GET", group)).made).toEqual(["GET /groups/n"]);
    const retitle = patch({ op: "replace", path: "displayName", value: "Crew" });
    expect((await calls("PATCH", group, retitle)).made).toEqual(["GET /groups/n", "PUT /groups/n"]);
    const found = `/Groups?filter=${encodeURIComponent('displayName eq "Crew"')}`;
    expect((await calls("GET", found)).made).toEqual(["GET /groups/n"]);
    const remove = patch({ op: "remove", path: "members", value: members });
    expect((await calls("PATCH", group, remove)).made).toEqual([
      "DELETE /groups/n/users/n",
      "DELETE /groups/n/users/n",
    ]);
    expect((await calls("DELETE", user)).made).toEqual(["GET /users/n"]);
    expect((await calls("DELETE", `/Users/${bob.body.id}`)).made).toEqual(["GET /users/n", "PUT /users/n"]);
    expect((await calls("DELETE", group)).made).toEqual(["DELETE /groups/n"]);
    expect((await calls("GET", "/Users?count=100")).made).toEqual(["GET /users/n", "GET /users/n"]);
  });
});
