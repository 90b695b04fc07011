// What the clients of a chaos run were told: for every user and group, the values that may be true now.

/** Each value that an attribute may have: one after a definite answer, more while a write is in doubt. */
export type Doubt<T> = Set<T>;

export interface KnownUser {
  n: number;
  key: string;
  externalId: string;
  /** The SCIM id, once told. */
  id: string | undefined;
  exists: Doubt<boolean>;
  active: Doubt<boolean>;
  /** Attributes by path. */
  values: Map<string, Doubt<unknown>>;
  history: string[];
}

export interface KnownGroup {
  name: Doubt<string>;
  id: string | undefined;
  exists: Doubt<boolean>;
  /** Memberships by user number. */
  members: Map<number, Doubt<boolean>>;
  history: string[];
  isSeated: boolean;
}

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

export const only = <T>(value: T): Doubt<T> => new Set([value]);
/** A write that was sent and not answered for good: old or new. */
export const perhaps = <T>(before: Doubt<T> | undefined, after: T): Doubt<T> => new Set([...(before ?? []), after]);
