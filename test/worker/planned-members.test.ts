// Plan mode where a vendor writes only whole member lists: who leaves is planned, whatever page they stand on [S13] [S21].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { expect, it } from "vitest";
import kpifire from "../../adapters/kpifire/index.ts";
import { type Adapter, type Api, type Pointer, pagesOf } from "../../src/adapter.ts";
import { toPlannedAdapter } from "../../src/provision/plan/planned-adapter.ts";
import { createGateway } from "./gateway.ts";

/** The vendor's adapter with a member list that comes in pages of two, and whole lists alone to write. */
function paged(by: "id" | "email", names: readonly string[]): Adapter {
  const { group } = kpifire;
  if (!group) throw new Error("the vendor has groups");
  const { chunk } = group.members;
  return {
    ...kpifire,
    group: {
      ...group,
      members: {
        chunk,
        by,
        async list(_api: Api, _id: string, cursor?: string) {
          const from = Number(cursor ?? 0);
          const items = names
            .slice(from, from + 2)
            .map((name): Pointer => (by === "id" ? { id: name } : { key: name }));
          return from + 2 < names.length ? { items, next: String(from + 2) } : { items };
        },
        replace: () => Promise.reject(new Error("plan mode writes nothing")),
      },
    },
  } as Adapter;
}

it.each(["id", "email"] as const)(
  "S13 S21: a member list that is replaced loses those of every page, where the vendor names members by %s",
  async (by) => {
    const gateway = await createGateway("kpifire");
    const names = ["a", "b", "c", "d", "e"].map((name) => (by === "id" ? name : `${name}@example.com`));
    await runInDurableObject(env.CONNECTION.getByName(gateway.id), async (_object, state) => {
      const api = {} as Api;
      const { group } = toPlannedAdapter(paged(by, names), drizzle(state.storage), Date.now);
      const members = group?.members;
      const stay = [names[3], "new@example.com"].map((name = "") => ({ id: name, userName: name.toUpperCase() }));
      const wanted = by === "id" ? stay : stay.map(({ userName }) => ({ id: `id of ${userName}`, userName }));
      await members?.replace?.(api, "group", wanted);
      const shown: string[] = [];
      for await (const { items } of pagesOf(
        async (cursor) => (await members?.list(api, "group", cursor)) ?? { items: [] },
      ))
        shown.push(...items.map((pointer) => ("id" in pointer ? pointer.id : pointer.key)));
      expect(shown.sort()).toEqual([names[3], "new@example.com"]);
    });
  },
);
