// References between resources as the adapter needs them: persons as the vendor knows them.

import type { Person, Values } from "../../adapter.ts";
import { badRequest } from "../../scim/messages.ts";
import { findLiveLink } from "../../store/links.ts";
import type { Job } from "../connection/job.ts";
import type { Kind } from "../connection/profile.ts";
import { hydrate } from "./hydrate.ts";
import type { Held } from "./mapping.ts";

/**
 * Turns references into persons for the adapter: one read for each that changed. Unchanged ones are left out.
 * @throws ScimError 400 invalidValue for an id that is no user
 */
export async function toWritten(
  job: Job,
  held: Held,
  changed: ReadonlySet<string>,
  kind: Kind,
): Promise<{ values: Values; pointers: Record<string, { id: string; key: string }> }> {
  const values: Values = { ...held };
  const pointers: Record<string, { id: string; key: string }> = {};
  for (const row of kind.rows) {
    if (!row.reference) continue;
    const id = held[row.path];
    delete values[row.path];
    if (!changed.has(row.path) || id === undefined) continue;
    const link = findLiveLink(job.connection.store, "User", String(id));
    const person = link ? await hydrate(job, link) : undefined;
    if (!link?.nativeId || !person) {
      throw badRequest("invalidValue", `${row.path} names the user ${String(id)}, who does not exist here`);
    }
    const key = String(person.held[job.connection.adapter.userNameIs ?? "userName"] ?? person.held.userName ?? "");
    values[row.path] = { id: link.nativeId, key, values: person.held } satisfies Person;
    pointers[row.path] = { id: link.id, key };
  }
  return { values, pointers };
}
