// The words that a description is made of: each refuses what a description may not say.

import * as z from "zod";

export const ADAPT = "write an adapter (docs/adapters.md)";
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

/** A path below the base URL with exactly these placeholders, those in brackets at will. */
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
      const known = placeholders.map((name) => name.replace(/[[\]]/g, ""));
      for (const name of found) if (!known.includes(name)) refuse(`must not contain {${name}}`);
      for (const name of placeholders.filter((one) => /^\w/.test(one) && !found.includes(one))) {
        refuse(`must contain {${name}}; for a product that says elsewhere whom it is about ${ADAPT}`);
      }
    });
}
