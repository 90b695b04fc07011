// On an exam connection, values that the vendor refuses by their format are Portico's own: clients write and read them as if
// the vendor had them [S62]. Microsoft's exam writes texts that it makes up, also where an address belongs.

import {
  type Adapter,
  type Api,
  type AttributeRow,
  type Change,
  Fault,
  type GroupOperations,
  type UserOperations,
  type Value,
  type Values,
} from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import { deleteExamValues, findExamValues, listExamValues, upsertExamValue } from "../../store/exam-values.ts";
import type { LinkType, Store } from "../../store/links.ts";
import { toExamTable } from "./exam-profile.ts";

type Operations = Pick<
  UserOperations<Values, Values, unknown> & GroupOperations<Values, Values, unknown>,
  "id" | "toScim" | "read" | "create"
> &
  Pick<UserOperations<Values, Values, unknown>, "find" | "rowToScim"> & {
    update?(api: Api, id: string, change: Change<Values, unknown>): Promise<unknown>;
    remove?(api: Api, id: string): Promise<unknown>;
  };

const isValue = (value: Values[string]): value is Value => value !== undefined && typeof value !== "object";

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/** Whether a value has the form that the table declares. */
function fits({ path, maxLength, values }: AttributeRow, value: Value): boolean {
  if (values && !values.includes(String(value))) return false;
  if (typeof value !== "string") return true;
  const limit = typeof maxLength === "object" ? Math.min(maxLength.create, maxLength.update) : maxLength;
  if (limit !== undefined && value.length > limit) return false;
  return !/^emails\b.*\.value$/.test(path) || ADDRESS.test(value.trim());
}

/** A definite no to a value, as far as a vendor says it. */
const isOfFormat = (error: unknown): error is Fault =>
  error instanceof Fault && error.kind === "invalid" && !error.ambiguous;

/** The adapter of an exam connection. */
export function withExamValues(adapter: Adapter, store: Store, now: () => number): Adapter {
  const { attributes, user, group } = adapter;
  return {
    ...adapter,
    attributes: {
      User: toExamTable(attributes.User, adapter.userNameIs),
      ...(attributes.Group ? { Group: toExamTable(attributes.Group, undefined) } : {}),
    },
    // What it holds back is compared with the vendor's own record.
    user: { ...readFirst(user), ...wrap(user, "User", attributes.User, store, now) },
    ...(group ? { group: { ...group, ...wrap(group, "Group", attributes.Group ?? [], store, now) } } : {}),
  };
}

function readFirst({ updateNeeds, ...user }: Adapter["user"]): Adapter["user"] {
  return updateNeeds === "wholeRecord" ? { ...user, updateNeeds } : user;
}

function wrap(kind: Operations, type: LinkType, rows: readonly AttributeRow[], store: Store, now: () => number) {
  const { update, remove, find, rowToScim } = kind;
  const rowOf = (path: string) => rows.find((row) => row.path === path);
  const shown = (record: unknown, values: Values): Values => ({
    ...values,
    ...findExamValues(store, type, kind.id(record)),
  });
  const isHeldBack = (path: string, value: Values[string]): value is Value => {
    const row = rowOf(path);
    return row !== undefined && isValue(value) && !fits(row, value);
  };

  function settle(nativeId: string, written: Iterable<string> | undefined, heldBack: ReadonlyMap<string, Value>): void {
    deleteExamValues(store, type, nativeId, written);
    for (const [path, value] of heldBack) upsertExamValue(store, { type, nativeId, path, value, at: now() });
  }

  async function create(api: Api, values: Values): Promise<unknown> {
    const heldBack = new Map<string, Value>();
    const given: Values = { ...values };
    const holdBack = (path: string): boolean => {
      const value = given[path];
      // Without what it requires the vendor makes no record at all.
      if (!isValue(value) || path === "active" || rowOf(path)?.required === true) return false;
      heldBack.set(path, value);
      delete given[path];
      return true;
    };
    for (const [path, value] of Object.entries(values)) if (isHeldBack(path, value)) holdBack(path);
    for (;;) {
      try {
        const native = await kind.create(api, given);
        settle(kind.id(native), undefined, heldBack);
        return native;
      } catch (error) {
        if (!isOfFormat(error) || error.attribute === undefined || !holdBack(error.attribute)) throw error;
      }
    }
  }

  return {
    toScim: (record: unknown): Values => shown(record, kind.toScim(record)),
    ...(rowToScim ? { rowToScim: (row: unknown): Values => shown(row, rowToScim(row)) } : {}),
    ...(find ? { find: toExamSearches(kind, type, store, find) } : {}),
    create,
    ...(update
      ? {
          async update(api: Api, id: string, change: Change<Values, unknown>): Promise<unknown> {
            const heldBack = new Map<string, Value>();
            const native = await updateRest(api, id, change, heldBack, {
              update,
              read: kind.read,
              // The vendor keeps its own value where clients see another.
              own: (record) => (record === undefined ? {} : kind.toScim(record)),
              hidden: () => Object.keys(findExamValues(store, type, id)),
              isHeldBack,
            });
            settle(id, change.changed, heldBack);
            return native;
          },
        }
      : {}),
    ...(remove
      ? {
          async remove(api: Api, id: string): Promise<unknown> {
            const removed = await remove(api, id);
            deleteExamValues(store, type, id);
            return removed;
          },
        }
      : {}),
  };
}

