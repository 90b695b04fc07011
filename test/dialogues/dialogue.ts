// What the client dialogues share: profiles of a connection, bodies as clients write them, and the vendor's records in one shape.

import { expect } from "vitest";
import { type Answer, createGateway, type Gateway } from "../worker/gateway.ts";

export const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
export const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";

/** An id that no user has. */
export const NOBODY = "00000000-0000-7000-8000-000000000000";

export const WORK_MAIL = 'emails[type eq "work"].value';
export const WORK_PHONE = 'phoneNumbers[type eq "work"].value';
export const MOBILE = 'phoneNumbers[type eq "mobile"].value';

type Vendor = "keepnet" | "keepabl";
const COMMON = ["userName", WORK_MAIL, "active", "name.givenName", "name.familyName", "externalId"];
const HELD: Record<Vendor, readonly string[]> = {
  keepnet: [...COMMON, WORK_PHONE, `${ENTERPRISE}:department`, `${ENTERPRISE}:manager.value`],
  keepabl: COMMON,
};

/** One way to set a connection up. */
export interface Profile {
  title: string;
  vendor: Vendor;
  options: Record<string, unknown>;
  isFull: boolean;
}

const FULL = { unmapped: "keep", coupling: "separate" };
export const KEEPNET: Profile = { title: "keepnet", vendor: "keepnet", options: {}, isFull: false };
export const KEEPNET_FULL: Profile = { title: "keepnet in full", vendor: "keepnet", options: FULL, isFull: true };
export const KEEPABL: Profile = { title: "keepabl", vendor: "keepabl", options: {}, isFull: false };
export const KEEPABL_FULL: Profile = { title: "keepabl in full", vendor: "keepabl", options: FULL, isFull: true };
export const ALL_PROFILES = [KEEPNET, KEEPNET_FULL, KEEPABL, KEEPABL_FULL] as const;
export const KEEPNET_PROFILES = [KEEPNET, KEEPNET_FULL] as const;

export const open = (profile: Profile, more: Record<string, unknown> = {}): Promise<Gateway> =>
  createGateway(profile.vendor, { ...profile.options, ...more });

/** Whether a connection of this profile gives a value back. */
export const holds = ({ vendor, isFull }: Profile, path: string): boolean => isFull || HELD[vendor].includes(path);

// ---- The vendor's side ----------------------------------------------------------------------------------------------

/** A vendor's user in the same words for every vendor; what the vendor does not have is undefined. */
export interface Native {
  id: string;
  email: string;
  givenName: string | null;
  familyName: string | null;
  active: boolean;
  phone: string | null | undefined;
  department: string | null | undefined;
  managerEmail: string | null | undefined;
}

/** The live user records in the vendor's state. */
export async function natives(gateway: Gateway): Promise<Native[]> {
  const { body } = await gateway.vendor("GET", "/state");
  const records = Object.values(body.users as Record<string, Record<string, unknown>>);
  return records
    .filter((record) => record.isDeleted !== true)
    .map((record) => ({
      id: String(record.resourceId ?? record.id),
      email: String(record.email),
      givenName: (record.firstName as string | null) || null,
      familyName: (record.lastName as string | null) || null,
      active: "suspended" in record ? record.suspended === false : record.isActive === true,
      phone: record.phoneNumber as string | null | undefined,
      department: record.department as string | null | undefined,
      managerEmail: record.managerEmail as string | null | undefined,
    }));
}

/** The one record with this address. */
export async function nativeOf(gateway: Gateway, email: string): Promise<Native> {
  const found = (await natives(gateway)).filter((one) => one.email.toLowerCase() === email.toLowerCase());
  expect(found, `records of ${email}`).toHaveLength(1);
  return found[0] as Native;
}

/** Keepnet's groups by name, with the addresses of their members. */
export async function nativeGroups(gateway: Gateway): Promise<Record<string, string[]>> {
  const { body } = await gateway.vendor("GET", "/state");
  const groups = Object.values(body.groups as Record<string, { name: string; members: string[] }>);
  const emailOf = (id: string): string => body.users[id]?.email ?? `unknown ${id}`;
  return Object.fromEntries(groups.map(({ name, members }) => [name, members.map(emailOf).sort()]));
}

/** Calls to the vendor's API, tokens left out. */
export async function nativeLog(
  gateway: Gateway,
): Promise<{ method: string; path: string; target: string; request?: unknown }[]> {
  const { body } = await gateway.vendor("GET", "/log");
  return body.calls.filter((call: { path: string }) => !call.path.includes("/connect/token"));
}

