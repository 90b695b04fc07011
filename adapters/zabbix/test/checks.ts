// What must hold on Zabbix through the gateway, on the simulator and on the real product.

import { answered, same } from "../../../test/checked.ts";
import {
  type Check,
  create,
  createGroupNatively,
  createNatively,
  DISABLED,
  find,
  nameOf,
  nativeOf,
  patch,
  type World,
} from "./world.ts";

const sorted = (...ids: string[]) => [...ids].sort();

async function createTeam(
  world: World,
  name: string,
  members: readonly string[],
): Promise<{ id: string; native: string }> {
  const displayName = `${name} ${world.tag}`;
  const body = { displayName, members: members.map((value) => ({ value })) };
  const { id } = answered(await world.scim("POST", "/Groups", body), 201, `creating ${name}`).body;
  const [{ usrgrpid }] = await world.call("usergroup.get", { output: ["usrgrpid"], filter: { name: displayName } });
  return { id, native: usrgrpid };
}

export const zabbixChecks: readonly Check[] = [
  {
    name: "S8 S13: a disable adds one group and an enable takes it away, and memberships change beside it",
    async run(world) {
      const [ada, eve] = [nameOf(world, "ada"), nameOf(world, "eve")];
      const [id, other] = [await create(world, "ada"), await create(world, "eve", { active: false })];
      const { userid } = await nativeOf(world, ada);
      const foreign = await createGroupNatively(world, "Foreign", { users: [{ userid }] });
      const team = await createTeam(world, "Team", [id, other]);
      const groups = async (name: string) => (await nativeOf(world, name)).groups;
      answered(await patch(world, `/Users/${id}`, "replace", "active", false), 200, "disable");
      same(await groups(ada), sorted(world.userGroup, foreign, team.native, DISABLED), "groups of the disabled");
      same(await groups(eve), sorted(world.userGroup, team.native, DISABLED), "groups of one created disabled");
      const members = [{ value: id }, { value: other }];
      answered(await patch(world, `/Groups/${team.id}`, "remove", `members[value eq "${id}"]`), 204, "removal");
      same(await groups(ada), sorted(world.userGroup, foreign, DISABLED), "groups after the removal");
      answered(await patch(world, `/Groups/${team.id}`, "add", "members", members), 204, "addition");
      answered(await patch(world, `/Users/${id}`, "replace", "active", true), 200, "enable");
      same(await groups(ada), sorted(world.userGroup, foreign, team.native), "groups of the enabled");
      same(await groups(eve), sorted(world.userGroup, team.native, DISABLED), "the other stays disabled");
    },
  },
  {
    name: "S22: groups that disable, and the group of all, are no groups to a client",
    async run(world) {
      await createGroupNatively(world, "Leavers", { users_status: "1" });
      for (const { displayName } of answered(await world.scim("GET", "/Groups?count=100"), 200, "list").body
        .Resources) {
        same(["Disabled", "Portico", `Leavers ${world.tag}`].includes(displayName), false, displayName);
      }
      for (const displayName of ["Disabled", "Portico", `Leavers ${world.tag}`]) {
        same(await find(world, "Groups", "displayName", displayName), [], displayName);
        answered(await world.scim("POST", "/Groups", { displayName }), 409, `creating ${displayName}`);
      }
    },
  },
  {
    name: "S13: who would be left without a group joins the group of all, when members go and when the group goes",
    async run(world) {
      for (const way of ["member", "group"]) {
        const native = await createGroupNatively(world, `Only ${way}`);
        const name = nameOf(world, `only-${way}`);
        await createNatively(world, name, { usrgrps: [{ usrgrpid: native }] });
        const [{ id }] = await find(world, "Groups", "displayName", `Only ${way} ${world.tag}`);
        const [user] = await find(world, "Users", "userName", name);
        const change =
          way === "group"
            ? world.scim("DELETE", `/Groups/${id}`)
            : patch(world, `/Groups/${id}`, "remove", `members[value eq "${user.id}"]`);
        answered(await change, 204, way);
        same((await nativeOf(world, name)).groups, [world.userGroup], `groups after the ${way} is gone`);
      }
    },
  },
  {
    name: "S3: media of other types and further addresses survive a new address, and its removal",
    async run(world) {
      const name = nameOf(world, "media");
      const of = (...sendto: string[]) => ({ mediatypeid: "1", sendto });
      const phone = { mediatypeid: "3", sendto: "+491701234567" };
      const further = of("two@example.com");
      await createNatively(world, name, { medias: [phone, further, of("one@example.com", "also@example.com")] });
      const [user] = await find(world, "Users", "userName", name);
      same(user.emails[0].value, "one@example.com", "shown");
      const medias = async () =>
        (await nativeOf(world, name)).medias.map((one) => `${one.mediatypeid} ${one.sendto}`).sort();
      const path = 'emails[type eq "work"].value';
      answered(await patch(world, `/Users/${user.id}`, "replace", path, "new@example.com"), 200, "change");
      same(await medias(), ["1 new@example.com,also@example.com", "1 two@example.com", "3 +491701234567"], "changed");
      answered(await patch(world, `/Users/${user.id}`, "remove", path), 200, "removal");
      same(await medias(), ["1 also@example.com", "1 two@example.com", "3 +491701234567"], "removed");
    },
  },
  {
    name: "S8: who is disabled by another group is not enabled, and nothing of the request is written",
    async run(world) {
      const name = nameOf(world, "held");
      const id = await create(world, "held");
      const before = await nativeOf(world, name);
      const leavers = await createGroupNatively(world, "Held", {
        users_status: "1",
        users: [{ userid: before.userid }],
      });
      same(answered(await world.scim("GET", `/Users/${id}`), 200, "read").body.active, false, "active");
      const refused = answered(await patch(world, `/Users/${id}`, "replace", "active", true), 409, "enable");
      same(refused.body.detail.includes("another user group of Zabbix disables them"), true, refused.body.detail);
      same((await nativeOf(world, name)).groups, sorted(world.userGroup, leavers), "groups");
    },
  },
  {
    name: "S26: Zabbix's own users are found in every case, beyond ASCII too, where PHP and the database differ",
    async run(world) {
      for (const name of ["straße", "É", "o\u0308", "ŉ", "a*b", "50%", "a_b", "жанна", "李雷"]) {
        const username = `${name}.${world.tag}`;
        await createNatively(world, username);
        const capitals = username.toUpperCase();
        // Of "ß" the capitals are two letters, which is another name.
        const hits = capitals.length === username.length ? await find(world, "Users", "userName", capitals) : ["none"];
        same(hits.length > 0, true, `${name} in capitals`);
        const [found] = await find(world, "Users", "userName", username);
        same(found?.userName, username, name);
      }
    },
  },
  {
    name: "S1: names of one letter do not stand in the password that Portico makes",
    async run(world) {
      for (const letter of ["a", "Z", "7", "-"]) {
        await create(world, `short-${letter}`, { name: { givenName: letter, familyName: letter } });
      }
    },
  },
];
