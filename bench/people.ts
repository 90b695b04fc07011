// Who is in the accounts that are measured: the same people and groups for the vendor, for SCIM and for the direct calls.

export const MEMBERS = 50;

export const loginOf = (at: number): string => `person${at}@example.com`;
export const groupNameOf = (at: number): string => `Group ${at}`;

/** Who is in a group at the beginning; groups follow one another in the list of people. */
export const memberAt = (group: number, at: number, size = MEMBERS): number => group * size + at;

/** How an account begins. */
export interface Account {
  users: number;
  /** For each group, how many members it has. */
  groups: readonly number[];
}

const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/** A new user as Entra sends one. */
export const scimUser = (at: number): object => ({
  schemas: [CORE_USER],
  userName: loginOf(at),
  externalId: `e${at}`,
  active: true,
  name: { givenName: "Ada", familyName: `Lovelace ${at}` },
  emails: [{ value: loginOf(at), type: "work", primary: true }],
  title: "Analyst",
});

/** The same one as the vendor takes it. */
export const nativeUser = (at: number) => ({
  login: loginOf(at),
  contact: { email: loginOf(at), phone: null },
  profile: { firstName: "Ada", lastName: `Lovelace ${at}`, title: "Analyst", department: null },
  status: "active",
});

export const patchOf = (operation: object): object => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: [operation],
});
