// Persons whom references name, looked up a moment ago: an identity provider sets the same manager for many users in a row.

import type { OpenConnection } from "../connection/open-connection.ts";

/** For so long a person who was found at the vendor is not looked up again, in milliseconds. */
const KNOWN_MS = 600_000;
const MAX_KNOWN = 1_000;

/** When they were found, by the id of the link; in memory only, and nothing of the record. */
const persons = new WeakMap<OpenConnection, Map<string, number>>();

export function rememberPerson(connection: OpenConnection, linkId: string, now: number): void {
  const known = persons.get(connection) ?? new Map<string, number>();
  persons.set(connection, known);
  known.delete(linkId);
  known.set(linkId, now);
  const [oldest] = known.size > MAX_KNOWN ? known.keys() : [];
  if (oldest !== undefined) known.delete(oldest);
}

export function isKnownPerson(connection: OpenConnection, linkId: string, now: number): boolean {
  const at = persons.get(connection)?.get(linkId) ?? Number.NEGATIVE_INFINITY;
  return Math.abs(now - at) < KNOWN_MS;
}

/** After a refused write: it may have named somebody who is gone. */
export const forgetPersons = (connection: OpenConnection): void => void persons.delete(connection);
