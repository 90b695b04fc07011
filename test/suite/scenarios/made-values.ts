// Values that are made where a client gives none: the vendor has them, and no client sees them [S1].

import { expect } from "vitest";
import type { AttributeRow } from "../../../src/adapter.ts";
import { firstOf, noGroups, type Scenario } from "../scenario.ts";
import { bodyOf, get, groupBodyOf, personOf, put, type Subject } from "../subject.ts";
import { open, type World } from "../world.ts";

type Type = "Users" | "Groups";
const madeRows = ({ adapter }: Subject, type: Type): AttributeRow[] =>
  (adapter.attributes[type === "Users" ? "User" : "Group"] ?? []).filter(
    ({ required }) => typeof required === "object",
  );
const makesNone =
  (type: Type) =>
  (subject: Subject): string | undefined =>
    madeRows(subject, type).length > 0 ? undefined : `declares no value to be made for ${type} (required.otherwise)`;

const madeOf = ({ required }: AttributeRow, id: string) =>
  typeof required === "object" ? required.otherwise.replace("{id}", id) : undefined;

/** What the vendor holds at a path of the only user or group. */
async function heldAt(world: World, type: Type, path: string): Promise<unknown> {
  const { native } = world.subject;
  const [record] = type === "Users" ? await world.users() : await world.groups();
  const held = type === "Users" ? native.held : native.heldByGroup;
  if (!record || !held) throw new Error(`the view does not show what the vendor holds of ${type}`);
  return held(record.record, await world.state())[path];
}

const GROUP = "Sales";
const bodyFor = (subject: Subject, type: Type, row: AttributeRow, value?: string) => {
  const body = type === "Users" ? bodyOf(personOf(subject, 1), [row.path]) : groupBodyOf(subject, GROUP);
  if (row.path === "externalId") delete body.externalId;
  if (value !== undefined) put(body, row.path, value);
  return body;
};

async function examine(world: World, type: Type, row: AttributeRow): Promise<void> {
  const { subject } = world;
  const created = await world.scim("POST", `/${type}`, bodyFor(subject, type, row));
  expect(created, `without ${row.path}`).toMatchObject({ status: 201 });
  const address = `/${type}/${created.body.id}`;
  const made = madeOf(row, created.body.id);
  const expectMade = async (when: string) => {
    expect(await heldAt(world, type, row.path), `${row.path} at the vendor ${when}`).toBe(made);
    expect(get((await world.get(address)).body, row.path), `${row.path} shown ${when}`).toBeUndefined();
  };
  const expectOwn = async (value: string, when: string) => {
    expect(await heldAt(world, type, row.path), `${row.path} at the vendor ${when}`).toBe(value);
    expect(get((await world.get(address)).body, row.path), `${row.path} shown ${when}`).toBe(value);
  };
  expect(get(created.body, row.path)).toBeUndefined();
  await expectMade("after POST");
  if (row.path === "externalId") {
    expect((await world.find(type, `externalId eq "${made}"`)).body).toMatchObject({ totalResults: 0 });
  }
  await world.scim("PUT", address, bodyFor(subject, type, row));
  await expectMade("after PUT without it");
  const sent = await world.patch(address, { op: "replace", path: row.path, value: made });
  expect(sent, "the made value from a client").toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
  expect(sent.body.detail).toContain(row.path);
  if (row.immutable) return;
  await world.patch(address, { op: "add", path: row.path, value: "own-1" });
  await expectOwn("own-1", "after PATCH");
  await world.scim("PUT", address, bodyFor(subject, type, row));
  await expectOwn("own-1", "after PUT without it");
  await world.patch(address, { op: "remove", path: row.path });
  await expectMade("after PATCH remove");
  await world.scim("PUT", address, bodyFor(subject, type, row, "own-2"));
  await expectOwn("own-2", "after PUT with it");
  await world.scim("PUT", address, bodyFor(subject, type, row, ""));
  await expectMade("after PUT with an empty one");
  await world.outwait();
  await expectMade("once the vendor's reads have followed");
}

export const madeValues: Scenario[] = (["Users", "Groups"] as const).flatMap((type): Scenario[] => [
  {
    name: `S1: what the vendor requires and no client gives is made, for ${type}: sent, never shown, replaced by the client's own`,
    unless: type === "Groups" ? firstOf(noGroups, makesNone(type)) : makesNone(type),
    async run(subject) {
      for (const row of madeRows(subject, type)) await examine(await open(subject), type, row);
    },
  },
  {
    name: `S1: /Schemas does not require of ${type} what is made`,
    unless: type === "Groups" ? firstOf(noGroups, makesNone(type)) : makesNone(type),
    async run(subject) {
      const world = await open(subject);
      const { body } = await world.get(`/Schemas/urn:ietf:params:scim:schemas:core:2.0:${type.slice(0, -1)}`);
      for (const { path } of madeRows(subject, type)) {
        const shown = body.attributes.find(({ name }: { name: string }) => name === path);
        if (shown) expect(shown, path).toMatchObject({ required: false });
      }
    },
  },
]);

madeValues.push({
  name: "S9, S23: a create whose answer was lost sends the same made value again, whether it had happened or not",
  unless: makesNone("Users"),
  async run(subject) {
    for (const fault of [{ kind: "drop" }, { kind: "lostResponse" }] as const) {
      const world = await open(subject);
      for (const row of madeRows(subject, "Users")) {
        const body = bodyFor(subject, "Users", row);
        await world.fail({ ...fault, match: { method: "POST" } });
        const lost = await world.watch(() => world.scim("POST", "/Users", body));
        expect(lost.answer.status, "the answer was lost").toBeGreaterThanOrEqual(500);
        const again = await world.watch(() => world.scim("POST", "/Users", body));
        expect(again.answer).toMatchObject({ status: 201 });
        const made = madeOf(row, again.answer.body.id) ?? "";
        expect(await heldAt(world, "Users", row.path)).toBe(made);
        const sent = [...lost.all, ...again.all].filter(({ method }) => method === "POST");
        expect(sent.map((call) => JSON.stringify(call.request).includes(made))).toEqual(sent.map(() => true));
      }
    }
  },
});
