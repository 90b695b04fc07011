// The state of one account of Example HR, an invented product.

import * as z from "zod";

export const personSchema = z.object({
  id: z.int(),
  login: z.string(),
  contact: z.object({ email: z.string(), phone: z.string().nullable().default(null) }),
  profile: z
    .object({
      firstName: z.string().nullable().default(null),
      lastName: z.string().nullable().default(null),
      title: z.string().nullable().default(null),
      department: z.string().nullable().default(null),
    })
    .prefault({}),
  status: z.enum(["active", "suspended"]).default("active"),
  managerId: z.int().nullable().default(null),
  /** No attribute of the examples holds it. */
  badge: z.string().nullable().default(null),
  role: z.string().default("member"),
});
export type Person = z.output<typeof personSchema>;
export const teamSchema = z.object({
  id: z.int(),
  name: z.string(),
  colour: z.string().default("grey"),
  memberIds: z.array(z.int()).default([]),
  /** Whom only the API in rows shows: who leads the team, and whether it has an office. */
  leadIds: z.array(z.int()).default([]),
  hasOffice: z.boolean().default(true),
});
export type Team = z.output<typeof teamSchema>;

/** The state of one account; a seed may leave out any part. */
export const exampleState = z.strictObject({
  apiKey: z.string().default("fake-example-hr-key"),
  /** Whose key it is; a fresh account shows no user of this id. */
  ownerId: z.int().default(10_000),
  nextId: z.int().default(10_001),
  people: z.record(z.string(), personSchema).default({}),
  teams: z.record(z.string(), teamSchema).default({}),
});
export type State = z.output<typeof exampleState>;
