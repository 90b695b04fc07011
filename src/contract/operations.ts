// What a vendor can do with users, groups and licences: only the operations that exist.

import type { Change, Pointer, Values } from "./attributes.ts";
import type { Api, Page } from "./calls.ts";

/**
 * What a vendor can do with users. `Row` is the shape of list and search rows where it is not the record's own.
 *
 * @example
 * user: {
 *   id: ({ id }: User) => String(id),
 *   toScim: ({ email, active }: User) => ({ [work]: email, active }),
 *   list: (api, cursor) => api.page("GET", "/users", { item: user, cursor }),
 *   find: { [work]: (api, email) => api.all("GET", "/users", { query: { email }, item: user }) },
 *   read: (api, id) => api.get("/users/{id}", { params: { id }, returns: user }),
 *   create: (api, values) => api.post("/users", { json: fieldsOf(fields, values), returns: user }),
 *   update: (api, id, { values, changed }) =>
 *     api.patch("/users/{id}", { params: { id }, json: fieldsOf(fields, values, changed), returns: user }),
 *   remove: (api, id) => api.delete("/users/{id}", { params: { id } }),
 * },
 */
export interface UserOperations<W, R, Native, Row = Native, Settings = Record<string, unknown>> {
  id(record: Native | Row): string;
  toScim(native: Native): R;
  /** Only where rows have another shape than records: at least the key attributes. */
  rowToScim?(row: Row): R;
  list(api: Api<Settings>, cursor: string | undefined): Promise<Page<Row>>;
  /**
   * Searches that the vendor offers, by the path of a filterable row; what comes back is checked again by the core:
   * `externalId` letter by letter, any other text in any case. Where reads lag, only names and `externalId` are searched.
   */
  find?: { [path: string]: (api: Api<Settings>, value: string) => Promise<(Native | Row)[]> };
  /**
   * The record with this id. Throws fault `notFound` where there is none: the client does so for a 404, and an adapter
   * that asks a search by id does so itself where the list is empty.
   *
   * @example
   * async read(api, id) {
   *   const [found] = await api.all("GET", "/users", { query: { id }, item: user });
   *   if (!found) throw new Fault("notFound");
   *   return found;
   * }
   */
  read(api: Api<Settings>, id: string): Promise<Native>;
  /** At most `max` ids at once; a missing user is missing from the answer. */
  readMany?: { max: number; read(api: Api<Settings>, ids: readonly string[]): Promise<Native[]> };
  /** Only where the vendor answers from a copy that does not follow what others change: brings it up to date. */
  refresh?(api: Api<Settings>): Promise<void>;
  create(api: Api<Settings>, values: W): Promise<Native>;
  /**
   * Only where `create` sends the person an invitation. A user who is created inactive then gets an account, and so the
   * invitation, only once they are activated; the core never calls `create` with `active: false`, unless the operator
   * wants it so (`createInactive: now`).
   */
  invites?: true;
  /**
   * What `update` works with. "wholeRecord" where the vendor takes a whole record and loses what is left out of it: the core
   * then calls `update` only with a `native` that was read, so that unmapped fields can be carried forward. "changes" where it
   * uses nothing but the values at the paths in `changed`, and one call answers with the whole record as `read` shows it: the
   * core then changes plain values without reading the record first, so `native` is undefined.
   */
  updateNeeds?: "wholeRecord" | "changes";
  /** The record as it stands afterwards. */
  update(api: Api<Settings>, id: string, change: Change<W, Native>): Promise<Native>;
  /**
   * Only where a changed address waits for the person: the vendor mails them, and its record shows the former address until
   * they confirm the new one. `paths` are the rows of such addresses. `waiting` gives the addresses that a record says are
   * waiting, where records say so; a record that names none then ends the wait.
   *
   * @example confirms: { paths: [work], waiting: ({ newEmail }) => ({ [work]: newEmail ?? undefined }) }
   */
  confirms?: { paths: readonly Extract<keyof R, string>[]; waiting?(native: Native): Values };
  /**
   * What ends when a user is disabled, as far as the vendor documents it; needed where users can be disabled. "login": they
   * cannot log in again. "sessions": what they have open ends, too. "tokens": so do the tokens that they gave to programs.
   */
  disableEnds?: "login" | "sessions" | "tokens" | "unknown";
  /**
   * Only where the vendor has a call of its own that ends what a user has open. The core calls it after every disable, and
   * again until it succeeds; ending what has ended is a success.
   */
  endSessions?(api: Api<Settings>, id: string): Promise<unknown>;
  /**
   * Only where a user can be inactive without having been disabled, such as the invited or registered, who become active
   * by what they do themselves: disabling them is then carried out although they are inactive already.
   */
  isDormant?(native: Native): boolean;
  /**
   * Only where a call sends the list of all groups of the user: `update` with a changed `active`, `update` always, or only the
   * operations of `group.members`. The core then runs one such call of a user at a time, and gives such an `update` a `native`
   * that was read just before; and because an `update` that takes effect late undoes what was changed of the memberships
   * since, it compares those groups.
   */
  writesGroups?: "with active" | "always" | "in member calls";
  /**
   * Only where records and rows show who has power over others there, such as administrators: the core protects them, unless
   * the connection names them as managed. Undefined where a record does not say.
   *
   * @example isPrivileged: (record) => record.isAdministrator
   */
  isPrivileged?(record: Native | Row): boolean | undefined;
  /**
   * Only where `active` changes by verbs of its own, or by joining and leaving a group of disabled users, which
   * `group.list` and `group.find` then leave out; `update` then never sees a changed `active`. Fault `pending` says
   * that the vendor cannot do it yet: a deactivation is then shown as done and tried again until it is.
   */
  setActive?(api: Api<Settings>, id: string, active: boolean, native: Native): Promise<Native>;
  /** Irreversible. */
  remove?(api: Api<Settings>, id: string): Promise<unknown>;
}

