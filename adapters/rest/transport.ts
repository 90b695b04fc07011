// How a described product is reached, in the contract's words.

import type { Auth, Deviations, FaultRule, Transport } from "../../src/adapter.ts";
import type { Description, Row } from "./description.ts";
import { removesRows } from "./members.ts";

function toAuth({ auth }: Description, credential: string): Auth {
  switch (auth.kind) {
    case "bearer":
      return { kind: "bearer", token: credential };
    case "header":
      return { kind: "header", name: auth.name, value: (auth.prefix ?? "") + credential };
    case "basic":
      return { kind: "basic", user: auth.user, password: credential };
    case "basicKey":
      return { kind: "basic", user: credential, password: auth.password };
    case "clientCredentials": {
      const { scope, ...rest } = auth;
      return { ...rest, clientSecret: credential, ...(scope === undefined ? {} : { scope }) };
    }
  }
}

/** A text to be found as it stands. */
const literal = (text: string) => new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));

type Rule = Description["faults"][number];

/** The rules that a rule stands for: where the answer names the field to blame, one for each field that is written. */
function toRules(description: Description, { names, ...rule }: Rule): FaultRule[] {
  if (names === undefined) return [toRule(rule)];
  const { users, groups } = description;
  // Only a call that writes the fields is refused for one of them.
  return [users, groups].flatMap((part) =>
    [part?.create, part?.update].flatMap((call) => {
      const isMeant = call !== undefined && (rule.path === undefined || rule.path === call.path);
      if (!isMeant || !part || (rule.method !== undefined && rule.method !== call.method)) return [];
      const own = { ...rule, method: call.method, path: call.path };
      const byField = part.attributes.flatMap((row) =>
        namesOf(row, part.attributes).map((is) => toRule({ ...own, body: { at: names, is }, attribute: row.path })),
      );
      // What names no field of the description is told without an attribute.
      return [...byField, toRule(own)];
    }),
  );
}

/** What a product may call a row's field in an answer: its whole place, or its last name where no other row has it. */
function namesOf(row: Row, rows: readonly Row[]): string[] {
  const last = (field: string) => field.slice(field.lastIndexOf(".") + 1);
  const places = (one: Row) => [one.writeField ?? one.field, one.field];
  const others = rows.filter((one) => one !== row).flatMap((one) => places(one).flatMap((at) => [at, last(at)]));
  const own = places(row)
    .map(last)
    .filter((name) => !others.includes(name));
  return [...new Set([...places(row), ...own])];
}

const toRule = ({ body, attribute, ...rule }: Omit<Rule, "names">): FaultRule => {
  const { contains, ...rest } = body ?? {};
  return {
    ...definedOf(rule),
    attribute: attribute ?? null,
    ...(body
      ? { body: definedOf({ ...rest, ...(contains === undefined ? {} : { matches: literal(contains) }) }) }
      : {}),
  };
};

/** Without its undefined properties. */
function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // Only properties whose value is undefined are left out, and those are optional in T.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** What an operator enters beside the description. */
export interface Access {
  description: Description;
  baseUrl?: string | undefined;
  credential: string;
  secondCredential?: string | undefined;
}

/** @throws Error where a second credential and its header do not come together */
export function toTransport({ description, baseUrl, credential, secondCredential }: Access): Transport {
  const { auth, headers, paging, limits, faults, timeoutMs, readLagMs, onDelete, ownGroups } = description;
  const secondHeader = "secondHeader" in auth ? auth.secondHeader : undefined;
  if ((secondHeader === undefined) !== (secondCredential === undefined)) {
    throw new Error("settings.secondCredential and description.auth.secondHeader belong together");
  }
  const second = secondHeader && secondCredential ? { [secondHeader]: secondCredential } : {};
  return {
    baseUrl: (baseUrl ?? description.baseUrl).replace(/\/+$/, ""),
    auth: toAuth(description, credential),
    headers: { ...headers, ...second },
    paging: definedOf(paging),
    limits: definedOf(limits),
    faults: faults.flatMap((rule) => toRules(description, rule)),
    ...(timeoutMs ? { timeoutMs } : {}),
    ...(readLagMs ? { readLagMs } : {}),
    ...(onDelete ? { onDelete } : {}),
    ...(ownGroups ? { ownGroups } : {}),
  };
}

/** What the description says of deviations that the adapter's own parts do not show. */
export function toDeviations({ users, groups, faults, checked }: Description): Deviations {
  const told = (sentence: string) => ({ sentence, source: "the connection's description", checked });
  const isErrorInSuccess = faults.some(
    ({ status }) => status === undefined || (Array.isArray(status) ? status[0] : status) < 300,
  );
  return definedOf({
    createAnswersIdOnly:
      users.create.answers === "record" ? undefined : told("Create answers no record of the new user."),
    createAnswersNoId:
      users.create.answers === "location" ? told("Create answers the new user's address instead of an id.") : undefined,
    updateAnswersNoRecord: users.update.answers === "nothing" ? told("Update answers no record.") : undefined,
    removeMemberLooksUp: removesRows(groups?.members.remove)
      ? told("A membership is a row with an id of its own.")
      : undefined,
    softDelete: users.deleted ? told("Removed users stay in the lists, marked.") : undefined,
    errorsInSuccess: isErrorInSuccess ? told("Errors come with the status of a success.") : undefined,
  });
}
