// Plan mode: memberships whose reads show what would be and whose writes are only noted [S21].

import { type Api, type GroupOperations, type Member, type Pointer, pagesOf, type Values } from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import type { LinkType, Store } from "../../store/links.ts";
import { listPlannedMembers, upsertPlannedMember } from "../../store/plan.ts";
import { counted } from "../vendor/refused-values.ts";

/** The prefix of ids that no vendor has given. */
export const INVENTED = "planned:";
export const isInvented = (id: string) => id.startsWith(INVENTED);

/** Notes a step of the plan. */
export type Note = (
  api: Api,
  step: string,
  type: LinkType,
  nativeId: string,
  what: string[],
  isDeactivation: boolean,
) => void;

/** Member operations whose reads show what would be and whose writes are only noted. */
export function planMembers(
  members: GroupOperations<Values, Values, unknown>["members"],
  store: Store,
  note: Note,
): GroupOperations<Values, Values, unknown>["members"] {
  const byEmail = members.by === "email";
  /** What the vendor's lists call a member. */
  const nameOf = (member: Member) => (byEmail ? foldCase(member.userName) : member.id);
  const pointedAt = (pointer: Pointer) => ("id" in pointer ? pointer.id : foldCase(pointer.key));
  const plan = (api: Api, op: "add" | "remove", groupId: string, list: readonly Member[]) => {
    for (const member of list) upsertPlannedMember(store, groupId, nameOf(member), op);
    note(api, `${op} members`, "Group", groupId, [counted(list.length, "member")], false);
  };
  const present = async (api: Api, groupId: string, cursor: string | undefined) => {
    const wishes = new Map(listPlannedMembers(store, groupId).map(({ userId, op }) => [userId, op]));
    const page = isInvented(groupId) ? { items: [] } : await members.list(api, groupId, cursor);
    const items: Pointer[] = page.items.filter((pointer) => !wishes.has(pointedAt(pointer)));
    if (!("next" in page) || page.next === undefined) {
      for (const [name, op] of wishes) if (op === "add") items.push(byEmail ? { key: name } : { id: name });
    }
    return { ...page, items };
  };
  return {
    chunk: members.chunk,
    ...(members.by ? { by: members.by } : {}),
    ...(members.listHides ? { listHides: members.listHides } : {}),
    list: present,
    ...(members.add
      ? { add: async (api: Api, id: string, list: readonly Member[]) => plan(api, "add", id, list) }
      : {}),
    ...(members.remove
      ? { remove: async (api: Api, id: string, list: readonly Member[]) => plan(api, "remove", id, list) }
      : {}),
    ...(members.replace
      ? {
          async replace(api: Api, id: string, list: readonly Member[]) {
            const wanted = new Set(list.map(nameOf));
            const now = new Set<string>();
            for await (const { items } of pagesOf((cursor) => present(api, id, cursor)))
              for (const item of items) now.add(pointedAt(item));
            for (const gone of now) if (!wanted.has(gone)) upsertPlannedMember(store, id, gone, "remove");
            for (const name of wanted) if (!now.has(name)) upsertPlannedMember(store, id, name, "add");
            note(api, "replace members", "Group", id, [counted(list.length, "member")], false);
          },
        }
      : {}),
  };
}
