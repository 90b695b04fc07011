// Keys that an older version made by full folding: nobody is found twice or not at all before and while they are renewed [S7].

import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { describe, expect, it, vi } from "vitest";
import { renewSomeNames } from "../../src/store/link-names.ts";
import {
  ask,
  createGroup,
  createUser,
  entraGroup,
  entraUser,
  filtered,
  KEEPNET,
  KEEPNET_FULL,
  natives,
  open,
  patchOf,
  read,
  WORK_MAIL,
} from "../dialogues/dialogue.ts";
import type { Gateway } from "./gateway.ts";
import { fault } from "./lost-answers.ts";
import { change, idOf } from "./strangers.ts";

const at = (name: string) => `${name}@contoso.com`;
const OLD = at("strasse");

const rows = (gateway: Gateway, query: string): Promise<Record<string, unknown>[]> =>
  runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) => state.storage.sql.exec(query).toArray());
const keysOf = async (gateway: Gateway, id: string) =>
  (await rows(gateway, `select name_key, email_key from links where id = '${id}'`))[0];
const setKeys = (gateway: Gateway, id: string, change: string) =>
  rows(gateway, `update links set ${change} where id = '${id}'`);
/** As a database is that no newer version has opened. */
const forget = (gateway: Gateway) => rows(gateway, "delete from facts where name = 'names_renewed'");
/** The object reads its connection again, as after a restart. */
const reopen = (gateway: Gateway) =>
  gateway.api("PATCH", `/connections/${gateway.name}`, { protected: { users: ["x"], groups: [] } });
const renewLater = (gateway: Gateway) =>
  rows(gateway, `insert or replace into due_jobs (job, due_at, failures) values ('names', ${Date.now()}, 0)`);
const runAlarm = (gateway: Gateway) => runDurableObjectAlarm(env.CONNECTION.getByName(gateway.id));

const found = async (gateway: Gateway, filter: string, type = "/Users"): Promise<string[]> =>
  (await ask(gateway, "GET", filtered(type, filter), 200)).body.Resources.map(({ id }: { id: string }) => id);

/** Two people whom the older version took for one, so that the second has no key of its own. */
async function openOld(): Promise<{ gateway: Gateway; one: string; other: string }> {
  const seed = (name: string, index: number) => ({
    ...{ resourceId: `simUser0000${index}`, id: index, email: at(name), firstName: "Old", lastName: "User" },
    createTime: "2025-01-01T00:00:00Z",
  });
  const users = { simUser00001: seed("straße", 1), simUser00002: seed("strasse", 2) };
  const gateway = await open(KEEPNET, { seed: { users } });
  const [one, other] = [await idOf(gateway, at("straße")), await idOf(gateway, at("strasse"))];
  expect(one).not.toBe(other);
  await setKeys(gateway, other, "name_key = null");
  await setKeys(gateway, one, `name_key = '${OLD}', email_key = '${OLD}'`);
  await forget(gateway);
  return { gateway, one, other };
}

async function expectTold(gateway: Gateway, one: string, other: string): Promise<void> {
  for (const [name, id] of [
    ["straße", one],
    ["STRAẞE", one],
    ["strasse", other],
  ] as const) {
    for (const filter of [`userName eq "${at(name)}"`, `emails.value eq "${at(name)}"`]) {
      expect(await found(gateway, filter), filter).toEqual([id]);
    }
    const refused = await ask(gateway, "POST", "/Users", 409, entraUser({ email: at(name) }));
    expect(refused.body.detail).toContain(`the user ${id} on this connection has this name`);
  }
  expect(await natives(gateway)).toHaveLength(2);
}

