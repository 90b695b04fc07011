// At a vendor that invites, a user who is created inactive gets no account: Portico holds it, and reads show it as if the
// vendor had it, until the user is activated [S56].

import {
  type Adapter,
  type Api,
  type Change,
  Fault,
  type GroupOperations,
  type Member,
  type Page,
  type UserOperations,
  type Values,
} from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import type { Store } from "../../store/links.ts";
import {
  createWaitingId,
  findWaiting,
  findWaitingAmong,
  hasWaiting,
  isWaitingId,
  listWaiting,
  listWaitingMembers,
  upsertWaiting,
  type WaitingAccount,
} from "../../store/waiting.ts";
import { isOneToVendor } from "./vendor-names.ts";

type Users = UserOperations<Values, Values, unknown>;
type Members = GroupOperations<Values, Values, unknown>["members"];

/** Accounts on one page of a list, and of a scan. */
const PAGE = 500;
/** The cursor of a page of waiting accounts: the prefix, then the id after which it begins. */
const CURSOR = "waiting accounts after ";

/** The record of an account that is still to be made. */
class WaitingRecord {
  readonly id: string;
  readonly values: WaitingAccount["values"];

  constructor({ nativeId, values }: WaitingAccount) {
    this.id = nativeId;
    this.values = values;
  }
}

/** As a later read gives them: persons are pointers, and are resolved again when the account is made. */
function toStored(values: Values): WaitingAccount["values"] {
  const stored: WaitingAccount["values"] = {};
  for (const [path, value] of Object.entries(values)) {
    if (value === undefined) continue;
    stored[path] = typeof value === "object" ? ("id" in value ? { id: value.id } : { key: value.key }) : value;
  }
  return stored;
}

/** What can be written: a reference only as the person whom it names. */
const withoutPointers = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value !== "object" || "values" in value));

function toPage(accounts: readonly WaitingAccount[]): Page<unknown> {
  const last = accounts.length < PAGE ? undefined : accounts.at(-1);
  const items = accounts.map((one) => new WaitingRecord(one));
  return last ? { items, next: `${CURSOR}${last.nativeId}` } : { items };
}

/** Each search of the vendor, with the waiting accounts that have the value. */
function toWaitingSearches(find: NonNullable<Users["find"]>, store: Store): NonNullable<Users["find"]> {
  const searches = Object.entries(find).map(([path, search]): [string, typeof search] => [
    path,
    async (api, value) => {
      const key = foldCase(value);
      const found = await search(api, value);
      let after: string | undefined = "";
      while (after !== undefined) {
        const accounts = listWaiting(store, after, PAGE);
        for (const one of accounts) {
          if (foldCase(String(one.values[path] ?? "")) === key) found.push(new WaitingRecord(one));
        }
        after = accounts.length < PAGE ? undefined : accounts.at(-1)?.nativeId;
      }
      return found;
    },
  ]);
  return Object.fromEntries(searches);
}

/** Members without an account are known to Portico only: the vendor's list is shown with them and written without them. */
function toWaitingMembers(members: Members, store: Store): Members {
  const { list, add, remove, replace } = members;
  const withAccount = (some: readonly Member[]) => some.filter(({ id }) => !isWaitingId(id));
  const unlessEmpty =
    (write: NonNullable<Members["add"]>): NonNullable<Members["add"]> =>
    async (api, id, some) => {
      const sent = withAccount(some);
      return sent.length === 0 && some.length > 0 ? undefined : write(api, id, sent);
    };
  return {
    ...members,
    async list(api, id, cursor) {
      const page = await list(api, id, cursor);
      if (page.next !== undefined) return page;
      return { ...page, items: [...page.items, ...listWaitingMembers(store, id).map((waiting) => ({ id: waiting }))] };
    },
    ...(add ? { add: unlessEmpty(add) } : {}),
    ...(remove ? { remove: unlessEmpty(remove) } : {}),
    ...(replace ? { replace: (api, id, some) => replace(api, id, withAccount(some)) } : {}),
  };
}

/**
 * The adapter with the accounts that Portico holds.
 * @param holdsNew whether a user who is created inactive waits; who waits already goes on waiting
 */
export function withWaitingAccounts(adapter: Adapter, store: Store, holdsNew: boolean): Adapter {
  const { group, seats } = adapter;
  return {
    ...adapter,
    user: toWaitingUsers(adapter, store, holdsNew),
    ...(group ? { group: { ...group, members: toWaitingMembers(group.members, store) } } : {}),
    ...(seats
      ? { seats: { ...seats, held: (record) => (record instanceof WaitingRecord ? undefined : seats.held?.(record)) } }
      : {}),
  };
}

