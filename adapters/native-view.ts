// How the suite looks behind an adapter: one vendor's simulated state in the same words for every vendor.

/**
 * JSON as a simulator's state has it.
 *
 * @example { users: { "1": { id: 1, email: "ada@example.com" } } }
 */
export type State = Record<string, unknown>;
/**
 * One user or group in that state.
 *
 * @example { id: 1, email: "ada@example.com", active: true }
 */
export type NativeRecord = Record<string, unknown>;

/**
 * A user as the suite sees them at the vendor.
 *
 * @example { id: "1", key: "ada@example.com", active: true, record: users["1"] }
 */
export interface NativeUser {
  id: string;
  /** What the vendor tells users apart by: the e-mail address or the login. */
  key: string;
  active: boolean;
  seat?: string | undefined;
  record: NativeRecord;
}

/**
 * A group as the suite sees it at the vendor.
 *
 * @example { id: "7", name: "Sales", memberIds: ["1"], record: groups["7"] }
 */
export interface NativeGroup {
  id: string;
  name: string;
  memberIds: string[];
  record: NativeRecord;
}

/**
 * A user whom the vendor's own administrator made.
 *
 * @example { key: "ada@example.com", email: "ada@example.com", givenName: "Ada", familyName: "Lovelace", active: false }
 */
export interface Stranger {
  key: string;
  email: string;
  givenName: string;
  familyName: string;
  active: boolean;
  /** Further values by the path of a filterable row that is neither name nor e-mail; a view writes those that it knows. */
  values?: { [path: string]: string };
}

interface NativeCall {
  method: string;
  path: string;
  request?: unknown;
}

/**
 * Groups that manage seats, by the values that make one; the name is what tells the group apart.
 *
 * @example
 * seatGroups: {
 *   none: "FREE",
 *   better: { seat: "PRO", of: (name) => ({ displayName: name, [flag]: "true" }) },
 *   nothing: { of: (name) => ({ displayName: name, [flag]: "false" }) },
 * },
 */
export interface SeatGroups {
  better: { seat: string; of(name: string): { [path: string]: string } };
  /** Where there is more than one seat to give. */
  lesser?: { seat: string; of(name: string): { [path: string]: string } };
  nothing: { of(name: string): { [path: string]: string } };
  /** What a user has when the last seat is taken back; absent: they keep what they have. */
  none?: string;
}

/**
 * One vendor's state and log, written from what the vendor documents, never from the adapter.
 *
 * @example
 * export const acme: NativeView = {
 *   unmapped: { costCode: "C-7" },
 *   ...usersIn("users", { shown, made }),
 *   ...noGroups,
 *   held: (record) => ({ [work]: textOf(record.email), active: record.active, title: textOf(record.jobTitle) }),
 * };
 */
export interface NativeView {
  /** How many users a fresh account has by itself, such as its administrator; `users` leaves them out. */
  residents?: number;
  /** The users that exist; removed ones are left out. */
  users(state: State): NativeUser[];
  groups(state: State): NativeGroup[];
  /** The parts of the state that change when strangers join; their records have the unmapped fields. */
  withUsers(state: State, strangers: readonly Stranger[]): State;
  withGroup(state: State, name: string, memberIds: readonly string[]): State;
  withMember(state: State, groupId: string, userId: string): State;
  withoutMember(state: State, groupId: string, userId: string): State;
  withoutUser(state: State, userId: string): State;
  withoutGroup(state: State, groupId: string): State;
  /** What a native record holds, by SCIM path: every attribute of the vendor's table but userName. */
  held(record: NativeRecord, state: State): { [path: string]: unknown };
  heldByGroup?(record: NativeRecord): { [path: string]: unknown };
  /** Fields that no attribute maps, with the values that strangers' records have. */
  unmapped: NativeRecord;
  unmappedOfGroup: NativeRecord;
  /** Whether the vendor's own administrator could give a user this name; absent: any. */
  takesName?(key: string): boolean;
  /** The connection's credential becomes this user's; where the vendor tells whose it is. */
  withAccount?(state: State, userId: string): State;
  /** The simulated person does what the vendor waits for: accepts the invitation, gives the consent. */
  accept?(state: State, key: string): State;
  /** Every person confirms the address that waits for them; where the vendor mails a person who gets another one. */
  confirm?(state: State): State;
  /** How many sessions a user has open; where the vendor has a call that ends them. */
  openSessions?(record: NativeRecord): number;
  /** The call that ends them, whose failure no client is told. */
  endsSessions?(call: NativeCall): boolean;
  /** The body of a list that asks for every row, where lists have bodies. */
  withoutConditions?(body: unknown): unknown;
  /** Query parameters of lists that say what rows show, and not which rows; where rows show too little without them. */
  showingParameters?: readonly string[];
  /** Calls that change nothing, where their method does not say so. */
  isRead?(call: NativeCall): boolean;
  /** Calls that only ask for the outcome of an earlier one. */
  isPoll?(call: NativeCall): boolean;
  /** Leaves so many paid seats free. */
  withFreeSeats?(state: State, free: number): State;
  /** The next grant of a seat to this user waits for their consent, until they give it. */
  withPendingConsent?(state: State, key: string): State;
  withConsent?(state: State, key: string): State;
  seatGroups?: SeatGroups;
  /** Values that the vendor accepts where made-up text will not do, by path. */
  samples?: { [path: string]: readonly [string, string] };
}

