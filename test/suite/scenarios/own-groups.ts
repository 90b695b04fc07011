// Groups of the vendor that Portico fills by itself, as a connection's settings say [S52].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { firstOf, groupsHeld, noGroups, type Scenario } from "../scenario.ts";
import { deletionOf, editableRow, personOf, type Subject, withTransport } from "../subject.ts";
import { open, type World } from "../world.ts";

const EVERYBODY = "Everybody";
/** Tries of the alarm: another one may be under way. */
const TURNS = 100;

const wholeListsOnly = ({ adapter }: Subject) =>
  adapter.group?.members.add && adapter.group.members.remove
    ? undefined
    : "writes member lists whole (members.replace), where a place for one user would be a write of all";
const noText: Scenario["unless"] = (subject) =>
  editableRow(subject) ? undefined : "declares no text that can change and is no name";

const opened = (subject: Subject, own: { everyone?: string; by?: string }): Promise<World> =>
  open(withTransport(subject, { ownGroups: own }));

/** Once nobody's place is owed any more. */
async function placed({ gateway }: World): Promise<void> {
  const object = env.CONNECTION.getByName(gateway.id);
  let why: unknown;
  for (let turn = 0; turn < TURNS; turn++) {
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/pending?kind=placement`);
    if (body.owed.length === 0) return;
    why = body.owed;
    await runInDurableObject(object, (_, { storage }) => {
      storage.sql.exec("update owed set due_at = 0 where kind = 'placement'");
      storage.sql.exec("update due_jobs set due_at = 0 where job = 'placement'");
    });
    if (!(await runDurableObjectAlarm(object))) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`a place is still owed: ${JSON.stringify(why)}`);
}

const sizeOf = async (world: World, name: string) => (await world.group(name)).memberIds.length;

export const ownGroups: readonly Scenario[] = [
  {
    name: "S52: everybody is in the group that the settings name, clients do not see it, and who is deleted leaves it",
    unless: firstOf(noGroups, groupsHeld, wholeListsOnly),
    async run(subject) {
      const world = await opened(subject, { everyone: EVERYBODY });
      const [first] = [await world.create(1), await world.create(2)];
      await placed(world);
      expect(await sizeOf(world, EVERYBODY)).toBe(2);
      expect((await world.get("/Groups")).body.totalResults).toBe(0);
      expect((await world.find("Groups", `displayName eq "${EVERYBODY}"`)).body.totalResults).toBe(0);
      expect((await world.get(`/Users/${first}`)).body.groups).toBeUndefined();
      expect((await world.scim("DELETE", `/Users/${first}`)).status).toBe(204);
      if (deletionOf(subject) === "remove") await world.catchUp();
      expect(await sizeOf(world, EVERYBODY)).toBe(1);
    },
  },
  {
    name: "S52: a person moves from group to group with the value that names it",
    unless: firstOf(noGroups, groupsHeld, wholeListsOnly, noText),
    async run(subject) {
      const by = editableRow(subject)?.path ?? "";
      const world = await opened(subject, { by });
      const [before, after] = ([0, 1] as const).map((edition) => String(personOf(subject, 1, edition).values[by]));
      const id = await world.create(1);
      await placed(world);
      expect(await sizeOf(world, before ?? "")).toBe(1);
      expect(await world.patch(`/Users/${id}`, { op: "replace", path: by, value: after })).toMatchObject({
        status: 200,
      });
      await placed(world);
      expect([await sizeOf(world, before ?? ""), await sizeOf(world, after ?? "")]).toEqual([0, 1]);
    },
  },
];
