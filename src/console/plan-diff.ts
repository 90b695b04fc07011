// What one planned change does to the values of a user or group, as lines of before and after.

import type * as z from "zod";
import type { planChanges } from "../routes/report-answers.ts";

export type Plan = z.output<typeof planChanges>;
export type PlanChange = Plan["changes"][number];
export type PlanKind = PlanChange["kind"];

export interface Difference {
  path: string;
  before: string;
  after: string;
}

const isName = (path: string) => path === "userName" || path.startsWith("emails");

const isOtherName = ({ path, before, after }: Difference) =>
  isName(path) && before.toLowerCase() !== after.toLowerCase();
const isSwitch = ({ path }: Difference) => path === "active";

/** A user who is renamed and disabled is in the list of either kind, with what belongs there. */
const CONCERNS: Partial<Record<PlanKind, (one: Difference) => boolean>> = {
  userEnabled: isSwitch,
  userDisabled: isSwitch,
  userRenamed: isOtherName,
  userChanged: (one) => !isSwitch(one) && !isOtherName(one),
};

export function differencesOf({ kind, before, after }: PlanChange): Difference[] {
  const concerns = CONCERNS[kind] ?? (() => true);
  const paths = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const textOf = (values: PlanChange["before"], path: string) => String(values?.[path] ?? "");
  return paths
    .map((path) => ({ path, before: textOf(before, path), after: textOf(after, path) }))
    .filter((one) => one.before !== one.after && concerns(one));
}
