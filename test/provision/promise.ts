// What a vendor's `promise.json` may say, and how a mistake in it is told.

import * as z from "zod";

const attribute = z.strictObject({
  path: z.string(),
  type: z.enum(["string", "boolean", "integer", "reference"]),
  required: z.literal(true).optional(),
  filterable: z.literal(true).optional(),
});
const fixture = z.strictObject({
  vendor: z.string(),
  source: z.string(),
  basis: z.enum(["published", "assumed", "verified"]),
  user: z.array(z.enum(["create", "update", "disable", "remove", "find"])),
  group: z.array(z.enum(["create", "update", "remove", "members"])),
  /** Which names the vendor does not tell apart. */
  names: z.enum(["unicode", "ascii", "accentless"]),
  seats: z.boolean(),
  /** Why the vendor may refuse one. */
  seatFaults: z.array(z.enum(["noSeat", "pending"])).optional(),
  /** Where the documents leave it to the customer, there is none. */
  onDelete: z.enum(["remove", "disable"]).optional(),
  userNameIs: z.string().optional(),
  /** What ends when a user is disabled; absent where nobody can be. */
  disableEnds: z.enum(["login", "sessions", "tokens", "unknown"]).optional(),
  endsSessions: z.literal(true).optional(),
  /** Addresses that wait for the person. */
  confirms: z.array(z.string()).optional(),
  /** The vendor's limit. */
  perSecond: z.int().optional(),
  attributes: z.strictObject({ User: z.array(attribute), Group: z.array(attribute) }),
  /** Declared ones, and those that the adapter shows by its parts. */
  deviations: z.array(z.string()),
});
export type PromisedAdapter = z.output<typeof fixture>;

/** @throws Error with the file, each field that is wrong, and where the fields are explained */
export function readPromise(file: string, text: string): PromisedAdapter {
  const wrong = (reasons: string[]) =>
    new Error([...reasons.map((reason) => `${file}: ${reason}`), "see docs/adapters.md#the-promise"].join("\n"));
  let promise: unknown;
  try {
    promise = JSON.parse(text);
  } catch (error) {
    throw wrong([`is no JSON: ${error instanceof Error ? error.message : error}`]);
  }
  const read = fixture.safeParse(promise);
  if (read.success) return read.data;
  throw wrong(read.error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": ")));
}
