// What must hold of groups on Redmine through the gateway, on the simulator and on the real product.

import { answered, same } from "../../../test/checked.ts";
import {
  byId,
  type Check,
  CORE,
  create,
  createGroup,
  createNatively,
  match,
  membersOf,
  patch,
  sorted,
} from "./world.ts";

export const groupChecks: readonly Check[] = [
  {
    name: "E15 E18 E21: a group is created with members, found, renamed and deleted",
    async run(world) {
      const [one, two] = [await create(world, "one"), await create(world, "two")];
      const group = await createGroup(world, "Team", [one.id, two.id]);
      same(await membersOf(world, group.native), sorted(one, two), "members");
      const { body } = await match(world, "Groups", `displayName eq "TEAM ${world.tag}"`);
      same([body.totalResults, body.Resources[0].id], [1, group.id], "match");
      const displayName = `Crew ${world.tag}`;
      const renamed = await patch(world, `/Groups/${group.id}`, {
        op: "replace",
        path: "displayName",
        value: displayName,
      });
      same([200, 204].includes(renamed.status), true, `rename answered ${renamed.status}`);
      const native = (await world.redmine.groups()).find(({ id }) => id === group.native);
      same(native?.name, displayName, "name");
      same(await membersOf(world, group.native), sorted(one, two), "members after the rename");
      answered(await world.scim("DELETE", `/Groups/${group.id}`), 204, "delete");
      same(
        (await world.redmine.groups()).some(({ id }) => id === group.native),
        false,
        "still there",
      );
      same((await byId(world, one.native.id))?.status, 1, "status of a member");
    },
  },
  {
    name: "S7: group names are unique, 255 characters long at most",
    async run(world) {
      await createGroup(world, "Taken");
      const of = (displayName: string) => ({ schemas: [`${CORE}:Group`], displayName });
      answered(await world.scim("POST", "/Groups", of(`TAKEN ${world.tag}`)), 409, "a name of ours");
      const group = { name: `Native ${world.tag}` };
      answered(await world.redmine.call("POST", "/groups.json", { group }), 201, "creating a group natively");
      answered(await world.scim("POST", "/Groups", of(`NATIVE ${world.tag}`)), 409, "a name of Redmine's own");
      answered(await world.scim("POST", "/Groups", of(world.tag.padEnd(256, "x"))), 400, "256 characters");
      answered(await world.scim("POST", "/Groups", of(world.tag.padEnd(255, "x"))), 201, "255 characters");
    },
  },
  {
    name: "S13: a group of Redmine's own keeps its members when one is added",
    async run(world) {
      const native = await createNatively(world, "member");
      const group = { name: `Adopted ${world.tag}`, user_ids: [native] };
      const { body } = answered(
        await world.redmine.call("POST", "/groups.json", { group }),
        201,
        "creating a group natively",
      );
      const found = await match(world, "Groups", `displayName eq "${group.name}"`);
      const user = await create(world, "joiner");
      const op = { op: "add", path: "members", value: [{ value: user.id }] };
      answered(await patch(world, `/Groups/${found.body.Resources[0].id}`, op), 204, "add");
      same(await membersOf(world, body.group.id), [native, user.native.id], "members");
    },
  },
  {
    name: "S14: adding a member again and removing a user who is none are successes, also where Redmine refuses them",
    async run(world) {
      const [one, two, gone] = [await create(world, "in"), await create(world, "out"), await create(world, "gone")];
      const group = await createGroup(world, "Drift", [gone.id]);
      const path = `/Groups/${group.id}`;
      const members = `/groups/${group.native}/users`;
      const value = (...all: { id: string }[]) => all.map(({ id }) => ({ value: id }));
      // Behind the gateway's back, so that its rows differ from Redmine's list.
      await world.redmine.call("POST", `${members}.json`, { user_ids: [one.native.id] });
      answered(await patch(world, path, { op: "add", path: "members", value: value(one) }), 204, "add one who is in");
      same(await membersOf(world, group.native), sorted(one, gone), "members");
      await world.redmine.call("DELETE", `${members}/${one.native.id}.json`);
      await world.redmine.call("POST", `${members}.json`, { user_ids: [two.native.id] });
      const swap = [
        { op: "remove", path: "members", value: value(one) },
        { op: "add", path: "members", value: value(two) },
      ];
      answered(await patch(world, path, ...swap), 204, "remove one who is out, add one who is in");
      same(await membersOf(world, group.native), sorted(two, gone), "members");
      answered(await world.redmine.call("DELETE", `/users/${gone.native.id}.json`), 204, "removing natively");
      const remove = { op: "remove", path: `members[value eq "${gone.id}"]` };
      answered(await patch(world, path, remove), 204, "remove a member whose account is gone");
      same(await membersOf(world, group.native), sorted(two), "members");
    },
  },
];