/**
 * The records of one part of a state that a simulator has checked, by id.
 *
 * @example recordsIn(state, "users")["1"] // { id: 1, email: "ada@example.com" }
 */
export function recordsIn(state: State, part: string): { [id: string]: NativeRecord } {
  const value = state[part];
  // Simulators check their state against a schema in which these parts are records of records.
  return typeof value === "object" && value !== null ? (value as { [id: string]: NativeRecord }) : {};
}

/**
 * A value as SCIM shows it: text, and no value where the vendor holds an empty one.
 *
 * @example textOf(null) // undefined
 */
export const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined || value === "" ? undefined : String(value);
/**
 * The ids in a field that lists them, as text.
 *
 * @example idsIn(group.memberIds) // ["1", "2"]
 */
export const idsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** How a view shows the users of one part of the state, and makes one. */
interface UserRecords {
  /** What the suite sees of a record; undefined for one that is no user any more, or that no client made. */
  shown(record: NativeRecord, state: State): Pick<NativeUser, "key" | "active" | "seat"> | undefined;
  /** The record of a stranger, with its id; `taken` are the records that are there. */
  made(one: Stranger, taken: { [id: string]: NativeRecord }, state: State): readonly [id: string, NativeRecord];
}

/**
 * The parts of a view about users, where the state keeps them as records by id; replace what differs after it.
 *
 * @example
 * ...usersIn("users", {
 *   shown: (record) => ({ key: String(record.email), active: record.active === true }),
 *   made: ({ email, active }, taken) => {
 *     const id = freeId(taken);
 *     return [String(id), { id, email, active }];
 *   },
 * }),
 */
export function usersIn(
  part: string,
  { shown, made }: UserRecords,
): Pick<NativeView, "users" | "withUsers" | "withoutUser"> {
  return {
    users: (state) =>
      Object.entries(recordsIn(state, part)).flatMap(([id, record]) => {
        const user = shown(record, state);
        return user ? [{ id, ...user, record }] : [];
      }),
    withUsers: (state, strangers) => {
      const users = { ...recordsIn(state, part) };
      for (const one of strangers) {
        const [id, record] = made(one, users, state);
        users[id] = record;
      }
      return { [part]: users };
    },
    withoutUser: (state, userId) => {
      const { [userId]: _gone, ...users } = recordsIn(state, part);
      return { [part]: users };
    },
  };
}

/** How a view shows the groups of one part of the state, and makes one. */
interface GroupRecords {
  /** The field with the members' ids. */
  members: string;
  /** An id as that field holds it, such as `Number`; absent: as text. */
  toMember?(id: string): unknown;
  /** The record of a group without its members, with its id. */
  made(name: string, taken: { [id: string]: NativeRecord }, state: State): readonly [id: string, NativeRecord];
}

/**
 * The parts of a view about groups, where the state keeps them as records by id that list their members' ids; replace what
 * differs after it.
 *
 * @example
 * ...groupsIn("teams", {
 *   members: "userIds",
 *   toMember: Number,
 *   made: (name, taken) => {
 *     const id = freeId(taken);
 *     return [String(id), { id, name }];
 *   },
 * }),
 */
export function groupsIn(
  part: string,
  { members, toMember = (id) => id, made }: GroupRecords,
): Pick<NativeView, "groups" | "withGroup" | "withMember" | "withoutMember" | "withoutGroup" | "heldByGroup"> {
  const withMembers = (state: State, id: string, change: (ids: string[]) => string[]): State => {
    const groups = recordsIn(state, part);
    const ids = change(idsIn(groups[id]?.[members]));
    return { [part]: { ...groups, [id]: { ...groups[id], [members]: ids.map(toMember) } } };
  };
  return {
    groups: (state) =>
      Object.entries(recordsIn(state, part)).map(([id, record]) => ({
        id,
        name: String(record.name),
        memberIds: idsIn(record[members]),
        record,
      })),
    withGroup: (state, name, memberIds) => {
      const groups = recordsIn(state, part);
      const [id, record] = made(name, groups, state);
      return { [part]: { ...groups, [id]: { ...record, [members]: memberIds.map(toMember) } } };
    },
    withMember: (state, groupId, userId) => withMembers(state, groupId, (ids) => [...ids, userId]),
    withoutMember: (state, groupId, userId) => withMembers(state, groupId, (ids) => ids.filter((id) => id !== userId)),
    withoutGroup: (state, groupId) => {
      const { [groupId]: _gone, ...groups } = recordsIn(state, part);
      return { [part]: groups };
    },
    heldByGroup: (record) => ({ displayName: record.name }),
  };
}

/**
 * The parts of a view about groups, for a product without any.
 *
 * @example ...noGroups,
 */
export const noGroups: Pick<
  NativeView,
  "groups" | "withGroup" | "withMember" | "withoutMember" | "withoutGroup" | "unmappedOfGroup"
> = {
  unmappedOfGroup: {},
  groups: () => [],
  withGroup: () => ({}),
  withMember: () => ({}),
  withoutMember: () => ({}),
  withoutGroup: () => ({}),
};

/**
 * A number that no record has for its id: below `under`, where the simulator gives out its own from there on.
 *
 * @example freeId({ "1": ada, "2": bob, "10001": eve }, 10_001) // 3
 */
export const freeId = (records: object, under = Number.MAX_SAFE_INTEGER): number =>
  1 + Math.max(0, ...Object.keys(records).flatMap((id) => (Number(id) < under ? Number(id) : [])));
