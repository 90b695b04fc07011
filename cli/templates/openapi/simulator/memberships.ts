// Who is in which group of Template, wherever its API shows and takes it.

import type { Api, Fields, MemberCall } from "./documented.ts";
import { idsIn, isFields, type State, valueAt } from "./state.ts";

type List = { field: string; each?: string };

const idOf = (one: unknown, each: string | undefined): string => String(each === undefined ? one : valueAt(one, each));
const toId = (id: string, isNumber: boolean) => (isNumber ? Number(id) : id);
const toList = (ids: readonly string[], { field, each }: List, isNumber: boolean): Fields => ({
  [field]: ids.map((id) => (each === undefined ? toId(id, isNumber) : { [each]: toId(id, isNumber) })),
});

export const membersOf = (group: Fields | undefined): string[] => idsIn(group?.memberIds);

/** A group as the API shows it. */
export function shownGroup({ memberIds, ...group }: Fields, { members, users }: Api): Fields {
  return { ...group, ...(members?.inGroup ? toList(idsIn(memberIds), members.inGroup, users.isNumber) : {}) };
}

/** A user as the API shows them. */
export function shownUser(user: Fields, id: string, state: State, { members, groups }: Api): Fields {
  if (!members?.inUser || !groups) return user;
  const own = Object.entries(state.groups).flatMap(([group, record]) =>
    membersOf(record).includes(id) ? [group] : [],
  );
  return { ...user, ...toList(own, members.inUser, groups.isNumber) };
}

/** Takes the list of members or groups out of a body and into the groups; the rest is the record's own. */
export function takeList(kind: "users" | "groups", id: string, sent: Fields, state: State, { members }: Api): Fields {
  const list = kind === "users" ? members?.inUser : members?.inGroup;
  if (!list || !(list.field in sent)) return sent;
  const { [list.field]: value, ...own } = sent;
  const ids = (Array.isArray(value) ? value : []).map((one) =>
    isFields(one) ? String(Object.values(one)[0]) : String(one),
  );
  if (kind === "groups") changeMembers(state, id, () => ids);
  else {
    for (const group of Object.keys(state.groups)) {
      const isIn = ids.includes(group);
      changeMembers(state, group, (former) => [...former.filter((one) => one !== id), ...(isIn ? [id] : [])]);
    }
  }
  return own;
}

export function changeMembers(state: State, group: string, change: (ids: string[]) => string[]): void {
  const record = state.groups[group];
  if (record) state.groups[group] = { ...record, memberIds: [...new Set(change(membersOf(record)))] };
}

/** Whom a call about members names, and which groups. */
export function namedIn(
  call: MemberCall,
  body: Fields,
  id: string,
  member: string,
): { users: string[]; groups: string[] } {
  const { ids, each, id: single, groups } = call;
  const listed = ids === undefined ? undefined : valueAt(body, ids);
  const users =
    ids !== undefined
      ? (Array.isArray(listed) ? listed : []).map((one) => idOf(one, each))
      : [single === undefined ? member : String(valueAt(body, single))];
  return { users, groups: groups === undefined ? [id] : idsIn(valueAt(body, groups)) };
}

/** A row of a group's list of members. */
export const toRow = (id: string, { ids: field }: MemberCall, isNumber: boolean): unknown =>
  field === undefined ? toId(id, isNumber) : { [field]: toId(id, isNumber) };
