// POST with one half of userName and e-mail, where the vendor has one value for both: the other half is derived, in the same
// way on every vendor and under every coupling [S2] [S51]. What else is required is refused by its name.

import { describe, expect, it } from "vitest";
import { ask, expectError, read } from "../dialogues/dialogue.ts";
import { coupledNames, subjectOf } from "../suite/subject.ts";
import { open } from "../suite/world.ts";
import { createGateway, type Gateway } from "./gateway.ts";

const work = (value: string) => [{ type: "work", value }];
const person = (n: number) => ({ externalId: `x-${n}`, name: { givenName: "Ada", familyName: "King" } });

const openWith = async (vendor: string, coupling: string): Promise<Gateway> =>
  (await open(subjectOf(vendor), { coupling })).gateway;

async function repairsOf(gateway: Gateway, requestId: string | null): Promise<string[]> {
  return (await gateway.api("GET", `/connections/${gateway.name}/traces/${requestId}`)).body.repairs;
}

describe.each(coupledNames())("S2 S51: one half of a coupled pair, %s", (vendor) => {
  it.each(["reject", "userName", "separate"])("S2: is enough for a new user, coupling %s", async (coupling) => {
    const gateway = await openWith(vendor, coupling);
    const halves = [{ userName: "ada@example.com" }, { emails: work("bob@example.com") }];
    for (const [n, half] of halves.entries()) {
      const { body, headers } = await ask(gateway, "POST", "/Users", 201, { ...person(n), ...half });
      const name = n === 0 ? "ada@example.com" : "bob@example.com";
      expect([body.userName, body.emails[0].value]).toEqual([name, name]);
      expect(await repairsOf(gateway, headers.get("x-request-id"))).toContain("coupled-half");
      expect((await read(gateway, body.id)).userName).toBe(name);
      await ask(gateway, "POST", "/Users", 409, { ...person(n), ...half });
    }
  });

  it("S51: who was created by the e-mail alone answers to it, also after it has changed", async () => {
    const gateway = await openWith(vendor, "separate");
    const { body } = await ask(gateway, "POST", "/Users", 201, { ...person(1), emails: work("bob@example.com") });
    const Operations = [{ op: "replace", path: 'emails[type eq "work"].value', value: "rob@example.com" }];
    await ask(gateway, "PATCH", `/Users/${body.id}`, 200, { Operations });
    expect((await read(gateway, body.id)).userName).toBe("rob@example.com");
  });

  it("S2: a userName that is no address is no e-mail, and both halves missing are named together", async () => {
    const gateway = await openWith(vendor, "separate");
    const refused = await ask(gateway, "POST", "/Users", 400, { ...person(1), userName: "ada" });
    expectError(refused, 400, "invalidValue");
    expect(refused.body.detail).toContain('emails[type eq "work"].value is required');
    const empty = await ask(gateway, "POST", "/Users", 400, person(2));
    expect(empty.body.detail).toContain('userName and emails[type eq "work"].value are required');
  });
});

describe.each(["klaxoon", "redmine"])("C32: what is required, %s", (vendor) => {
  it("C32: everything that is missing is named in one refusal", async () => {
    const gateway = await createGateway(vendor);
    const refused = await ask(gateway, "POST", "/Users", 400, { active: true });
    expectError(refused, 400, "invalidValue");
    const required = subjectOf(vendor).adapter.attributes.User.filter((row) => row.required === true);
    expect(required.length).toBeGreaterThan(1);
    for (const { path } of required) expect(refused.body.detail).toContain(path === "active" ? "" : path);
  });
});
