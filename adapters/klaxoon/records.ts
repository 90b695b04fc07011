// Klaxoon's records: the shapes of its answers and the bodies of its writes ([N3.2], stated 2026-11-22).

import * as z from "zod";
import type { Read } from "../../src/adapter.ts";

export const work = 'emails[type eq "work"].value';
export const flag = "urn:ietf:params:scim:schemas:extension:klaxoon:2.0:Group:license";

/** Klaxoon takes no record without one, and some identity providers send none. */
const externalId = { path: "externalId", required: { otherwise: "portico-{id}" } } as const;

export const userTable = [
  { path: "userName", required: true, filterable: true },
  { path: work, required: true, filterable: true },
  externalId,
  { path: "name.givenName", required: true },
  { path: "name.familyName", required: true },
  { path: "active", required: true },
] as const;

export const groupTable = [
  { path: "displayName", required: true, filterable: true },
  externalId,
  { path: flag, values: ["true", "false"], description: "Whether the group's users get the PRO licence." },
] as const;

export const user = z.looseObject({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  external_id: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  status: z.string(),
  license: z.string().optional(),
});
export type User = z.infer<typeof user>;
export const group = z.looseObject({
  id: z.string(),
  name: z.string(),
  external_id: z.string().nullish(),
  license: z.boolean(),
});
export type Group = z.infer<typeof group>;
export const member = z.looseObject({ id: z.string() });
export const licenses = z.looseObject({ pro: z.looseObject({ total: z.int(), used: z.int() }) });

/** The vendor's field for each path that a user's body carries. */
export const userFields = {
  userName: "username",
  [work]: "email",
  externalId: "external_id",
  "name.givenName": "first_name",
  "name.familyName": "last_name",
} as const;
export const groupFields = { displayName: "name", externalId: "external_id" } as const;

/** The licence flag is a text to clients; without one the connection's default holds [N3.1]. */
export const givesLicence = (value: unknown, byDefault: boolean): boolean =>
  value === undefined ? byDefault : String(value).toLowerCase() === "true";

export const toUser = (native: User): Read<typeof userTable> => ({
  userName: native.username,
  [work]: native.email,
  externalId: native.external_id ?? undefined,
  "name.givenName": native.first_name ?? undefined,
  "name.familyName": native.last_name ?? undefined,
  active: native.status !== "deactivated",
});

export const toGroup = (native: Group): Read<typeof groupTable> => ({
  displayName: native.name,
  externalId: native.external_id ?? undefined,
  [flag]: String(native.license),
});
