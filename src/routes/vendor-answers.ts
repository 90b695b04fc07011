// What administrators get of vendors, field by field.

import * as z from "zod";
import { FIELD_KINDS } from "./setting-fields.ts";

const head = {
  name: z.string(),
  title: z.string(),
  basis: z.enum(["published", "assumed", "verified"]).describe("how far the adapter may be believed"),
  docs: z.string().describe("where the API is documented"),
  checked: z.string().describe("the date on which that was read"),
  settings: z
    .array(
      z.strictObject({
        field: z.string(),
        secret: z.boolean(),
        kind: z.enum(FIELD_KINDS),
        options: z.array(z.string()).optional().describe("of a choice"),
        isOptional: z.boolean(),
        says: z.string().nullable().describe("what the adapter says of it"),
      }),
    )
    .describe("what an operator enters"),
};
export const vendors = z.strictObject({ vendors: z.array(z.strictObject(head)) });

const attributes = z.array(
  z.strictObject({
    attribute: z.string().describe("the path"),
    type: z.string(),
    filterable: z.boolean(),
    required: z.boolean(),
    otherwise: z.string().optional().describe("what the product gets where the client gives no value"),
    immutable: z.literal(true).optional().describe("given once, on create"),
  }),
);
const most = z.number().optional();
export const vendor = z.strictObject({
  ...head,
  isDescribed: z.boolean().describe("only the settings of a connection say what the product can do"),
  attributes: z.strictObject({ User: attributes, Group: attributes.nullable().describe("null: there are no groups") }),
  removes: z.boolean().describe("users can be removed; false: a deletion disables them"),
  licences: z.array(z.string()).nullable().describe("which follow groups, the highest first; null: none"),
  tellsAccount: z.boolean().describe("the product tells whose credential it is"),
  limits: z
    .strictObject({ perSecond: most, perMinute: most, perHour: most, perDay: most, concurrency: most })
    .nullable()
    .describe("calls that the product takes; null: only the settings of a connection say"),
  shapes: z
    .array(z.strictObject({ name: z.string(), sentence: z.string() }))
    .describe("what the adapter's own parts show"),
  deviations: z.array(
    z.strictObject({
      name: z.string(),
      sentence: z.string().describe("what the product does"),
      portico: z.string().describe("what Portico does about it"),
      source: z.string(),
      checked: z.string().describe("the date on which that was read"),
    }),
  ),
});
