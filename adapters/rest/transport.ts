// How a described product is reached, in the contract's words.

import type { Auth, Deviations, FaultRule, Transport } from "../../src/adapter.ts";
import type { Description } from "./description.ts";

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

const toRule = ({ body, attribute, ...rule }: Description["faults"][number]): FaultRule => {
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
    faults: faults.map(toRule),
    ...(timeoutMs ? { timeoutMs } : {}),
    ...(readLagMs ? { readLagMs } : {}),
    ...(onDelete ? { onDelete } : {}),
    ...(ownGroups ? { ownGroups } : {}),
  };
}

/** What the description says of deviations that the adapter's own parts do not show. */
export function toDeviations({ users, faults, checked }: Description): Deviations {
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
    softDelete: users.deleted ? told("Removed users stay in the lists, marked.") : undefined,
    errorsInSuccess: isErrorInSuccess ? told("Errors come with the status of a success.") : undefined,
  });
}
