// What `portico connection create` asks where its options leave something out.

import * as z from "zod";
import type { Adapter } from "../src/adapter.ts";
import { type SettingsField, settingsFields } from "./settings-fields.ts";
import { CliFailure, type Terminal } from "./terminal.ts";

type Asking = Required<Pick<Terminal, "ask" | "askSecret">> & Pick<Terminal, "err">;

/**
 * @param missing the options that say the same
 * @throws CliFailure where there is no terminal to ask at
 */
export function requireAsking(terminal: Terminal, missing: string): Asking {
  const { ask, askSecret, err } = terminal;
  if (ask && askSecret) return { ask, askSecret, err };
  throw new CliFailure(`give ${missing}`);
}

/** Asks until the answer is one of the choices; an empty answer is the first. */
export async function askChoice({ ask, err }: Asking, question: string, choices: readonly string[]): Promise<string> {
  for (;;) {
    const answer = (await ask(`${question} (${choices.join(", ")}): `)).trim();
    if (choices.includes(answer)) return answer;
    err("  one of those, please");
  }
}

export async function askText({ ask }: Asking, question: string): Promise<string> {
  for (;;) {
    const answer = (await ask(`${question}: `)).trim();
    if (answer !== "") return answer;
  }
}

/**
 * Asks for each setting of a vendor, and again where the adapter does not take the answer.
 * @throws CliFailure where a setting is too much to type
 */
export async function askSettings(asking: Asking, adapter: Adapter): Promise<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const field of settingsFields(adapter)) {
    if (field.isStructured && field.isRequired) {
      throw new CliFailure(
        `the setting ${field.name} is more than can be typed here: write it to a file (--sample prints one) and give --settings @file`,
      );
    }
    const value = await askSetting(asking, field);
    if (value !== undefined) settings[field.name] = value;
  }
  return settings;
}

async function askSetting(asking: Asking, field: SettingsField): Promise<unknown> {
  asking.err(`${field.name}: ${field.text}`);
  const prompt = `  ${hintOf(field)}> `;
  for (;;) {
    const answer = (await (field.isSecret ? asking.askSecret(prompt) : asking.ask(prompt))).trim();
    if (answer === "" && !field.isRequired) return undefined;
    const value = toValue(answer, field);
    const read = z.safeParse(field.schema, value);
    if (read.success && answer !== "") return value;
    // zod's own sentence repeats no value.
    asking.err(`  ${answer === "" ? "it is needed" : (read.error?.issues[0]?.message ?? "it does not fit")}`);
  }
}

function hintOf({ isRequired, isSecret, isStructured, choices, sample }: SettingsField): string {
  if (isSecret) return isRequired ? "(not shown) " : "(not shown; Enter: none) ";
  const form = choices.length > 0 ? choices.join(" or ") : isStructured ? "as JSON" : "";
  const end = isRequired ? "" : `Enter: ${sample === undefined || isStructured ? "none" : String(sample)}`;
  const parts = [form, end].filter((part) => part !== "");
  return parts.length > 0 ? `(${parts.join("; ")}) ` : "";
}

/** Numbers, booleans and structures are entered as JSON; everything else is the text itself. */
function toValue(answer: string, { schema, isStructured }: SettingsField): unknown {
  if (!isStructured && z.safeParse(schema, answer).success) return answer;
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
