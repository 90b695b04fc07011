// The state of one simulated Request Tracker (seen on 5.0.3, 2026-11-29).

import * as z from "zod";

/** Texts of a user by their column, and how long each may be. */
export const LENGTHS = {
  Name: 200,
  EmailAddress: 120,
  RealName: 120,
  NickName: 16,
  Organization: 200,
  WorkPhone: 30,
  MobilePhone: 30,
  Lang: 16,
  Comments: 10_000,
} as const;
export type Column = keyof typeof LENGTHS;
export const COLUMNS = Object.keys(LENGTHS).sort() as Column[];

const userSchema = z.object({
  id: z.int(),
  Name: z.string(),
  EmailAddress: z.string().default(""),
  RealName: z.string().optional(),
  NickName: z.string().optional(),
  Organization: z.string().optional(),
  WorkPhone: z.string().optional(),
  MobilePhone: z.string().optional(),
  Lang: z.string().optional(),
  Comments: z.string().optional(),
  Disabled: z.boolean().default(false),
  Privileged: z.boolean().default(false),
  Created: z.string(),
});
export type User = z.output<typeof userSchema>;
const groupSchema = z.object({
  id: z.int(),
  Name: z.string(),
  Description: z.string().optional(),
  Disabled: z.boolean().default(false),
  members: z.array(z.int()).default([]),
});
export type Group = z.output<typeof groupSchema>;

const Created = "2026-01-01T00:00:00Z";
const born: User[] = [
  { id: 1, Name: "RT_System", RealName: "The RT System itself" },
  { id: 6, Name: "Nobody", RealName: "Nobody in particular" },
  { id: 14, Name: "root", EmailAddress: "root@localhost", RealName: "Enoch Root", Privileged: true },
].map((one) => userSchema.parse({ ...one, Created }));

/** The state of one account; a seed may leave out any part. */
export const requestTrackerState = z.strictObject({
  token: z.string().default("1-14-00000000000000000000000000000000"),
  nextId: z.int().default(10_001),
  users: z
    .record(z.string(), userSchema)
    .default(() => Object.fromEntries(born.map((one) => [String(one.id), { ...one }]))),
  groups: z.record(z.string(), groupSchema).default({}),
});
export type State = z.output<typeof requestTrackerState>;
