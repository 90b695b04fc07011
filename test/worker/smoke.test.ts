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
