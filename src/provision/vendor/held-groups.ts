// Groups of a product that has none: Portico holds them in links and member rows, and reads show them as if the product had
// them. Nothing here calls the product [S52].

import { type Adapter, Fault, type GroupOperations, type Values } from "../../adapter.ts";
import { createId } from "../../store/identifier.ts";
import { listLiveLinks, type Position } from "../../store/link-lists.ts";
import { findLiveLinksByKey, toNameKey } from "../../store/link-names.ts";
import { findLinkByNativeId, findLinksByNativeIds, isLive, type Link, type Store } from "../../store/links.ts";
import { listMemberNativeIds } from "../../store/members.ts";
import type { Profile } from "./resource-types.ts";

/** Groups on one page of a list. */
const PAGE = 500;
/** A change of members is one step, however many there are: no call limits it. */
const ALL_AT_ONCE = Number.MAX_SAFE_INTEGER;

/** A held group as the core reads it; its link is all that there is of it. */
interface HeldGroup {
  id: string;
  displayName: string;
}

const toHeldGroup = ({ nativeId, name }: Pick<Link, "nativeId" | "name">): HeldGroup => ({
  id: nativeId ?? "",
  displayName: name ?? "",
});
const toCursor = ({ createdAt, id }: Position): string => `${createdAt} ${id}`;
/** What earlier versions have kept, a number, is a place before the first group. */
function toPosition(cursor: string): Position {
  const [createdAt, id = ""] = cursor.split(" ");
  return { createdAt: Number(createdAt), id };
}

const nameIn = (values: Values): string => String(values.displayName ?? "");

function heldOperations(store: Store): GroupOperations<Values, Values, HeldGroup> {
  return {
    id: ({ id }) => id,
    toScim: ({ displayName }) => ({ displayName }),
    async list(_api, cursor) {
      const page = listLiveLinks(store, "Group", PAGE, cursor === undefined ? undefined : toPosition(cursor));
      const items = page.map(toHeldGroup);
      const last = page.at(-1);
      return page.length < PAGE || !last ? { items } : { items, next: toCursor(last) };
    },
    find: {
      displayName: async (_api, name) =>
        findLiveLinksByKey(store, "Group", "nameKey", toNameKey("Group", name)).map(toHeldGroup),
    },
    async read(_api, id) {
      const link = findLinkByNativeId(store, "Group", id);
      if (!link || !isLive(link)) throw new Fault("notFound");
      return toHeldGroup(link);
    },
    readMany: {
      max: PAGE,
      read: async (_api, ids) => findLinksByNativeIds(store, "Group", ids).filter(isLive).map(toHeldGroup),
    },
    // The core stores the link with what these return, and the member rows beside each change of members.
    create: async (_api, values) => ({ id: createId(), displayName: nameIn(values) }),
    update: async (_api, id, { values }) => ({ id, displayName: nameIn(values) }),
    remove: async () => undefined,
    members: {
      chunk: ALL_AT_ONCE,
      list: async (_api, id) => ({ items: listMemberNativeIds(store, id).map((userId) => ({ id: userId })) }),
      add: async () => undefined,
      remove: async () => undefined,
    },
  };
}

/** The adapter with groups that Portico holds; they manage no licences. */
export function withHeldGroups({ seats: _none, ...adapter }: Adapter, store: Store): Adapter {
  const attributes = {
    ...adapter.attributes,
    Group: [{ path: "displayName", required: true, filterable: true }] as const,
  };
  // The core hands back only records that these operations gave it.
  return { ...adapter, attributes, group: heldOperations(store) as unknown as NonNullable<Adapter["group"]> };
}

/** What discovery says of held groups. */
const heldNote = (title: string) =>
  `${title} has no groups: the gateway holds groups and memberships itself, and they change nothing in ${title}.`;

/** The resource types of such an adapter, which say so where clients read what a group is. */
export function withHeldKind(profile: Profile, title: string): Profile {
  const { Group } = profile;
  if (!Group) return profile;
  const { type } = Group;
  const describe = (description: string) => `${description}. ${heldNote(title)}`;
  const schema = { ...type.schema, description: describe(type.schema.description) };
  const told = { ...type, description: describe(type.description), schema };
  return { ...profile, Group: { ...Group, type: told, isHeld: true } };
}
