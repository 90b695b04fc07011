// What a simulated Redmine refuses and in which words, in the languages that were looked at (verified on 5.0.4, 2026-11-22).

import { foldAscii } from "../../simulation.ts";
import type { Group, User } from "./state.ts";

const LOGIN_LENGTH = 60;
const NAME_LENGTH = 30;
const MAIL_LENGTH = 254;
const GROUP_NAME_LENGTH = 255;
const MIN_PASSWORD_LENGTH = 8;
/** Active, registered, locked. */
const STATUSES: readonly number[] = [1, 2, 3];

const WORDS = {
  en: {
    ...{ login: "Login", firstname: "First name", lastname: "Last name", mail: "Email", status: "Status" },
    ...{ name: "Name", user: "User", password: "Password" },
    blank: () => "cannot be blank",
    taken: () => "has already been taken",
    invalid: () => "is invalid",
    long: (most: number) => `is too long (maximum is ${most} characters)`,
    short: (least: number) => `is too short (minimum is ${least} characters)`,
  },
  de: {
    ...{ login: "Mitgliedsname", firstname: "Vorname", lastname: "Nachname", mail: "E-Mail", status: "Status" },
    ...{ name: "Name", user: "Benutzer", password: "Passwort" },
    blank: () => "muss ausgefüllt werden",
    taken: () => "ist bereits vergeben",
    invalid: () => "ist nicht gültig",
    long: (most: number) => `ist zu lang (nicht mehr als ${most} Zeichen)`,
    short: (least: number) => `ist zu kurz (nicht weniger als ${least} Zeichen)`,
  },
};
type Words = (typeof WORDS)["en"];

export function wordsIn(language: string): Words {
  return language === "de" ? WORDS.de : WORDS.en;
}

/** SQLite's LOWER knows ASCII only, and Redmine compares with it. */
const lower = foldAscii;

const isSameToSqlite = (left: string, right: string) => lower(left) === lower(right);
const MAIL = /^[^@\s]+@(?:[-a-z0-9]+\.)+(?:xn--[-a-z0-9]+|[a-z]{2,})$/i;

/** The refusals of a user as it would be, in Redmine's order. */
export function checkUser(next: User, before: User | undefined, all: readonly User[], words: Words, password?: string) {
  const errors: string[] = [];
  const others = all.filter((other) => other.id !== next.id);
  const { login, firstname, lastname, mail, status } = words;
  const long = (text: string, most: number) => [...text].length > most;
  if (!STATUSES.includes(next.status)) errors.push(`${status} ${words.invalid()}`);
  if (next.mail.trim() === "") errors.push(`${mail} ${words.blank()}`);
  else if (!MAIL.test(next.mail)) errors.push(`${mail} ${words.invalid()}`);
  if (long(next.mail, MAIL_LENGTH)) errors.push(`${mail} ${words.long(MAIL_LENGTH)}`);
  if (next.mail !== "" && next.mail !== before?.mail && others.some((other) => isSameToSqlite(other.mail, next.mail))) {
    errors.push(`${mail} ${words.taken()}`);
  }
  if (next.login.trim() === "") errors.push(`${login} ${words.blank()}`);
  if (next.firstname.trim() === "") errors.push(`${firstname} ${words.blank()}`);
  if (next.lastname.trim() === "") errors.push(`${lastname} ${words.blank()}`);
  if (
    next.login !== "" &&
    next.login !== before?.login &&
    others.some((other) => isSameToSqlite(other.login, next.login))
  ) {
    errors.push(`${login} ${words.taken()}`);
  }
  if (!/^[a-z0-9_\-@.]*$/i.test(next.login)) errors.push(`${login} ${words.invalid()}`);
  if (long(next.login, LOGIN_LENGTH)) errors.push(`${login} ${words.long(LOGIN_LENGTH)}`);
  if (long(next.firstname, NAME_LENGTH)) errors.push(`${firstname} ${words.long(NAME_LENGTH)}`);
  if (long(next.lastname, NAME_LENGTH)) errors.push(`${lastname} ${words.long(NAME_LENGTH)}`);
  if (password !== undefined && password.length < MIN_PASSWORD_LENGTH) {
    errors.push(`${words.password} ${words.short(MIN_PASSWORD_LENGTH)}`);
  }
  return errors;
}

export function checkGroup(next: Group, all: readonly Group[], words: Words): string[] {
  const errors: string[] = [];
  if (next.name.trim() === "") errors.push(`${words.name} ${words.blank()}`);
  if (all.some((other) => other.id !== next.id && isSameToSqlite(other.name, next.name))) {
    errors.push(`${words.name} ${words.taken()}`);
  }
  if ([...next.name].length > GROUP_NAME_LENGTH) errors.push(`${words.name} ${words.long(GROUP_NAME_LENGTH)}`);
  return errors;
}

/** Redmine's search: a substring of login or mail, or every word a substring of one of the names. */
export function isLike(user: User, name: string): boolean {
  if (name.trim() === "") return true;
  const has = (text: string, part: string) => lower(text).includes(lower(part));
  const words = name.split(/\s+/).filter((word) => word !== "");
  return (
    has(user.login, name) ||
    has(user.mail, name) ||
    words.every((word) => has(user.firstname, word) || has(user.lastname, word))
  );
}
