// What must hold on Redmine through the gateway, checked by the same code on the simulator and on the real product.

import { toLogin } from "../../adapters/redmine/login.ts";

export interface Reply {
  status: number;
  // Each check says itself what it expects of a body.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export interface NativeUser {
  id: number;
  login: string;
  firstname: string;
  lastname: string;
  mail: string;
  status: number;
  admin: boolean;
  passwd_changed_on: string | null;
}

/** A Redmine as its owner sees it, past the gateway. */
export interface Inspector {
  users(): Promise<NativeUser[]>;
  groups(): Promise<{ id: number; name: string; users: number[] }[]>;
  /** A call of its own API with the administrator's key. */
  call(method: string, path: string, body?: unknown): Promise<Reply>;
}

export interface World {
  scim(method: string, path: string, body?: unknown): Promise<Reply>;
  redmine: Inspector;
  onDelete: "lock" | "remove";
  /** Part of every name, so that checks can share one Redmine. */
  tag: string;
}

export interface Check {
  name: string;
  /** Only where a deletion does this. */
  onDelete?: World["onDelete"];
  run(world: World): Promise<void>;
}

const CORE = "urn:ietf:params:scim:schemas:core:2.0";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const work = 'emails[type eq "work"].value';

// ---- Saying what is expected ----------------------------------------------------------------------------------------

