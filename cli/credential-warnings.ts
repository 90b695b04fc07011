// Credentials that end soon, as `connection list` shows them.

import type * as z from "zod";
import type { connection } from "../src/routes/api-answers.ts";
import { toPrintable } from "./terminal.ts";

const DAY_MS = 86_400_000;

type Connection = Pick<z.infer<typeof connection>, "name" | "expiring">;

/** Credentials that end soon, or have ended, a line each. */
export function warningsOf({ name, expiring: ending = [] }: Connection): string[] {
  return ending.map(({ id, kind, label, expiresAt }) => {
    const days = Math.floor((Date.parse(expiresAt) - Date.now()) / DAY_MS);
    const when = days < 0 ? "has expired" : `expires in ${days} ${days === 1 ? "day" : "days"}`;
    const what = toPrintable(`${kind} ${label ? `“${label}” ` : ""}${id}`);
    return `${name}: ${what} ${when}; see portico credential list ${name}`;
  });
}
