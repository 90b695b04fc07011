// People and groups for the tests of the brake, and what it shows of them.

import { expect } from "vitest";
import type { Answer, Gateway } from "./gateway.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const addressOf = (n: number, domain = "old.example") => `u${n}@${domain}`;

export async function createUsers(gateway: Gateway, count: number, from = 0): Promise<string[]> {
  const ids: string[] = [];
  for (let n = from; n < from + count; n++) {
    const created = await create(gateway, n);
    expect(created.status, created.body.detail).toBe(201);
    ids.push(created.body.id);
  }
  return ids;
}

export const create = (gateway: Gateway, n: number, more: object = {}): Promise<Answer> =>
  gateway.scim("POST", "/Users", {
    userName: addressOf(n),
    externalId: `ext-${n}`,
    active: true,
    name: { givenName: `G${n}`, familyName: "Example" },
    emails: [{ type: "work", value: addressOf(n) }],
    ...more,
  });

export async function createGroup(gateway: Gateway, displayName: string, ids: readonly string[]): Promise<string> {
  const members = ids.map((value) => ({ value }));
  const created = await gateway.scim("POST", "/Groups", { displayName, externalId: displayName, members });
  expect(created.status, created.body.detail).toBe(201);
  return created.body.id;
}

export const patch = (gateway: Gateway, path: string, ...Operations: object[]): Promise<Answer> =>
  gateway.scim("PATCH", path, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });

export const setActive = (gateway: Gateway, id: string | undefined, active: boolean) =>
  patch(gateway, `/Users/${id}`, { op: "replace", path: "active", value: active });

export const rename = (gateway: Gateway, id: string | undefined, userName: string) =>
  patch(
    gateway,
    `/Users/${id}`,
    { op: "replace", path: "userName", value: userName },
    { op: "replace", path: 'emails[type eq "work"].value', value: userName },
  );

export const replaceMembers = (gateway: Gateway, group: string | undefined, ids: readonly (string | undefined)[]) =>
  patch(gateway, `/Groups/${group}`, { op: "replace", path: "members", value: ids.map((value) => ({ value })) });

export const removeMembers = (gateway: Gateway, group: string | undefined, ids: readonly (string | undefined)[]) =>
  patch(gateway, `/Groups/${group}`, { op: "remove", path: "members", value: ids.map((value) => ({ value })) });

export const addMembers = (gateway: Gateway, group: string | undefined, ids: readonly (string | undefined)[]) =>
  patch(gateway, `/Groups/${group}`, { op: "add", path: "members", value: ids.map((value) => ({ value })) });

/** Asks the brake, or orders something of it. */
export const brake = async (gateway: Gateway, method = "GET", path = "", body?: object) =>
  (await gateway.api(method, `/connections/${gateway.name}/brake${path}`, body)).body;

export async function kindOf(gateway: Gateway, kind: string) {
  const { kinds } = await brake(gateway);
  return kinds.find((one: { kind: string }) => one.kind === kind);
}

/** What the vendor itself has of its users, as keepnet keeps them. */
export async function keepnetUsers(gateway: Gateway): Promise<{ email: string; isActive: boolean }[]> {
  return Object.values((await gateway.vendor("GET", "/state")).body.users);
}
