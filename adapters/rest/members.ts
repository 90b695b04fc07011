// Memberships, made from a description.

import * as z from "zod";
import {
  type Api,
  type GroupOperations,
  type Member,
  type Page,
  type Pointer,
  pagesOf,
  type Values,
} from "../../src/adapter.ts";
import { nested, toBody } from "./body.ts";
import type { Description, MemberWrite } from "./description.ts";
import { isExcepted } from "./hidden.ts";
import { listOf, nativeId, setAt, toNativeId, within } from "./record.ts";
import { withId } from "./whom.ts";

const DEFAULT_CHUNK = 100;

type Operations = GroupOperations<Values, Values, unknown>["members"];
type Groups = NonNullable<Description["groups"]>;

/** Whether the members are a part of the group's own record, which has no pages. */
export const isInRecord = ({ read, members }: Groups): boolean => members.list.path === read.path;

/** Whether a removal names memberships by ids of their own. */
export const removesRows = (remove: MemberWrite | undefined): boolean => remove?.path.includes("{row}") ?? false;

export function toMemberOperations(
  description: Description,
  groups: Groups,
  users: Pick<Description["users"], "idType">,
): Operations {
  const { list, add, remove, replace, chunk, addingAgain } = groups.members;
  const isPaged = list.paged ?? !isInRecord(groups);
  const row = z.unknown().transform((value) => ({ value, isLeftOut: isExcepted(value, list.except) }));
  const idAt = (at: string | undefined, value: unknown) => within(at, nativeId).parse(value);
  const named = row.superRefine(({ value, isLeftOut }, context) => {
    const isNamed = (at: string | undefined) => within(at, nativeId).safeParse(value).success;
    if (isLeftOut || (isNamed(list.field) && (!removesRows(remove) || isNamed(list.row)))) return;
    context.addIssue({ code: "custom", message: "unexpected" });
  });

  async function rows(api: Api, id: string, cursor: string | undefined): Promise<Page<unknown>> {
    const { path, items, constants } = list;
    const options = { params: { id }, ...(constants ? { query: withId(constants, id, groups) } : {}) };
    const page = isPaged
      ? await api.page("GET", path, { ...options, item: named, items, cursor })
      : { items: await api.get(path, { ...options, returns: within(items, listOf(named)) }) };
    return { ...page, items: page.items.filter((one) => !one.isLeftOut).map(({ value }) => value) };
  }

  const nameOf = (call: { by: "id" | "userName" }, member: Member) =>
    call.by === "id" ? toNativeId(member.id, users) : member.userName;
  const optionsOf = ({ query, accept }: MemberWrite, id: string) => ({
    query: withId(query, id, groups),
    ...(accept ? { accept } : {}),
  });

  const write = (call: MemberWrite) => async (api: Api, id: string, members: readonly Member[]) => {
    const { method, path, ids, id: single, each, constants } = call;
    const names = members.map((member) => nameOf(call, member));
    const { query, ...options } = optionsOf(call, id);
    const fixed = withId(constants, id, groups);
    if (ids !== undefined) {
      const fields = nested(fixed);
      setAt(fields, ids, each === undefined ? names : names.map((name) => ({ [each]: name })));
      await api.send(method, path, { params: { id }, query, ...toBody(description, fields), ...options });
      return;
    }
    for (const name of names) {
      const parameters = { ...fixed, ...(single === undefined ? {} : { [single]: name }) };
      const hasBody = call.in === "body" && Object.keys(parameters).length > 0;
      const carried = {
        query: { ...query, ...(call.in === "query" ? parameters : {}) },
        ...(hasBody ? toBody(description, nested(parameters)) : {}),
      };
      await api.send(method, path, { params: { id, member: String(name) }, ...carried, ...options });
    }
  };

  /** Removes the rows that the list shows of these members, each by its own id. */
  const removeRows = (call: MemberWrite) => async (api: Api, id: string, members: readonly Member[]) => {
    const spelled = (name: string) => (list.by === "id" ? name : name.toLowerCase());
    const leaving = new Set(members.map((member) => spelled(list.by === "id" ? member.id : member.userName)));
    const { query, ...options } = optionsOf(call, id);
    const found: unknown[] = [];
    for await (const page of pagesOf((cursor) => rows(api, id, cursor))) found.push(...page.items);
    for (const one of found) {
      if (!leaving.has(spelled(idAt(list.field, one)))) continue;
      const params = { id, row: idAt(list.row, one) };
      const fixed = withId(call.constants, id, groups);
      const body = call.constants && call.in === "body" ? toBody(description, nested(fixed)) : {};
      const inQuery = call.in === "query" ? fixed : {};
      await api.send(call.method, call.path, { params, query: { ...query, ...inQuery }, ...body, ...options });
    }
  };

  const isOneByOne = [add, remove].some((call) => call !== undefined && call.ids === undefined);
  return {
    by: list.by === "userName" ? "email" : "id",
    chunk: isOneByOne ? 1 : (chunk ?? DEFAULT_CHUNK),
    ...(addingAgain ? { addingAgain } : {}),
    ...(list.hides === "disabled" ? { listHides: list.hides } : {}),
    async list(api, id, cursor): Promise<Page<Pointer>> {
      const page = await rows(api, id, cursor);
      const toPointer = (one: unknown): Pointer =>
        list.by === "id" ? { id: idAt(list.field, one) } : { key: idAt(list.field, one) };
      return { ...page, items: page.items.map(toPointer) };
    },
    ...(add && remove ? { add: write(add), remove: removesRows(remove) ? removeRows(remove) : write(remove) } : {}),
    ...(replace ? { replace: write(replace) } : {}),
  };
}
