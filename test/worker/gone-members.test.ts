// A whole member list that names users who are gone, and the vendor's members after it.

import { describe, expect, it } from "vitest";
import { NOBODY, patchOf } from "../dialogues/dialogue.ts";
import { sampleOf } from "../suite/sample.ts";
import { groupBodyOf, personOf, subjectOf } from "../suite/subject.ts";
import { open, type World } from "../suite/world.ts";

const VENDORS = ["keepabl", "keeper", "keepnet", "klaxoon", "kpifire", "redmine", "rest"];
const FULL = { unmapped: "keep", coupling: "separate" };
const CASES = VENDORS.filter((vendor) => subjectOf(vendor).adapter.group).flatMap((vendor) => [
  { title: `${vendor}-demo`, vendor, options: {} },
  { title: `${vendor}-full`, vendor, options: FULL },
]);

describe.each(sampleOf(CASES, "gone", 3))(
  "S14: users who are gone, in a member list of $title",
  ({ vendor, options }) => {
    /** Three users in one group, of whom Portico deletes the third, and a fourth, whom the vendor deletes. */
    async function openWithGone() {
      const world = await open(subjectOf(vendor), options);
      const ids: string[] = [];
      for (const n of [1, 2, 3, 4]) ids.push(await world.create(n));
      const [ada = "", bob = "", deleted = "", lost = ""] = ids;
      const group = `/Groups/${await world.createGroup("Sales", [ada, bob, deleted])}`;
      await world.outwait();
      expect((await world.scim("DELETE", `/Users/${deleted}`)).status).toBe(204);
      const { id } = await world.user(personOf(world.subject, 4).key);
      await world.change((state) => world.subject.native.withoutUser(state, id));
      await world.outwait();
      expect((await world.get(`/Users/${lost}`)).status).toBe(404);
      return { world, group, ada, bob, deleted, lost };
    }

    const members = (...ids: string[]) => ids.map((value) => ({ value }));
    const keyOf = (world: World, n: number) => personOf(world.subject, n).key;

    async function nativeMembers(world: World): Promise<string[]> {
      await world.catchUp();
      const keys = new Map((await world.users()).map(({ id, key }) => [id, key]));
      return (await world.group("Sales")).memberIds.flatMap((id) => keys.get(id) ?? []).sort();
    }

    it("S14: a replace leaves them out and says so; who is not named leaves", async () => {
      const { world, group, ada, bob, deleted, lost } = await openWithGone();
      const operation = { op: "replace", path: "members", value: members(ada, deleted, lost) };
      const answer = await world.patch(group, operation);
      expect(answer.body).toBe("");
      const shown = (await world.get(group)).body.members.map(({ value }: { value: string }) => value);
      expect(shown).toEqual([ada]);
      const native = await nativeMembers(world);
      expect(native).toEqual([keyOf(world, 1)]);
      const { body } = await world.gateway.api(
        "GET",
        `/connections/${world.gateway.name}/traces/${answer.headers.get("x-request-id")}`,
      );
      expect(body.notes.join()).toContain(deleted);
      expect(body.notes.join()).toContain(lost);
      expect((await world.get(`/Users/${bob}`)).status).toBe(200);
    });

    it("S14: a PUT leaves them out; who is named joins, and who is not leaves", async () => {
      const { world, group, ada, bob, deleted, lost } = await openWithGone();
      await world.patch(group, { op: "remove", path: "members", value: members(bob) });
      await world.outwait();
      const { body } = await world.get(group);
      const put = await world.scim("PUT", group, { ...body, members: members(bob, lost, deleted) });
      expect(put.status).toBe(200);
      const native = await nativeMembers(world);
      expect(native).toEqual([keyOf(world, 2)]);
      expect((await world.get(`/Users/${ada}`)).status).toBe(200);
    });

    it("S14: an id that nobody had is 400 by name, and so is a gone one that is added; nobody leaves or joins", async () => {
      const { world, group, ada, bob, deleted, lost } = await openWithGone();
      const { body } = await world.get(group);
      for (const [id, method, sent] of [
        [NOBODY, "PATCH", patchOf({ op: "replace", path: "members", value: members(ada, deleted, NOBODY) })],
        [NOBODY, "PUT", { ...body, members: members(ada, NOBODY) }],
        [deleted, "PATCH", patchOf({ op: "add", path: "members", value: members(deleted) })],
        [lost, "PATCH", patchOf({ op: "add", path: "members", value: members(lost) })],
      ] as const) {
        const refused = await world.scim(method, group, sent);
        expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
        expect(refused.body.detail).toContain(id);
      }
      const native = await nativeMembers(world);
      expect(native).toEqual([keyOf(world, 1), keyOf(world, 2)].sort());
      expect((await world.get(`/Users/${bob}`)).status).toBe(200);
    });

    it("S14: a new group with a gone member is 400 by name and is not made", async () => {
      const { world, ada, deleted } = await openWithGone();
      const made = await world.scim("POST", "/Groups", groupBodyOf(world.subject, "Other", [ada, deleted]));
      expect(made).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
      expect(made.body.detail).toContain(deleted);
      expect((await world.groups()).map(({ name }) => name)).not.toContain("Other");
    });
  },
);
