// What a form needs to know of a field that a zod schema declares: its kind, its choices, whether it may stay empty.

import * as z from "zod";

export const FIELD_KINDS = ["text", "number", "choice", "flag", "json"] as const;

export interface Field {
  kind: (typeof FIELD_KINDS)[number];
  /** Of a choice. */
  options?: string[];
  isOptional: boolean;
  /** The schema's own words. */
  says: string | null;
}

export function toField(schema: z.core.$ZodType): Field {
  const isOptional = z.safeParse(schema, undefined).success || z.safeParse(schema, null).success;
  const inner = unwrap(schema);
  const says = wordsOf(schema) ?? wordsOf(inner);
  return { ...kindOf(inner), isOptional, says };
}

const wordsOf = (schema: z.core.$ZodType): string | null => z.globalRegistry.get(schema)?.description ?? null;

/** Without what only says that it may be absent. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

function kindOf(schema: z.core.$ZodType): Pick<Field, "kind" | "options"> {
  if (schema instanceof z.ZodEnum) return { kind: "choice", options: schema.options.map(String) };
  if (schema instanceof z.ZodNumber) return { kind: "number" };
  if (schema instanceof z.ZodBoolean) return { kind: "flag" };
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return { kind: "text" };
  return z.safeParse(schema, "text").success ? { kind: "text" } : { kind: "json" };
}
