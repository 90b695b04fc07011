// The words that a description is made of: each refuses what a description may not say.

import * as z from "zod";

/** `descriptionSchema` adds what in the description forces it. */
export const ADAPT = "write an adapter (docs/adapters.md)";
/** Where several parts force it together. */
export const beyondData = (what: string) => `${ADAPT}: ${what} is beyond what data can say`;
export const ELSE = `for anything else ${ADAPT}`;

export const oneOf = <const T extends readonly string[]>(...names: T) =>
  z.enum(names, { error: `must be one of ${names.join(", ")}; ${ELSE}` });

/** A dotted path of fields: `data.user`. */
export const at = z
  .string()
  .max(200)
  .regex(/^[^\p{Cc}.]+(?:\.[^\p{Cc}.]+)*$/u, "must be a field name, or several joined by dots");
export const text = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}]*$/u, "must not contain control characters");
export const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()], {
  error: "must be a string, a number or a boolean",
});
export const scalars = z.record(text, scalar);
export const statuses = z.array(z.int().min(200).max(499)).max(10);

/** A path below the base URL with no other placeholders than these. */
export function path(...placeholders: string[]) {
  return z
    .string()
    .max(300)
    .superRefine((template, context) => {
      const refuse = (message: string) => context.addIssue({ code: "custom", message });
      const bare = template.replace(/\{\w+\}/g, "x");
      if (!/^(?:\/[\w~!$&'()*+,;=:@.-]+)+\/?$/.test(bare) || /\/\.{1,2}(?:\/|$)/.test(bare)) {
        refuse("must be a path below baseUrl, such as /users or /users/{id}: no host, query, '..', '%' or '//'");
      }
      const found = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      for (const name of found) if (!placeholders.includes(name)) refuse(`must not contain {${name}}`);
    });
}

/** Rows in which the field has this value; null: in which it has none. */
export const except = z
  .array(z.strictObject({ field: at, is: scalar.nullable() }))
  .min(1)
  .max(20);