function toWaitingUsers(adapter: Adapter, store: Store, holdsNew: boolean): Users {
  const { user, userNameIs: namePath = "userName" } = adapter;
  const { rowToScim, readMany, isDormant, isPrivileged, setActive, confirms, endSessions, remove } = user;

  const waitingIn = (record: unknown): Values => confirms?.waiting?.(record) ?? {};
  /** Keeps a changed account, or has the vendor make it where it is activated. */
  async function change(api: Api, id: string, values: Values): Promise<unknown> {
    return values.active === false ? hold(id, values) : user.create(api, withoutPointers(values));
  }
  function hold(id: string, values: Values): WaitingRecord {
    const account = { nativeId: id, values: toStored(values) };
    upsertWaiting(store, account);
    return new WaitingRecord(account);
  }
  function read(id: string): WaitingRecord {
    const account = findWaiting(store, id);
    if (!account) throw new Fault("notFound");
    return new WaitingRecord(account);
  }
  /** A name that the vendor has would be refused only when the user is activated, which may be in weeks. */
  async function requireFree(api: Api, { [namePath]: name }: Values): Promise<void> {
    const search = user.find?.[namePath];
    if (!search || typeof name !== "string") return;
    const rows = await search(api, name);
    const isIt = (row: unknown) =>
      isOneToVendor(adapter, "User", String((rowToScim ?? user.toScim)(row)[namePath] ?? ""), name);
    if (rows.some(isIt)) throw new Fault("conflict", { attribute: "userName" });
  }

  return {
    ...user,
    id: (record) => (record instanceof WaitingRecord ? record.id : user.id(record)),
    toScim: (record) => (record instanceof WaitingRecord ? record.values : user.toScim(record)),
    ...(rowToScim ? { rowToScim: (row) => (row instanceof WaitingRecord ? row.values : rowToScim(row)) } : {}),
    ...(isDormant ? { isDormant: (record) => !(record instanceof WaitingRecord) && isDormant(record) } : {}),
    ...(isPrivileged
      ? { isPrivileged: (record) => (record instanceof WaitingRecord ? undefined : isPrivileged(record)) }
      : {}),
    async list(api, cursor) {
      if (cursor?.startsWith(CURSOR)) return toPage(listWaiting(store, cursor.slice(CURSOR.length), PAGE));
      const page = await user.list(api, cursor);
      if (page.next !== undefined || !hasWaiting(store)) return page;
      return { ...page, next: CURSOR };
    },
    ...(user.find ? { find: toWaitingSearches(user.find, store) } : {}),
    read: async (api, id) => (isWaitingId(id) ? read(id) : user.read(api, id)),
    ...(readMany
      ? {
          readMany: {
            max: readMany.max,
            async read(api, ids) {
              const waiting = findWaitingAmong(store, ids.filter(isWaitingId)).map((one) => new WaitingRecord(one));
              const others = ids.filter((id) => !isWaitingId(id));
              return others.length === 0 ? waiting : [...waiting, ...(await readMany.read(api, others))];
            },
          },
        }
      : {}),
    async create(api, values) {
      if (!holdsNew || values.active !== false) return user.create(api, values);
      await requireFree(api, values);
      return hold(createWaitingId(), values);
    },
    async update(api, id, given: Change<Values, unknown>) {
      if (!isWaitingId(id)) return user.update(api, id, given);
      const { values, changed } = given;
      const before = Object.entries(read(id).values).filter(([path]) => !changed.has(path));
      if (changed.has(namePath)) await requireFree(api, values);
      return change(api, id, { ...Object.fromEntries(before), ...values });
    },
    ...(setActive
      ? {
          async setActive(api, id, active, native) {
            if (!isWaitingId(id)) return setActive(api, id, active, native);
            return change(api, id, { ...read(id).values, active });
          },
        }
      : {}),
    ...(confirms?.waiting
      ? { confirms: { ...confirms, waiting: (record) => (record instanceof WaitingRecord ? {} : waitingIn(record)) } }
      : {}),
    ...(endSessions ? { endSessions: async (api, id) => (isWaitingId(id) ? undefined : endSessions(api, id)) } : {}),
    ...(remove ? { remove: async (api, id) => (isWaitingId(id) ? undefined : remove(api, id)) } : {}),
  };
}
