// Harbour's records: the shapes of its answers and the bodies of its writes, drafted from harbour.json.

import * as z from "zod";
import { type FieldMap, fieldsOf, type Read, type Written } from "../../../../src/adapter.ts";

export const work = 'emails[type eq "work"].value';
export const manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

export const userTable = [
  { path: "userName", required: true, filterable: true, maxLength: 80 },
  { path: work },
  { path: "name.givenName", maxLength: 60 },
  { path: "name.familyName", maxLength: 60 },
  { path: "active" },
  { path: manager, reference: true },
] as const;

export const groupTable = [{ path: "displayName", required: true, filterable: true, maxLength: 80 }] as const;

// Loose objects: a product may add fields, and those that no attribute maps must survive.
export const user = z.looseObject({
  id: z.int(),
  login: z.string(),
  contact: z.looseObject({ mail: z.string().nullish() }).nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  state: z.string().nullish(),
  managerId: z.int().nullish(),
  teamIds: z.array(z.number()).nullish(),
});
export type User = z.infer<typeof user>;
export const oneUser = z.looseObject({ data: user }).transform(({ data }) => data);

export const group = z.looseObject({ id: z.int(), name: z.string() });
export type Group = z.infer<typeof group>;
export const oneGroup = z.looseObject({ data: group }).transform(({ data }) => data);

const toPointer = (id: string | number | null | undefined) =>
  id === null || id === undefined ? undefined : { id: String(id) };

export const toUser = (native: User): Read<typeof userTable> => ({
  userName: native.login,
  [work]: native.contact?.mail ?? undefined,
  "name.givenName": native.firstName ?? undefined,
  "name.familyName": native.lastName ?? undefined,
  active: native.state !== "suspended",
  [manager]: toPointer(native.managerId),
});

export const toGroup = (native: Group): Read<typeof groupTable> => ({ displayName: native.name });

type UserValues = Written<typeof userTable>;

/** The product's field for each path that a body carries. */
const userFields = {
  userName: "login",
  "name.givenName": "firstName",
  "name.familyName": "lastName",
  active: ["state", (active) => (active === false ? "suspended" : "active")],
  [manager]: ["managerId", (person) => (person === undefined ? null : Number(person.id))],
} as const satisfies FieldMap<UserValues>;

const userInnerFields = { [work]: "mail" } as const satisfies FieldMap<UserValues>;

/** A body; an object in it is sent where something in it changes, with what else the record has there. */
export function toUserBody(values: UserValues, changed?: ReadonlySet<string>, native?: User) {
  const inner = fieldsOf(userInnerFields, values, changed);
  return {
    ...fieldsOf(userFields, values, changed),
    ...(Object.keys(inner).length > 0 ? { contact: { ...native?.contact, ...inner } } : {}),
  };
}

/** What a record shows and the body of its update does not take. */
const READ_ONLY_USER = ["id", "joinedAt"];
/** The whole record that an update writes; what no attribute maps is as it was read. */
export const toWholeUser = (native: User, fields: object) => ({
  ...Object.fromEntries(Object.entries(native).filter(([name]) => !READ_ONLY_USER.includes(name))),
  ...fields,
});

type GroupValues = Written<typeof groupTable>;

/** The product's field for each path that a body carries. */
export const groupFields = { displayName: "name" } as const satisfies FieldMap<GroupValues>;
