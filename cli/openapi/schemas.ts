// Shapes in zod as JSON Schema, as OpenAPI 3.1 has it.

import * as z from "zod";
import type { Schema } from "./types.ts";

/**
 * What zod says of a schema and no client needs: the bounds of numbers that JSON can hold exactly, and how a time is spelled,
 * which its format says. Of an answer also that it has no other fields: a later Portico may tell more.
 */
const withoutNoise =
  (isAnswer: boolean) =>
  ({ jsonSchema }: { jsonSchema: Schema }): void => {
    for (const bound of ["minimum", "maximum"] as const) {
      if (Math.abs(Number(jsonSchema[bound])) === Number.MAX_SAFE_INTEGER) delete jsonSchema[bound];
    }
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    if (isAnswer && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  };

/** Shapes as JSON Schema; those that have a name become components, which the whole description shares. */
export function createSchemas() {
  const components: Record<string, Schema> = {};
  const toPlace = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(toPlace);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, part]) => key !== "$schema" && key !== "$defs" && !(key === "id" && typeof part === "string"))
        .map(([key, part]) =>
          key === "$ref" ? [key, String(part).replace("#/$defs/", "#/components/schemas/")] : [key, toPlace(part)],
        ),
    );
  };
  return {
    components,
    schemaOf(shape: z.ZodType, of: "input" | "answer"): Schema {
      const whole = z.toJSONSchema(shape, { io: "input", override: withoutNoise(of === "answer") });
      for (const [name, schema] of Object.entries(whole.$defs ?? {})) components[name] = toPlace(schema) as Schema;
      return toPlace(whole) as Schema;
    },
  };
}

export type Schemas = ReturnType<typeof createSchemas>;
