// Builders of JSON Schema for the bodies of calls: each has exactly the keywords that a check needs.

export interface Schema {
  readonly [keyword: string]: unknown;
}

/** Any JSON value, null too. */
export const anything: Schema = {};
export const flag: Schema = { type: "boolean" };
export const int32: Schema = { type: "integer", format: "int32" };
/** RFC 3339, with its offset. */
export const dateTime: Schema = { type: "string", format: "date-time" };
export const openObject: Schema = { type: "object", additionalProperties: true };

/** Lengths count Unicode characters. */
export const string = (length: { min?: number; max?: number } = {}): Schema => ({
  type: "string",
  ...(length.min === undefined ? {} : { minLength: length.min }),
  ...(length.max === undefined ? {} : { maxLength: length.max }),
});

export const array = (items: Schema): Schema => ({ type: "array", items });

/** Null, or what `schema` allows; `schema` must name a type. */
export const nullable = (schema: Schema): Schema => ({ ...schema, nullable: true });

/** Refuses properties that are not named here; those outside of `required` may be absent. */
export const object = <Name extends string>(
  properties: Readonly<Record<Name, Schema>>,
  required: readonly NoInfer<Name>[] = [],
): Schema => ({ type: "object", properties, required, additionalProperties: false });

/** A schema that contains itself; `id` is unique among all schemas that differ. */
export const recursive = (id: string, define: (itself: Schema) => Schema): Schema => ({
  $id: id,
  ...define({ $ref: id }),
});
