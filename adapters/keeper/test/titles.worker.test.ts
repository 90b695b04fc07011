// What a name or a title that is taken away leaves in Keeper: Commander never sends an empty value, so it is a blank ([N2.3]).

import { expect, it } from "vitest";
import { createGateway, type Gateway } from "../../../test/worker/gateway.ts";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const person = (extra: object = {}) => ({
  userName: "ada@x.test",
  emails: [{ type: "work", value: "ada@x.test" }],
  active: true,
  ...extra,
});

async function heldBy(gateway: Gateway) {
  const { users } = (await gateway.vendor("GET", "/state")).body;
  const [{ name, jobTitle }] = Object.values<{ name: string; jobTitle: string }>(users) as [
    { name: string; jobTitle: string },
  ];
  return { name, jobTitle };
}

const remove = (gateway: Gateway, id: string, path: string) =>
  gateway.scim("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations: [{ op: "remove", path }] });

/** Commands that change a user, since the log was emptied. */
async function changes(gateway: Gateway): Promise<number> {
  const { calls } = (await gateway.vendor("GET", "/log")).body;
  return calls.filter(({ request }: { request: unknown }) => /^enterprise-user/.test(commandIn(request))).length;
}
const commandIn = (request: unknown) => String(Reflect.get(Object(request), "command"));

it("S9: a user who comes again without name and title has neither of those before, and a blank in Keeper", async () => {
  const gateway = await createGateway("keeper");
  const first = await gateway.scim("POST", "/Users", person({ displayName: "Ada", title: "Countess" }));
  await gateway.scim("DELETE", `/Users/${first.body.id}`);
  const again = await gateway.scim("POST", "/Users", person());
  expect(again.status).toBe(201);
  expect([again.body.displayName, again.body.title]).toEqual([undefined, undefined]);
  expect(await heldBy(gateway)).toEqual({ name: " ", jobTitle: " " });
  const found = await gateway.scim("GET", `/Users?filter=${encodeURIComponent("title pr")}`);
  expect(found.body.totalResults).toBe(0);
});

it("S9: where there is nothing to take away, no blank is written", async () => {
  const gateway = await createGateway("keeper");
  const first = await gateway.scim("POST", "/Users", person());
  expect(await heldBy(gateway)).toEqual({ name: "", jobTitle: "" });
  await gateway.scim("DELETE", `/Users/${first.body.id}`);
  await gateway.scim("POST", "/Users", person({ title: " " }));
  expect(await heldBy(gateway)).toEqual({ name: "", jobTitle: "" });
});

it("N2.3: a blank counts as none: it is not cleared again, and the next title takes its place", async () => {
  const gateway = await createGateway("keeper");
  const { id } = (await gateway.scim("POST", "/Users", person({ title: "Countess" }))).body;
  expect((await remove(gateway, id, "title")).status).toBe(200);
  expect(await heldBy(gateway)).toEqual({ name: "", jobTitle: " " });
  await gateway.vendor("DELETE", "/log");
  expect((await remove(gateway, id, "title")).body.title).toBeUndefined();
  expect(await changes(gateway)).toBe(0);
  const Operations = [{ op: "add", path: "title", value: "Analyst" }];
  expect((await gateway.scim("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations })).body.title).toBe("Analyst");
  expect(await heldBy(gateway)).toEqual({ name: "", jobTitle: "Analyst" });
});
