// Groups that only Portico has, in a Connection object's SQLite: counted, and deleted with everything about them [S52].

import { count, eq, inArray, like, sql } from "drizzle-orm";
import { intents, overlays } from "./journal-tables.ts";
import { countLiveLinks } from "./link-lists.ts";
import { digests, links, members } from "./link-tables.ts";
import type { Store } from "./links.ts";
import { owed } from "./owed-tables.ts";
import { principals } from "./safeguard-tables.ts";

export interface HeldGroups {
  groups: number;
  memberships: number;
}

export function countHeldGroups(store: Store): HeldGroups {
  const memberships = store
    .select({ all: count() })
    .from(members)
    .innerJoin(links, eq(links.id, members.userId))
    .where(eq(links.state, "live"))
    .get();
  return { groups: countLiveLinks(store, "Group"), memberships: memberships?.all ?? 0 };
}

/** Deletes every group, in whatever state, with its members and what is still to be done about it. */
export function deleteAllGroups(store: Store): void {
  const ids = store.select({ id: links.id }).from(links).where(eq(links.type, "Group"));
  store.delete(members).run();
  store.delete(owed).where(eq(owed.kind, "membership")).run();
  store.delete(overlays).where(inArray(overlays.linkId, ids)).run();
  store.delete(digests).where(inArray(digests.linkId, ids)).run();
  store.delete(intents).where(like(intents.kind, "group.%")).run();
  // Protected groups are looked up by name again.
  store.delete(principals).where(eq(principals.type, "Group")).run();
  store.run(sql`delete from planned_records where type = 'Group'`);
  store.run(sql`delete from planned_members`);
  store.delete(links).where(eq(links.type, "Group")).run();
}
