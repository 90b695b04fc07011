// Which policies of Directus are groups behind the gateway, and the rows that give them.

import { describe, expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";
import { ADMIN_ID, create, filter, native, patch, replace, seed, withTeam } from "./world.ts";

describe("a policy", () => {
  it("S3: of administrators, of everybody or of a role is no group", async () => {
    const gateway = await createGateway("directus");
    for (const name of ["Administrator", "$t:public_label"]) {
      const { body } = await gateway.scim("GET", `/Groups${filter(`displayName eq "${name}"`)}`);
      expect(body.totalResults, name).toBe(0);
    }
    expect((await gateway.scim("GET", "/Groups")).body.totalResults).toBe(0);
  });

  const takings: [string, (gateway: Gateway, policy: string) => Promise<unknown>][] = [
    [
      "gives administrator access",
      async (gateway, policy) => {
        const { policies } = await native(gateway);
        await seed(gateway, { policies: { ...policies, [policy]: { ...policies[policy], admin_access: true } } });
      },
    ],
    [
      "is a role's",
      async (gateway, policy) => {
        const { access, users } = await native(gateway);
        const row = { id: "90000000-0000-4000-8000-00000000000d", user: null, role: users[ADMIN_ID]?.role, policy };
        await seed(gateway, { access: { ...access, [row.id]: row } });
      },
    ],
  ];
  it.each(takings)("S22: that %s by now is not changed any more", async (_title, take) => {
    const gateway = await createGateway("directus");
    const [ada, bob] = [await create(gateway, "ada"), await create(gateway, "bob")];
    const team = await withTeam(gateway, ada);
    await take(gateway, team.policy);
    const before = await native(gateway);
    const add = patch({ op: "add", path: "members", value: [{ value: bob }] });
    const remove = patch({ op: "remove", path: `members[value eq "${ada}"]` });
    for (const change of [add, remove, replace("displayName", "Else")]) {
      expect((await gateway.scim("PATCH", `/Groups/${team.id}`, change)).status).toBe(404);
    }
    expect((await gateway.scim("DELETE", `/Groups/${team.id}`)).status).toBe(404);
    expect(await native(gateway)).toEqual(before);
  });

  it("S13: that a user has twice is taken from them whole, and never given twice", async () => {
    const gateway = await createGateway("directus");
    const ada = await create(gateway, "ada");
    const { id, policy, member } = await withTeam(gateway, ada);
    const rows = async () => Object.values((await native(gateway)).access).filter((row) => row.policy === policy);
    const add = patch({ op: "add", path: "members", value: [{ value: ada }] });
    expect((await gateway.scim("PATCH", `/Groups/${id}`, add)).status).toBeLessThan(300);
    expect(await rows()).toHaveLength(1);
    const second = { id: "90000000-0000-4000-8000-00000000000e", user: member, role: null, policy };
    await seed(gateway, { access: { ...(await native(gateway)).access, [second.id]: second } });
    expect((await gateway.scim("GET", `/Groups/${id}`)).body.members).toHaveLength(1);
    const remove = patch({ op: "remove", path: `members[value eq "${ada}"]` });
    expect((await gateway.scim("PATCH", `/Groups/${id}`, remove)).status).toBeLessThan(300);
    expect(await rows()).toEqual([]);
  });
});
