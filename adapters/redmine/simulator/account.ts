// The users and groups of the simulated Redmine as its routes look them up, and who is asking (verified on 5.0.4, 2026-11-22).

import type { Context } from "hono";
import type { Clock } from "../../simulation.ts";
import { wordsIn } from "./rules.ts";
import { ACTIVE, type State } from "./state.ts";

/** Users and groups share one sequence of ids; a fresh account has used up to here for what it is born with. */
const LAST_BUILTIN_ID = 4;

export type Account = ReturnType<typeof openAccount>;

export function openAccount(state: State, clock: Clock) {
  const users = () => Object.values(state.users);
  const groups = () => Object.values(state.groups);
  const userAt = (id: string) => (Object.hasOwn(state.users, id) ? state.users[id] : undefined);
  const groupAt = (id: string) => (Object.hasOwn(state.groups, id) ? state.groups[id] : undefined);
  // Seen on SQLite: the next id is one above the highest that is in use, so the last one to go gives its id away.
  const nextId = () => Math.max(LAST_BUILTIN_ID, ...users().map(({ id }) => id), ...groups().map(({ id }) => id)) + 1;
  const now = () => `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  const caller = (c: Context) => {
    const key = state.restEnabled ? c.req.header("x-redmine-api-key") : undefined;
    return users().find(({ api_key, status }) => status === ACTIVE && api_key === key);
  };
  /** The words of refusals. */
  const words = (c: Context) => wordsIn(caller(c)?.language || (c.req.header("accept-language") ?? "").slice(0, 2));
  return { state, users, groups, userAt, groupAt, nextId, now, caller, words };
}
