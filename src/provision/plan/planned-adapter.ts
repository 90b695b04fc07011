// Plan mode: an adapter whose reads show what would be and whose writes are only noted [S21].

import {
  type Adapter,
  type Api,
  type Change,
  Fault,
  type GroupOperations,
  type UserOperations,
  type Values,
} from "../../adapter.ts";
import { foldCase } from "../../scim/text.ts";
import { createId } from "../../store/identifier.ts";
import type { LinkType, Store } from "../../store/links.ts";
import { findPlanned, insertStep, listPlanned, type PlannedValues, upsertPlanned } from "../../store/plan.ts";
import { kindsOfRecord } from "./plan-kinds.ts";
import { INVENTED, isInvented, type Note, planMembers } from "./planned-members.ts";

/** Who is told what a request would have written. */
const observers = new WeakMap<Api, (what: string) => void>();

/** A record that the vendor does not have, or has otherwise. */
class PlannedNative {
  readonly id: string;
  readonly values: PlannedValues;

  constructor(id: string, values: PlannedValues) {
    this.id = id;
    this.values = values;
  }
}

/** What a later read would show of written values. */
function toPlannedValues(values: Values, before: Values = {}): PlannedValues {
  const planned: PlannedValues = {};
  for (const [path, value] of Object.entries({ ...before, ...values })) {
    if (value === undefined) continue;
    planned[path] = typeof value === "object" ? ("id" in value ? { id: value.id } : { key: value.key }) : value;
  }
  return planned;
}

type Kind = Pick<
  UserOperations<Values, Values, unknown> & GroupOperations<Values, Values, unknown>,
  "id" | "toScim" | "read" | "create" | "list"
> & {
  find?: UserOperations<Values, Values, unknown>["find"];
  update?: (api: Api, id: string, change: Change<Values, unknown>) => Promise<unknown>;
  remove?: (api: Api, id: string) => Promise<unknown>;
};

/** The operations that users and groups share, planned. */
function planKind(kind: Kind, type: LinkType, store: Store, note: Note, userNameIs?: string) {
  const id = (record: unknown) => (record instanceof PlannedNative ? record.id : kind.id(record));
  const toScim = (record: unknown): Values =>
    record instanceof PlannedNative ? { ...record.values } : kind.toScim(record);
  /** Where the userName is another value's second spelling, records have the other alone. */
  const withUserName = (values: Values): Values =>
    userNameIs === undefined ? values : { ...values, userName: values[userNameIs] };
  const plannedFor = (nativeId: string) => findPlanned(store, type, nativeId);
  /** Rows as they would be; planned ones replace the vendor's. */
  const overlay = (rows: readonly unknown[]) =>
    rows.flatMap((row) => {
      const planned = plannedFor(kind.id(row));
      if (!planned) return [row];
      return planned.values === null ? [] : [new PlannedNative(planned.nativeId, planned.values)];
    });
  const invented = () =>
    listPlanned(store, type).flatMap(({ nativeId, values, isNew }) =>
      isNew && values ? [new PlannedNative(nativeId, values)] : [],
    );
  const put = (nativeId: string, values: PlannedValues | null, native?: unknown) => {
    const isNew = isInvented(nativeId);
    const known = plannedFor(nativeId);
    const isRead = native !== undefined && !(native instanceof PlannedNative);
    const shown = isRead ? toPlannedValues(withUserName(kind.toScim(native))) : null;
    const before = known ? known.before : shown;
    const kinds = kindsOfRecord(type, isNew, before, values);
    upsertPlanned(store, { type, nativeId, values, before, isNew, kinds });
  };
  const find = Object.fromEntries(
    Object.entries(kind.find ?? {}).map(([path, search]) => [
      path,
      async (api: Api, value: string) => {
        const isIt = ({ values }: PlannedNative) => foldCase(String(values[path] ?? "")) === foldCase(value);
        const changed = listPlanned(store, type).flatMap(({ nativeId, values }) =>
          values ? [new PlannedNative(nativeId, values)] : [],
        );
        const seen = (await search(api, value)).filter((row) => !plannedFor(kind.id(row)));
        return [...seen, ...changed.filter(isIt)];
      },
    ]),
  );
  return {
    id,
    toScim,
    put,
    ...(kind.find ? { find } : {}),
    async list(api: Api, cursor: string | undefined) {
      const page = await kind.list(api, cursor);
      const items = overlay(page.items);
      return page.next === undefined ? { ...page, items: [...items, ...invented()] } : { ...page, items };
    },
    async read(api: Api, nativeId: string): Promise<unknown> {
      const planned = plannedFor(nativeId);
      if (planned?.values) return new PlannedNative(nativeId, planned.values);
      if (planned) throw new Fault("notFound");
      return kind.read(api, nativeId);
    },
    async create(api: Api, values: Values): Promise<unknown> {
      const record = new PlannedNative(`${INVENTED}${createId()}`, toPlannedValues(values));
      put(record.id, record.values);
      note(api, "create", type, record.id, Object.keys(record.values), false);
      return record;
    },
    async update(api: Api, nativeId: string, { values, changed, native }: Change<Values, unknown>): Promise<unknown> {
      // References come only where they changed; the others are as they were.
      const before = native === undefined ? {} : toScim(native);
      const kept = Object.fromEntries(Object.entries(before).filter(([path]) => !changed.has(path)));
      const record = new PlannedNative(nativeId, toPlannedValues(values, kept));
      put(nativeId, record.values, native);
      note(api, "update", type, nativeId, [...changed], changed.has("active") && values.active === false);
      return record;
    },
    async remove(api: Api, nativeId: string): Promise<void> {
      put(nativeId, null);
      note(api, "remove", type, nativeId, [], type === "User");
    },
  };
}

