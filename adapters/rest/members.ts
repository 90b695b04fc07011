// Memberships, made from a description.

import * as z from "zod";
import type { Api, GroupOperations, Member, Page, Pointer, Values } from "../../src/adapter.ts";
import { toBody } from "./body.ts";
import type { Description, Members, MemberWrite } from "./description.ts";
import { type Fields, listOf, nativeId, setAt, toNativeId, valueAt, within } from "./record.ts";

const DEFAULT_CHUNK = 100;

type Operations = GroupOperations<Values, Values, unknown>["members"];

export function toMemberOperations(
  description: Description,
  { list, add, remove, replace, chunk }: Members,
  users: Pick<Description["users"], "idType">,
): Operations {
  const pointer = z
    .unknown()
    .transform((row) => valueAt(row, list.field))
    .pipe(nativeId)
    .transform((name): Pointer => (list.by === "id" ? { id: name } : { key: name }));

  const write = (call: MemberWrite) => async (api: Api, id: string, members: readonly Member[]) => {
    const { method, path, ids, id: single, each, constants, accept } = call;
    const names = members.map((member) => (call.by === "id" ? toNativeId(member.id, users) : member.userName));
    const options = accept ? { accept } : {};
    if (ids !== undefined) {
      const fields: Fields = { ...constants };
      setAt(fields, ids, each === undefined ? names : names.map((name) => ({ [each]: name })));
      await api.send(method, path, { params: { id }, ...toBody(description, fields), ...options });
      return;
    }
    for (const name of names) {
      const parameters = { ...constants, ...(single === undefined ? {} : { [single]: name }) };
      const carried =
        Object.keys(parameters).length === 0
          ? {}
          : call.in === "query"
            ? { query: parameters }
            : toBody(description, parameters);
      const params = single === undefined ? { id, member: String(name) } : { id };
      await api.send(method, path, { params, ...carried, ...options });
    }
  };

  const isOneByOne = [add, remove].some((call) => call !== undefined && call.ids === undefined);
  return {
    by: list.by === "userName" ? "email" : "id",
    chunk: isOneByOne ? 1 : (chunk ?? DEFAULT_CHUNK),
    async list(api, id, cursor): Promise<Page<Pointer>> {
      const { path, items, paged, constants } = list;
      const options = { params: { id }, ...(constants ? { query: constants } : {}) };
      if (paged) return api.page("GET", path, { ...options, item: pointer, items, cursor });
      return { items: await api.get(path, { ...options, returns: within(items, listOf(pointer)) }) };
    },
    ...(add && remove ? { add: write(add), remove: write(remove) } : {}),
    ...(replace ? { replace: write(replace) } : {}),
  };
}
