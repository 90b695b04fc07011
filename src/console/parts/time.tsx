// Times: how long ago something was, with the exact time in UTC when the reader points at it.

import { TEXTS } from "../texts.ts";

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** In words, such as "3 hours ago" and "in 12 days". */
function toRelative(at: number, now: number): string {
  const distance = at - now;
  const [unit, length] = UNITS.find(([, one]) => Math.abs(distance) >= one) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(TEXTS.language, { numeric: "auto" }).format(Math.trunc(distance / length), unit);
}

export const Time = ({ at, now }: { at: string; now: number }) => (
  <time datetime={at} title={toExact(at)}>
    {toRelative(Date.parse(at), now)}
  </time>
);

export const toExact = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
