// A page of a list begins where the one before it has ended, however many users stand before it [S26].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { countStorage } from "../../bench/counted/counter.ts";
import { openStore, type Store } from "../../src/store/database.ts";
import { listLinksWithin } from "../../src/store/link-lists.ts";
import { insertLink, NEW_LINK, updateLink } from "../../src/store/links.ts";
import { createGateway } from "./gateway.ts";

const USERS = 5_000;
const PAGE = 100;
const idOf = (n: number) => `user ${String(n).padStart(5, "0")}`;

/** Many of them are made in the same millisecond, as a sweep makes them. */
function insertUser(store: Store, n: number): void {
  const at = Math.floor(n / 30);
  const link = { ...NEW_LINK, id: idOf(n), type: "User", nativeId: `native ${n}`, externalId: null } as const;
  insertLink(store, { ...link, version: 1, membersLoaded: false, createdAt: at, modifiedAt: at, sweep: null });
}

async function withUsers(check: (store: Store, storage: DurableObjectStorage) => void): Promise<void> {
  const gateway = await createGateway("keepnet");
  await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_, { storage }) => {
    const store = openStore(storage);
    for (let n = 0; n < USERS; n++) insertUser(store, n);
    check(store, storage);
  });
}

const page = (store: Store, from: number, limit = PAGE, maxKept = 1_000) =>
  listLinksWithin(store, "User", limit, from, maxKept).map(({ id }) => id);
const idsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => idOf(from + at));

it("S26: page after page costs the same at the end as at the beginning", async () => {
  await withUsers((store, storage) => {
    expect(page(store, 0)).toEqual(idsFrom(0, PAGE));
    const counter = countStorage(storage);
    for (let from = PAGE; from < USERS; from += PAGE) expect(page(store, from)).toEqual(idsFrom(from, from + PAGE));
    expect(page(store, USERS)).toEqual([]);
    const { rowsRead } = counter.total();
    expect(rowsRead / (USERS / PAGE)).toBeLessThan(8 * PAGE);
  });
});

it("S26: a page anywhere is right, also behind a user who has gone, one who has come and a page cut by its size", async () => {
  await withUsers((store) => {
    expect(page(store, 3_000)).toEqual(idsFrom(3_000, 3_100));
    updateLink(store, idOf(17), { state: "lost", deletedAt: 1 });
    expect(page(store, 3_100)).toEqual(idsFrom(3_101, 3_201));
    expect(page(store, 3_200, 1)).toEqual(idsFrom(3_201, 3_202));
    updateLink(store, idOf(17), { state: "live", deletedAt: null });
    expect(page(store, 3_201)).toEqual(idsFrom(3_201, 3_301));
    updateLink(store, idOf(3_302), { kept: { nickName: "n".repeat(2_000) } });
    expect(page(store, 3_301)).toEqual(idsFrom(3_301, 3_302));
    expect(page(store, 3_302)).toEqual(idsFrom(3_302, 3_303));
    insertUser(store, USERS);
    expect(page(store, USERS)).toEqual([idOf(USERS)]);
    expect(page(store, USERS + 1)).toEqual([]);
    expect(page(store, USERS + 100)).toEqual([]);
  });
});
