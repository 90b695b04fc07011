// The state of one simulated Keepnet company ([N1.1], read 2026-11-22).

import * as z from "zod";
import { inputError, notFound } from "./answers.ts";

/** Values seen in the vendor's own client; its document types them as bare strings [N1.1]. */
export const priority = z.enum(["VeryLow", "Low", "Medium", "High", "VeryHigh"]);
export const text = z.string().nullable();
export const customField = z.object({
  resourceId: text.optional(),
  name: text.optional(),
  dataType: text.optional(),
  value: text.optional(),
  timestampValue: text.optional(),
});
const userSchema = z.object({
  resourceId: z.string(),
  /** The numeric id that batch reads show. */
  id: z.int(),
  email: z.string(),
  firstName: text.default(null),
  lastName: text.default(null),
  department: text.default(null),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
  customFieldValues: z.array(customField).default([]),
  phoneNumber: text.default(null),
  timeZoneId: text.default(null),
  preferredLanguageId: text.default(null),
  managerFirstName: text.default(null),
  managerLastName: text.default(null),
  managerEmail: text.default(null),
  isDeleted: z.boolean().default(false),
  createTime: z.string(),
  updateTime: text.default(null),
});
export type User = z.output<typeof userSchema>;
const groupSchema = z.object({
  resourceId: z.string(),
  name: z.string(),
  priority: priority.default("Medium"),
  isActive: z.boolean().default(true),
  /** System groups are computed, the others synchronised; neither takes members by hand [N1.1]. */
  ownedBy: z.enum(["company", "system", "scim", "google"]).default("company"),
  createTime: z.string(),
  updateTime: text.default(null),
  members: z.array(z.string()).default([]),
});
export type Group = z.output<typeof groupSchema>;

/** The state of one Keepnet company; a seed may leave out any part. */
export const keepnetState = z.strictObject({
  clientId: z.string().default("fake-keepnet-client"),
  clientSecret: z.string().default("fake-keepnet-secret"),
  companyResourceId: z.string().default("simCompany01"),
  companyName: z.string().default("Acme (simulated)"),
  /** DNS-verified domains; null allows all. */
  allowedDomains: z.array(z.string()).nullable().default(null),
  /** Exceeding it refuses nothing: the vendor bills [N1.1]. Null is unlimited. */
  licenseLimit: z.int().nullable().default(null),
  /** Whether `search-email` shows deleted users, which its rows cannot mark; undocumented. */
  searchEmailShowsDeleted: z.boolean().default(false),
  /** Labels by id; rows show labels, records ids. An unknown id is its own label. */
  labels: z.record(z.string(), z.string()).default({
    simTimeZon01: "(UTC+01:00) Amsterdam, Berlin, Rome",
    simLanguag01: "English (United Kingdom)",
  }),
  /** The fields that the company has defined for its users, by resourceId; null knows all. */
  customFields: z
    .record(z.string(), z.object({ name: z.string(), dataType: z.string().default("String") }))
    .nullable()
    .default(null),
  tokens: z.array(z.object({ token: z.string(), expiresAt: z.int() })).default([]),
  nextId: z.int().default(1),
  users: z.record(z.string(), userSchema).default({}),
  groups: z.record(z.string(), groupSchema).default({}),
});
export type State = z.output<typeof keepnetState>;

export const isEditable = (group: Group) => group.ownedBy === "company";

/** Throws Refused. */
export function findUser(state: State, id: string): User {
  const user = Object.hasOwn(state.users, id) ? state.users[id] : undefined;
  // "Deleting or adding them again gives Not Found" [N1.1]; assumed for reading and updating too.
  if (!user || user.isDeleted) throw notFound();
  return user;
}

/**
 * The values of custom fields as a record has them.
 * Assumed: a field that the company has not defined is refused, and one that comes without its name gets it.
 * Throws Refused.
 */
export function toFieldValues(state: State, given: User["customFieldValues"] | null): User["customFieldValues"] {
  const { customFields } = state;
  if (!customFields) return given ?? [];
  return (given ?? []).map((one) => {
    const field = customFields[one.resourceId ?? ""];
    if (!field) throw inputError([`There is no custom field ${one.resourceId}.`]);
    return { ...one, name: one.name ?? field.name, dataType: one.dataType ?? field.dataType };
  });
}

/** Throws Refused. */
export function findGroup(state: State, id: string): Group {
  const group = Object.hasOwn(state.groups, id) ? state.groups[id] : undefined;
  if (!group) throw notFound();
  return group;
}

/** Throws Refused. */
export function assertMembersByHand(group: Group): void {
  // Assumed: refused somehow; one version answered 500 ([N1.1], KN-REL 2025:538-601).
  if (!isEditable(group)) throw inputError([`The group ${group.name} is managed elsewhere.`]);
}

export function addMembers(group: Group, ids: readonly string[]): void {
  group.members = [...new Set([...group.members, ...ids])];
}

export function newResourceId(): string {
  // The first character is a letter: an all-digit key would reorder the state's records.
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const all = `${letters}0123456789`;
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte, index) => (index === 0 ? letters.charAt(byte % letters.length) : all.charAt(byte % all.length)))
    .join("");
}
