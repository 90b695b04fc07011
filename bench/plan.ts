// How much is measured: the whole run, and the quick one.

export interface Plan {
  users: number;
  groups: number;
  rounds: number;
  /** Of one operation in one round, over all connections. */
  seconds: number;
  /** Requests of one operation in one round, one at a time. */
  alone: number;
  cycle: { users: number; groups: number };
  tenants: { count: number; users: number; perSecond: number; seconds: number };
  /** Sizes that are compared: people in the account, and in its one large group. */
  growth: readonly { users: number; members: number }[];
  /** Profiles of the start. */
  profiles: number;
  /** Requests of one operation for the counts. */
  counted: number;
  /** People in each account whose native calls are counted. */
  played: number;
}

export const WHOLE: Plan = {
  ...{ users: 1_000, groups: 20, rounds: 5, seconds: 6, alone: 200, counted: 40, played: 30, profiles: 5 },
  cycle: { users: 1_000, groups: 20 },
  tenants: { count: 100, users: 20, perSecond: 4, seconds: 60 },
  growth: [
    { users: 1_000, members: 10 },
    { users: 100_000, members: 50_000 },
  ],
};

export const QUICK: Plan = {
  ...{ users: 1_000, groups: 20, rounds: 3, seconds: 1, alone: 30, counted: 20, played: 5, profiles: 1 },
  cycle: { users: 200, groups: 4 },
  tenants: { count: 100, users: 5, perSecond: 4, seconds: 8 },
  growth: [
    { users: 1_000, members: 10 },
    { users: 10_000, members: 5_000 },
  ],
};

export const CONNECTIONS = 16;
