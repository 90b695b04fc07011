// Keepnet's records: the shapes of its answers and the bodies of its writes (published contract, read 2026-11-22).

import * as z from "zod";
import { type FieldMap, fieldsOf, type Read, type Written } from "../../src/adapter.ts";

export const work = 'emails[type eq "work"].value';
const phone = 'phoneNumbers[type eq "work"].value';
export const department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
export const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/** The update schema's limit is 40 where create's is 256 [N1.1]; copies of a manager's names fit both. */
const NAME_LENGTH = 40;

export const GROUP_NAME_LENGTH = 64;

export const userTable = [
  { path: "userName", required: true, filterable: true, maxLength: 320 },
  { path: work, required: true, filterable: true, maxLength: 320 },
  { path: "active" },
  { path: "name.givenName", maxLength: { create: 256, update: NAME_LENGTH } },
  { path: "name.familyName", maxLength: { create: 256, update: NAME_LENGTH } },
  { path: phone },
  { path: department, maxLength: { create: 256, update: 64 } },
  { path: manager, reference: true },
] as const;

const text = z.string().nullish();
/** What every shape of a user has alike. */
const shared = {
  resourceId: z.string(),
  email: z.string(),
  firstName: text,
  lastName: text,
  department: text,
  phoneNumber: text,
};
/** CustomFieldValueDto; a text stands in `value`. */
const customField = z.looseObject({ resourceId: text, name: text, dataType: text, value: text });
/** TargetUserDto, which reads by id and searches by e-mail answer. */
export const user = z.looseObject({
  ...shared,
  isActive: z.boolean().default(true),
  priority: text,
  timeZoneId: text,
  preferredLanguageId: text,
  managerEmail: text,
  managerFirstName: text,
  managerLastName: text,
  customFieldValues: z.array(customField).nullish(),
});
export type User = z.infer<typeof user>;
/** TargetUserSearchView: labels where the record has ids, a word where it has `isActive`. */
export const row = z.looseObject({ ...shared, status: text });
export type Row = z.infer<typeof row>;
export const group = z.looseObject({ resourceId: z.string(), name: z.string(), priority: text });
export type Group = z.infer<typeof group>;
export const member = z.looseObject({ resourceId: z.string() });
export const enveloped = <T>(data: z.ZodType<T>) => z.looseObject({ data });

/** Every list wants these set, none of them null ([N1.1]: else 400 or 500). */
export const ordered = { orderBy: "CreateTime", ascending: true };

/** The body of a search; a field contains what is asked for, whatever its type ([N1.1], read 2026-11-22). */
export function search(fields: Record<string, string> = {}) {
  const filterItems = Object.entries(fields).map(([fieldName, value]) => ({ fieldName, operator: "Contains", value }));
  const filterGroups = filterItems.length > 0 ? [{ condition: "AND", filterItems, filterGroups: [] }] : [];
  return { ...ordered, filter: { condition: "AND", searchInputTextValue: "", filterGroups } };
}

/** Deleted users stay in every list unless asked not to ([N1.1], read 2026-11-22). */
export const present = { IsDeleted: "false" };

type UserValues = Written<typeof userTable>;

/** What records and rows have in common. */
const toShared = (native: User | Row) => ({
  [work]: native.email,
  "name.givenName": native.firstName ?? undefined,
  "name.familyName": native.lastName ?? undefined,
  [phone]: native.phoneNumber ?? undefined,
  [department]: native.department ?? undefined,
});

export const toScim = (native: User): Read<typeof userTable> => ({
  ...toShared(native),
  active: native.isActive,
  [manager]: native.managerEmail ? { key: native.managerEmail } : undefined,
});

/** Words for other states than these two were not found ([N1.1], read 2026-11-22). */
const ACTIVITY = new Map([
  ["Active", true],
  ["Inactive", false],
]);
export const rowToScim = (native: Row): Read<typeof userTable> => ({
  ...toShared(native),
  active: ACTIVITY.get(native.status ?? ""),
});

/** The manager's own data, which Keepnet copies instead of pointing to the person. */
function toManager(values: UserValues, native: Partial<User>, isChanged: boolean) {
  const person = values[manager];
  const cut = (name: unknown) => (typeof name === "string" && name !== "" ? name.slice(0, NAME_LENGTH) : null);
  return {
    managerEmail: isChanged ? (person?.key ?? null) : (native.managerEmail ?? null),
    managerFirstName: cut(isChanged ? person?.values["name.givenName"] : native.managerFirstName),
    managerLastName: cut(isChanged ? person?.values["name.familyName"] : native.managerLastName),
  };
}

const fields = {
  [work]: "email",
  "name.givenName": "firstName",
  "name.familyName": "lastName",
  [department]: "department",
  active: ["isActive", (active) => active ?? true],
  // Required by the contract, sent empty by the vendor's own client [N1.1].
  [phone]: ["phoneNumber", (number) => number ?? ""],
} as const satisfies FieldMap<UserValues>;

/** The whole body that create and update want; what the table does not map comes from the record. */
export function toBody(values: UserValues, native: Partial<User>, isManagerChanged: boolean) {
  return {
    ...fieldsOf(fields, values),
    priority: native.priority ?? "Medium",
    timeZoneId: native.timeZoneId ?? null,
    preferredLanguageId: native.preferredLanguageId ?? null,
    customFields: native.customFieldValues ?? null,
    ...toManager(values, native, isManagerChanged),
  };
}
