// The table's values in what an adapter read, with the vendor's pointers to users as SCIM ids.

import type { Values } from "../../adapter.ts";
import { foldName, isSameText } from "../../scim/text.ts";
import { findLiveLinksByKey } from "../../store/link-names.ts";
import {
  findLinkByNativeId,
  findLinksByNativeIds,
  findLiveLink,
  findLiveLinksByIds,
  type Link,
  type Store,
} from "../../store/links.ts";
import { isMade } from "../vendor/made-values.ts";
import type { Kind } from "../vendor/resource-types.ts";
import type { Held } from "./attribute-mapping.ts";
import { findByEmail } from "./soft-delete-names.ts";

/** The SCIM id of the user that the pointer of a link's record at a path names. */
type Resolve = (link: Link, path: string, pointer: Values[string]) => string | undefined;

/** The three questions that a pointer asks of the links. */
interface Lookups {
  byNativeId(nativeId: string): string | undefined;
  isLive(id: string): boolean;
  byName(key: string): string | undefined;
}

const toResolve =
  ({ byNativeId, isLive, byName }: Lookups): Resolve =>
  (link, path, pointer) => {
    if (typeof pointer !== "object") return undefined;
    if ("id" in pointer) return byNativeId(pointer.id);
    const key = foldName(pointer.key);
    const written = link.pointers?.[path];
    if (written && foldName(written.key) === key && isLive(written.id)) return written.id;
    const found = byName(key);
    // Whom nobody is called by, the vendor may spell in its own way.
    const isRespelled = !found && written && isSameText(written.key, pointer.key);
    return isRespelled && isLive(written.id) ? written.id : found;
  };

const findByName = (store: Store, key: string): string | undefined =>
  [...findByEmail(store, key), ...findLiveLinksByKey(store, "User", "nameKey", key)][0]?.id;

const resolveSingly = (store: Store): Resolve =>
  toResolve({
    byNativeId(nativeId) {
      const found = findLinkByNativeId(store, "User", nativeId);
      return found?.state === "live" ? found.id : undefined;
    },
    isLive: (id) => findLiveLink(store, "User", id) !== undefined,
    byName: (key) => findByName(store, key),
  });

/** The same for the pointers of many records: they name few users, who are looked up together. */
export function resolveTogether(
  store: Store,
  records: readonly { link: Link; values: Values }[],
  { rows }: Pick<Kind, "rows">,
): Resolve {
  const paths = rows.flatMap(({ path, reference }) => (reference ? [path] : []));
  const nativeIds = new Set<string>();
  const written = new Set<string>();
  for (const { link, values } of records) {
    for (const path of paths) {
      const pointer = values[path];
      if (typeof pointer !== "object") continue;
      if ("id" in pointer) nativeIds.add(pointer.id);
      else if (link.pointers?.[path]) written.add(link.pointers[path].id);
    }
  }
  const named = nativeIds.size > 0 ? findLinksByNativeIds(store, "User", [...nativeIds]) : [];
  const ids = new Map(named.map((link) => [link.nativeId, link.state === "live" ? link.id : undefined]));
  const live = new Set(written.size > 0 ? findLiveLinksByIds(store, "User", [...written]).map(({ id }) => id) : []);
  const byName = new Map<string, string | undefined>();
  return toResolve({
    byNativeId: (nativeId) => ids.get(nativeId),
    isLive: (id) => live.has(id),
    byName(key) {
      if (!byName.has(key)) byName.set(key, findByName(store, key));
      return byName.get(key);
    },
  });
}

/** The table's values in what an adapter read; "", null and what Portico has made count as unassigned. */
export function readHeld(
  store: Store,
  link: Link | undefined,
  values: Values,
  kind: Kind,
  resolve = resolveSingly(store),
): Held {
  const held: Held = {};
  for (const row of kind.rows) {
    const value = values[row.path];
    if (value === undefined || value === null || value === "" || isMade(row, value)) continue;
    if (!row.reference) {
      if (typeof value !== "object") held[row.path] = value;
    } else if (link) {
      const id = resolve(link, row.path, value);
      if (id) held[row.path] = id;
    }
  }
  return held;
}
