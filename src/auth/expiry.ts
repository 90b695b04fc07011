// How long credentials live, and when their end is warned of.

import type { EntranceRow } from "../store/entrance.ts";

export type CredentialKind = EntranceRow["kind"];

const DAY_MS = 86_400_000;
/** The longest life of any credential: 36 months. */
export const MAX_DAYS = 1_095;

/** How many days a credential lives where nobody says. */
export const DEFAULT_DAYS: Record<CredentialKind, number> = {
  bearer: 365,
  secret: 730,
  key: 730,
  federation: MAX_DAYS,
  entra: 365,
};
/** The gallery asks that a client secret lives for years; a month is for trying it out. */
export const MIN_SECRET_DAYS = 30;

/** So many days before the end there is a warning. */
const WARNINGS = [1, 7, 30, 60];

/** The full days that are left; below 0: it has ended. */
export const daysLeft = (expiresAt: number, now: number): number => Math.floor((expiresAt - now) / DAY_MS);

/** Which warning is due: 1, 7, 30 or 60 days before the end. What lives no longer than that is meant to end. */
export const warningOf = ({ createdAt, expiresAt }: Pick<EntranceRow, "createdAt" | "expiresAt">, now: number) =>
  WARNINGS.find((days) => expiresAt - now <= days * DAY_MS && expiresAt - createdAt > days * DAY_MS);

/** The times between which the end of a credential is shown beside its connection: soon, or lately. */
export const noticeable = (now: number) => ({ from: now - 30 * DAY_MS, to: now + Math.max(...WARNINGS) * DAY_MS });

export const expiryAfter = (days: number, now: number): number => now + days * DAY_MS;