describe("S7: keys of an older version", () => {
  it("S7: are found before they are renewed, and renewed where they are found", async () => {
    const { gateway, one, other } = await openOld();
    await expectTold(gateway, one, other);
    expect(await keysOf(gateway, one)).toEqual({ name_key: at("straße"), email_key: at("straße") });
    const group = await createGroup(gateway, "Straße");
    await setKeys(gateway, group, "name_key = 'strasse'");
    expect(await found(gateway, 'displayName eq "Straße"', "/Groups")).toEqual([group]);
    await setKeys(gateway, group, "name_key = 'strasse'");
    expect((await ask(gateway, "POST", "/Groups", 409, entraGroup("STRAẞE"))).body.detail).toContain(group);
    await setKeys(gateway, group, "name_key = 'strasse'");
    expect(await found(gateway, 'displayName eq "Strasse"', "/Groups")).toEqual([]);
  });

  it("S7: are renewed when the object opens the connection again", async () => {
    const { gateway, one, other } = await openOld();
    await reopen(gateway);
    await expectTold(gateway, one, other);
    expect(await keysOf(gateway, one)).toEqual({ name_key: at("straße"), email_key: at("straße") });
    expect(await keysOf(gateway, other)).toEqual({ name_key: at("strasse"), email_key: at("strasse") });
    expect(await rows(gateway, "select value from facts where name = 'names_renewed'")).toEqual([{ value: "~" }]);
  });

  it("S7: of a large connection are renewed in slices, and requests in between find everybody", async () => {
    const { gateway, one, other } = await openOld();
    // Before the two in the order of ids, so that the first slices do not reach them.
    await rows(
      gateway,
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 4500)
       insert into links (id, type, state, native_id, name, name_key, is_active, version, members_loaded,
         created_at, modified_at, is_hidden)
       select printf('00%06d', i), 'User', 'live', 'gone' || i, 'ada' || i || 'ß', 'ada' || i || 'ss', 1, 1, 0, 1, 1, 0 from n`,
    );
    const left = async () =>
      (await rows(gateway, "select count(*) as n from links where name_key like 'ada%ss'"))[0]?.n;
    const renewSome = () =>
      runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, state) =>
        renewSomeNames(drizzle(state.storage)),
      );
    expect([await renewSome(), await left()]).toEqual([true, 2_500]);
    expect(await found(gateway, `userName eq "${at("strasse")}"`)).toEqual([other]);
    expect([await renewSome(), await left()]).toEqual([true, 500]);
    expect(await found(gateway, `userName eq "${at("straße")}"`)).toEqual([one]);
    await setKeys(gateway, one, `email_key = '${OLD}'`);
    // The rest is the alarm's.
    await reopen(gateway);
    await vi.waitFor(
      async () => expect(await rows(gateway, "select job from due_jobs where job = 'names'")).toEqual([]),
      5_000,
    );
    expect(await left()).toBe(0);
    expect(await keysOf(gateway, one)).toEqual({ name_key: at("straße"), email_key: at("straße") });
    expect(await keysOf(gateway, other)).toEqual({ name_key: at("strasse"), email_key: at("strasse") });
    expect([await renewSome(), await left()]).toEqual([false, 0]);
  });

  it("S7: are renewed by the alarm where one slice is not enough", async () => {
    const { gateway, one, other } = await openOld();
    await renewLater(gateway);
    await runAlarm(gateway);
    expect(await keysOf(gateway, one)).toEqual({ name_key: at("straße"), email_key: at("straße") });
    await expectTold(gateway, one, other);
  });

  it("S7: a name that a newcomer has by the new key is not refused for an old one", async () => {
    const gateway = await open(KEEPNET_FULL);
    const one = await createUser(gateway, "one@contoso.com", { userName: at("straße") });
    await setKeys(gateway, one, `name_key = '${OLD}'`);
    const other = await createUser(gateway, "other@contoso.com", { userName: at("strasse") });
    expect(await found(gateway, `userName eq "${at("straße")}"`)).toEqual([one]);
    expect(await found(gateway, `userName eq "${at("strasse")}"`)).toEqual([other]);
    await setKeys(gateway, one, `name_key = 'moved', name = 'moved'`);
    await ask(
      gateway,
      "PATCH",
      `/Users/${one}`,
      409,
      patchOf({ op: "Replace", path: "userName", value: at("STRASSE") }),
    );
  });

  it("S7: an e-mail's old key is found under both, and rewritten when the person is read", async () => {
    const gateway = await open(KEEPNET_FULL);
    const id = await createUser(gateway, at("straße"), { userName: "u1" });
    for (const [name, expected] of [
      ["straße", [id]],
      ["strasse", []],
    ] as const) {
      await setKeys(gateway, id, `email_key = '${OLD}'`);
      await forget(gateway);
      await renewLater(gateway);
      await runAlarm(gateway);
      expect(await found(gateway, `emails.value eq "${at(name)}"`)).toEqual(expected);
      expect((await keysOf(gateway, id))?.email_key).toBe(at("straße"));
    }
    await setKeys(gateway, id, `email_key = '${OLD}'`);
    await read(gateway, id);
    expect((await keysOf(gateway, id))?.email_key).toBe(at("straße"));
  });

  it("S7 S23: a create whose answer was lost before is finished by its retry, and no other's", async () => {
    const gateway = await open(KEEPNET);
    const sent = entraUser({ email: at("straße") }, { externalId: null });
    await fault(gateway, { kind: "lostResponse", match: { method: "POST", path: "^/api/target-users$" } });
    expect((await gateway.scim("POST", "/Users", sent)).status).toBe(503);
    await rows(gateway, `update intents set key = '${OLD}'`);
    const [promised] = await rows(gateway, "select link_id from intents");
    await forget(gateway);
    await reopen(gateway);
    const others = entraUser({ email: at("strasse") }, { externalId: null });
    const refused = await ask(gateway, "POST", "/Users", 409, others);
    expect(refused.body.detail).toContain("although the letters differ");
    const made = await ask(gateway, "POST", "/Users", 201, sent);
    expect(made.body).toMatchObject({ id: promised?.link_id, userName: at("straße") });
    expect(await natives(gateway)).toHaveLength(1);
  });

  it("S7 S22: what was found for a protected name stays protected under any other name", async () => {
    const gateway = await open(KEEPNET, { protected: { users: [at("straße")], groups: [] } });
    const id = await createUser(gateway, at("straße"));
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    expect(await rows(gateway, "select name from principals")).toEqual([{ name: at("straße") }]);
    await rows(gateway, `update principals set name = '${OLD}'`);
    await change(gateway, (users) => {
      for (const user of Object.values(users)) user.email = at("moved");
    });
    const off = patchOf({ op: "Replace", path: "active", value: false });
    await ask(gateway, "PATCH", `/Users/${id}`, 403, off);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    expect(await rows(gateway, "select name from principals")).toEqual([{ name: at("straße") }]);
    await ask(gateway, "DELETE", `/Users/${id}`, 403);
  });

  it("S7 S22: a record found for two names that were one protects its own name only", async () => {
    const users = [at("straße"), at("strasse")];
    const { gateway, one, other } = await openOld();
    await gateway.api("PATCH", `/connections/${gateway.name}`, { protected: { users, groups: [] } });
    await rows(gateway, "delete from principals");
    const nativeId = (await rows(gateway, `select native_id from links where id = '${one}'`))[0]?.native_id;
    await rows(gateway, `insert into principals (type, name, native_id) values ('User', '${OLD}', '${nativeId}')`);
    for (const id of [one, other]) await ask(gateway, "DELETE", `/Users/${id}`, 403);
    await gateway.api("POST", `/connections/${gateway.name}/sweep`);
    await gateway.settle();
    const { body } = await gateway.api("GET", `/connections/${gateway.name}/protected`);
    expect(body.users.map(({ id }: { id: string }) => id)).toEqual([one, other]);
    for (const path of ["userName", WORK_MAIL]) {
      const move = patchOf({ op: "Replace", path, value: at("moved") });
      for (const id of [one, other]) await ask(gateway, "PATCH", `/Users/${id}`, 403, move);
    }
  });

  it("S7 S21: a shadow that is copied with old keys tells the two apart", async () => {
    const { gateway, one, other } = await openOld();
    expect((await gateway.api("PATCH", `/connections/${gateway.name}`, { mode: "plan" })).status).toBe(200);
    await expectTold(gateway, one, other);
  });
});
