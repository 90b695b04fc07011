import { describe, expect, it } from "vitest";
import { createGateway } from "./gateway.ts";

describe("a connection", () => {
  it("E1: answers 200 with an empty list", async () => {
    const gateway = await createGateway("keepnet");
    const answer = await gateway.scim("GET", `/Users?filter=${encodeURIComponent('userName eq "nobody@example.com"')}`);
    expect(answer.status).toBe(200);
    expect(answer.body.totalResults).toBe(0);
  });

  it("E3: creates a user at the vendor", async () => {
    const gateway = await createGateway("keepnet");
    const answer = await gateway.scim("POST", "/Users", {
      userName: "ada@example.com",
      active: true,
      emails: [{ type: "work", value: "ada@example.com" }],
    });
    expect(answer.status).toBe(201);
    const state = await gateway.vendor("GET", "/state");
    const users = Object.values(state.body.users);
    expect(users).toMatchObject([{ email: "ada@example.com", isActive: true }]);
  });
});

describe("a replacement", () => {
  it("C31: is refused with 404 for an unknown id and creates nothing", async () => {
    const gateway = await createGateway("keepnet");
    const body = { userName: "ada@example.com", emails: [{ type: "work", value: "ada@example.com" }] };
    const unknown = await gateway.scim("PUT", "/Users/01900000-0000-7000-8000-000000000000", body);
    expect(unknown).toMatchObject({ status: 404, body: { status: "404" } });
    expect((await gateway.vendor("GET", "/state")).body.users).toEqual({});
    const created = await gateway.scim("POST", "/Users", body);
    const replaced = await gateway.scim("PUT", `/Users/${created.body.id}`, { ...body, name: { givenName: "Ada" } });
    expect(replaced).toMatchObject({ status: 200, body: { id: created.body.id, name: { givenName: "Ada" } } });
  });
});
