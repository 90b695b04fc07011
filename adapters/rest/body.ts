// The body of a call, as JSON or as a form.

import type { CallOptions } from "../../src/adapter.ts";
import type { Description } from "./description.ts";
import { type Fields, fieldsOf, setAt } from "./record.ts";

type Scalar = string | number | boolean;
export type Scalars = Record<string, Scalar>;
type Body = Pick<CallOptions<never>, "json" | "form">;

/** A form's fields; nested ones as `user[name]`. */
function toForm(fields: Fields, prefix = ""): Record<string, Scalar> {
  const form: Record<string, Scalar> = {};
  for (const [name, value] of Object.entries(fields)) {
    const key = prefix === "" ? name : `${prefix}[${name}]`;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") form[key] = value;
    else if (value === null) form[key] = "";
    else Object.assign(form, toForm(fieldsOf(value), key));
  }
  return form;
}

/** The body that carries fields, inside an envelope where there is one. */
export function toBody({ body }: Description, fields: Fields, envelope?: string): Body {
  const whole: Fields = {};
  if (envelope === undefined) Object.assign(whole, fields);
  else setAt(whole, envelope, fields);
  return body === "form" ? { form: toForm(whole) } : { json: whole };
}

/** Constants as a body has them: a dotted name is a place. */
export function nested(constants: Scalars | undefined): Fields {
  const fields: Fields = {};
  for (const [name, value] of Object.entries(constants ?? {})) setAt(fields, name, value);
  return fields;
}
