// The `.get` methods of the simulated Zabbix: which rows, and what of them (seen on 6.0.14, 2026-11-29).

import type { Params } from "./checks.ts";
import { EMAIL, type Group, groupsOf, isOwnerSuperAdmin, type Media, type State, typeOf, type User } from "./state.ts";

const toList = (value: unknown): string[] | undefined =>
  value === undefined || value === null ? undefined : [value].flat().map(String);

/** PHP's capitals of a pattern are those of the whole alphabet; the database's change one letter for one. */
const toUpper = (text: string) =>
  [...text].map((one) => (one.toUpperCase().length > 1 ? one : one.toUpperCase())).join("");

function fits(value: string, pattern: unknown, hasWildcards: boolean): boolean {
  const text = String(pattern ?? "").toUpperCase();
  if (text === "") return true;
  if (!hasWildcards) return toUpper(value).includes(text);
  const parts = text.split("*").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(toUpper(value));
}

/** The rows that the parameters name, in their order and number. */
function select<T extends object>(rows: readonly T[], id: keyof T, params: Params): T[] {
  const { search = {}, filter = {}, searchWildcardsEnabled, limit } = params;
  const textAt = (row: T, name: string) => String(Reflect.get(row, name));
  const found = rows
    .filter(
      (row) =>
        Object.entries(search as object).every(([name, pattern]) =>
          fits(textAt(row, name), pattern, searchWildcardsEnabled === true),
        ) &&
        Object.entries(filter as object).every(([name, values]) => toList(values)?.includes(textAt(row, name)) ?? true),
    )
    .sort((left, right) => Number(left[id]) - Number(right[id]));
  return typeof limit === "number" ? found.slice(0, limit) : found;
}

/** The wanted fields of a row; `extend`, or nothing, is all of them. */
function shown<T extends object>(row: T, id: string, wanted: unknown): object {
  const names = Array.isArray(wanted) ? [id, ...wanted] : Object.keys(row);
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

const addresses = ({ mediatypeid, sendto }: Media) => (mediatypeid === EMAIL ? sendto : sendto[0]);

export function getUsers(state: State, params: Params): object[] {
  const ids = toList(params.userids);
  const mine = groupsOf(state, state.owner);
  const isVisible = ({ userid }: User) =>
    isOwnerSuperAdmin(state) ||
    (params.editable === true ? userid === state.owner : mine.some((group) => group.users.includes(userid)));
  const rows = Object.values(state.users).filter((row) => (ids?.includes(row.userid) ?? true) && isVisible(row));
  return select(rows, "userid", params).map((row) => {
    const { medias, ...texts } = row;
    return {
      ...shown(texts, "userid", params.output),
      ...(params.selectUsrgrps === undefined
        ? {}
        : { usrgrps: groupsOf(state, row.userid).map((one) => toGroup(one, params.selectUsrgrps)) }),
      ...(params.selectMedias === undefined
        ? {}
        : { medias: medias.map((one) => shown({ ...one, sendto: addresses(one) }, "mediaid", params.selectMedias)) }),
      ...(params.selectRole === undefined ? {} : { role: { type: typeOf(state, row.userid) } }),
    };
  });
}

function toGroup({ users: _users, ...group }: Group, wanted: unknown): object {
  return shown(group, "usrgrpid", wanted);
}

export function getGroups(state: State, params: Params): object[] {
  const ids = toList(params.usrgrpids);
  const isVisible = ({ users }: Group) =>
    isOwnerSuperAdmin(state) || (params.editable !== true && users.includes(state.owner));
  const rows = Object.values(state.groups).filter((row) => (ids?.includes(row.usrgrpid) ?? true) && isVisible(row));
  return select(rows, "usrgrpid", params).map((row) => ({
    ...toGroup(row, params.output),
    ...(params.selectUsers === undefined ? {} : { users: row.users.map((userid) => ({ userid })) }),
  }));
}

/** The token's own row, by the token itself. */
export const getTokens = (state: State, { token }: Params): object[] =>
  token === state.token ? [{ userid: state.owner }] : [];
