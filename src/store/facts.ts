// What the object knows of itself by name, in a Connection object's SQLite.

import { eq } from "drizzle-orm";
import { facts } from "./background-tables.ts";
import type { Store } from "./links.ts";

export function readFact(store: Store, name: string): string | undefined {
  return store.select().from(facts).where(eq(facts.name, name)).get()?.value;
}

export function deleteFact(store: Store, name: string): void {
  store.delete(facts).where(eq(facts.name, name)).run();
}

export function writeFact(store: Store, name: string, value: string): void {
  store.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value } }).run();
}
