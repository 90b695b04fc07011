// Reads a description: its shape, what its parts must be to each other, and words for what is wrong.

import * as z from "zod";
import { checkDescription } from "./checks.ts";
import { shape } from "./description.ts";
import { ADAPT, ELSE } from "./description-words.ts";
import { refuseHostile } from "./hostile.ts";

const checked = shape.superRefine(checkDescription);

/** What zod says of a missing or unknown word does not tell an operator what to do. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return `has no place for ${issue.keys.join(", ")}; ${ELSE}`;
  if (issue.code === "invalid_type" && issue.input === undefined)
    return `is missing; for a product without it ${ADAPT}`;
  return undefined;
}

/** What in the description forces an adapter, where the message does not say it. */
function withReason(message: string, path: PropertyKey[]): string {
  const isOpen = message.endsWith(ADAPT) && path.length > 0;
  return isOpen ? `${message}: ${path.map(String).join(".")} is beyond what data can say` : message;
}

/** Refuses with the path of what is wrong. */
export const descriptionSchema = z
  .unknown()
  .superRefine(refuseHostile)
  .transform((value, context) => {
    const result = checked.safeParse(value, { error: explain });
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) {
      context.addIssue({ code: "custom", path, message: withReason(message, path) });
    }
    return z.NEVER;
  });
