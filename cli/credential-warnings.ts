// Credentials that end soon, as `connection list` shows them.

import * as z from "zod";
import { time } from "./print.ts";
import { toPrintable } from "./terminal.ts";

const DAY_MS = 86_400_000;

export const expiring = z.looseObject({
  id: z.string(),
  kind: z.string(),
  label: z.string().nullable(),
  expiresAt: time,
});

interface Connection {
  name: string;
  expiring?: z.infer<typeof expiring>[] | undefined;
}

/** Credentials that end soon, or have ended, a line each. */
export function warningsOf({ name, expiring: ending = [] }: Connection): string[] {
  return ending.map(({ id, kind, label, expiresAt }) => {
    const days = Math.floor((Date.parse(String(expiresAt)) - Date.now()) / DAY_MS);
    const when = days < 0 ? "has expired" : `expires in ${days} ${days === 1 ? "day" : "days"}`;
    const what = toPrintable(`${kind} ${label ? `“${label}” ` : ""}${id}`);
    return `${name}: ${what} ${when}; see portico credential list ${name}`;
  });
}
