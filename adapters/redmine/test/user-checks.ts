// What must hold of users on Redmine through the gateway, on the simulator and on the real product.

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
  nativeOf,
  patch,
  person,
  refusedAs409,
  sorted,
  work,
} from "./world.ts";

export const userChecks: readonly Check[] = [
  {
    name: "E3: a new user has every field, a password of Redmine's own, and no key in the answer",
    async run(world) {
      const body = person(world, "new", { password: "chosen-by-SCIM" });
      const { body: answer } = answered(await world.scim("POST", "/Users", body), 201, "create");
      const { login, mail, firstname, lastname, status, admin, passwd_changed_on } = await nativeOf(
        world,
        body.userName,
      );
      const expected = { login: body.userName, mail: body.userName, firstname: "Ada", lastname: "Lovelace" };
      same(
        { login, mail, firstname, lastname, status, admin },
        { ...expected, status: 1, admin: false },
        "native user",
      );
      if (passwd_changed_on === null) throw new Error("no password was generated");
      if (/api_key|chosen-by-SCIM/.test(JSON.stringify(answer))) throw new Error("a secret is in the answer");
      const { body: read } = answered(await world.scim("GET", `/Users/${answer.id}`), 200, "read");
      same(read, answer, "what is read after create");
    },
  },
  {
    name: "E3: a user can begin locked",
    async run(world) {
      const { native } = await create(world, "locked", { active: false });
      same(native.status, 3, "status");
    },
  },
  {
    name: "S11: a userName that Redmine's logins cannot have comes back as it was sent, and is found",
    async run(world) {
      const userName = `o'+_x0041__x0027_.${world.tag}@x.example`;
      const { id, native } = await create(world, "apostrophe", {
        userName,
        emails: [{ type: "work", value: userName }],
      });
      same(native.mail, userName, "mail");
      same(/^[A-Za-z0-9_\-@.]+$/.test(native.login), true, `login ${native.login} is one that Redmine allows`);
      same((await world.scim("GET", `/Users/${id}`)).body.userName, userName, "userName");
      const { body } = await match(world, "Users", `userName eq "${userName.toUpperCase()}"`);
      same([body.totalResults, body.Resources?.[0]?.id], [1, id], "match");
    },
  },
  {
    name: "S6: who exists in Redmine, in whatever case and linked or not, is a conflict that names the attribute",
    async run(world) {
      await create(world, "twice");
      const shouted = { userName: `TWICE.${world.tag}@EXAMPLE.com` };
      await refusedAs409(world, person(world, "twice", shouted), "userName", "the same user again");
      await createNatively(world, "taken");
      await refusedAs409(world, person(world, "taken"), "userName", "a login of Redmine's own");
      const sameMail = {
        userName: `other.${world.tag}`,
        emails: [{ type: "work", value: `TAKEN.${world.tag}@example.com` }],
      };
      await refusedAs409(world, person(world, "taken", sameMail), work, "an address of Redmine's own");
      const { id } = await create(world, "renamed");
      const op = { op: "replace", path: "userName", value: `taken.${world.tag}@example.com` };
      answered(await patch(world, `/Users/${id}`, op), 409, "renaming to a login that is taken");
    },
  },
  {
    name: "S6: a conflict is one also where Redmine speaks German",
    async run(world) {
      const self = (await world.redmine.call("GET", "/users/current.json")).body.user.id;
      await createNatively(world, "deutsch");
      const group = { name: `Abteilung ${world.tag}` };
      answered(await world.redmine.call("POST", "/groups.json", { group }), 201, "creating a group natively");
      await world.redmine.call("PUT", `/users/${self}.json`, { user: { language: "de" } });
      try {
        await refusedAs409(world, person(world, "deutsch"), "userName", "login");
        const sameMail = { userName: `anders.${world.tag}` };
        await refusedAs409(world, person(world, "deutsch", sameMail), work, "mail");
        const body = { schemas: [`${CORE}:Group`], displayName: group.name.toUpperCase() };
        answered(await world.scim("POST", "/Groups", body), 409, "group");
      } finally {
        await world.redmine.call("PUT", `/users/${self}.json`, { user: { language: "" } });
      }
    },
  },
  {
    name: "E2: a match finds one person, locked ones too, and no one of whom the name is only a part",
    async run(world) {
      await createNatively(world, "annabel");
      const id = await createNatively(world, "bel", { status: 3 });
      const { body } = await match(world, "Users", `userName eq "BEL.${world.tag}@example.com"`);
      same([body.totalResults, body.Resources[0].active], [1, false], "a locked user of Redmine's own");
      same((await byId(world, id))?.login, body.Resources[0].userName, "who was found");
      const byMail = await match(world, "Users", `${work} eq "annabel.${world.tag}@example.com"`);
      same(byMail.body.totalResults, 1, "match by e-mail");
      const part = await match(world, "Users", `userName eq "nabel.${world.tag}@example.com"`);
      same(part.body.totalResults, 0, "part of a login");
      same((await match(world, "Users", 'userName eq " "')).body.totalResults, 0, "a blank name");
    },
  },
  {
    name: "S3: an update changes what it names and nothing else",
    async run(world) {
      const { id, native } = await create(world, "update");
      await world.redmine.call("PUT", `/users/${native.id}.json`, { user: { admin: true } });
      const settled = async () => ({ ...(await byId(world, native.id)), updated_on: undefined });
      const before = await settled();
      const op = { op: "replace", path: "name.familyName", value: "King" };
      answered(await patch(world, `/Users/${id}`, op), 200, "patch");
      same(await settled(), { ...before, lastname: "King" }, "native user");
      // Administrators of the product keep their names [S22].
      await world.redmine.call("PUT", `/users/${native.id}.json`, { user: { admin: false } });
      const renamed = `renamed.${world.tag}@example.com`;
      const both = { userName: renamed, [work]: ` ${renamed} ` };
      const { body } = answered(await patch(world, `/Users/${id}`, { op: "replace", value: both }), 200, "rename");
      same(await settled(), { ...before, admin: false, lastname: "King", login: renamed, mail: renamed }, "renamed");
      same((await world.scim("GET", `/Users/${id}`)).body, body, "what is read after the patch");
    },
  },
  {
    name: "E7 E8: disabling locks, restoring unlocks, and memberships stay",
    async run(world) {
      const user = await create(world, "leaver");
      const group = await createGroup(world, "Leavers", [user.id]);
      for (const [active, status] of [
        [false, 3],
        [true, 1],
      ] as const) {
        const { body } = answered(
          await patch(world, `/Users/${user.id}`, { op: "replace", value: { active } }),
          200,
          "patch",
        );
        same(body.active, active, "active");
        same((await byId(world, user.native.id))?.status, status, "status");
        same(await membersOf(world, group.native), sorted(user), "members");
      }
    },
  },
  {
    name: "E7 E8 S19: a registered user is inactive until activated, and locked when a client disables or deletes them",
    async run(world) {
      const native = await createNatively(world, "registered", { status: 2 });
      const { body } = await match(world, "Users", `userName eq "registered.${world.tag}@example.com"`);
      const { id, active } = body.Resources[0];
      same(active, false, "active");
      answered(await patch(world, `/Users/${id}`, { op: "replace", path: "active", value: false }), 200, "disable");
      same((await byId(world, native))?.status, 3, "status after disabling");
      answered(await patch(world, `/Users/${id}`, { op: "replace", path: "active", value: true }), 200, "activate");
      same((await byId(world, native))?.status, 1, "status after activating");
      answered(await world.redmine.call("PUT", `/users/${native}.json`, { user: { status: 2 } }), 204, "register");
      answered(
        await patch(world, `/Users/${id}`, { op: "replace", path: "name.givenName", value: "Ada" }),
        200,
        "name",
      );
      same((await byId(world, native))?.status, 2, "status after another change");
      answered(await patch(world, `/Users/${id}`, { op: "replace", path: "active", value: true }), 200, "activate");
      same((await byId(world, native))?.status, 1, "status after activating the registered");
      answered(await world.redmine.call("PUT", `/users/${native}.json`, { user: { status: 2 } }), 204, "register");
      answered(await world.scim("DELETE", `/Users/${id}`), 204, "delete");
      same((await byId(world, native))?.status, world.onDelete === "lock" ? 3 : undefined, "status after deleting");
    },
  },
  {
    name: "S22: the account whose key is used cannot be locked",
    async run(world) {
      const { user: self } = (await world.redmine.call("GET", "/users/current.json")).body;
      const { body } = await match(world, "Users", `userName eq "${self.login}"`);
      const reply = await patch(world, `/Users/${body.Resources[0].id}`, {
        op: "replace",
        path: "active",
        value: false,
      });
      if (reply.status < 400 || reply.status > 499) throw new Error(`locking itself was answered ${reply.status}`);
      same((await byId(world, self.id))?.status, 1, "status");
    },
  },
  {
    name: "S4: values that are too long or wrong are refused by name",
    async run(world) {
      const at = (length: number) => `${"x".repeat(length - 12)}@example.com`;
      const cases: [object, string][] = [
        [{ userName: at(61) }, "userName"],
        [{ emails: [{ type: "work", value: at(255) }] }, work],
        [{ name: { givenName: "x".repeat(31), familyName: "y" } }, "name.givenName"],
        [{ name: { givenName: "x", familyName: "y".repeat(31) } }, "name.familyName"],
        [{ name: { givenName: "x" } }, "name.familyName"],
        [{ emails: [{ type: "work", value: "nobody@localhost" }] }, work],
        [{ userName: `${"+".repeat(20)}@example.com` }, "userName"],
      ];
      for (const [more, attribute] of cases) {
        const { body } = answered(await world.scim("POST", "/Users", person(world, "long", more)), 400, attribute);
        same(body.scimType, "invalidValue", attribute);
        if (!body.detail.includes(attribute)) throw new Error(`${attribute} is not named in ${body.detail}`);
      }
      const longest = {
        userName: `${world.tag}${at(60 - world.tag.length)}`,
        name: { givenName: "é".repeat(30), familyName: "😀".repeat(15) },
      };
      const { native } = await create(world, "longest", longest);
      same([native.firstname, native.lastname], [longest.name.givenName, longest.name.familyName], "names");
    },
  },
  {
    name: "S8 S9: a deleted user is locked, out of their groups and hidden; a user who is created again reuses the account under a new id",
    onDelete: "lock",
    async run(world) {
      const user = await create(world, "deleted");
      const group = await createGroup(world, "Deleted", [user.id]);
      answered(await world.scim("DELETE", `/Users/${user.id}`), 204, "delete");
      same((await byId(world, user.native.id))?.status, 3, "status");
      same(await membersOf(world, group.native), [], "members");
      answered(await world.scim("GET", `/Users/${user.id}`), 404, "read");
      answered(await world.scim("DELETE", `/Users/${user.id}`), 404, "delete again");
      const filter = `userName eq "deleted.${world.tag}@example.com"`;
      same((await match(world, "Users", filter)).body.totalResults, 0, "match");
      const name = { givenName: "Mary", familyName: "Somerville" };
      const { body } = answered(
        await world.scim("POST", "/Users", person(world, "deleted", { name })),
        201,
        "create again",
      );
      same(body.id === user.id, false, "the same id as before");
      const revived = await byId(world, user.native.id);
      same([revived?.status, revived?.firstname], [1, "Mary"], "the account that was locked");
      answered(await world.scim("DELETE", `/Users/${body.id}`), 204, "delete");
      const other = person(world, "deleted", { externalId: `another-${world.tag}` });
      const { body: another } = answered(await world.scim("POST", "/Users", other), 201, "another person");
      same([user.id, body.id].includes(another.id), false, "another person has the same id");
      same((await byId(world, user.native.id))?.firstname, "Ada", "the account of another person now");
    },
  },
  {
    name: "S8 S9: a removed user is gone; the next user is another account, also under the id that Redmine gives again",
    onDelete: "remove",
    async run(world) {
      const user = await create(world, "removed");
      answered(await world.scim("DELETE", `/Users/${user.id}`), 204, "delete");
      same(await byId(world, user.native.id), undefined, "native user");
      answered(await world.scim("GET", `/Users/${user.id}`), 404, "read");
      answered(await world.scim("DELETE", `/Users/${user.id}`), 404, "delete again");
      const next = await create(world, "next");
      same(next.id === user.id, false, "the next user has the same id");
      same((await world.scim("GET", `/Users/${next.id}`)).body.userName, next.native.login, "the next user");
      const again = await create(world, "removed");
      same(again.id === user.id, false, "the same id as before");
    },
  },
  {
    name: "S10: a user who was removed in Redmine is 404",
    async run(world) {
      const user = await create(world, "vanished");
      answered(await world.redmine.call("DELETE", `/users/${user.native.id}.json`), 204, "removing natively");
      answered(await world.scim("GET", `/Users/${user.id}`), 404, "read");
      same((await match(world, "Users", `userName eq "${user.native.login}"`)).body.totalResults, 0, "match");
    },
  },
];
