// A state with a connection of the coupling `email`, left by the last version that had it, and what this version makes of it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAll } from "../../cli/start.ts";
import { freePort, restore, savedState } from "./saved-state.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** As the older version got them: Ada's two names differ, Bob's do not. */
const ADA = {
  schemas: [CORE],
  userName: "ada@contoso.com",
  externalId: "ada",
  active: true,
  emails: [{ primary: true, type: "work", value: "ada@mail.contoso.com" }],
  name: { givenName: "Ada", familyName: "Example" },
};
const BOB = {
  ...ADA,
  userName: "bob@contoso.com",
  externalId: "bob",
  emails: [{ type: "work", value: "bob@contoso.com" }],
};

it("S51 S35: a connection of the coupling `email` starts as `separate`: its users are found, not made twice, and take their userName", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-coupling-"));
  restore(savedState("state-coupling-email"), folder);
  const started = await startAll({ port: await freePort(), stateDir: folder }, () => {});
  try {
    const { url, adminToken, connections } = started.demo;
    const { tenantUrl = "", token = "" } = connections.find(({ name }) => name === "keepnet-demo") ?? {};
    const call = async (method: string, address: string, bearer: string, body?: object) => {
      const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/json" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(address, { method, headers, ...sent });
      return { status: response.status, body: (await response.json()) as { Resources: { id: string }[] } };
    };
    const scim = (method: string, path: string, body?: object) => call(method, `${tenantUrl}${path}`, token, body);
    const find = async (filter: string) =>
      (await scim("GET", `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources;
    const products = async () => {
      const response = await fetch(`${started.simulatorUrl}/keepnet-demo/__simulator/state`);
      const { users } = (await response.json()) as { users: Record<string, { email: string; firstName: string }> };
      return Object.values(users).map(({ email, firstName }) => `${firstName} ${email}`);
    };
    const change = (id: string, path: string, value: string) =>
      scim("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations: [{ op: "Replace", path, value }] });

    const shown = await call("GET", `${url}/api/connections/keepnet-demo`, adminToken);
    expect(shown).toMatchObject({ status: 200, body: { coupling: "separate" } });

    const [bob] = await find('userName eq "bob@contoso.com"');
    expect(bob).toMatchObject({ userName: "bob@contoso.com", externalId: "bob" });
    expect(await scim("POST", "/Users", BOB)).toMatchObject({
      status: 409,
      body: { scimType: "uniqueness", detail: expect.stringContaining(`the user ${bob?.id} on this connection`) },
    });

    // The older version kept only the address, so it is Ada's userName until a request says another one.
    const [ada] = await find('userName eq "ada@mail.contoso.com"');
    expect(ada).toMatchObject({ userName: "ada@mail.contoso.com", externalId: "ada" });
    expect(await find('userName eq "ada@contoso.com"')).toEqual([]);
    expect(await scim("POST", "/Users", ADA)).toMatchObject({
      status: 409,
      body: { scimType: "uniqueness", detail: expect.stringContaining(`the user ${ada?.id} on this connection`) },
    });
    expect(await find('emails[type eq "work"].value eq "ada@mail.contoso.com"')).toMatchObject([{ id: ada?.id }]);
    expect(await change(ada?.id ?? "", "userName", "ada@contoso.com")).toMatchObject({
      status: 200,
      body: { userName: "ada@contoso.com", emails: [{ value: "ada@mail.contoso.com" }] },
    });
    expect(await find('userName eq "ada@contoso.com"')).toMatchObject([{ id: ada?.id }]);
    expect((await scim("POST", "/Users", ADA)).status).toBe(409);

    expect(await products()).toEqual(["Ada ada@mail.contoso.com", "Bob bob@contoso.com"]);
    expect((await change(ada?.id ?? "", "name.givenName", "Augusta")).status).toBe(200);
    expect((await change(bob?.id ?? "", 'emails[type eq "work"].value', "bob@mail.contoso.com")).status).toBe(200);
    expect(await products()).toEqual(["Augusta ada@mail.contoso.com", "Bob bob@mail.contoso.com"]);
  } finally {
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
