// How the simulated Directus makes, changes and removes users (seen on 11.17.4, 2026-11-29).

import { foldAscii } from "../../simulation.ts";
import { lastAdministrator, taken, wrongKey, wrongValue } from "./refusals.ts";
import { isAdministrator } from "./rights.ts";
import { fieldsIn, type State, toUser, type User } from "./state.ts";

/** The endings that RFC 2606 and RFC 6762 keep from the Internet's root; Directus knows the list of those that are there. */
const NO_ENDINGS = ["test", "example", "invalid", "localhost", "local", "internal", "lan", "home", "corp"];
const ATOM = /^[^\s@.,;:<>()[\]\\"]+(?:\.[^\s@.,;:<>()[\]\\"]+)*$/u;
const MAX_LOCAL_LENGTH = 64;

function isMail(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const [local = "", domain = "", ...more] = value.split("@");
  const labels = domain.split(".");
  const ending = labels.at(-1)?.toLowerCase() ?? "";
  return (
    more.length === 0 &&
    ATOM.test(local) &&
    local.length <= MAX_LOCAL_LENGTH &&
    labels.length > 1 &&
    labels.every((label) => /^[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u.test(label)) &&
    !NO_ENDINGS.includes(ending) &&
    !/^\d+$/.test(ending)
  );
}

/** Directus folds the new address in every alphabet, SQLite those that it holds in ASCII; the column's index knows equality. */
function requireFreeMail(state: State, email: string, except?: string): void {
  const isHeld = Object.values(state.users).some(
    (one) =>
      one.id !== except && one.email !== null && (one.email === email || foldAscii(one.email) === email.toLowerCase()),
  );
  if (isHeld) throw taken(email.toLowerCase());
}

function checkMail(state: State, email: unknown, except?: string): void {
  if (!isMail(email)) throw wrongValue("email", "email");
  requireFreeMail(state, String(email), except);
}

export function createUser(state: State, body: Record<string, unknown>): User {
  if (body.email !== undefined) checkMail(state, body.email);
  const user = toUser(fieldsIn("users", body));
  if (user.role !== null && !Object.hasOwn(state.roles, user.role)) throw wrongKey();
  state.users[user.id] = user;
  return user;
}

export function updateUser(state: State, user: User, body: Record<string, unknown>): void {
  // An address that is taken away is not looked at.
  if (body.email) checkMail(state, body.email, user.id);
  const next: User = { ...user, ...fieldsIn("users", body) };
  requireAnother(state, user, next);
  state.users[user.id] = next;
}

export function removeUser(state: State, user: User): void {
  requireAnother(state, user, { ...user, status: "gone" });
  delete state.users[user.id];
  for (const row of Object.values(state.access)) if (row.user === user.id) delete state.access[row.id];
}

/** @throws Refusal where no active administrator would be left */
function requireAnother(state: State, before: User, after: User): void {
  if (!isAdministrator(state, before) || isAdministrator(state, after)) return;
  const others = Object.values(state.users).filter((one) => one.id !== before.id);
  if (!others.some((one) => isAdministrator(state, one))) throw lastAdministrator();
}