/** Each search of the vendor, without those who are shown with another value, and with those who are shown with this one. */
function toExamSearches(
  { id, read }: Operations,
  type: LinkType,
  store: Store,
  find: NonNullable<Operations["find"]>,
): NonNullable<Operations["find"]> {
  const searches = Object.entries(find).map(([path, search]): [string, typeof search] => [
    path,
    async (api, value) => {
      const hidden = listExamValues(store, type, path);
      // A vendor may refuse to look for what it would not hold.
      const found = await search(api, value).catch((error: unknown) => {
        if (hidden.length > 0 && isOfFormat(error)) return [];
        throw error;
      });
      const others = found.filter((record) => !hidden.some(({ nativeId }) => nativeId === id(record)));
      const same = hidden.filter((one) => foldCase(String(one.value)) === foldCase(value));
      const records: unknown[] = [];
      for (const { nativeId } of same) {
        const record = await read(api, nativeId).catch((error: unknown) => {
          if (error instanceof Fault && error.kind === "notFound") return undefined;
          throw error;
        });
        if (record !== undefined) records.push(record);
      }
      return [...others, ...records];
    },
  ]);
  return Object.fromEntries(searches);
}

interface Rest {
  update(api: Api, id: string, change: Change<Values, unknown>): Promise<unknown>;
  read(api: Api, id: string): Promise<unknown>;
  own(record: unknown): Values;
  hidden(): string[];
  isHeldBack(path: string, value: Values[string]): value is Value;
}

/** Writes what the vendor takes; what it refuses goes into `heldBack`. */
async function updateRest(
  api: Api,
  id: string,
  change: Change<Values, unknown>,
  heldBack: Map<string, Value>,
  { update, read, own, hidden, isHeldBack }: Rest,
): Promise<unknown> {
  const changed = new Set(change.changed);
  let { native } = change;
  const holdBack = (path: string): boolean => {
    const value = change.values[path];
    if (!changed.has(path) || path === "active" || !isValue(value)) return false;
    changed.delete(path);
    heldBack.set(path, value);
    return true;
  };
  const write = async (paths: ReadonlySet<string>): Promise<void> => {
    const values: Values = { ...change.values };
    const before = own(native);
    // A vendor that takes whole records gets nothing else than what is written now.
    for (const path of [...change.changed, ...hidden()]) if (!paths.has(path)) values[path] = before[path];
    native = await update(api, id, { values, changed: paths, native });
  };
  for (const path of change.changed) if (isHeldBack(path, change.values[path])) holdBack(path);
  while (changed.size > 0) {
    try {
      await write(changed);
      return native;
    } catch (error) {
      if (!isOfFormat(error)) throw error;
      if (error.attribute !== undefined) {
        if (!holdBack(error.attribute)) throw error;
        continue;
      }
      // It does not say which value it refuses, so each is tried by itself.
      for (const path of [...changed]) {
        try {
          await write(new Set([path]));
          changed.delete(path);
        } catch (alone) {
          if (!isOfFormat(alone) || !holdBack(path)) throw alone;
        }
      }
    }
  }
  return native ?? read(api, id);
}
