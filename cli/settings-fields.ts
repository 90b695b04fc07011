// The settings of a vendor as a person meets them: what each is, what it may be, and a sample of all.

import * as z from "zod";
import { simulators } from "../adapters/simulators.ts";
import { type Adapter, isSecret } from "../src/adapter.ts";

export interface SettingsField {
  name: string;
  /** What it is, in the adapter's words. */
  text: string;
  isSecret: boolean;
  isRequired: boolean;
  /** Of more than one value: it is entered as JSON. */
  isStructured: boolean;
  /** What it is where it is left out, or what it could look like. */
  sample: unknown;
  choices: readonly string[];
  schema: z.core.$ZodType;
}

/** Names nobody's address. */
const SAMPLE_ORIGIN = "https://product.example.com";

const property = z.looseObject({
  description: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
});

/** @throws Error where a field of the settings has no description */
export function settingsFields(adapter: Adapter): SettingsField[] {
  const schema = z.toJSONSchema(adapter.settings, { io: "input", unrepresentable: "any" });
  const required = new Set(schema.required ?? []);
  const sample = sampleOf(adapter);
  return Object.entries(adapter.settings.shape).map(([name, field]) => {
    const { description, type, enum: choices = [] } = property.parse(schema.properties?.[name] ?? {});
    if (description === undefined) throw new Error(`${adapter.name}: the setting ${name} has no description`);
    const isRequired = required.has(name);
    const isStructured = type === "object" || type === "array" || (type === undefined && choices.length === 0);
    return {
      name,
      text: description,
      isSecret: isSecret(field),
      isRequired,
      isStructured,
      sample: sample[name],
      choices,
      schema: field,
    };
  });
}

/** Settings that fit the adapter, with a placeholder for each secret and the vendor's own addresses where they are known. */
export function sampleOf(adapter: Adapter): Record<string, unknown> {
  const demo = simulators[adapter.name]?.demoSettings(SAMPLE_ORIGIN) ?? {};
  const defaults = Object.fromEntries(
    Object.entries(adapter.settings.shape).flatMap(([name, field]) => {
      const byDefault = z.safeParse(field, undefined);
      return byDefault.success && byDefault.data !== undefined ? [[name, byDefault.data]] : [];
    }),
  );
  const known = { ...demo, ...defaults };
  return Object.fromEntries(
    Object.entries(adapter.settings.shape).flatMap(([name, field]) => {
      if (!(name in known)) return [];
      return [[name, isSecret(field) ? `<${name}>` : known[name]]];
    }),
  );
}