/**
 * A user as a membership call needs them.
 *
 * @example json: { userIds: members.map((one) => Number(one.id)) }
 */
export interface Member {
  id: string;
  /** As the vendor spells it: the e-mail where that is the name. */
  userName: string;
}

/**
 * What a vendor can do with groups and their members; operations as for users.
 *
 * @example
 * members: {
 *   chunk: 100,
 *   list: (api, id, cursor) => api.page("GET", "/groups/{id}/members", { params: { id }, item: member, cursor }),
 *   add: (api, id, members) =>
 *     api.post("/groups/{id}/members", { params: { id }, json: { ids: members.map((one) => one.id) } }),
 *   remove: (api, id, members) =>
 *     api.delete("/groups/{id}/members", { params: { id }, json: { ids: members.map((one) => one.id) } }),
 * },
 */
export interface GroupOperations<W, R, Native, Settings = Record<string, unknown>> {
  id(record: Native): string;
  toScim(native: Native): R;
  list(api: Api<Settings>, cursor: string | undefined): Promise<Page<Native>>;
  find?: { [path: string]: (api: Api<Settings>, value: string) => Promise<Native[]> };
  read(api: Api<Settings>, id: string): Promise<Native>;
  /** At most `max` ids at once; a missing group is missing from the answer. Pages of `/Groups` are read with it. */
  readMany?: { max: number; read(api: Api<Settings>, ids: readonly string[]): Promise<Native[]> };
  create(api: Api<Settings>, values: W): Promise<Native>;
  /**
   * Only where the product accepts a second group of the same name, or does not say that it refuses one. A create whose
   * answer was lost is then not repeated while it may still take effect.
   */
  namesRepeat?: true;
  update?(api: Api<Settings>, id: string, change: Change<W, Native>): Promise<Native>;
  remove?(api: Api<Settings>, id: string): Promise<unknown>;
  members: {
    /** Members in one native call. */
    chunk: number;
    /** How the vendor's groups name their members; default "id". With "email" the core renames no user during a membership call. */
    by?: "id" | "email";
    /**
     * What the vendor does with a user who is a member already: "duplicates" where it makes a second row. The core then
     * reads the list before every `add` and gives it only who is missing, also when it repeats an addition whose answer
     * was lost; this costs a reading of the list. Absent: adding again changes nothing or is refused.
     */
    addingAgain?: "duplicates";
    /**
     * Whom `list` leaves out: "disabled" where it shows no disabled member. The core then concludes nothing about the
     * memberships of disabled users from a list: they stay as they were. Such a list is never written back, so the vendor
     * needs `add` and `remove`. Absent: the list shows every member.
     */
    listHides?: "disabled";
    list(api: Api<Settings>, id: string, cursor: string | undefined): Promise<Page<Pointer>>;
    /** Both absent where the vendor only replaces. */
    add?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
    /**
     * Where memberships are rows with ids of their own, look the rows of the group up once, then remove those of these
     * members, and declare the deviation `removeMemberLooksUp`.
     */
    remove?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
    replace?(api: Api<Settings>, id: string, members: readonly Member[]): Promise<unknown>;
  };
}

/**
 * Paid licences that follow group membership. The core keeps who is in which group, works out each user's seat and calls
 * `set` when it changes; a user in no group that manages seats is left as found.
 *
 * @example
 * seats: {
 *   order: ["PRO"],
 *   none: () => "FREE",
 *   of: (values) => (values[flag] === "true" ? "PRO" : undefined),
 *   set: (api, id, licence) => api.put("/users/{id}/licence", { params: { id }, json: { licence } }),
 * },
 */
export interface Seats<Settings = Record<string, unknown>> {
  /** Every seat, the highest first. A user in several groups gets the highest that any of them gives. */
  order: readonly string[];
  /** What a user has when the last granted seat is taken back; undefined: left at what they have. */
  none?(settings: Settings): string;
  /** The seat that membership in a group with these values gives; undefined: the group manages no seats. */
  of(group: Values, settings: Settings): string | undefined;
  /** Throws `noSeat` where none is left, `pending` where the person must consent first. */
  set(api: Api<Settings>, userId: string, seat: string): Promise<unknown>;
  /** The seat that a record or row shows, where it does. */
  held?(record: unknown): string | undefined;
  /** How many users can still be given this seat, where the vendor can tell. */
  free?(api: Api<Settings>, seat: string): Promise<number | undefined>;
}
