// The bodies that Entra sends, in its default form and with the flag aadOptscim062020 [E3] to [E20].

import type { Json, Operation } from "../patch.ts";
import { ENTERPRISE, FAX, MOBILE, type Person } from "../people.ts";
import { CORE_GROUP, CORE_USER } from "../schema.ts";

const ADSCIM_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

export type Form = "default" | "flagged";

/** One value to write; an empty text clears. */
export interface Change<Value extends Json = string | null> {
  path: string;
  value: Value;
  /** The server has nothing there yet. */
  isNew?: boolean;
}

/** The body of a create [E3] with the oddities that captures show, spread over the people. */
export function toUser(person: Person): Json {
  const { index, values } = person;
  const text = (path: string): string => String(values.get(path) ?? "");
  const address = toAddress(person);
  const phones = (["work", "mobile", "fax"] as const).flatMap((type) => {
    const value = values.get(`phoneNumbers[type eq "${type}"].value`);
    return value === undefined ? [] : [{ type, value }];
  });
  return {
    schemas: toSchemas(index),
    externalId: text("externalId"),
    userName: text("userName"),
    active: index % 10 === 8 ? "True" : true,
    displayName: text("displayName"),
    title: text("title"),
    preferredLanguage: text("preferredLanguage"),
    emails: [{ primary: true, type: "work", value: text('emails[type eq "work"].value') }],
    meta: { resourceType: "User" },
    name: { formatted: text("name.formatted"), familyName: text("name.familyName"), givenName: text("name.givenName") },
    phoneNumbers: phones,
    ...(address ? { addresses: [address] } : index % 2 === 0 ? { addresses: null } : {}),
    ...(index % 4 === 1 ? { nickName: null, department: null, manager: null } : {}),
    [ENTERPRISE]: {
      employeeNumber: text(`${ENTERPRISE}:employeeNumber`),
      department: text(`${ENTERPRISE}:department`),
    },
    roles: [],
  };
}

// Microsoft's own sample misspells the extension's URN, and custom extensions travel without it [Q9].
function toSchemas(index: number): string[] {
  if (index % 10 === 3) return [CORE_USER, ENTERPRISE.replace("2.0:User", "2.0User")];
  return index % 10 === 6 ? [CORE_USER] : [CORE_USER, ENTERPRISE];
}

function toAddress({ values }: Person): { [name: string]: Json } | undefined {
  const address: { [name: string]: Json } = { type: "work", primary: false };
  for (const [path, value] of values) {
    const part = /^addresses\[type eq "work"\]\.(\w+)$/.exec(path)?.[1];
    if (part) address[part] = value;
  }
  return Object.keys(address).length > 2 ? address : undefined;
}

export function toGroup(displayName: string, externalId = ""): Json {
  return { schemas: [CORE_GROUP, ADSCIM_GROUP], externalId, displayName, members: [], meta: { resourceType: "Group" } };
}

/** The operations of an update: one for each attribute, or [E6] the plain ones merged under full paths as keys. */
export function toOperations(changes: readonly Change<Json>[], form: Form): Operation[] {
  if (form === "default") {
    return changes.map(({ path, value, isNew }) => ({ op: isNew ? "Add" : "Replace", path, value }));
  }
  const typed = changes.filter(({ path }) => path.includes("["));
  const merged = Object.fromEntries(
    changes.filter(({ path }) => !path.includes("[")).map(({ path, value }) => [path, value]),
  );
  const operations: Operation[] = typed.map(({ path, value, isNew }) => ({
    op: isNew ? "add" : "replace",
    path,
    value,
  }));
  return Object.keys(merged).length > 0 ? [...operations, { op: "replace", value: merged }] : operations;
}

/** Disable and restore [E7] [E8]; the flagged form also comes without a path. */
export function toActive(active: boolean, form: Form, index: number): Operation {
  if (form === "default") return { op: "Replace", path: "active", value: active ? "True" : "False" };
  return index % 2 === 0 ? { op: "replace", path: "active", value: active } : { op: "replace", value: { active } };
}

/** The spellings of a manager [E10]: array of one, prefixed string, and Replace of either. */
export function toManager(managerId: string, usersUrl: string, index: number): Operation {
  const path = `${ENTERPRISE}:manager`;
  if (index % 3 === 0)
    return { op: "Add", path: "manager", value: [{ $ref: `${usersUrl}/${managerId}`, value: managerId }] };
  return index % 3 === 1 ? { op: "Add", path, value: managerId } : { op: "Replace", path, value: managerId };
}

export function toAddMembers(ids: readonly string[]): Operation {
  return { op: "Add", path: "members", value: ids.map((value) => ({ $ref: null, value })) };
}

/** Removal by value list (default), or one filtered path for each member (flagged). */
export function toRemoveMembers(ids: readonly string[], form: Form): Operation[] {
  if (form === "flagged") return ids.map((id) => ({ op: "remove", path: `members[value eq "${id}"]` }));
  return [{ op: "Remove", path: "members", value: ids.map((value) => ({ $ref: null, value })) }];
}

/** The phones that some people lack at first. */
export const LATE_PHONES = [MOBILE, FAX] as const;