function same(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

function answered(reply: Reply, status: number, what: string): Reply {
  if (reply.status === status) return reply;
  throw new Error(`${what}: expected ${status}, got ${reply.status} ${JSON.stringify(reply.body)}`);
}

// ---- What checks are made of ----------------------------------------------------------------------------------------

const person = ({ tag }: World, name: string, more: object = {}) => ({
  schemas: [`${CORE}:User`],
  userName: `${name}.${tag}@example.com`,
  externalId: `${name}-${tag}`,
  active: true,
  name: { givenName: "Ada", familyName: "Lovelace" },
  emails: [{ type: "work", value: `${name}.${tag}@example.com` }],
  ...more,
});

async function create(world: World, name: string, more: object = {}): Promise<{ id: string; native: NativeUser }> {
  const body = person(world, name, more);
  const { id } = answered(await world.scim("POST", "/Users", body), 201, `creating ${name}`).body;
  return { id, native: await nativeOf(world, body.userName) };
}

async function nativeOf({ redmine }: World, userName: string): Promise<NativeUser> {
  const login = toLogin(userName).toLowerCase();
  const found = (await redmine.users()).filter((user) => user.login.toLowerCase() === login);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} native users have the login of ${userName}`);
  return found[0];
}

async function byId({ redmine }: World, id: number): Promise<NativeUser | undefined> {
  return (await redmine.users()).find((user) => user.id === id);
}

async function plant({ redmine, tag }: World, name: string, more: object = {}): Promise<number> {
  const login = `${name}.${tag}@example.com`;
  const user = { login, mail: login, firstname: "Grace", lastname: "Hopper", generate_password: true, ...more };
  return answered(await redmine.call("POST", "/users.json", { user }), 201, `planting ${name}`).body.user.id;
}

const patch = (world: World, path: string, ...Operations: object[]) =>
  world.scim("PATCH", path, { schemas: [PATCH], Operations });
const match = (world: World, type: string, filter: string) =>
  world.scim("GET", `/${type}?filter=${encodeURIComponent(filter)}`);

async function createGroup(
  world: World,
  name: string,
  members: string[] = [],
): Promise<{ id: string; native: number }> {
  const body = {
    schemas: [`${CORE}:Group`],
    displayName: `${name} ${world.tag}`,
    members: members.map((value) => ({ value })),
  };
  const { id } = answered(await world.scim("POST", "/Groups", body), 201, `creating group ${name}`).body;
  const native = (await world.redmine.groups()).find((group) => group.name === body.displayName);
  if (!native) throw new Error(`group ${name} is not in Redmine`);
  return { id, native: native.id };
}

async function membersOf({ redmine }: World, native: number): Promise<number[]> {
  const group = (await redmine.groups()).find(({ id }) => id === native);
  return [...(group?.users ?? [])].sort((left, right) => left - right);
}

const sorted = (...users: { native: NativeUser }[]) =>
  users.map(({ native }) => native.id).sort((left, right) => left - right);

async function refusedAs409(world: World, body: object, attribute: string, what: string): Promise<void> {
  const { body: error } = answered(await world.scim("POST", "/Users", body), 409, what);
  same(error.scimType, "uniqueness", what);
  if (!error.detail.includes(attribute)) throw new Error(`${what}: ${attribute} is not named in ${error.detail}`);
}

// ---- Users ----------------------------------------------------------------------------------------------------------

const users: Check[] = [
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
      await plant(world, "planted");
      await refusedAs409(world, person(world, "planted"), "userName", "a login of Redmine's own");
      const sameMail = {
        userName: `other.${world.tag}`,
        emails: [{ type: "work", value: `PLANTED.${world.tag}@example.com` }],
      };
      await refusedAs409(world, person(world, "planted", sameMail), work, "an address of Redmine's own");
      const { id } = await create(world, "renamed");
      const op = { op: "replace", path: "userName", value: `planted.${world.tag}@example.com` };
      answered(await patch(world, `/Users/${id}`, op), 409, "renaming to a login that is taken");
    },
  },
  {
    name: "S6: a conflict is one also where Redmine speaks German",
    async run(world) {
      const self = (await world.redmine.call("GET", "/users/current.json")).body.user.id;
      await plant(world, "deutsch");
      const group = { name: `Abteilung ${world.tag}` };
      answered(await world.redmine.call("POST", "/groups.json", { group }), 201, "planting a group");
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
      await plant(world, "annabel");
      const id = await plant(world, "bel", { status: 3 });
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
      const renamed = `renamed.${world.tag}@example.com`;
      const both = { userName: renamed, [work]: ` ${renamed} ` };
      const { body } = answered(await patch(world, `/Users/${id}`, { op: "replace", value: both }), 200, "rename");
      same(await settled(), { ...before, lastname: "King", login: renamed, mail: renamed }, "renamed");
      same((await world.scim("GET", `/Users/${id}`)).body, body, "what is read after the patch");
      await world.redmine.call("PUT", `/users/${native.id}.json`, { user: { admin: false } });
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
    name: "E7 E8 S19: a registered user is inactive until activated, and locked by whoever disables or deletes them",
    async run(world) {
      const native = await plant(world, "registered", { status: 2 });
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
    name: "S8 S9: a deleted user is locked, out of their groups and hidden; the same person revives, another does not",
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
      const { body } = answered(await world.scim("POST", "/Users", person(world, "deleted", { name })), 201, "revive");
      same(body.id, user.id, "id");
      const revived = await byId(world, user.native.id);
      same([revived?.status, revived?.firstname], [1, "Mary"], "the account that was locked");
      answered(await world.scim("DELETE", `/Users/${user.id}`), 204, "delete");
      const other = person(world, "deleted", { externalId: `another-${world.tag}` });
      const { body: another } = answered(await world.scim("POST", "/Users", other), 201, "another person");
      same(another.id === user.id, false, "another person has the same id");
      same((await byId(world, user.native.id))?.firstname, "Ada", "the account of another person now");
    },
  },
  {
    name: "S8: a removed user is gone; whoever comes next is another account, also under the id that Redmine gives again",
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
      same(again.id, user.id, "the same person's id");
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

// ---- Groups ---------------------------------------------------------------------------------------------------------

const groups: Check[] = [
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
      answered(await world.redmine.call("POST", "/groups.json", { group }), 201, "planting a group");
      answered(await world.scim("POST", "/Groups", of(`NATIVE ${world.tag}`)), 409, "a name of Redmine's own");
      answered(await world.scim("POST", "/Groups", of(world.tag.padEnd(256, "x"))), 400, "256 characters");
      answered(await world.scim("POST", "/Groups", of(world.tag.padEnd(255, "x"))), 201, "255 characters");
    },
  },
  {
    name: "S13: a group of Redmine's own keeps its members when one is added",
    async run(world) {
      const planted = await plant(world, "member");
      const group = { name: `Adopted ${world.tag}`, user_ids: [planted] };
      const { body } = answered(await world.redmine.call("POST", "/groups.json", { group }), 201, "planting a group");
      const found = await match(world, "Groups", `displayName eq "${group.name}"`);
      const user = await create(world, "joiner");
      const op = { op: "add", path: "members", value: [{ value: user.id }] };
      answered(await patch(world, `/Groups/${found.body.Resources[0].id}`, op), 204, "add");
      same(await membersOf(world, body.group.id), [planted, user.native.id], "members");
    },
  },
  {
    name: "S14: adding who is in already and removing who is not are successes, whatever Redmine says",
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

export const redmineChecks: readonly Check[] = [...users, ...groups];
