// A product that names members by e-mail address and only takes whole lists: nobody whom Portico does not know leaves one.

import { expect, it } from "vitest";
import type { Adapter } from "../../src/adapter.ts";
import { personOf, subjectOf, variantOf } from "./subject.ts";
import { open, strangerOf } from "./world.ts";

type Group = NonNullable<Adapter["group"]>;

/** The product's own additions and removals, behind a list that is written whole. */
function withWholeLists(group: Group): Group {
  const { add, remove, ...members } = group.members;
  return {
    ...group,
    members: {
      ...members,
      async replace(api, id, wanted) {
        const { items } = await members.list(api, id, undefined);
        const before = items.flatMap((pointer) => ("key" in pointer ? pointer.key : []));
        const after = wanted.map(({ userName }) => userName);
        const named = (names: readonly string[]) => names.map((userName) => ({ id: "", userName }));
        const gone = named(before.filter((name) => !after.includes(name)));
        const come = named(after.filter((name) => !before.includes(name)));
        if (gone.length > 0) await remove?.(api, id, gone);
        if (come.length > 0) await add?.(api, id, come);
      },
    },
  };
}

it("S13: members whom no sweep has seen yet stay in a list that is written whole", async () => {
  const subject = variantOf(subjectOf("keeper"), (adapter) =>
    adapter.group ? { ...adapter, group: withWholeLists(adapter.group) } : adapter,
  );
  const world = await open(subject);
  const [one, two] = [await world.create(1), await world.create(2)];
  const id = await world.createGroup("Sales", [one]);
  const { native } = subject;
  await world.change((state) => native.withUsers(state, [strangerOf(subject, 3), strangerOf(subject, 4)]));
  const group = await world.group("Sales");
  for (const n of [3, 4]) {
    const stranger = await world.user(personOf(subject, n).key);
    await world.change((state) => native.withMember(state, group.id, stranger.id));
  }
  const added = { op: "add", path: "members", value: [{ value: two }] };
  expect(await world.patch(`/Groups/${id}`, added)).toMatchObject({ status: 204 });
  const users = new Map((await world.users()).map((user) => [user.id, user.key]));
  const keys = (await world.group("Sales")).memberIds.map((member) => users.get(member)).sort();
  expect(keys).toEqual([1, 2, 3, 4].map((n) => personOf(subject, n).key).sort());
});
