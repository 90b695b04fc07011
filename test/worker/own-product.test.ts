// The example of a vendor's own deployment: its adapter, against a product with an ordinary REST API, and its class.

import { describe, expect, it } from "vitest";
import { adapters } from "../../adapters/index.ts";
import { templateDemoSettings } from "../../cli/templates/adapter/simulator.ts";
import ownProduct from "../../examples/own-product/adapter.ts";
import * as deployment from "../../examples/own-product/worker.ts";
import { Connection } from "../../src/connection.ts";
import { createPortico } from "../../src/portico.ts";
import { createGateway } from "./gateway.ts";

const work = (value: string) => [{ type: "work", value }];

describe("a vendor's own deployment", () => {
  it("exports what the platform asks of an entry module", () => {
    expect(deployment.Connection.prototype).toBeInstanceOf(Connection);
    expect(deployment.default.fetch).toBeTypeOf("function");
  });

  it("does not start with an adapter that contradicts itself, and names it", () => {
    const broken = { ...ownProduct, userNameIs: "nickName" };
    expect(() => createPortico({ adapters: { acme: broken } })).toThrow(/^adapters\.acme: userNameIs/);
  });

  it("creates, finds, changes, disables and deletes a user through its own adapter", async () => {
    // Found by name, listed nowhere: the files of a run share the registry.
    Object.defineProperty(adapters, "own-product", { value: ownProduct, configurable: true });
    const gateway = await createGateway("template", { vendor: "own-product", settings: templateDemoSettings });
    const person = { userName: "ada@example.com", emails: work("ada@example.com"), title: "Analyst" };
    const created = await gateway.scim("POST", "/Users", person);
    expect(created.status).toBe(201);
    const at = `/Users/${created.body.id}`;
    const filter = encodeURIComponent('userName eq "ADA@example.com"');
    expect((await gateway.scim("GET", `/Users?filter=${filter}`)).body.Resources).toMatchObject([person]);
    expect((await gateway.scim("POST", "/Users", person)).status).toBe(409);
    const changed = { ...person, active: false, title: "Engineer" };
    expect((await gateway.scim("PUT", at, changed)).body).toMatchObject(changed);
    const { body: state } = await gateway.vendor("GET", "/state");
    expect(Object.values(state.users)).toMatchObject([
      { email: "ada@example.com", jobTitle: "Engineer", active: false },
    ]);
    expect((await gateway.scim("DELETE", at)).status).toBe(204);
    expect((await gateway.vendor("GET", "/state")).body.users).toEqual({});
  });
});
