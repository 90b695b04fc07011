// References between resources as the adapter needs them: persons as the vendor knows them.

import type { Person, Values } from "../../adapter.ts";
import type { Edit } from "../../scim/edit.ts";
import { badRequest, type ScimError } from "../../scim/messages.ts";
import { isSameText } from "../../scim/text.ts";
import { findLink, findLiveLink, type Link } from "../../store/links.ts";
import { isWaiting } from "../../store/waiting.ts";
import type { OpenConnection } from "../connection/open-connection.ts";
import type { Job } from "../jobs/job.ts";
import { withMade } from "../vendor/made-values.ts";
import type { Kind } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";
import { type Hydrated, hydrate } from "./hydrate.ts";
import { isKnownPerson, rememberPerson } from "./known-persons.ts";
import { asVendorShows } from "./pending-addresses.ts";
import { nativeNameOf } from "./soft-delete-names.ts";

/** Links of persons by path, with the key that the vendor's pointer to them has. */
type Pointers = NonNullable<Link["pointers"]>;

/**
 * The values for the adapter. References become persons, with one read for each that changed and was not read just before; unchanged ones are left out.
 * What the vendor requires and nobody gave is made.
 * @param id whose values these are
 * @param onUnknown is told of an id that is no user, which is left out; otherwise it is refused
 * @throws ScimError 400 invalidValue for an id that is no user
 */
export async function toWritten(
  job: Job,
  id: string,
  held: Held,
  changed: ReadonlySet<string>,
  kind: Kind,
  onUnknown: (path: string, why: ScimError) => void = (_path, why) => {
    throw why;
  },
): Promise<{ values: Values; pointers: Pointers }> {
  const values: Values = withMade(held, kind.rows, id);
  const pointers: Pointers = {};
  for (const row of kind.rows) {
    if (!row.reference) continue;
    const named = held[row.path];
    delete values[row.path];
    if (!changed.has(row.path) || named === undefined) continue;
    const link = findLiveLink(job.connection.store, "User", String(named));
    if (link && row.byId && isKnownPerson(job.connection, link.id, job.now())) {
      const key = nativeNameOf(job.connection, link) ?? "";
      values[row.path] = { id: link.nativeId, key, values: {} } satisfies Person;
      pointers[row.path] = { id: link.id, key };
      continue;
    }
    const person = link && !isWaiting(link) ? await hydrate(job, link) : undefined;
    if (!link || !person) {
      const [why, remedy] = link
        ? [
            "who is inactive and gets an account at the product only when they are activated",
            "activate that user first",
          ]
        : ["who does not exist here", "provision that user first"];
      const problem = `${row.path} names the user ${String(named)}, ${why}`;
      onUnknown(row.path, badRequest("invalidValue", problem, `${remedy}, or clear it`));
      continue;
    }
    const known = asVendorShows(job.connection, person.native, person.held);
    const key = String(known[job.connection.adapter.userNameIs ?? "userName"] ?? known.userName ?? "");
    values[row.path] = { id: link.nativeId, key, values: known } satisfies Person;
    pointers[row.path] = { id: link.id, key };
    rememberPerson(job.connection, link.id, job.now());
  }
  return { values, pointers };
}

/**
 * The references that are shown, also those that a write without an answer has made. If the user that one names is
 * renamed or deleted, the vendor's pointer is still known to be theirs.
 */
export function toShownPointers(
  { adapter }: Pick<OpenConnection, "adapter">,
  { link, native, held }: Hydrated,
  kind: Kind,
): Link["pointers"] {
  const values = native === undefined ? {} : adapter.user.toScim(native);
  let { pointers } = link;
  for (const { path, reference } of kind.rows) {
    const [id, pointer] = [held[path], values[path]];
    if (!reference || typeof id !== "string" || typeof pointer !== "object" || pointers?.[path]?.id === id) continue;
    pointers = { ...pointers, [path]: { id, key: "key" in pointer ? pointer.key : "" } };
  }
  return pointers;
}

/**
 * References that an edit clears although no client sees them, because the user that they name is gone. What was never
 * shown is the vendor's own and carried forward [S3]. A PUT takes away what it leaves out; a PATCH what it removes or
 * empties, with the extension as a whole too, but not where it only replaces other attributes of the extension.
 */
export function listClearedReferences(
  { adapter, store }: Pick<OpenConnection, "adapter" | "store">,
  { link, native, held }: Hydrated,
  kind: Kind,
  edit: Edit,
): string[] {
  const hidden = kind.rows.filter(({ path, reference }) => reference && held[path] === undefined);
  if (native === undefined || hidden.length === 0) return [];
  const values = adapter.user.toScim(native);
  return hidden.flatMap(({ path }) => {
    const [known, pointer] = [link.pointers?.[path], values[path]];
    if (!known || typeof pointer !== "object") return [];
    const isSameUser =
      "id" in pointer ? findLink(store, "User", known.id)?.nativeId === pointer.id : isSameText(pointer.key, known.key);
    return isSameUser && edit.clears(path) ? [path] : [];
  });
}
