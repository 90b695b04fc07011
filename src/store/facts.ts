// What the object knows of itself by name, in a Connection object's SQLite.

import { eq } from "drizzle-orm";
import { facts } from "./background-tables.ts";
import type { Store } from "./links.ts";
import { insertOf, prepared, question, slot } from "./prepared.ts";

/** There are few, and most requests ask for one that is not there. */
const allFacts = question([facts], (store) => store.select().from(facts).prepare(), true);
const upsertFact = insertOf(facts, facts.name);

const deleteOne = prepared((store) =>
  store
    .delete(facts)
    .where(eq(facts.name, slot("name")))
    .prepare(),
);

export function readFact(store: Store, name: string): string | undefined {
  return allFacts(store).find((fact) => fact.name === name)?.value;
}

export function deleteFact(store: Store, name: string): void {
  deleteOne(store).run({ name });
}

export function writeFact(store: Store, name: string, value: string): void {
  upsertFact(store, { name, value });
}
