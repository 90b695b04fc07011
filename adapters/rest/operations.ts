// The contract's operations on users and groups, made from a description.

import * as z from "zod";
import {
  type Adapter,
  type Api,
  type Change,
  Fault,
  type GroupOperations,
  type Page,
  pagesOf,
  type UserOperations,
  type Values,
} from "../../src/adapter.ts";
import { nested, type Scalars, toBody } from "./body.ts";
import { act, idIn, isEmptyList, requireSame } from "./calls.ts";
import type { Description, Resource, Row } from "./description.ts";
import { isExcepted } from "./hidden.ts";
import { toMemberOperations } from "./members.ts";
import {
  type Fields,
  fieldsOf,
  listOf,
  type Mapping,
  nativeId,
  recordWith,
  setAt,
  toChangedFields,
  toMapping,
  toNativeId,
  toNewFields,
  toScim,
  toSearchValue,
  toWholeFields,
  valueAt,
  within,
  withValues,
} from "./record.ts";
import { isInPath, withId } from "./whom.ts";

/** Pages that one search walks at most. */
const MAX_SEARCH_PAGES = 20;

/** What users and groups have in common. */
function toResource(description: Description, part: Resource, mapping: Mapping, isKey: (row: Row) => boolean) {
  // A list may show a user without a name; a user who is asked for by name or id has one.
  const row = recordWith(part.id, mapping.rows);
  const record = recordWith(part.id, mapping.rows, mapping.rows.filter(isKey));
  const found = z.union([
    z
      .unknown()
      .refine((body) => isEmptyList(body, part.read.at))
      .transform(() => undefined),
    within(part.read.at, record),
  ]);
  const isHidden = (fields: unknown) =>
    (part.deleted !== undefined && valueAt(fields, part.deleted.field) === part.deleted.is) ||
    isExcepted(fields, part.except);

  async function turn(
    api: Api,
    list: Resource["list"],
    cursor: string | undefined,
    item: z.ZodType<Fields> = row,
    more: Scalars = {},
  ) {
    const { method, path, items, constants } = list;
    const parameters = { ...constants, ...more };
    const options =
      method === "GET" ? { query: parameters } : { ...toBody(description, nested(parameters)), safe: true };
    const page: Page<Fields> = list.paged
      ? await api.page(method, path, { ...options, item, items, cursor })
      : { items: (await api.send(method, path, { ...options, returns: within(items, listOf(item)) })).body };
    return { ...page, items: page.items.filter((fields) => !isHidden(fields)) };
  }

  async function read(api: Api, id: string): Promise<unknown> {
    const { path, constants, at } = part.read;
    const query = constants === undefined ? {} : { query: withId(constants, id, part) };
    const options = { params: { id }, ...query };
    const fields = await api.get(path, { ...options, returns: isInPath(part.read) ? within(at, record) : found });
    if (fields === undefined || isHidden(fields)) throw new Fault("notFound");
    requireSame(part.read, part, id, fields);
    return fields;
  }

  function toFind(by: Row, parameter: string) {
    return async (api: Api, value: string): Promise<unknown[]> => {
      const asked = { [parameter]: toSearchValue(by, value) };
      const found: unknown[] = [];
      let pages = 0;
      for await (const page of pagesOf((cursor) => turn(api, part.search ?? part.list, cursor, record, asked))) {
        found.push(...page.items);
        pages += 1;
        if (pages === MAX_SEARCH_PAGES && page.next !== undefined) throw tooManyHits(by);
      }
      return found;
    };
  }

  /** The record with this id: read, or as it was written where a read may still lag. */
  async function after(api: Api, id: string, expected: () => Fields): Promise<unknown> {
    return description.readLagMs === undefined ? read(api, id) : expected();
  }

  async function create(api: Api, values: Values): Promise<unknown> {
    if (!part.create) throw new Fault("unsupported", { detail: `${description.title} cannot create this.` });
    const { method, path, envelope, constants, answers, at, accept } = part.create;
    const fields = toNewFields(values, mapping, nested(constants));
    const options = { ...toBody(description, fields, envelope), ...(accept ? { accept } : {}) };
    if (answers === "record") return (await api.send(method, path, { ...options, returns: within(at, record) })).body;
    const id =
      answers === "id"
        ? (await api.send(method, path, { ...options, returns: within(at, nativeId) })).body
        : idIn((await api.send(method, path, options)).location, part.read.path);
    return after(api, id, () => {
      const expected = withValues({}, values, Object.keys(values), mapping);
      setAt(expected, part.id, toNativeId(id, part));
      return expected;
    });
  }

  async function update(api: Api, id: string, { values, changed, native }: Change<Values, unknown>): Promise<unknown> {
    if (!part.update) throw new Fault("unsupported", { detail: `${description.title} cannot change this.` });
    const { method, path, envelope, constants, query, sends, omit, answers, at, accept } = part.update;
    const fixed = nested(withId(constants, id, part));
    const fields =
      sends === "whole"
        ? { ...fixed, ...toWholeFields(values, changed, native, mapping, omit) }
        : toChangedFields(values, changed, mapping, fixed);
    const options = {
      params: { id },
      ...(query ? { query: withId(query, id, part) } : {}),
      ...toBody(description, fields, envelope),
      ...(accept ? { accept } : {}),
    };
    if (answers === "record") {
      const { body } = await api.send(method, path, { ...options, returns: within(at, record) });
      requireSame(part.update, part, id, body);
      return body;
    }
    await api.send(method, path, options);
    return after(api, id, () => withValues(fieldsOf(native), values, changed, mapping));
  }

  async function remove(api: Api, id: string): Promise<void> {
    // What the description leaves out is never removed, although it may have been shown before.
    if (part.except) await read(api, id);
    if (part.remove) await act(api, description, part, part.remove, id);
  }

  const searches = mapping.rows.flatMap((row) =>
    row.search === undefined ? [] : [[row.path, toFind(row, row.search)]],
  );
  return {
    id: (fields: unknown) => String(valueAt(fields, part.id)),
    toScim: (fields: unknown) => toScim(fields, mapping),
    list: (api: Api, cursor: string | undefined) => turn(api, part.list, cursor),
    ...(searches.length > 0 ? { find: Object.fromEntries(searches) } : {}),
    read,
    create,
    update,
    ...(part.remove ? { remove } : {}),
  };
}

