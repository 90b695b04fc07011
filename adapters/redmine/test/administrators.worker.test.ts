// Redmine's administrators are protected as soon as a record shows them, unless the connection names them as managed [S22].

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const person = (name: string) => ({
  userName: name,
  active: true,
  name: { givenName: name, familyName: "Example" },
  emails: [{ type: "work", value: `${name}@example.com` }],
});
const patch = (gateway: Gateway, path: string, op: object) =>
  gateway.scim("PATCH", path, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [op] });

type Users = Record<string, { login: string; admin: boolean; status: number }>;
const native = async (gateway: Gateway): Promise<Users> => (await gateway.vendor("GET", "/state")).body.users;

async function setAdministrator(gateway: Gateway, login: string, admin: boolean): Promise<void> {
  const users = await native(gateway);
  for (const user of Object.values(users)) if (user.login === login) user.admin = admin;
  await gateway.vendor("PATCH", "/state", { users });
}

async function withBoss(
  options: Record<string, unknown> = {},
): Promise<{ gateway: Gateway; id: string; group: string }> {
  const gateway = await createGateway("redmine", options);
  const { body: boss } = await gateway.scim("POST", "/Users", person("boss"));
  const members = [{ value: boss.id }];
  const { body: group } = await gateway.scim("POST", "/Groups", { displayName: "Staff", members });
  await setAdministrator(gateway, "boss", true);
  return { gateway, id: boss.id, group: group.id };
}

const attempts: [string, (gateway: Gateway, id: string) => ReturnType<Gateway["scim"]>][] = [
  ["PATCH active", (gateway, id) => patch(gateway, `/Users/${id}`, { op: "replace", path: "active", value: false })],
  ["PUT active", (gateway, id) => gateway.scim("PUT", `/Users/${id}`, { ...person("boss"), active: false })],
  ["rename", (gateway, id) => patch(gateway, `/Users/${id}`, { op: "replace", path: "userName", value: "else" })],
  ["DELETE", (gateway, id) => gateway.scim("DELETE", `/Users/${id}`)],
];

describe("an administrator of the product", () => {
  it.each(attempts)("S22: whom no sweep has seen as one is refused %s", async (_title, attempt) => {
    const { gateway, id } = await withBoss();
    const refused = await attempt(gateway, id);
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringMatching(/administrator of the product/)]);
    expect(Object.values(await native(gateway)).find(({ login }) => login === "boss")).toMatchObject({ status: 1 });
    // What takes nothing away goes through.
    const title = { op: "replace", path: "name.givenName", value: "Bossy" };
    expect((await patch(gateway, `/Users/${id}`, title)).status).toBe(200);
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/protected`);
    expect(body.privileged.map((one: { id: string | null }) => one.id)).toContain(id);
  });

  it("S22: is refused no more once they are none, and never where the connection names them as managed", async () => {
    const { gateway, id } = await withBoss();
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(403);
    await setAdministrator(gateway, "boss", false);
    expect((await gateway.scim("DELETE", `/Users/${id}`)).status).toBe(204);
    const managed = await withBoss({ protected: { users: [], groups: [], managed: ["BOSS@example.com"] } });
    expect((await managed.gateway.scim("DELETE", `/Users/${managed.id}`)).status).toBe(204);
  });

  it("S22: who cannot be read is not disabled later either, once known", async () => {
    const { gateway, id } = await withBoss();
    await gateway.scim("GET", `/Users/${id}`);
    await gateway.vendor("POST", "/faults", [{ kind: "status", status: 503, times: 1_000 }]);
    expect(
      (await patch(gateway, `/Users/${id}`, { op: "replace", path: "active", value: false })).status,
    ).toBeGreaterThan(399);
    await gateway.vendor("DELETE", "/faults");
    expect((await gateway.scim("GET", `/Users/${id}`)).body.active).toBe(true);
  });
});