/** The adapter as plan mode uses it: nothing that it does changes anything at the vendor. */
export function toPlannedAdapter(adapter: Adapter, store: Store, now: () => number): Adapter {
  const note: Note = (api, step, type, nativeId, what, isDeactivation) => {
    observers.get(api)?.(`plan: ${step}, ${type}${what.length > 0 ? ` (${what.join(", ")})` : ""}`);
    insertStep(store, { id: createId(now()), at: now(), step, type, nativeId, what, isDeactivation });
  };
  const { user, group, seats } = adapter;
  const users = planKind(user, "User", store, note, adapter.userNameIs);
  const { readMany: _, remove, setActive, confirms, endSessions, ...rest } = user;
  const { put: putUser, remove: removeUser, ...userOperations } = users;
  const planned: Adapter = {
    ...adapter,
    user: {
      ...rest,
      ...userOperations,
      isDormant: (record) => !(record instanceof PlannedNative) && user.isDormant?.(record) === true,
      isPrivileged: (record) => (record instanceof PlannedNative ? undefined : user.isPrivileged?.(record)),
      ...(user.rowToScim
        ? {
            rowToScim: (row: unknown) =>
              row instanceof PlannedNative ? { ...row.values } : (user.rowToScim?.(row) ?? {}),
          }
        : {}),
      ...(remove ? { remove: removeUser } : {}),
      ...(confirms ? { confirms: { paths: confirms.paths } } : {}),
      ...(endSessions
        ? {
            async endSessions(api: Api, nativeId: string): Promise<void> {
              note(api, "end sessions", "User", nativeId, [], false);
            },
          }
        : {}),
      ...(setActive
        ? {
            async setActive(api: Api, nativeId: string, active: boolean, native: unknown): Promise<unknown> {
              const before = native === undefined ? {} : users.toScim(native);
              const record = new PlannedNative(nativeId, toPlannedValues({ active }, before));
              putUser(nativeId, record.values, native);
              note(api, active ? "enable" : "disable", "User", nativeId, ["active"], !active);
              return record;
            },
          }
        : {}),
    },
  };
  if (group) {
    const { put: _put, remove: removeNewGroup, update, ...operations } = planKind(group, "Group", store, note);
    planned.group = {
      ...operations,
      ...(group.update ? { update } : {}),
      ...(group.remove ? { remove: removeNewGroup } : {}),
      members: planMembers(group.members, store, note),
    };
  }
  if (seats) {
    planned.seats = {
      ...seats,
      async set(api, nativeId, seat) {
        note(api, "set licence", "User", nativeId, [seat], false);
      },
      held: (record) => (record instanceof PlannedNative ? undefined : seats.held?.(record)),
    };
  }
  return planned;
}

/** The vendor's API without writes: whatever the adapter does, nothing is sent that changes anything. */
export function toReadOnly(api: Api, planned: (what: string) => void): Api {
  const refuse = async (): Promise<never> => {
    throw new Fault("unsupported", { detail: "plan mode sends no write to the product" });
  };
  const harmless: Api = {
    ...api,
    put: refuse,
    patch: refuse,
    delete: refuse,
    post: (path, options) => (options?.safe ? api.post(path, options) : refuse()),
    send: (method, path, options) => (method === "GET" || options?.safe ? api.send(method, path, options) : refuse()),
  };
  observers.set(harmless, planned);
  return harmless;
}
