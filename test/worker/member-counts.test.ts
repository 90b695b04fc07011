// The number of a group's members is known without going through them, whatever a change asks for [S20].

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { countStorage } from "../../bench/counted/counter.ts";
import { atomically, openStore } from "../../src/store/database.ts";
import { countMembers, deleteGroupMembers, deleteMembers, insertMembers } from "../../src/store/members.ts";
import { createGateway } from "./gateway.ts";

const GROUP = "a group";
const idsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `user ${from + at}`);

it("S20: it is right after additions and removals of whom is there and is not, and after a change that is undone", async () => {
  const gateway = await createGateway("keepnet");
  await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_, { storage }) => {
    const store = openStore(storage);
    const held = () => storage.sql.exec("select count(*) as n from members where group_id = ?", GROUP).one().n;
    const steps = [
      () => insertMembers(store, GROUP, idsFrom(0, 500)),
      () => insertMembers(store, GROUP, idsFrom(400, 600)),
      () => deleteMembers(store, GROUP, idsFrom(590, 700)),
      () => insertMembers(store, "another group", idsFrom(0, 3)),
      () => {
        const undone = () => {
          insertMembers(store, GROUP, idsFrom(700, 710));
          throw new Error("undone");
        };
        expect(() => atomically(store, undone)).toThrow("undone");
      },
      () => deleteMembers(store, GROUP, idsFrom(0, 1)),
      () => deleteGroupMembers(store, GROUP),
      () => insertMembers(store, GROUP, idsFrom(0, 2)),
    ];
    for (const step of steps) {
      countMembers(store, GROUP);
      step();
      expect(countMembers(store, GROUP)).toBe(held());
    }
  });
});

it("S20: a change of one member goes through no others", async () => {
  const gateway = await createGateway("keepnet");
  await runInDurableObject(env.CONNECTION.getByName(gateway.id), (_, { storage }) => {
    const store = openStore(storage);
    insertMembers(store, GROUP, idsFrom(0, 5_000));
    expect(countMembers(store, GROUP)).toBe(5_000);
    const counter = countStorage(storage);
    insertMembers(store, GROUP, idsFrom(5_000, 5_001));
    deleteMembers(store, GROUP, idsFrom(0, 1));
    expect(countMembers(store, GROUP)).toBe(5_000);
    expect(counter.total().rowsRead).toBeLessThan(50);
  });
});
