// Keeper's administrators are protected as soon as the list of roles shows them [S22].

import { describe, expect, it } from "vitest";
import { atTimeFromNow } from "../../../test/worker/clock.ts";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const BOSS = "18038862643200001";
const ADA = "18038862643200002";
const native = (email: string, roles: string[] = []) => ({ email, status: "Active", roles });
const seed = {
  roles: { "Node administrators": { managedNodes: ["Staff"] }, Policies: {} },
  users: { [BOSS]: native("Boss@x.test", ["Node administrators"]), [ADA]: native("ada@x.test", ["Policies"]) },
};

const patch = (gateway: Gateway, id: string, ...Operations: object[]) =>
  gateway.scim("PATCH", `/Users/${id}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations,
  });
const disable = { op: "replace", path: "active", value: false };
const users = async (gateway: Gateway) => (await gateway.vendor("GET", "/state")).body.users;
const idOf = async (gateway: Gateway, userName: string): Promise<string> =>
  (await gateway.scim("GET", `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)).body.Resources[0].id;
const privileged = async ({ api, name }: Gateway) =>
  (await api("GET", `/connections/${name}/protected`)).body.privileged.map(({ id }: { id: string }) => id);
async function giveRole(gateway: Gateway, id: string, ...roles: string[]): Promise<void> {
  const all = await users(gateway);
  await gateway.vendor("PATCH", "/state", { users: { ...all, [id]: { ...all[id], roles } } });
}

describe("an administrator of the enterprise", () => {
  it("S22: is refused a disable, a rename and a DELETE; one with a role of policies only is not", async () => {
    const gateway = await createGateway("keeper", { seed });
    const [boss, ada] = [await idOf(gateway, "boss@x.test"), await idOf(gateway, "ada@x.test")];
    expect(await privileged(gateway)).toEqual([boss]);
    for (const attempt of [
      () => patch(gateway, boss, disable),
      () => patch(gateway, boss, { op: "replace", path: "userName", value: "else@x.test" }),
      () => gateway.scim("DELETE", `/Users/${boss}`),
    ]) {
      const refused = await attempt();
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        expect.stringMatching(/administrator of the product/),
      ]);
    }
    expect((await patch(gateway, boss, { op: "replace", path: "title", value: "Boss" })).status).toBe(200);
    expect((await patch(gateway, ada, disable)).status).toBe(200);
    expect(await users(gateway)).toMatchObject({ [BOSS]: { status: "Active" }, [ADA]: { status: "Locked" } });
  });

  it("S22: is known to a request five minutes later at the latest, and is one no more as soon", async () => {
    const gateway = await createGateway("keeper", { seed });
    const [boss, ada] = [await idOf(gateway, "boss@x.test"), await idOf(gateway, "ada@x.test")];
    await giveRole(gateway, ADA, "Node administrators");
    await giveRole(gateway, BOSS);
    await atTimeFromNow(301_000, async () => {
      expect((await patch(gateway, ada, disable)).status).toBe(403);
      expect((await patch(gateway, boss, disable)).status).toBe(200);
    });
  });

  it("S22: stays protected while roles cannot be read, and users go on", async () => {
    const gateway = await createGateway("keeper", { seed });
    const [boss, ada] = [await idOf(gateway, "boss@x.test"), await idOf(gateway, "ada@x.test")];
    await gateway.vendor("PATCH", "/state", { showsRoles: false });
    await atTimeFromNow(301_000, async () => {
      expect((await patch(gateway, boss, disable)).status).toBe(403);
      expect((await patch(gateway, ada, disable)).status).toBe(200);
    });
  });

  it("S22: named as managed by the connection may be disabled", async () => {
    const gateway = await createGateway("keeper", {
      seed,
      protected: { users: [], groups: [], managed: ["boss@x.test"] },
    });
    expect((await patch(gateway, await idOf(gateway, "boss@x.test"), disable)).status).toBe(200);
  });
});
