// What triggers keep beside links and memberships is what a recount finds, whatever is written, undone or deleted [S20].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { atomically, openStore } from "../../src/store/database.ts";
import { deleteAllGroups } from "../../src/store/held-groups.ts";
import {
  deleteFormerLinks,
  insertLink,
  insertNewLink,
  type Link,
  NEW_LINK,
  releaseNativeId,
  updateLink,
} from "../../src/store/links.ts";
import {
  deleteActiveMembers,
  deleteGroupMembers,
  deleteMembers,
  deleteUserMemberships,
  insertMembers,
} from "../../src/store/members.ts";
import { KEEPNET, open } from "../dialogues/dialogue.ts";

/** As often as it is called with the same seed, the same numbers below `below`. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it("S20: kept counts and pointers equal a recount after hundreds of writes of every kind", async () => {
  const gateway = await open(KEEPNET);
  await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_object, { storage }) => {
    const store = openStore(storage);
    const random = createRandom(20_261_129);
    const ids: string[] = [];
    const any = () => ids[random(ids.length)] ?? "nobody";
    const some = () => Array.from({ length: random(4) }, any);
    const pointers = () =>
      random(3) === 0 ? null : { manager: { id: any(), key: "m" }, assistant: { id: any(), key: "a" } };
    const make = (): Link => {
      const id = `id-${ids.length}`;
      ids.push(id);
      const type = random(3) === 0 ? "Group" : "User";
      const rest = {
        version: 1,
        membersLoaded: false,
        createdAt: ids.length,
        modifiedAt: 0,
        sweep: null,
        externalId: null,
      };
      return {
        ...NEW_LINK,
        ...rest,
        id,
        type,
        nativeId: `native-${id}`,
        isActive: random(2) === 0,
        pointers: pointers(),
      };
    };
    const writes: (() => void)[] = [
      () => insertLink(store, make()),
      () => void insertNewLink(store, make()),
      () => void insertNewLink(store, { ...make(), nativeId: `native-${any()}` }),
      () => updateLink(store, any(), { isActive: random(2) === 0 }),
      () => updateLink(store, any(), { seat: random(2) === 0 ? null : "Pro", pointers: pointers() }),
      () => updateLink(store, any(), { state: "tombstone", deletedAt: random(100) }),
      () => updateLink(store, any(), { state: "live" }),
      () => releaseNativeId(store, "User", `native-${any()}`, "other", 50),
      () => deleteFormerLinks(store, random(60)),
      () => insertMembers(store, any(), some()),
      () => deleteMembers(store, any(), some()),
      () => deleteUserMemberships(store, any()),
      () => deleteActiveMembers(store, any()),
      () => (random(4) === 0 ? deleteGroupMembers(store, any()) : undefined),
      () => (random(40) === 0 ? deleteAllGroups(store) : undefined),
    ];
    const write = () => writes[random(writes.length)]?.();
    const read = (sql: string) => storage.sql.exec(sql).toArray();
    const counted = () =>
      Object.fromEntries(read("select of, size from row_counts").map(({ of, size }) => [String(of), size]));
    const recounted = () =>
      read(`select
        (select count(*) from links where type = 'User' and state = 'live') as User,
        (select count(*) from links where type = 'Group' and state = 'live') as "Group",
        (select count(*) from links where type = 'User' and state = 'live' and is_active = 1) as ActiveUser,
        (select count(*) from links where type = 'User' and state = 'live' and seat is not null) as Licence,
        (select count(*) from members) as Membership`)[0];
    for (let at = 0; at < 600; at++) {
      try {
        atomically(store, () => {
          for (let step = 0; step <= random(4); step++) write();
          if (random(5) === 0) throw new Error("undone");
        });
      } catch (error) {
        if (!(error instanceof Error) || error.message !== "undone") throw error;
      }
      expect([at, counted()]).toEqual([at, recounted()]);
    }
    expect(Number(recounted()?.User)).toBeGreaterThan(10);
    expect(Number(recounted()?.Membership)).toBeGreaterThan(10);
    const targets = "select link_id, path, target_id from pointer_targets order by link_id, path";
    const stored =
      "select links.id as link_id, key as path, value ->> 'id' as target_id from links, json_each(pointers) order by links.id, key";
    expect(read(targets)).toEqual(read(stored));
  });
});
