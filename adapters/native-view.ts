// How the suite looks behind an adapter: one vendor's simulated state in the same words for every vendor.

/** JSON as a simulator's state has it. */
export type State = Record<string, unknown>;
export type NativeRecord = Record<string, unknown>;

export interface NativeUser {
  id: string;
  /** What the vendor tells users apart by: the e-mail address or the login. */
  key: string;
  active: boolean;
  seat?: string | undefined;
  record: NativeRecord;
}

export interface NativeGroup {
  id: string;
  name: string;
  memberIds: string[];
  record: NativeRecord;
}

/** Somebody whom the vendor's own administrator made. */
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

/** Groups that manage seats, by the values that make one; the name is what tells the group apart. */
export interface SeatGroups {
  better: { seat: string; of(name: string): { [path: string]: string } };
  /** Where there is more than one seat to give. */
  lesser?: { seat: string; of(name: string): { [path: string]: string } };
  nothing: { of(name: string): { [path: string]: string } };
  /** What a user has when the last seat is taken back; absent: they keep what they have. */
  none?: string;
}

/** One vendor's state and log, written from docs/design/vendors.md, never from the adapter. */
export interface NativeView {
  /** How many users a fresh account has by itself, such as its administrator; `users` leaves them out. */
  residents?: number;
  /** The users that exist; removed ones are left out. */
  users(state: State): NativeUser[];
  groups(state: State): NativeGroup[];
  /** The parts of the state that change when strangers join; their records carry the planted fields. */
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
  planted: NativeRecord;
  plantedInGroups: NativeRecord;
  /** Whether the vendor's own administrator could give somebody this name; absent: any. */
  takesName?(key: string): boolean;
  /** The connection's credential becomes this user's; where the vendor tells whose it is. */
  withAccount?(state: State, userId: string): State;
  /** The simulated person does what the vendor waits for: accepts the invitation, gives the consent. */
  accept?(state: State, key: string): State;
  /** The body of a list that asks for every row, where lists have bodies. */
  withoutConditions?(body: unknown): unknown;
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

/** A record of a state that a simulator has checked. */
export function recordsIn(state: State, part: string): { [id: string]: NativeRecord } {
  const value = state[part];
  // Simulators check their state against a schema in which these parts are records of records.
  return typeof value === "object" && value !== null ? (value as { [id: string]: NativeRecord }) : {};
}

export const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined || value === "" ? undefined : String(value);
export const idsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
