// What a form of settings says: the fields that differ from those that are stored, as the administrator API takes them.

import type * as z from "zod";
import type { vendor } from "../routes/vendor-answers.ts";

export type SettingField = z.output<typeof vendor>["settings"][number];

/** What stands before the name of a setting in the form: a setting may be called as the form's own fields. */
export const PREFIX = "setting.";

export interface Entered {
  /** null takes an optional field away. */
  settings: Record<string, unknown>;
  errors: { field: string; message: string }[];
}

/** A stored value as a form's field shows it. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

/**
 * @param form what was sent, by the field's name
 * @param stored the settings that are no secrets
 * @param notJson what is said of a text that is no JSON
 */
export function readSettings(
  fields: readonly SettingField[],
  form: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, unknown>>,
  notJson: string,
): Entered {
  const settings: Entered["settings"] = {};
  const errors: Entered["errors"] = [];
  for (const { field, kind, secret } of fields) {
    const text = form[`${PREFIX}${field}`] ?? "";
    if (secret) {
      // Nothing was entered: the stored one stays.
      if (text !== "") settings[field] = text;
      continue;
    }
    const lines = text.replaceAll("\r\n", "\n").trim();
    if (kind === "flag") {
      if ((text !== "") !== (stored[field] === true)) settings[field] = text !== "";
      continue;
    }
    if (lines === toText(stored[field]).trim()) continue;
    if (lines === "") settings[field] = null;
    else if (kind === "number") settings[field] = Number(lines);
    else if (kind !== "json") settings[field] = lines;
    else {
      try {
        settings[field] = JSON.parse(lines);
      } catch {
        errors.push({ field: `settings.${field}`, message: notJson });
      }
    }
  }
  return { settings, errors };
}