// ---- The client's side ----------------------------------------------------------------------------------------------

/** Asks, and checks what every answer owes: its status, its media type, and on failure an error that can be read. */
export async function ask(
  gateway: Gateway,
  method: string,
  path: string,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await gateway.scim(method, path, body, headers);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(status);
  if (status !== 204 && status !== 304) expect(answer.headers.get("content-type")).toMatch(/^application\/scim\+json/);
  if (status >= 400) expectError(answer, status);
  return answer;
}

/** RFC 7644 section 3.12, with what Okta's test asserts. */
export function expectError(answer: Answer, status: number, scimType?: string): void {
  expect(answer.body.schemas).toEqual([ERROR]);
  expect(answer.body.status).toBe(String(status));
  expect(answer.body.detail).toEqual(expect.stringMatching(/\S/));
  if (scimType) expect(answer.body.scimType).toBe(scimType);
}

export const patchOf = (...operations: object[]) => ({ schemas: [PATCH_OP], Operations: operations });

export const patch = (gateway: Gateway, id: string, ...operations: object[]): Promise<Answer> =>
  ask(gateway, "PATCH", `/Users/${id}`, 200, patchOf(...operations));

export const patchGroup = (gateway: Gateway, id: string, ...operations: object[]): Promise<Answer> =>
  ask(gateway, "PATCH", `/Groups/${id}`, 204, patchOf(...operations));

export const filtered = (endpoint: string, filter: string, more = ""): string =>
  `${endpoint}?filter=${encodeURIComponent(filter)}${more}`;

export interface Person {
  email: string;
  userName?: string;
  givenName?: string;
  familyName?: string;
}

/** A create as Entra sends it [E3]. */
export function entraUser(person: Person, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { email, userName = email, givenName = "Ada", familyName = "L" } = person;
  return {
    schemas: [CORE_USER, ENTERPRISE],
    externalId: email.split("@")[0],
    userName,
    active: true,
    displayName: `${givenName} ${familyName}`,
    emails: [{ primary: true, type: "work", value: email }],
    meta: { resourceType: "User" },
    name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
    [ENTERPRISE]: { department: "R&D", employeeNumber: "77" },
    roles: [],
    ...more,
  };
}

/** A group's create as Entra sends it [E15]. */
export const entraGroup = (displayName: string, externalId = `object-${displayName}`): Record<string, unknown> => ({
  schemas: [CORE_GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
  externalId,
  displayName,
  members: [],
  meta: { resourceType: "Group" },
});

export async function createUser(gateway: Gateway, email: string, more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await ask(gateway, "POST", "/Users", 201, entraUser({ email }, more));
  return body.id;
}

export async function createGroup(gateway: Gateway, displayName: string): Promise<string> {
  return (await ask(gateway, "POST", "/Groups", 201, entraGroup(displayName))).body.id;
}

export const read = async (gateway: Gateway, id: string): Promise<Answer["body"]> =>
  (await ask(gateway, "GET", `/Users/${id}`, 200)).body;

/** The ids of a group's members, in order. */
export async function membersOf(gateway: Gateway, id: string): Promise<string[]> {
  const { body } = await ask(gateway, "GET", `/Groups/${id}`, 200);
  return (body.members ?? []).map((member: { value: string }) => member.value).sort();
}

/** The value at a path to a single value; undefined where it is unassigned. */
export function valueAt(resource: Answer["body"], path: string): unknown {
  const [, urn, rest = ""] = /^(?:(urn:.+:2\.0:User):)?(.+)$/.exec(path) ?? [];
  const home = urn ? resource[urn] : resource;
  const typed = /^(\w+)\[(\w+) eq "([^"]+)"\]\.(\w+)$/.exec(rest);
  if (typed) {
    const [, name = "", key = "", wanted = "", sub = ""] = typed;
    const elements: Record<string, unknown>[] = home?.[name] ?? [];
    return elements.find((one) => String(one[key]).toLowerCase() === wanted.toLowerCase())?.[sub];
  }
  return rest.split(".").reduce<Answer["body"]>((value, name) => value?.[name], home);
}

/** Holds an answer against what was sent: held values come back, others are absent. */
export function expectValues(profile: Profile, resource: Answer["body"], values: Record<string, unknown>): void {
  for (const [path, value] of Object.entries(values)) {
    expect(valueAt(resource, path), `${profile.title}: ${path}`).toEqual(holds(profile, path) ? value : undefined);
  }
}
