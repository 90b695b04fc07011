// What needs a person, from what the connections have told: the most urgent first.

import type * as z from "zod";
import type { connectionHealth } from "../routes/health-answers.ts";
import { TEXTS } from "./texts.ts";

export type Health = z.output<typeof connectionHealth>;

export interface Need {
  says: string;
  /** Where a person decides, below the connection's page. */
  where: string;
  button: string;
  connection: string;
}

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;
/** An object tells of itself at least once an hour. */
const SILENT_AFTER_SECONDS = 2 * HOUR_SECONDS;
const WARN_DAYS = 30;

type Rule = (health: Health, now: number) => Omit<Need, "connection"> | undefined;

const TEXT = TEXTS.needs;

/** In the order in which they are shown. */
const RULES: readonly Rule[] = [
  ({ name, held }) => (held ? { says: TEXT.held(name, held), where: "#brake", button: TEXT.look } : undefined),
  ({ name, ageSeconds }) =>
    ageSeconds !== null && ageSeconds > SILENT_AFTER_SECONDS
      ? { says: TEXT.silent(name, Math.floor(ageSeconds / HOUR_SECONDS)), where: "", button: TEXT.show }
      : undefined,
  ({ name, credential, toldAt, lastRequestAt }) =>
    // A connection that is being set up has had no request.
    credential === null && toldAt !== null && lastRequestAt !== null
      ? { says: TEXT.noCredential(name), where: "#credentials", button: TEXT.renew }
      : undefined,
  ({ name, credential }, now) => {
    if (!credential) return undefined;
    const days = Math.floor((Date.parse(credential.expiresAt) - now) / DAY_MS);
    return days > WARN_DAYS ? undefined : { says: TEXT.ending(name, days), where: "#credentials", button: TEXT.renew };
  },
  ({ name, parked }) => (parked ? { says: TEXT.parked(name, parked), where: "#owed", button: TEXT.show } : undefined),
  ({ name, alarms }) => (alarms ? { says: TEXT.alarms(name, alarms), where: "#alarms", button: TEXT.show } : undefined),
];

/** Of an exam connection nothing is urgent. */
export const needsOf = (all: readonly Health[], now: number): Need[] =>
  RULES.flatMap((rule) =>
    all.flatMap((health) => {
      const need = health.purpose === "exam" ? undefined : rule(health, now);
      return need ? [{ ...need, connection: health.name }] : [];
    }),
  );
