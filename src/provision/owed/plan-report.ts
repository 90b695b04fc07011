// What a plan would change, one by one and by kind: records as they were and would be, memberships, licences, open sessions.

import { findLinksByNativeIds, type Store } from "../../store/links.ts";
import {
  countPlanChanges,
  countSteps,
  listPlanChanges,
  type PlanChange,
  type PlanKind,
  type PlannedValues,
} from "../../store/plan.ts";
import { PLAN_KINDS } from "../../store/plan-tables.ts";
import type { Job } from "../jobs/job.ts";
import { brakeStatus } from "../safeguards/brake-status.ts";

type Plain = Record<string, string | number | boolean>;

export interface PlanReport {
  writes: number;
  deactivations: number;
  counts: { kind: PlanKind; count: number }[];
  changes: (Omit<PlanChange, "before" | "after"> & { before: Plain | null; after: Plain | null })[];
  /** How many changes the brake would count if the plan were carried out at once. */
  brake: { kind: ReturnType<typeof brakeStatus>["kinds"][number]["kind"]; count: number }[];
}

/** What the brake calls the same. */
const BRAKED: Partial<Record<PlanKind, PlanReport["brake"][number]["kind"]>> = {
  userDisabled: "deactivation",
  userRemoved: "removal",
  userRenamed: "rename",
  userCreated: "creation",
  leaves: "membership",
};

/** @param kind changes of this kind alone; else of each kind so many */
export function planReport(
  asking: Pick<Job, "connection" | "now">,
  { kind, offset, limit }: { kind?: PlanKind | undefined; offset: number; limit: number },
): PlanReport {
  const { store } = asking.connection;
  const counts = countPlanChanges(store);
  const kinds = kind === undefined ? PLAN_KINDS : [kind];
  const countOf = (wanted: string) =>
    counts.reduce((sum, one) => (BRAKED[one.kind] === wanted ? sum + one.count : sum), 0);
  const changes = kinds.flatMap((one) => changesOf(store, one, offset, limit, counts));
  const toPlain = plainer(store, changes);
  return {
    ...countSteps(store),
    counts,
    changes: changes.map(({ before, after, ...one }) => ({ ...one, before: toPlain(before), after: toPlain(after) })),
    // The shadow's own brake counts what the plan's end does not show any more, such as groups that were emptied.
    brake: brakeStatus(asking).kinds.map(({ kind: braked, counted }) => ({
      kind: braked,
      count: Math.max(counted, countOf(braked)),
    })),
  };
}

const changesOf = (store: Store, kind: PlanKind, offset: number, limit: number, counts: PlanReport["counts"]) =>
  counts.some((one) => one.kind === kind) ? listPlanChanges(store, kind, offset, limit) : [];

/** Values with the names of the users whom references point to. */
function plainer(store: Store, changes: readonly PlanChange[]) {
  const ids = changes
    .flatMap(({ before, after }) => [...Object.values(before ?? {}), ...Object.values(after ?? {})])
    .flatMap((value) => (typeof value === "object" && "id" in value ? [value.id] : []));
  const names = new Map(findLinksByNativeIds(store, "User", ids).map(({ nativeId, name }) => [nativeId, name]));
  const nameOf = (value: PlannedValues[string]) => {
    if (typeof value !== "object") return value;
    return "id" in value ? (names.get(value.id) ?? value.id) : value.key;
  };
  return (values: PlannedValues | null): Plain | null =>
    values && Object.fromEntries(Object.entries(values).map(([path, value]) => [path, nameOf(value)]));
}