const tooManyHits = (by: Row): Fault =>
  new Fault("protocol", {
    detail: `The search for ${by.path} has more than ${MAX_SEARCH_PAGES} pages of hits, so the record may be on a later one. The description should name a search that finds less.`,
  });

/** Whose credential the connection uses, where the description says how to ask. */
export function toAccount({ account }: Description): Adapter["account"] {
  if (!account) return undefined;
  const { path, constants, field, by } = account;
  return async (api) => {
    const name = await api.get(path, { query: constants ?? {}, returns: within(field, nativeId) });
    return by === "id" ? { id: name } : { key: name };
  };
}

const hasPartialRows = ({ users }: Description): boolean =>
  users.list.rows === "partial" || users.search?.rows === "partial";

export function toUserOperations(description: Description): UserOperations<Values, Values, unknown, unknown> {
  const { users } = description;
  const { enable, disable, endSessions, confirms } = users;
  const mapping = toMapping(description, users);
  const isKey = ({ path, required }: Row) => path === users.userNameIs || (path === "userName" && required === true);
  const shared = toResource(description, users, mapping, isKey);
  return {
    ...shared,
    ...(users.create.invites ? { invites: true as const } : {}),
    ...(users.update.sends === "whole" ? { updateNeeds: "wholeRecord" as const } : {}),
    // What the description leaves out is never changed, so a record is read first where it leaves any out.
    ...(users.update.sends === "changed" && users.update.answers === "record" && !users.except
      ? { updateNeeds: "changes" as const }
      : {}),
    ...(hasPartialRows(description) ? { rowToScim: shared.toScim } : {}),
    disableEnds: users.disableEnds,
    ...(confirms ? { confirms: { paths: confirms } } : {}),
    ...(endSessions ? { endSessions: (api, id) => act(api, description, users, endSessions, id) } : {}),
    ...(enable && disable
      ? {
          async setActive(api, id, active, native) {
            await act(api, description, users, active ? enable : disable, id);
            return withValues(fieldsOf(native), { active }, ["active"], mapping);
          },
        }
      : {}),
  };
}

export function toGroupOperations(description: Description): GroupOperations<Values, Values, unknown> | undefined {
  const { groups } = description;
  if (!groups) return undefined;
  const isKey = ({ path, required }: Row) => path === "displayName" && required === true;
  const { update, ...shared } = toResource(description, groups, toMapping(description, groups), isKey);
  return {
    ...shared,
    ...(groups.update ? { update } : {}),
    members: toMemberOperations(description, groups, description.users),
  };
}
