// What the clients of a chaos run were told: for every attribute and membership, the values that may be true now.

/** Nothing is known: what the value hung on has gone. */
export const ANYTHING = Symbol("anything");

/** One value that clients write: one possibility after a definite answer, more while a write is in doubt. */
export interface Cell<T> {
  may: Set<T | typeof ANYTHING>;
  /** Writes under way. */
  writers: number;
  /** Writes have overlapped, so that their order is unknown. */
  isContended: boolean;
  /** Grows with the start and the end of every write. */
  epoch: number;
  /** Values of writes without a definite answer, which may still come true, and until when. */
  late: { value: T; until: number }[];
}

/** Longer than any doubt of the run lasts. */
const LATE_MS = 15_000;

export interface Line {
  at: number;
  text: string;
}

export interface KnownUser {
  n: number;
  /** The SCIM id, once told. */
  id: string | undefined;
  exists: Cell<boolean>;
  /** By attribute path; of a reference, the other user's number. */
  values: Map<string, Cell<unknown>>;
  history: Line[];
  /** Somebody is creating or renaming them; two at once would be two persons. */
  isNaming: boolean;
  /** Clients have sent more than one externalId for them. */
  hasOtherIds: boolean;
  /** They were there before the clients, who only move them from group to group. */
  isCrowd: boolean;
}

export interface KnownGroup {
  n: number;
  name: Cell<string>;
  id: string | undefined;
  exists: Cell<boolean>;
  /** By user number; a user whom no client has added is no member. */
  members: Map<number, Cell<boolean>>;
  history: Line[];
  isSeated: boolean;
  /** The group of the crowd. */
  isCrowd: boolean;
  /** Lists that are being sent, each of which removes also whoever has joined since it was first sent. */
  lists: Set<(newcomer: Cell<boolean>) => void>;
}

export const cellOf = <T>(...may: T[]): Cell<T> => ({
  may: new Set<T | typeof ANYTHING>(may),
  writers: 0,
  isContended: false,
  epoch: 0,
  late: [],
});

/** A write that is being sent: old or new. What it returns ends it, sure of the new value or still in doubt. */
export function write<T>(cell: Cell<T>, value: T): (isSure: boolean) => void {
  cell.writers += 1;
  cell.epoch += 1;
  if (cell.writers > 1) cell.isContended = true;
  cell.may.add(value);
  return (isSure) => {
    if (isSure && !cell.isContended) cell.may = new Set([value]);
    if (!isSure) cell.late.push({ value, until: Date.now() + LATE_MS });
    cell.writers -= 1;
    cell.epoch += 1;
    if (cell.writers === 0) cell.isContended = false;
  };
}

/** A read shows the value; what a call without an answer may still do is not over with it [S46]. */
export function settle<T>(cell: Cell<T>, value: T): void {
  const still = cell.late.filter(({ until }) => until > Date.now());
  cell.may = new Set([value, ...still.map((one) => one.value)]);
}

/** Several writes of one request. */
export function writeAll(ends: readonly ((isSure: boolean) => void)[]): (isSure: boolean) => void {
  return (isSure) => {
    for (const end of ends) end(isSure);
  };
}

export const isSure = <T>(cell: Cell<T>, value: T): boolean => cell.may.size === 1 && cell.may.has(value);
export const fold = (value: unknown): string => String(value ?? "").toLowerCase();
export const allows = (cell: Cell<unknown>, value: unknown): boolean =>
  [...cell.may].some((one) => one === ANYTHING || fold(one) === fold(value));

/** Tells afterwards whether no write has touched the cell since now. */
export function watchCell(cell: Cell<unknown>): () => boolean {
  const { epoch, writers } = cell;
  return () => writers === 0 && cell.epoch === epoch;
}

export function cellAt(user: KnownUser, path: string): Cell<unknown> {
  const known = user.values.get(path);
  if (known) return known;
  const cell = cellOf<unknown>();
  user.values.set(path, cell);
  return cell;
}

export function memberOf(group: KnownGroup, user: KnownUser): Cell<boolean> {
  const known = group.members.get(user.n);
  if (known) return known;
  const cell = cellOf(false);
  group.members.set(user.n, cell);
  for (const notice of group.lists) notice(cell);
  return cell;
}

// ---- Chance ---------------------------------------------------------------------------------------------------------

/** A generator of the same numbers for the same seed (mulberry32). */
export interface Random {
  next(): number;
  below(limit: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** An own sequence, so that what one client does cannot shift another's. */
  fork(label: string): Random;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const random: Random = {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
    below: (limit) => Math.floor(random.next() * limit),
    chance: (share) => random.next() < share,
    // Never called with an empty list.
    pick: <T>(items: readonly T[]) => items[random.below(items.length)] as T,
    fork(label) {
      let hash = seed >>> 0;
      for (const letter of label) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
      return createRandom(hash);
    },
  };
  return random;
}
