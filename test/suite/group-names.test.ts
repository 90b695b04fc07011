// A product that cannot change a group: the name is given once, and clients can read that in the schema.

import { expect, it } from "vitest";
import { CORE_GROUP, groupBodyOf, type Subject, subjectOf, variantOf } from "./subject.ts";
import { open } from "./world.ts";

const withoutUpdate = (subject: Subject): Subject =>
  variantOf(subject, (adapter) => {
    if (!adapter.group) throw new Error(`${subject.name} has no groups`);
    const { update: _left, ...group } = adapter.group;
    return { ...adapter, group };
  });

it("C32 C59: a group of a product without an update keeps its name; everything else about it goes on", async () => {
  const subject = withoutUpdate(subjectOf("redmine"));
  const world = await open(subject);
  const schema = (await world.get(`/Schemas/${CORE_GROUP}`)).body;
  const displayName = schema.attributes.find((one: { name: string }) => one.name === "displayName");
  expect(displayName).toMatchObject({ mutability: "immutable", required: true });
  const user = await world.create(1);
  const id = await world.createGroup("Sales");
  expect(await world.patch(`/Groups/${id}`, { op: "replace", path: "displayName", value: "Sails" })).toMatchObject({
    status: 400,
    body: { scimType: "mutability", detail: expect.stringContaining("displayName cannot be changed") },
  });
  expect(await world.scim("PUT", `/Groups/${id}`, groupBodyOf(subject, "Sails"))).toMatchObject({ status: 400 });
  expect((await world.scim("PUT", `/Groups/${id}`, groupBodyOf(subject, "Sales", [user]))).status).toBeLessThan(300);
  const native = await world.group("Sales");
  expect(native.memberIds).toHaveLength(1);
  expect((await world.scim("DELETE", `/Groups/${id}`)).status).toBe(204);
});

it("C2 C32: where the product can change a group, the name is readWrite", async () => {
  const world = await open(subjectOf("redmine"));
  const { body } = await world.get(`/Schemas/${CORE_GROUP}`);
  expect(body.attributes.find((one: { name: string }) => one.name === "displayName")).toMatchObject({
    mutability: "readWrite",
  });
});
