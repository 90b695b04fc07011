// Which users and groups the connection's protected names were found to be, in a Connection object's SQLite [S22].

import { and, eq } from "drizzle-orm";
import type { LinkType, Store } from "./links.ts";
import { insertOf, question, slot } from "./prepared.ts";
import { principals } from "./safeguard-tables.ts";

export type Principal = typeof principals.$inferSelect;

/** The name of the account whose credential the connection uses. */
export const OWN_ACCOUNT = "";

export const upsertPrincipal: (store: Store, principal: Principal) => void = insertOf(principals, [
  principals.type,
  principals.name,
]);

const ofType = question(
  [principals],
  (store) =>
    store
      .select()
      .from(principals)
      .where(eq(principals.type, slot("type")))
      .prepare(),
  true,
);

export const listPrincipals = (store: Store, type: LinkType): Principal[] => ofType(store, { type });

/** Which of these names are listed. */
export function findPrincipalNames(store: Store, type: LinkType, names: readonly string[]): Set<string> {
  const listed = new Set(listPrincipals(store, type).map(({ name }) => name));
  return new Set(names.filter((name) => listed.has(name)));
}

export function deletePrincipal(store: Store, type: LinkType, name: string): void {
  store
    .delete(principals)
    .where(and(eq(principals.type, type), eq(principals.name, name)))
    .run();
}
